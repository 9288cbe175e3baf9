"""The printer's thread on a scripted line: what it makes of answers, full buffers, losses and time."""

import logging
import threading
from queue import Empty

import pytest
from msgspec.structs import replace

from hardware.printing import worker as worker_module
from hardware.printing.delivery import PrinterTiming
from hardware.printing.errors import (
    PrinterBlocked,
    PrinterBusy,
    PrinterMisconfigured,
    PrinterMissing,
    PrinterSilent,
    PrinterUnreachable,
)
from hardware.printing.queue import PRINT_JOBS_MAX
from hardware.printing.status import PrinterState, PrinterStatus
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


def test_states_come_in_order_from_start_to_stop(recorder: PrinterRecorder) -> None:
    """Starting, ready, one more job, printing, ready, stopped: each once."""
    line, job = ScriptedPrinterLine(WELL), print_job(ReceiptLine("a"))
    with printing(recorder, transport=ScriptedPrinterTransport(line)) as worker:
        recorder.wait_for(PrinterState.READY)
        assert worker.print(job)
        assert recorder.next_printed() == job.job_id
        assert worker.status == PrinterStatus(device_id="receipts", state=PrinterState.READY)
    states = [(each.state, each.waiting) for each in iter_now(recorder)]
    assert states == [
        (PrinterState.READY, 1),
        (PrinterState.PRINTING, 1),
        (PrinterState.READY, 0),
        (PrinterState.STOPPED, 0),
    ]
    assert line.paper.text == "a"
    assert line.closed == 1


def iter_now(recorder: PrinterRecorder) -> list[PrinterStatus]:
    """The statuses nobody has asked for, without waiting."""
    found = []
    while True:
        try:
            found.append(recorder.statuses.get_nowait())
        except Empty:
            return found


def test_jobs_are_printed_in_order_and_each_once(recorder: PrinterRecorder) -> None:
    """A queue that fills faster than the printer prints."""
    line, jobs = ScriptedPrinterLine(WELL), [print_job(ReceiptLine(str(number))) for number in range(20)]
    with printing(recorder, transport=ScriptedPrinterTransport(line)) as worker:
        assert all(worker.print(job) for job in jobs)
        assert [recorder.next_printed() for _ in jobs] == [job.job_id for job in jobs]
    assert line.paper.text.split() == [str(number) for number in range(20)]


def test_a_printer_that_says_nothing_is_taken_as_ready(recorder: PrinterRecorder) -> None:
    """Most inexpensive ones never answer; nobody waits for their word that a receipt is out."""
    line = ScriptedPrinterLine(None)
    with printing(recorder, transport=ScriptedPrinterTransport(line), timing=replace(BRISK, answer_s=0.001)) as worker:
        recorder.wait_for(PrinterState.READY)
        worker.print(print_job())
        recorder.next_printed()
    assert b"\x1dr" not in line.taken


def test_a_printer_that_does_not_say_when_it_is_done_is_asked_once(recorder: PrinterRecorder) -> None:
    """It answers how it is and not this; the second receipt does not wait for it any more."""
    line = ScriptedPrinterLine(WELL, says_end=False)
    with printing(recorder, transport=ScriptedPrinterTransport(line), timing=replace(BRISK, finish_s=0.01)) as worker:
        for _ in range(2):
            worker.print(print_job())
            recorder.next_printed()
    assert line.taken.count(b"\x1dr\x01") == 1


def test_paper_out_and_cover_open_show_before_the_next_receipt(recorder: PrinterRecorder) -> None:
    """The idle printer is asked now and then; a receipt waits until there is paper, and the roll's end is announced."""
    line = ScriptedPrinterLine(WELL)
    with printing(recorder, transport=ScriptedPrinterTransport(line)) as worker:
        recorder.wait_for(PrinterState.READY)
        line.answer = LOW
        recorder.wait_for(PrinterState.PAPER_LOW)
        line.answer = NO_PAPER
        recorder.wait_for(PrinterState.PAPER_OUT)
        job = print_job()
        worker.print(job)
        recorder.wait_for(PrinterState.PAPER_OUT, waiting=1)
        assert recorder.printed.empty()
        line.answer = b"\x1a\x16\x12\x12"
        recorder.wait_for(PrinterState.COVER_OPEN)
        line.answer = WELL
        assert recorder.next_printed() == job.job_id


def test_paper_that_ends_in_mid_receipt_is_shown_and_the_receipt_not_sent_twice(recorder: PrinterRecorder) -> None:
    """The printer keeps what it has and goes on by itself; the till waits as long as that takes."""
    line = ScriptedPrinterLine(WELL, says_end=False)
    with printing(recorder, transport=ScriptedPrinterTransport(line), timing=PATIENT) as worker:
        worker.print(print_job(ReceiptLine("once")))
        recorder.wait_for(PrinterState.PRINTING)
        line.answer = NO_PAPER
        recorder.wait_for(PrinterState.PAPER_OUT)
        line.answer = WELL
        recorder.wait_for(PrinterState.PRINTING)
        line.say(b"\x00")
        recorder.next_printed()
    assert line.taken.count(b"once") == 1


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
    states = [each.error and each.error.code for each in iter_now(recorder) if each.state is PrinterState.UNAVAILABLE]
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


