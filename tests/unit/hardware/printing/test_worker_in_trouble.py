"""The printer's thread when its line is lost, blocked or silent: nothing is lost, doubled, or waited for too long."""

import logging
import threading

import pytest
from msgspec.structs import replace

from hardware.printing import worker as worker_module
from hardware.printing.errors import (
    PrinterBlocked,
    PrinterBusy,
    PrinterMissing,
    PrinterSilent,
    PrinterUnreachable,
)
from hardware.printing.status import PrinterState
from hardware.printing.worker import PRINT_ATTEMPTS_MAX, PrinterWorker
from hardware.receipt import ReceiptLine
from tests.fakes.printer import (
    BRISK,
    EAGER,
    PATIENCE_S,
    SETUP,
    PrinterRecorder,
    ScriptedPrinterLine,
    ScriptedPrinterTransport,
    print_job,
    printing,
)

WELL = b"\x12\x12\x12\x12"
NO_PAPER = b"\x1a\x32\x12\x7e"
LOW = b"\x12\x12\x12\x1e"
PATIENT = replace(BRISK, finish_s=3600.0, stall_max_s=3600.0)
NOTHING_CHANGES = replace(PATIENT, poll_s=3600.0, mute_poll_s=3600.0, trouble_poll_s=3600.0)


@pytest.fixture
def recorder() -> PrinterRecorder:
    """Collects what the worker tells."""
    return PrinterRecorder()


def test_a_receipt_broken_off_is_printed_again_from_its_start_with_a_word_on_top(recorder: PrinterRecorder) -> None:
    """The drawer, which has opened, stays shut the second time."""
    first, second = ScriptedPrinterLine(WELL), ScriptedPrinterLine(WELL)
    first.breaks_after = 20
    job = print_job(ReceiptLine("body"), drawer=True, again_lines=(ReceiptLine("Second try"),))
    transport = ScriptedPrinterTransport(first, PrinterMissing("scripted"), second)
    with printing(recorder, transport=transport) as worker:
        worker.print(job)
        lost = recorder.wait_for(PrinterState.UNAVAILABLE)
        assert (lost.waiting, type(lost.error)) == (1, PrinterMissing)
        assert recorder.next_printed() == job.job_id
    assert first.taken.count(b"\x1bp") == 1
    assert second.paper.text.split("\n") == ["Second try", "body"]
    assert second.paper.pulses == ()
    assert recorder.failed.empty()


def test_a_receipt_not_begun_is_no_second_try(recorder: PrinterRecorder) -> None:
    """The printer went away before the first byte: nothing lies there that would have to be explained."""
    first, second = ScriptedPrinterLine(WELL), ScriptedPrinterLine(WELL)
    first.breaks_after = 0
    job = print_job(ReceiptLine("body"), drawer=True, again_lines=(ReceiptLine("Second try"),))
    with printing(recorder, transport=ScriptedPrinterTransport(first, second)) as worker:
        worker.print(job)
        recorder.next_printed()
    assert second.paper.text == "body"
    assert len(second.paper.pulses) == 1


def test_a_receipt_that_breaks_its_printer_every_time_does_not_stop_the_others(recorder: PrinterRecorder) -> None:
    """After some attempts it is given up and said so; the next one is printed."""
    lines = [ScriptedPrinterLine(WELL) for _ in range(PRINT_ATTEMPTS_MAX + 1)]
    for line in lines[:-1]:
        line.breaks_after = 10
    poison, sound = print_job(ReceiptLine("poison")), print_job(ReceiptLine("sound"))
    with printing(recorder, transport=ScriptedPrinterTransport(*lines)) as worker:
        worker.print(poison)
        worker.print(sound)
        job_id, error = recorder.failed.get(timeout=PATIENCE_S)
        assert (job_id, type(error)) == (poison.job_id, PrinterMissing)
        assert recorder.next_printed() == sound.job_id
    assert lines[-1].paper.text == "sound"


def test_vain_attempts_are_one_message_until_the_reason_changes(recorder: PrinterRecorder) -> None:
    """The bar does not flicker while a printer is switched off, and no attempt counts against a receipt."""
    errors = [PrinterUnreachable("scripted")] * 10 + [PrinterBusy("scripted")] * 10
    line = ScriptedPrinterLine(WELL)
    with printing(recorder, transport=ScriptedPrinterTransport(*errors, line)) as worker:
        worker.print(print_job())
        recorder.next_printed()
    states = [each.error and each.error.code for each in recorder.rest() if each.state is PrinterState.UNAVAILABLE]
    assert len(states) <= 4  # once for each reason, and once more for each if the job came in between
    assert list(dict.fromkeys(states)) == ["printer_unreachable", "printer_busy"]
    assert recorder.failed.empty()


