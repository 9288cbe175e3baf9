"""The scanner's thread on a scripted line: what it makes of reads, errors and time."""

import logging
import threading

import pytest

from hardware import worker as worker_module
from hardware.backoff import ReconnectSettings
from hardware.errors import DeviceLost, PortBusy, PortDenied, PortFailed, PortMissing
from hardware.frames import FrameSettings, RejectReason, Terminator
from hardware.scans import DeviceState, DeviceStatus, Scan
from hardware.symbology import Symbology
from hardware.worker import ScannerWorker
from tests.fakes.serial_line import EAGER, PATIENCE_S, HandClock, Recorder, ScriptedLine, ScriptedTransport, serving

CARD = "2912345678904"
AT_ONCE = ReconnectSettings(delays_s=(0.001,), presence_poll_s=0.001)
NEVER_AGAIN = ReconnectSettings(delays_s=(3600.0,), presence_poll_s=0.001)


@pytest.fixture
def recorder() -> Recorder:
    """Collects what the worker tells."""
    return Recorder()


def test_a_frame_becomes_a_scan_with_everything_known_of_it(recorder: Recorder) -> None:
    """Text, bytes, identifier, kind and time reach the sink."""
    line, clock = ScriptedLine(), HandClock()
    with serving(ScriptedTransport(line), recorder, clock_ns=clock):
        line.script.put(f"]E0{CARD}\r".encode())
        assert recorder.scan() == Scan(
            device_id="counter",
            text=CARD,
            raw=f"]E0{CARD}".encode(),
            aim="]E0",
            symbology=Symbology.EAN13,
            t_monotonic_ns=5_000_000_000,
        )


def test_states_come_in_order_from_start_to_stop(recorder: Recorder) -> None:
    """Connecting, ready, stopped: each once."""
    line = ScriptedLine()
    with serving(ScriptedTransport(line), recorder):
        assert recorder.status().state is DeviceState.CONNECTING
        assert recorder.status().state is DeviceState.READY
    assert recorder.status().state is DeviceState.STOPPED
    assert recorder.statuses.empty()
    assert line.closed == 1


def test_a_repeat_within_the_window_is_counted_and_not_handed_on(recorder: Recorder) -> None:
    """A second award for one held trigger cannot happen."""
    line, clock = ScriptedLine(), HandClock()
    with serving(ScriptedTransport(line), recorder, clock_ns=clock) as worker:
        line.script.put(b"111\r111\r222\r")
        assert [recorder.scan().text, recorder.scan().text] == ["111", "222"]
        assert worker.counters.policy.repeats == 1
        assert worker.counters.scans == 2


def test_a_scanner_that_repeats_its_last_code_after_a_replug_has_not_scanned_twice(recorder: Recorder) -> None:
    """The memory of the last code outlives the line."""
    first, second, clock = ScriptedLine(), ScriptedLine(), HandClock()
    with serving(ScriptedTransport(first, second), recorder, reconnect=AT_ONCE, clock_ns=clock):
        first.script.put(b"111\r")
        first.script.put(DeviceLost("scripted"))
        second.script.put(b"111\r222\r")
        assert [recorder.scan().text, recorder.scan().text] == ["111", "222"]


def test_a_broken_frame_is_one_complaint_while_the_trigger_is_held(recorder: Recorder) -> None:
    """Every refusal is counted, the first is shown, and none carries what was read."""
    line, clock = ScriptedLine(), HandClock()
    with serving(ScriptedTransport(line), recorder, clock_ns=clock) as worker:
        line.script.put(b"1\x003\r1\x004\r1\x005\r222\r")
        refused = recorder.scan()
        assert (refused.rejected, refused.text, refused.raw) == (RejectReason.CONTROL_CHARACTER, "", b"")
        assert recorder.scan().text == "222"
        assert worker.counters.rejected == {RejectReason.CONTROL_CHARACTER: 3}


def test_silence_ends_a_frame_when_an_empty_read_lets_time_pass(recorder: Recorder) -> None:
    """A scanner without terminator is served by the reads' own time-outs; the scan has the time of its last byte."""
    opened_ns, read_ns, later_ns = 0, 5_000_000_000, 5_250_000_000
    times_ns = iter([opened_ns, read_ns])
    line = ScriptedLine()
    line.script.put(CARD.encode())
    line.script.put(b"")
    frames = FrameSettings(terminators=frozenset({Terminator.NONE}))
    with serving(ScriptedTransport(line), recorder, frames=frames, clock_ns=lambda: next(times_ns, later_ns)):
        scan = recorder.scan()
        assert (scan.text, scan.t_monotonic_ns) == (CARD, read_ns)


