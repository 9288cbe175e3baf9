"""What a worker writes back, what it makes of a machine that slept, and what the doctor sees of it."""

import pytest

from hardware.backoff import ReconnectSettings
from hardware.errors import DeviceLost
from hardware.frames import RejectReason
from hardware.profiles import SILENCE, Answers
from hardware.scans import DeviceState
from hardware.traffic import Traffic
from hardware.worker import ScannerWorker
from tests.fakes.serial_line import PATIENCE_S, HandClock, Recorder, ScriptedLine, ScriptedTransport, serving

AT_ONCE = ReconnectSettings(delays_s=(0.001,), presence_poll_s=0.001)

SHAKING = Answers(taken=b"\x06\x07", repeated=b"\x06", refused=b"\x15")


@pytest.fixture
def recorder() -> Recorder:
    """Collects what the worker tells."""
    return Recorder()


def test_by_default_nothing_is_ever_written(recorder: Recorder) -> None:
    """A scanner that is not set up for answers might take one for a command."""
    line = ScriptedLine()
    with serving(ScriptedTransport(line), recorder) as worker:
        line.script.put(b"111\r1\x003\r222\r")
        assert [recorder.scan().text for _ in range(3)] == ["111", "", "222"]
        assert worker.counters.answers == 0
    assert line.sent.empty()


def test_a_taken_code_is_acknowledged_and_a_refused_one_is_asked_for_again(recorder: Recorder) -> None:
    """What the scanner then sends again is read; both answers are what the profile says."""
    line, clock = ScriptedLine(), HandClock()
    with serving(ScriptedTransport(line), recorder, answers=SHAKING, clock_ns=clock) as worker:
        line.script.put(b"29\x0134\r")
        assert recorder.scan().rejected is RejectReason.CONTROL_CHARACTER
        assert line.sent.get(timeout=PATIENCE_S) == b"\x15"
        line.script.put(b"2934\r")
        assert recorder.scan().text == "2934"
        assert line.sent.get(timeout=PATIENCE_S) == b"\x06\x07"
        assert worker.counters.answers == 2


def test_a_resend_after_a_lost_acknowledgement_is_one_scan(recorder: Recorder) -> None:
    """The scanner has not heard the ACK: it hears another one, and no customer is served twice."""
    line, clock = ScriptedLine(), HandClock()
    with serving(ScriptedTransport(line), recorder, answers=SHAKING, clock_ns=clock) as worker:
        line.script.put(b"2934\r")
        assert line.sent.get(timeout=PATIENCE_S) == b"\x06\x07"
        clock.now_ns += 690_000_000
        line.script.put(b"2934\r")
        assert line.sent.get(timeout=PATIENCE_S) == b"\x06"
        assert recorder.scan().text == "2934"
        assert recorder.rest() == []
        assert worker.counters.policy.repeats == 1


def test_a_code_that_is_refused_again_and_again_is_not_asked_for_forever(recorder: Recorder) -> None:
    """With wrong settings every resend is refused; scanner and till do not keep each other busy."""
    line = ScriptedLine()
    with serving(ScriptedTransport(line), recorder, answers=SHAKING) as worker:
        line.script.put(b"2\x01\r" * 20 + b"111\r2\x01\r222\r")
        while recorder.scan().text != "222":
            pass
        assert worker.counters.rejected == {RejectReason.CONTROL_CHARACTER: 21}
    answers = [line.sent.get_nowait() for _ in range(line.sent.qsize())]
    assert answers == [b"\x15"] * 3 + [b"\x06\x07", b"\x15", b"\x06\x07"]


def test_a_scanner_that_takes_no_answers_is_read_all_the_same(recorder: Recorder) -> None:
    """It may be set up wrong; its codes count."""
    line = ScriptedLine()
    line.takes_answers = False
    with serving(ScriptedTransport(line), recorder, answers=SHAKING) as worker:
        line.script.put(b"111\r222\r")
        assert [recorder.scan().text, recorder.scan().text] == ["111", "222"]
        line.script.put(b"333\r")
        assert recorder.scan().text == "333"
        assert worker.counters.answers_not_taken >= 2


