"""The display's thread: the newest text only, nobody waits for it, and a display that comes back shows what is true."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from queue import Empty, Queue
from typing import TYPE_CHECKING

import pytest

from hardware.backoff import ReconnectSettings
from hardware.errors import DeviceLost, HardwareError, PortDenied, PortMissing
from hardware.pole import PoleDialect, PoleRow, PoleText
from hardware.pole_worker import PoleWorker
from hardware.scans import DeviceState, DeviceStatus
from tests.fakes.pole import FakePole
from tests.fakes.serial_line import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE_S = 30.0
AT_ONCE = ReconnectSettings(delays_s=(0.001,), presence_poll_s=0.001)
ANNA, BEN = PoleText(PoleRow("Anna")), PoleText(PoleRow("Ben"))


class PoleLine:
    """A line with a display at its end. It may be made to block, to take nothing, or to break."""

    def __init__(self) -> None:
        self.pole = FakePole()
        self.sent: Queue[str] = Queue()
        self.free = threading.Event()
        self.free.set()
        self.takes = True
        self.breaks_with: HardwareError | None = None
        self.closed = threading.Event()

    def send(self, data: bytes) -> bool:
        assert self.free.wait(PATIENCE_S)
        if self.breaks_with is not None:
            raise self.breaks_with
        if self.takes:
            self.pole.take(data)
            self.sent.put(self.pole.rows[0].rstrip())
        return self.takes

    def receive(self) -> bytes:
        return b""

    def cancel(self) -> None:
        """Nothing waits for bytes."""

    def close(self) -> None:
        self.closed.set()

    def wait_for(self, text: str) -> None:
        """Wait until the upper line shows this; what stood there before is dropped."""
        while self.sent.get(timeout=PATIENCE_S) != text:
            pass


class PoleTransport:
    """Gives the scripted lines, one an opening; an error in the list is raised instead."""

    def __init__(self, *script: PoleLine | HardwareError) -> None:
        self._script = list(script)

    def open(self) -> PoleLine:
        if not self._script:
            raise PortMissing("scripted")
        found = self._script.pop(0)
        if isinstance(found, HardwareError):
            raise found
        return found

    def presence(self) -> None:
        return None


@contextmanager
def serving(transport: PoleTransport, recorder: Recorder, repeat_s: float = PATIENCE_S) -> Iterator[PoleWorker]:
    """A started worker, stopped at the end whatever happens."""
    worker = PoleWorker(transport, PoleDialect(), on_status=recorder.on_status, reconnect=AT_ONCE, repeat_s=repeat_s)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


@pytest.fixture
def recorder() -> Recorder:
    """Collects what the worker tells."""
    return Recorder()


def test_a_text_is_shown_and_the_display_is_dark_in_the_end(recorder: Recorder) -> None:
    """Connecting, ready, stopped; a closed till leaves nobody's name standing."""
    line = PoleLine()
    with serving(PoleTransport(line), recorder) as worker:
        worker.show(ANNA)
        line.wait_for("Anna")
        worker.show(BEN)
        line.wait_for("Ben")
    assert line.pole.is_dark
    assert line.closed.is_set()
    states = [recorder.status().state for _ in range(3)]
    assert states == [DeviceState.CONNECTING, DeviceState.READY, DeviceState.STOPPED]


def test_a_display_that_blocks_delays_nobody_and_then_shows_the_newest_text(recorder: Recorder) -> None:
    """A hundred texts come while nothing is taken: each call returns, and only the last one is sent afterwards."""
    line = PoleLine()
    with serving(PoleTransport(line), recorder) as worker:
        worker.show(ANNA)
        line.wait_for("Anna")
        line.free.clear()
        for number in range(100):
            worker.show(PoleText(PoleRow(f"text {number}")))
        line.free.set()
        line.wait_for("text 99")
        assert line.sent.empty()


def test_the_same_text_is_sent_once(recorder: Recorder) -> None:
    """The till computes its screens often; the display hears of changes only."""
    line = PoleLine()
    with serving(PoleTransport(line), recorder) as worker:
        worker.show(ANNA)
        line.wait_for("Anna")
        worker.show(PoleText(PoleRow("Anna")))
        worker.show(BEN)
        assert line.sent.get(timeout=PATIENCE_S) == "Ben"


def test_an_unchanged_text_is_said_again_now_and_then(recorder: Recorder) -> None:
    """A display that was switched off and on shows it again without anybody selling anything."""
    line = PoleLine()
    with serving(PoleTransport(line), recorder, repeat_s=0.001) as worker:
        worker.show(ANNA)
        for _ in range(3):
            line.wait_for("Anna")


def test_a_display_that_is_lost_shows_the_newest_text_when_it_is_back(recorder: Recorder) -> None:
    """What was said meanwhile counts, not what stood there when the cable was pulled."""
    first, second = PoleLine(), PoleLine()
    with serving(PoleTransport(first, second), recorder) as worker:
        worker.show(ANNA)
        first.wait_for("Anna")
        first.breaks_with = DeviceLost("scripted")
        worker.show(BEN)
        second.wait_for("Ben")
        assert first.closed.is_set()
    assert recorder.wait_for(DeviceState.LOST).error is first.breaks_with


def test_a_display_that_takes_nothing_is_opened_anew(recorder: Recorder) -> None:
    """Half a text may stand on it; only a new beginning makes sure."""
    first, second = PoleLine(), PoleLine()
    first.takes = False
    with serving(PoleTransport(first, second), recorder) as worker:
        worker.show(ANNA)
        second.wait_for("Anna")
    assert isinstance(recorder.wait_for(DeviceState.LOST).error, DeviceLost)


def test_a_missing_display_is_told_once_and_tried_again(recorder: Recorder) -> None:
    """Fifty vain attempts are one message; the next cause is another."""
    line = PoleLine()
    missing = [PortMissing("scripted")] * 50
    with serving(PoleTransport(*missing, PortDenied("scripted"), line), recorder) as worker:
        worker.show(ANNA)
        line.wait_for("Anna")
    told = [(status.state, type(status.error)) for status in _all(recorder)]
    assert told[1:4] == [
        (DeviceState.UNAVAILABLE, PortMissing),
        (DeviceState.UNAVAILABLE, PortDenied),
        (DeviceState.READY, type(None)),
    ]


def test_that_a_lost_display_is_missing_is_no_news(recorder: Recorder) -> None:
    """It was pulled out; the till said so already."""
    first, second = PoleLine(), PoleLine()
    with serving(PoleTransport(first, PortMissing("scripted"), second), recorder) as worker:
        worker.show(ANNA)
        first.wait_for("Anna")
        first.breaks_with = DeviceLost("scripted")
        worker.show(BEN)
        second.wait_for("Ben")
    assert DeviceState.UNAVAILABLE not in [status.state for status in _all(recorder)]


def test_it_can_be_stopped_twice_and_before_it_was_started(recorder: Recorder) -> None:
    """A till that fails to open closes what it has built."""
    worker = PoleWorker(PoleTransport(), PoleDialect(), on_status=recorder.on_status)
    worker.show(ANNA)
    worker.stop()
    worker.stop()
    assert recorder.latest is None


def test_it_is_started_once(recorder: Recorder) -> None:
    """Two threads would write over each other."""
    with serving(PoleTransport(PoleLine()), recorder) as worker, pytest.raises(RuntimeError, match="once"):
        worker.start()


def _all(recorder: Recorder) -> list[DeviceStatus]:
    found: list[DeviceStatus] = []
    while True:
        try:
            found.append(recorder.statuses.get_nowait())
        except Empty:
            return found
