"""The waits between two attempts to reach a lost device."""

import pytest

from hardware.backoff import Attempts, Backoff, ReconnectSettings


def test_waits_grow_to_five_seconds_and_stay() -> None:
    """A quarter of a second at first, five seconds in the end."""
    backoff = Backoff(ReconnectSettings(), random=lambda: 0.5)
    assert [backoff.next_s() for _ in range(7)] == [0.25, 0.5, 1.0, 2.0, 5.0, 5.0, 5.0]


def test_a_success_starts_again_with_the_shortest() -> None:
    """A scanner that works and is lost once more is looked for at once."""
    backoff = Backoff(ReconnectSettings(), random=lambda: 0.5)
    backoff.next_s()
    backoff.next_s()
    backoff.reset()
    assert backoff.next_s() == 0.25


@pytest.mark.parametrize(("drawn", "delay_s"), [(0.0, 0.8), (0.5, 1.0), (0.75, 1.1)])
def test_jitter_spreads_a_wait_both_ways(drawn: float, delay_s: float) -> None:
    """Devices on one hub do not try in step."""
    assert Backoff(ReconnectSettings(delays_s=(1.0,)), random=lambda: drawn).next_s() == pytest.approx(delay_s)


class Place:
    """A device's place, and somebody's waits before it; the waits take no time."""

    def __init__(self, *seen: str | None) -> None:
        """What is found there, look by look; the last one stays."""
        self._seen = list(seen)
        self.waits_s: list[float] = []
        self.ends_after = 1_000

    def look(self) -> str | None:
        """What stands there now."""
        return self._seen.pop(0) if len(self._seen) > 1 else self._seen[0]

    def pause(self, seconds: float) -> bool:
        """Wait, and say whether somebody ended it."""
        self.waits_s.append(seconds)
        return len(self.waits_s) >= self.ends_after


SETTINGS = ReconnectSettings(delays_s=(0.25, 1.0), presence_poll_s=0.25)


def _attempts(place: Place) -> Attempts:
    return Attempts(place.look, SETTINGS, random=lambda: 0.5)


def test_the_whole_wait_is_waited_while_nothing_changes() -> None:
    """In slices, with a look after each."""
    place = Place("port")
    attempts = _attempts(place)
    attempts.begin()
    assert not attempts.wait(place.pause)
    assert not attempts.wait(place.pause)
    assert place.waits_s == [0.25, 0.25, 0.25, 0.25, 0.25]


def test_a_device_that_comes_back_ends_the_wait_and_starts_with_the_shortest_again() -> None:
    """Whoever plugs it in again is not made to wait for the slow end of the row."""
    place = Place(None, None, None, "port")
    attempts = _attempts(place)
    attempts.begin()
    attempts.wait(place.pause)
    place.waits_s.clear()
    assert not attempts.wait(place.pause)
    assert place.waits_s == [0.25, 0.25]
    place.waits_s.clear()
    attempts.begin()
    attempts.wait(place.pause)
    assert place.waits_s == [0.25]


def test_a_device_that_only_goes_does_not_end_the_wait() -> None:
    """An empty place has nothing to try."""
    place = Place("port", "port", None)
    attempts = _attempts(place)
    attempts.begin()
    attempts.wait(place.pause)
    place.waits_s.clear()
    attempts.wait(place.pause)
    assert place.waits_s == [0.25] * 4


def test_whoever_ends_the_wait_is_told() -> None:
    """The till stops, or a receipt wants the printer now."""
    place = Place(None)
    place.ends_after = 2
    attempts = _attempts(place)
    attempts.begin()
    assert not attempts.wait(place.pause)
    assert attempts.wait(place.pause)
    assert len(place.waits_s) == 2


def test_a_success_starts_the_row_again() -> None:
    """The next loss is looked for at once."""
    place = Place("port")
    attempts = _attempts(place)
    for _ in range(3):
        attempts.wait(place.pause)
    attempts.succeeded()
    place.waits_s.clear()
    attempts.wait(place.pause)
    assert place.waits_s == [0.25]