def test_a_shared_printer_is_let_go_between_receipts(recorder: PrinterRecorder) -> None:
    """The cash register prints on it as well; a look now and then takes no longer than the look."""
    lines = [ScriptedPrinterLine(WELL) for _ in range(3)]
    transport = ScriptedPrinterTransport(*lines, is_shared=True)
    with printing(recorder, transport=transport, timing=NOTHING_CHANGES) as worker:
        recorder.wait_for(PrinterState.READY)
        worker.print(print_job(ReceiptLine("a")))
        recorder.next_printed()
        worker.print(print_job(ReceiptLine("b")))
        recorder.next_printed()
    assert [line.closed for line in lines] == [1, 1, 1]
    assert (lines[1].paper.text, lines[2].paper.text) == ("a", "b")


def test_a_shared_printer_that_cannot_print_is_looked_at_and_not_hammered(recorder: PrinterRecorder) -> None:
    """A receipt that waits does not make a loop of connecting."""
    lines = [ScriptedPrinterLine(NO_PAPER) for _ in range(5)]
    transport = ScriptedPrinterTransport(*lines, is_shared=True)
    with printing(recorder, transport=transport, timing=NOTHING_CHANGES) as worker:
        recorder.wait_for(PrinterState.PAPER_OUT)
        worker.print(print_job())
        recorder.wait_for(PrinterState.PAPER_OUT, waiting=1)
    assert transport.opened <= 2


def test_a_full_queue_says_no_at_once(recorder: PrinterRecorder) -> None:
    """The window can tell the cashier; nothing waits and nothing is lost silently."""
    with printing(recorder, transport=ScriptedPrinterTransport()) as worker:
        answers = [worker.print(print_job()) for _ in range(PRINT_JOBS_MAX + 1)]
        assert answers == [True] * PRINT_JOBS_MAX + [False]
        assert worker.status.waiting == PRINT_JOBS_MAX
        assert len(worker.cancel_waiting()) == PRINT_JOBS_MAX
        recorder.wait_for(PrinterState.UNAVAILABLE, waiting=0)
        assert worker.print(print_job())


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


def test_the_drawer_opens_on_its_own_when_the_printer_is_ready(recorder: PrinterRecorder) -> None:
    """Change for the next customer needs no receipt."""
    line = ScriptedPrinterLine(WELL)
    with printing(recorder, transport=ScriptedPrinterTransport(line)) as worker:
        recorder.wait_for(PrinterState.READY)
        assert worker.open_drawer()
        worker.print(print_job(ReceiptLine("after")))
        recorder.next_printed()
    assert len(line.paper.pulses) == 1


def test_a_drawer_does_not_open_by_itself_when_the_printer_comes_back(recorder: PrinterRecorder) -> None:
    """Minutes later nobody stands before it: no kick of its own, and none with the receipt that waited."""
    line = ScriptedPrinterLine(WELL)
    transport = ScriptedPrinterTransport(PrinterMissing("scripted"))
    timing = replace(BRISK, drawer_age_max_s=0.0)
    with printing(recorder, transport=transport, timing=timing) as worker:
        recorder.wait_for(PrinterState.UNAVAILABLE)
        assert not worker.open_drawer()
        worker.print(print_job(ReceiptLine("waited"), drawer=True))
        recorder.wait_for(PrinterState.UNAVAILABLE, waiting=1)
        transport.results.append(line)
        recorder.next_printed()
    assert line.paper.text == "waited"
    assert line.paper.pulses == ()


def test_wrong_settings_are_shown_and_nothing_is_opened(recorder: PrinterRecorder) -> None:
    """A model that does not exist is found before the first receipt, not with it."""
    transport = ScriptedPrinterTransport(ScriptedPrinterLine(WELL))
    with printing(recorder, replace(SETUP, profile="TM-Nothing"), transport=transport):
        shown = recorder.wait_for(PrinterState.UNAVAILABLE)
    assert isinstance(shown.error, PrinterMisconfigured)
    assert transport.opened == 0


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


def test_stopping_twice_and_before_the_start_is_harmless(recorder: PrinterRecorder) -> None:
    """The till's shutdown need not know how far it had come; a stopped worker takes no jobs."""
    sinks = {"on_status": recorder.on_status, "on_printed": recorder.on_printed, "on_failed": recorder.on_failed}
    worker = PrinterWorker("receipts", SETUP, transport=ScriptedPrinterTransport(), **sinks)  # type: ignore[arg-type]
    worker.stop()
    worker.stop()
    assert not worker.print(print_job())


def test_a_worker_is_started_once(recorder: PrinterRecorder) -> None:
    """Two threads on one printer would print each other's lines."""
    with printing(recorder, transport=ScriptedPrinterTransport()) as worker, pytest.raises(RuntimeError):
        worker.start()


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


def test_what_is_logged_names_the_printer_and_not_the_customer(
    recorder: PrinterRecorder, caplog: pytest.LogCaptureFixture
) -> None:
    """Names and codes of receipts stay out of the log, whatever goes wrong."""
    line = ScriptedPrinterLine(WELL)
    line.breaks_after = 10
    lines = [line, *[ScriptedPrinterLine(WELL) for _ in range(2)]]
    with caplog.at_level(logging.DEBUG), printing(recorder, transport=ScriptedPrinterTransport(*lines)) as worker:
        worker.print(print_job(ReceiptLine("Greta Sommer"), qr="SKR1SECRET"))
        recorder.next_printed()
    assert "receipts: printer_missing" in caplog.text
    assert "Greta" not in caplog.text
    assert "SECRET" not in caplog.text


def test_times_are_in_proportion() -> None:
    """A printer is shown as stuck before it is given up, and looked at sooner when something is wrong with it."""
    timing = PrinterTiming()
    assert timing.answer_s < timing.trouble_poll_s < timing.poll_s < timing.mute_poll_s
    assert timing.stall_shown_s < timing.stall_max_s
