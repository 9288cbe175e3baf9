"""The printer's thread on a scripted line: what it makes of jobs, answers and time."""

import logging

import pytest
from msgspec.structs import replace

from hardware.printing.delivery import PrinterTiming
from hardware.printing.errors import (
    NotAPrinter,
    PrinterMisconfigured,
    PrinterMissing,
)
from hardware.printing.queue import PRINT_JOBS_MAX
from hardware.printing.status import PrinterState, PrinterStatus
from hardware.printing.worker import PrinterWorker
from hardware.receipt import ReceiptLine
from tests.fakes.printer import (
    BRISK,
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
    states = [(each.state, each.waiting) for each in recorder.rest()]
    assert states == [
        (PrinterState.READY, 1),
        (PrinterState.PRINTING, 1),
        (PrinterState.READY, 0),
        (PrinterState.STOPPED, 0),
    ]
    assert line.paper.text == "a"
    assert line.closed == 1


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


def test_a_kick_that_comes_too_late_is_dropped(recorder: PrinterRecorder) -> None:
    """Between asking and the printer's being ready, the cashier may have gone."""
    line = ScriptedPrinterLine(WELL)
    timing = replace(BRISK, drawer_age_max_s=-1.0)
    with printing(recorder, transport=ScriptedPrinterTransport(line), timing=timing) as worker:
        recorder.wait_for(PrinterState.READY)
        assert worker.open_drawer()
        worker.print(print_job(ReceiptLine("after")))
        recorder.next_printed()
    assert line.paper.pulses == ()


def test_wrong_settings_are_shown_and_nothing_is_opened(recorder: PrinterRecorder) -> None:
    """A model that does not exist is found before the first receipt, not with it."""
    transport = ScriptedPrinterTransport(ScriptedPrinterLine(WELL))
    with printing(recorder, replace(SETUP, profile="TM-Nothing"), transport=transport):
        shown = recorder.wait_for(PrinterState.UNAVAILABLE)
    assert isinstance(shown.error, PrinterMisconfigured)
    assert transport.opened == 0


def test_a_port_that_is_none_is_shown_like_every_other_trouble(recorder: PrinterRecorder) -> None:
    """The till opens with wrong settings, and says what is wrong with them."""
    with printing(recorder, replace(SETUP, target="printer")):
        shown = recorder.wait_for(PrinterState.UNAVAILABLE)
    assert isinstance(shown.error, NotAPrinter)
    assert "host:port" in shown.error.detail


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