def test_half_a_frame_at_the_loss_is_discarded_and_counted(recorder: Recorder) -> None:
    """What comes after the replug does not complete what came before it."""
    first, second = ScriptedLine(), ScriptedLine()
    with serving(ScriptedTransport(first, second), recorder, reconnect=AT_ONCE) as worker:
        first.script.put(b"29123")
        first.script.put(DeviceLost("scripted"))
        second.script.put(b"45678904\r")
        assert recorder.scan().text == "45678904"
        counters = worker.counters
        assert (counters.frames_discarded, counters.bytes_discarded, counters.losses) == (1, 5, 1)
    assert (first.closed, second.closed) == (1, 1)


def test_vain_attempts_are_one_message_until_the_reason_changes(recorder: Recorder) -> None:
    """The status bar does not flicker while a port stays busy."""
    line = ScriptedLine()
    errors = [PortBusy("scripted"), PortBusy("scripted"), PortDenied("scripted"), PortDenied("scripted")]
    with serving(ScriptedTransport(*errors, line), recorder, reconnect=AT_ONCE) as worker:
        assert recorder.status().state is DeviceState.CONNECTING
        busy, denied, ready = recorder.status(), recorder.status(), recorder.status()
        assert isinstance(busy.error, PortBusy)
        assert isinstance(denied.error, PortDenied)
        assert (busy.state, denied.state) == (DeviceState.UNAVAILABLE, DeviceState.UNAVAILABLE)
        assert ready == DeviceStatus(device_id="counter", state=DeviceState.READY)
        assert worker.counters.failed_opens == 4


def test_that_an_unplugged_scanner_is_missing_is_no_news(recorder: Recorder) -> None:
    """After "unplugged" comes "ready", not "port missing"; another reason would be told."""
    first, second = ScriptedLine(), ScriptedLine()
    transport = ScriptedTransport(first, PortMissing("scripted"), PortBusy("scripted"), second)
    with serving(transport, recorder, reconnect=AT_ONCE):
        recorder.wait_for(DeviceState.READY)
        first.script.put(DeviceLost("scripted"))
        states = [recorder.status() for _ in range(3)]
        assert [each.state for each in states] == [DeviceState.LOST, DeviceState.UNAVAILABLE, DeviceState.READY]
        assert isinstance(states[1].error, PortBusy)


def test_a_port_that_reappears_ends_a_long_wait(recorder: Recorder) -> None:
    """However far the waits have grown, plugging in is noticed at once."""
    line = ScriptedLine()
    transport = ScriptedTransport(PortMissing("scripted"), line)
    with serving(transport, recorder, reconnect=NEVER_AGAIN):
        recorder.wait_for(DeviceState.UNAVAILABLE)
        transport.place = "here again"
        recorder.wait_for(DeviceState.READY)


def test_a_port_that_stays_as_it_was_is_not_tried_in_a_hurry(recorder: Recorder) -> None:
    """A busy port stands there all the time; that is no reason to hammer it."""
    looked_again = threading.Event()

    class Watched(ScriptedTransport):
        looks = 0

        def presence(self) -> str:
            self.looks += 1
            if self.looks > 20:
                looked_again.set()
            return "here all the time"

    transport = Watched(PortBusy("scripted"), ScriptedLine())
    with serving(transport, recorder, reconnect=NEVER_AGAIN):
        assert looked_again.wait(PATIENCE_S)
        assert transport.opened == 1


def test_stop_during_a_wait_does_not_wait(recorder: Recorder) -> None:
    """Closing the till with the scanner unplugged takes no five seconds; the wait here would be an hour."""
    with serving(ScriptedTransport(), recorder, reconnect=NEVER_AGAIN) as worker:
        recorder.wait_for(DeviceState.UNAVAILABLE)
        worker.stop()
        assert recorder.has_ended()