def test_that_an_unplugged_printer_is_missing_is_no_news(recorder: PrinterRecorder) -> None:
    """That it was unplugged says more than that it is not there, and stays until the printer is back."""
    first, second = ScriptedPrinterLine(WELL), ScriptedPrinterLine(WELL)
    gone = [PrinterMissing("scripted"), PrinterMissing("scripted")]
    with printing(recorder, transport=ScriptedPrinterTransport(first, *gone, second)):
        recorder.wait_for(PrinterState.READY)
        first.is_gone = True
        recorder.wait_for(PrinterState.UNAVAILABLE)
        assert recorder.statuses.get(timeout=PATIENCE_S).state is PrinterState.READY


def test_a_printer_that_takes_nothing_is_shown_and_stop_does_not_wait_for_it(recorder: PrinterRecorder) -> None:
    """The cashier is told to look at paper and cover; the till still ends at once."""
    line = ScriptedPrinterLine(None)
    line.listens = False
    line.room = 10
    timing = replace(PATIENT, stall_shown_s=0.001)
    with printing(recorder, transport=ScriptedPrinterTransport(line), timing=timing) as worker:
        worker.print(print_job())
        shown = recorder.wait_for(PrinterState.OFFLINE)
        assert isinstance(shown.error, PrinterBlocked)
        assert recorder.printed.empty()
    assert line.closed == 1


def test_a_blocked_printer_goes_on_where_it_was_when_it_takes_bytes_again(recorder: PrinterRecorder) -> None:
    """New paper in time, and the receipt is whole: nothing is sent twice."""
    line = ScriptedPrinterLine(None)
    line.listens = False
    line.room = 10
    timing = replace(PATIENT, stall_shown_s=0.001)
    with printing(recorder, transport=ScriptedPrinterTransport(line), timing=timing) as worker:
        worker.print(print_job(ReceiptLine("whole")))
        recorder.wait_for(PrinterState.OFFLINE)
        line.room = None
        recorder.wait_for(PrinterState.PRINTING)
        recorder.next_printed()
    assert line.paper.text == "whole"


def test_a_printer_blocked_for_long_is_opened_anew(recorder: PrinterRecorder) -> None:
    """A hanging print server comes back that way; the receipt then starts over, and "ready" is said when it moves."""
    first, second = ScriptedPrinterLine(None), ScriptedPrinterLine(None)
    first.listens = second.listens = False
    first.room = 10
    timing = replace(BRISK, stall_shown_s=0.0, stall_max_s=0.001)
    with printing(recorder, transport=ScriptedPrinterTransport(first, second), timing=timing) as worker:
        worker.print(print_job(ReceiptLine("whole")))
        recorder.wait_for(PrinterState.OFFLINE)
        after: list[PrinterState] = []
        while not after or after[-1] is not PrinterState.PRINTING:
            after.append(recorder.statuses.get(timeout=PATIENCE_S).state)
        assert PrinterState.READY not in after
        recorder.next_printed()
    assert first.closed == 1
    assert second.paper.text == "whole"


def test_a_printer_that_stops_answering_gets_no_receipts_until_it_answers(recorder: PrinterRecorder) -> None:
    """Switched off behind a serial adapter, it would swallow them."""
    line = ScriptedPrinterLine(WELL)
    timing = replace(BRISK, answer_s=0.001)
    with printing(recorder, transport=ScriptedPrinterTransport(*[line] * 1_000), timing=timing) as worker:
        recorder.wait_for(PrinterState.READY)
        line.answer = None
        silent = recorder.wait_for(PrinterState.OFFLINE)
        assert isinstance(silent.error, PrinterSilent)
        worker.print(print_job(ReceiptLine("later")))
        recorder.wait_for(PrinterState.OFFLINE, waiting=1)
        assert b"later" not in line.taken
        line.answer = WELL
        recorder.next_printed()


def test_a_line_that_has_died_without_a_word_is_opened_anew(recorder: PrinterRecorder) -> None:
    """A print server that was switched off and on knows nothing of the old connection."""
    dead, fresh = ScriptedPrinterLine(WELL), ScriptedPrinterLine(WELL)
    transport = ScriptedPrinterTransport(dead, fresh)
    with printing(recorder, transport=transport, timing=replace(BRISK, answer_s=0.001)):
        recorder.wait_for(PrinterState.READY)
        dead.answer = None
        recorder.wait_for(PrinterState.OFFLINE)
        recorder.wait_for(PrinterState.READY)
    assert (dead.closed, fresh.closed) == (1, 1)


