"""Looking for ports: at once, again and again, and never after the end."""

import threading
from queue import Queue

import pytest

from hardware.discovery import PortInfo
from hardware.watch import POLL_S, PortWatch
from tests.fakes.serial_line import PATIENCE_S

SCANNER = PortInfo(port="/dev/ttyACM0", vid=0x0C2E)


def test_the_first_look_is_at_once_and_the_next_follows() -> None:
    """A scanner that is plugged in already does not wait for the first second to pass."""
    seen: Queue[list[PortInfo]] = Queue()
    looks = iter([[], [SCANNER]])
    watch = PortWatch(lambda: next(looks, []), seen.put, poll_s=0.001)  # type: ignore[arg-type] # a list is a sequence
    watch.start()
    try:
        assert [seen.get(timeout=PATIENCE_S), seen.get(timeout=PATIENCE_S)] == [[], [SCANNER]]
    finally:
        watch.stop()


def test_two_looks_and_an_opening_fit_into_two_seconds() -> None:
    """That is the promise for a scanner that is plugged in."""
    assert POLL_S <= 1.0


def test_a_list_that_fails_is_made_again() -> None:
    """A device may vanish while the system describes it."""
    seen: Queue[list[PortInfo]] = Queue()
    failures = iter([OSError("vanished")])

    def ports() -> list[PortInfo]:
        for failure in failures:
            raise failure
        return [SCANNER]

    watch = PortWatch(ports, seen.put, poll_s=0.001)  # type: ignore[arg-type] # a list is a sequence
    watch.start()
    try:
        assert seen.get(timeout=PATIENCE_S) == [SCANNER]
    finally:
        watch.stop()


def test_stop_ends_the_wait_and_the_thread() -> None:
    """Closing the till does not wait for the next look; here it would be an hour."""
    looked = threading.Event()
    watch = PortWatch(list, lambda _ports: looked.set(), poll_s=3600)
    watch.start()
    assert looked.wait(PATIENCE_S)
    watch.stop()
    watch.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "port-watch"]


def test_a_watch_is_started_once_and_may_be_stopped_before() -> None:
    """Two threads would start every scanner twice."""
    watch = PortWatch(list, lambda _ports: None)
    watch.stop()
    watch.start()
    with pytest.raises(RuntimeError, match="once"):
        watch.start()
    watch.stop()


def test_a_hanging_list_is_reported_and_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A driver that never answers does not keep the till open, and nothing is taken any more when it does."""
    monkeypatch.setattr("hardware.watch.JOIN_TIMEOUT_S", 0.01)
    entered, release = threading.Event(), threading.Event()
    seen: list[object] = []

    def ports() -> list[PortInfo]:
        entered.set()
        release.wait(PATIENCE_S)
        return [SCANNER]

    watch = PortWatch(ports, seen.append)
    watch.start()
    assert entered.wait(PATIENCE_S)
    watch.stop()
    assert "did not end" in caplog.text
    release.set()
    for thread in threading.enumerate():
        if thread.name == "port-watch":
            thread.join(PATIENCE_S)
    assert seen == []
