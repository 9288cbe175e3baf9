"""The waits between two attempts to reach a lost device."""

import pytest

from hardware.backoff import Backoff, ReconnectSettings


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