def test_a_cancelled_receipt_on_a_blocked_line_is_given_up(recorder: PrinterRecorder) -> None:
    """It is not tried again, and whoever printed it is told."""
    line = ScriptedPrinterLine(None)
    line.listens = False
    line.room = 10
    job = print_job()
    timing = replace(PATIENT, stall_shown_s=0.001)
    with printing(recorder, transport=ScriptedPrinterTransport(line), timing=timing) as worker:
        worker.print(job)
        recorder.wait_for(PrinterState.OFFLINE)
        assert worker.cancel_waiting() == ()
        job_id, error = recorder.failed.get(timeout=PATIENCE_S)
    assert (job_id, type(error)) == (job.job_id, PrinterBlocked)


def test_a_printer_that_reappears_ends_a_long_wait(recorder: PrinterRecorder) -> None:
    """However far the waits have grown, plugging in is noticed at once."""
    line = ScriptedPrinterLine(WELL)
    transport = ScriptedPrinterTransport(PrinterMissing("scripted"), line)
    with printing(recorder, transport=transport, reconnect=replace(EAGER, delays_s=(3600.0,))):
        recorder.wait_for(PrinterState.UNAVAILABLE)
        transport.place = ("new node",)
        recorder.wait_for(PrinterState.READY)


def test_a_receipt_ends_a_long_wait(recorder: PrinterRecorder) -> None:
    """Whoever presses "print" has just switched the printer on."""
    line, job = ScriptedPrinterLine(WELL), print_job()
    transport = ScriptedPrinterTransport(PrinterMissing("scripted"), line)
    with printing(recorder, transport=transport, reconnect=replace(EAGER, delays_s=(3600.0,))) as worker:
        recorder.wait_for(PrinterState.UNAVAILABLE)
        worker.print(job)
        assert recorder.next_printed() == job.job_id


def test_a_line_that_does_not_return_is_left_behind_and_said(
    recorder: PrinterRecorder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A driver may hang in the kernel; the till ends all the same."""
    monkeypatch.setattr(worker_module, "JOIN_TIMEOUT_S", 0.01)
    released = threading.Event()
    line = ScriptedPrinterLine(WELL)

    def hang(_data: bytes) -> int:
        released.wait(PATIENCE_S)
        return 0

    line.write = hang  # type: ignore[method-assign,assignment]
    sinks = {"on_status": recorder.on_status, "on_printed": recorder.on_printed, "on_failed": recorder.on_failed}
    worker = PrinterWorker("receipts", SETUP, transport=ScriptedPrinterTransport(line), **sinks)  # type: ignore[arg-type]
    worker.start()
    recorder.wait_for(PrinterState.STARTING)
    with caplog.at_level(logging.ERROR):
        worker.stop()
    assert "did not end" in caplog.text
    released.set()
    recorder.wait_for(PrinterState.STOPPED)


def test_switched_off_behind_its_cable_in_mid_receipt_it_starts_over(recorder: PrinterRecorder) -> None:
    """A serial adapter stays when its printer goes: the silence behind a half receipt is a loss like any other."""
    first, second = ScriptedPrinterLine(WELL, says_end=False), ScriptedPrinterLine(WELL)
    job = print_job(ReceiptLine("body"), again_lines=(ReceiptLine("Second try"),))
    timing = replace(PATIENT, answer_s=0.001)
    with printing(recorder, transport=ScriptedPrinterTransport(first, second), timing=timing) as worker:
        worker.print(job)
        recorder.wait_for(PrinterState.PRINTING)
        first.answer = None
        assert isinstance(recorder.wait_for(PrinterState.OFFLINE).error, PrinterSilent)
        assert recorder.next_printed() == job.job_id
    assert second.paper.text.split("\n") == ["Second try", "body"]


def test_the_till_ends_while_a_printer_is_still_printing(recorder: PrinterRecorder) -> None:
    """The receipt is in the printer and comes out; nobody waits for its word."""
    line = ScriptedPrinterLine(WELL, says_end=False)
    with printing(recorder, transport=ScriptedPrinterTransport(line), timing=PATIENT) as worker:
        worker.print(print_job(ReceiptLine("in the printer")))
        recorder.wait_for(PrinterState.PRINTING)
    assert b"in the printer" in line.taken
    assert recorder.printed.empty()
    assert line.closed == 1