def test_a_scanner_that_goes_away_while_it_is_answered_is_lost_and_found_again(recorder: Recorder) -> None:
    """The code it sent counts; the cable was pulled a moment later."""

    class Going(ScriptedLine):
        def send(self, data: bytes) -> bool:
            raise DeviceLost("scripted")

    first, second = Going(), ScriptedLine()
    with serving(ScriptedTransport(first, second), recorder, answers=SHAKING, reconnect=AT_ONCE) as worker:
        first.script.put(b"111\r")
        assert recorder.scan().text == "111"
        recorder.wait_for(DeviceState.LOST)
        recorder.wait_for(DeviceState.READY)
        second.script.put(b"222\r")
        assert recorder.scan().text == "222"
        assert worker.counters.losses == 1


def test_answers_are_decided_when_it_is_known_what_was_opened(recorder: Recorder) -> None:
    """A profile goes by the USB id, and another device may stand there after a replug."""
    first, second = ScriptedLine(), ScriptedLine()
    answers = iter([SHAKING, SILENCE])
    worker = ScannerWorker(
        "counter",
        ScriptedTransport(first, second),
        on_scan=recorder.on_scan,
        on_status=recorder.on_status,
        answers=lambda: next(answers),
        reconnect=AT_ONCE,
    )
    worker.start()
    first.script.put(b"111\r")
    assert first.sent.get(timeout=PATIENCE_S) == b"\x06\x07"
    first.script.put(DeviceLost("scripted"))
    second.script.put(b"222\r")
    assert [recorder.scan().text, recorder.scan().text] == ["111", "222"]
    worker.stop()
    assert second.sent.empty()


def test_a_machine_that_slept_in_mid_frame_makes_no_code_of_the_rest(recorder: Recorder) -> None:
    """A read returns within a tenth of a second; when the clock has jumped by more, the machine was asleep."""
    line, clock = ScriptedLine(), HandClock()
    with serving(ScriptedTransport(line), recorder, clock_ns=clock) as worker:
        line.script.put(b"first\r29123")
        assert recorder.scan().text == "first"
        clock.now_ns += 3_600_000_000_000
        line.script.put(b"45678904\r222\r")
        assert [recorder.scan().rejected, recorder.scan().rejected] == [RejectReason.TIMEOUT, RejectReason.LATE_TAIL]
        assert recorder.scan().text == "222"
        assert worker.counters.losses == 0


def test_a_machine_that_slept_between_two_codes_goes_on_as_before(recorder: Recorder) -> None:
    """The same card after the night is a new scan."""
    line, clock = ScriptedLine(), HandClock()
    with serving(ScriptedTransport(line), recorder, clock_ns=clock):
        line.script.put(b"111\r")
        assert recorder.scan().text == "111"
        clock.now_ns += 36_000_000_000_000
        line.script.put(b"111\r")
        assert recorder.scan().text == "111"


def test_the_doctor_sees_every_frame_and_every_refusal(recorder: Recorder) -> None:
    """Repeats too: what is dropped without a word must be visible somewhere."""
    line, traffic = ScriptedLine(), Traffic()
    with serving(ScriptedTransport(line), recorder, traffic=traffic):
        line.script.put(b"12345678\r12345678\r1\x012\r")
        recorder.scan()
        recorder.scan()
        line.script.put(b"222\r")
        recorder.scan()
    shown = [(entry.text, entry.rejected) for entry in traffic.entries()]
    assert shown[:3] == [("****5678", ""), ("****5678", ""), ("", "control_character")]
    assert {entry.device_id for entry in traffic.entries()} == {"counter"}


def test_counters_can_be_asked_for_while_they_count(recorder: Recorder) -> None:
    """What is handed out does not change any more."""
    line = ScriptedLine()
    with serving(ScriptedTransport(line), recorder) as worker:
        before = worker.counters
        line.script.put(b"1\x012\r111\r")
        recorder.scan()
        recorder.scan()
        assert (before.scans, before.rejected, before.policy.passed) == (0, {}, 0)