@pytest.mark.parametrize(("lived_s", "attempts"), [(6, 4), (1, 3)])
def test_a_line_that_lived_long_makes_the_next_wait_short_again(
    recorder: Recorder, lived_s: int, attempts: int
) -> None:
    """A silent line lost after hours is looked for at once; one that flaps is not. The second wait here is an hour."""
    line, slow = ScriptedLine(), ReconnectSettings(delays_s=(0.001, 0.001, 3600.0), presence_poll_s=0.001)
    line.script.put(DeviceLost("scripted"))
    times_ns = iter([0])
    transport = ScriptedTransport(PortBusy("scripted"), line, PortDenied("scripted"), PortFailed("scripted"))
    with serving(
        transport, recorder, reconnect=slow, clock_ns=lambda: next(times_ns, lived_s * 1_000_000_000)
    ) as worker:
        recorder.wait_for(DeviceState.LOST)
        denied = recorder.wait_for(DeviceState.UNAVAILABLE)
        assert isinstance(denied.error, PortDenied)
        if attempts == 4:
            assert isinstance(recorder.wait_for(DeviceState.UNAVAILABLE).error, PortFailed)
        worker.stop()
        assert transport.opened == attempts


def test_a_thread_that_hangs_in_a_device_is_reported_and_not_waited_for(
    recorder: Recorder, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The till closes even if a driver never returns."""

    class Hanging(ScriptedLine):
        def cancel(self) -> None:
            """A driver that does not listen."""

    monkeypatch.setattr(worker_module, "JOIN_TIMEOUT_S", 0.01)
    line = Hanging()
    worker = ScannerWorker("counter", ScriptedTransport(line), on_scan=recorder.on_scan, on_status=recorder.on_status)
    worker.start()
    recorder.wait_for(DeviceState.READY)
    worker.stop()
    assert "did not end" in caplog.text
    line.script.put(b"")
    recorder.wait_for(DeviceState.STOPPED)


def test_stop_before_start_and_twice_is_allowed(recorder: Recorder) -> None:
    """Shutdown code need not know how far start-up came."""
    worker = ScannerWorker(
        "counter", ScriptedTransport(), on_scan=recorder.on_scan, on_status=recorder.on_status, reconnect=EAGER
    )
    worker.stop()
    worker.stop()
    assert recorder.statuses.empty()


def test_a_worker_is_started_once(recorder: Recorder) -> None:
    """Two threads on one line would each get half of every code."""
    with serving(ScriptedTransport(), recorder) as worker, pytest.raises(RuntimeError, match="once"):
        worker.start()


def test_stop_from_a_sink_does_not_join_itself() -> None:
    """The till may decide to stop a scanner while it is being told something."""
    stopped = threading.Event()
    line = ScriptedLine()
    line.script.put(b"111\r")

    def on_status(status: DeviceStatus) -> None:
        if status.state is DeviceState.STOPPED:
            stopped.set()

    worker = ScannerWorker(
        "counter", ScriptedTransport(line), on_scan=lambda _scan: worker.stop(), on_status=on_status, reconnect=EAGER
    )
    worker.start()
    assert stopped.wait(PATIENCE_S)
    worker.stop()
    assert line.closed == 1


def test_a_bug_in_a_sink_reaches_the_crash_handler_and_closes_the_line(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bugs are not swallowed, and the port is free for the next start."""
    crashes: list[BaseException | None] = []
    monkeypatch.setattr(threading, "excepthook", lambda crash: crashes.append(crash.exc_value))
    line = ScriptedLine()
    line.script.put(b"111\r")

    def buggy(_scan: Scan) -> None:
        raise ZeroDivisionError

    worker = ScannerWorker(
        "counter", ScriptedTransport(line), on_scan=buggy, on_status=recorder.on_status, reconnect=EAGER
    )
    worker.start()
    recorder.wait_for(DeviceState.STOPPED)
    worker.stop()
    assert [type(each) for each in crashes] == [ZeroDivisionError]
    assert line.closed == 1


def test_no_scanned_text_reaches_the_log(recorder: Recorder, caplog: pytest.LogCaptureFixture) -> None:
    """Even at the finest level a log holds the last four characters and no more."""
    caplog.set_level(logging.DEBUG)
    line = ScriptedLine()
    with serving(ScriptedTransport(line), recorder):
        line.script.put(f"{CARD}\r4111111111111111\r1\x00{CARD}\r".encode())
        recorder.scan()
        recorder.scan()
        recorder.scan()
    assert CARD[-4:] in caplog.text
    assert CARD not in caplog.text
    assert "1111" not in caplog.text
