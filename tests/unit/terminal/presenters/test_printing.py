"""Which bookings print, what the green screen says of it, and that nothing waits for a printer."""

from __future__ import annotations

import contextlib
from typing import get_args

import pypdfium2  # type: ignore[import-untyped]
import pytest

from hardware.errors import HardwareError
from hardware.printing.errors import (
    NotAPrinter,
    PrinterBlocked,
    PrinterBusy,
    PrinterFailed,
    PrinterLost,
    PrinterMissing,
    PrinterUnreachable,
)
from hardware.printing.status import PrinterState, PrinterStatus
from hardware.receipt import render
from terminal.presenters.done import DONE_SHOWN_MS
from terminal.presenters.printing import Progress, printer_pill, printing_notice
from terminal.presenters.slip import CODE_WAIT_MS
from terminal.presenters.states import DoneState, Screen, Tone
from terminal.settings.printer import Automatic
from tests.fakes.counter import ANNA, BEN, NEW_CARD, Counter
from tests.fakes.print_actions import FakePrintActions
from tests.fakes.sync_line import FakeSyncActions, hear
from texts.i18n import LANGUAGES, Texts

CODE = "SKR1" + "0" * 60


def attached(counter: Counter, printer: FakePrintActions) -> FakePrintActions:
    """A printer behind the counter."""
    counter.around.printing = printer
    return printer


def sell(counter: Counter, amount: str = "12.50", card: str = ANNA) -> DoneState:
    """A purchase at the counter."""
    counter.scan(card)
    counter.shell.member.amount_typed(amount)
    counter.shell.member.confirm()
    assert counter.screen() is Screen.DONE
    return counter.shell.done.state


def sell_with_reward(counter: Counter) -> None:
    """A purchase in which five euros are paid with points."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("20.00")
    counter.shell.member.choose_reward("off-5")
    counter.shell.member.confirm()
    assert counter.screen() is Screen.DONE


def said(counter: Counter) -> str:
    """What the green screen says of the printing."""
    notice = counter.shell.done.state.printer
    return notice.text if notice else ""


def status(state: PrinterState, *, waiting: int = 0, error: HardwareError | None = None) -> PrinterStatus:
    """What a printer tells."""
    return PrinterStatus(device_id="printer", state=state, waiting=waiting, error=error)


# -- what prints by itself


@pytest.mark.parametrize(
    ("automatic", "sale", "with_reward", "undone"),
    [("always", 1, 1, 1), ("rewards", 0, 1, 0), ("never", 0, 0, 0)],
)
def test_the_setting_says_which_bookings_print_by_themselves(
    counter: Counter, automatic: Automatic, sale: int, with_reward: int, undone: int
) -> None:
    """A purchase, one with a reward, and undoing it."""
    printer = attached(counter, FakePrintActions(automatic))
    printed = []
    for book in (lambda: sell(counter), lambda: sell_with_reward(counter), lambda: counter.shell.key("F9")):
        before = len(printer.jobs)
        book()
        printed.append(len(printer.jobs) - before)
    assert printed == [sale, with_reward, undone]
    assert automatic in get_args(Automatic)


def test_an_enrolment_prints_its_welcome(counter: Counter) -> None:
    """With "always", everything the green screen shows has a paper."""
    printer = attached(counter, FakePrintActions("always"))
    counter.shell.show_enrol(NEW_CARD)
    counter.shell.enrol.field_typed("name", "Cem Yıldız")
    counter.shell.enrol.confirm()
    assert counter.screen() is Screen.DONE
    assert any("Cem" in line.text for line in printer.jobs[0].lines)


def test_the_drawer_opens_with_a_purchase_and_with_nothing_else(counter: Counter) -> None:
    """Whoever undoes a booking takes no money."""
    printer = attached(counter, FakePrintActions(opens_drawer=True))
    sell(counter)
    assert printer.drawers == 1
    counter.shell.key("F9")
    assert printer.drawers == 1
    assert not printer.jobs


# -- asked for


def test_p_prints_the_receipt_and_then_copies(counter: Counter) -> None:
    """The first paper is the receipt; every further one says that it is a copy, and when it was made."""
    printer = attached(counter, FakePrintActions())
    assert sell(counter).print_action == "Print the receipt"
    counter.shell.key("P")
    assert said(counter) == "Printing the receipt …"
    assert not counter.shell.done.state.print_enabled
    counter.shell.key("P")
    assert len(printer.jobs) == 1
    printer.finish()
    assert said(counter) == "Receipt printed."
    assert counter.shell.done.state.print_action == "Print a copy"
    counter.shell.key("P")
    first, second = (render(job.lines, 48) for job in printer.jobs)
    assert "Copy" not in [line.strip() for line in first]
    assert second[1].strip() == "Copy"
    assert second[:1] + second[3:] == first
    assert len({job.job_id for job in printer.jobs}) == 2


def test_what_was_given_up_is_printed_again_and_is_no_copy(counter: Counter) -> None:
    """Nobody has the first one."""
    printer = attached(counter, FakePrintActions())
    sell(counter)
    counter.shell.key("P")
    printer.finish(PrinterLost("/dev/lp0"))
    assert "(M-336)" in said(counter)
    counter.shell.key("P")
    assert printer.jobs[1].lines == printer.jobs[0].lines


def test_a_queue_that_is_full_is_said(counter: Counter) -> None:
    """The booking stands; only the paper is missing."""
    printer = attached(counter, FakePrintActions("always"))
    printer.is_full = True
    sell(counter)
    assert "(M-337)" in said(counter)
    printer.is_full = False
    counter.shell.key("P")
    assert len(printer.jobs) == 1


def test_the_next_customer_does_not_wait_for_the_paper(counter: Counter) -> None:
    """A printer without paper stops nobody; its receipts come later, and the green screen is about the newest."""
    printer = attached(counter, FakePrintActions("always"))
    counter.shell.printer_status(status(PrinterState.PAPER_OUT))
    sell(counter)
    assert "(M-331)" in said(counter)
    sell(counter, "3.00", BEN)
    assert len(printer.jobs) == 2
    printer.finish()
    assert "(M-331)" in said(counter)
    printer.finish()
    assert said(counter) == "Receipt printed."


def test_asking_for_the_paper_keeps_the_screen_a_little_longer(counter: Counter) -> None:
    """The cashier sees that it prints; then the next customer comes."""
    attached(counter, FakePrintActions())
    sell(counter)
    counter.schedule.pass_ms(DONE_SHOWN_MS - 1)
    counter.shell.key("P")
    counter.schedule.pass_ms(DONE_SHOWN_MS - 1)
    assert counter.screen() is Screen.DONE
    counter.schedule.pass_ms(1)
    assert counter.screen() is Screen.IDLE


# -- the code for another till


def test_a_receipt_waits_for_its_code_and_not_for_long(counter: Counter, line: FakeSyncActions) -> None:
    """Signing takes milliseconds, but the line may be talking to head office for seconds."""
    printer = attached(counter, FakePrintActions("always"))
    hear(counter)
    sell(counter)
    assert not printer.jobs
    line.answer(CODE)
    assert [job.qr for job in printer.jobs] == [CODE]
    assert counter.shell.done.state.receipt is not None
    assert len(counter.shell.done.state.receipt.qr) > 20
    sell(counter, "3.00", BEN)
    counter.schedule.pass_ms(CODE_WAIT_MS)
    assert [job.qr for job in printer.jobs] == [CODE, ""]
    line.answer(CODE)
    assert len(printer.jobs) == 2


def test_the_receipt_is_printed_without_a_code_when_signing_breaks(counter: Counter, line: FakeSyncActions) -> None:
    """What broke is shown; the customer gets a paper all the same."""
    printer = attached(counter, FakePrintActions("always"))
    hear(counter)
    sell(counter)
    line.fail(RuntimeError("no key"))
    assert [job.qr for job in printer.jobs] == [""]
    assert len(counter.crashes) == 1


# -- without a printer


@pytest.mark.parametrize("is_attached", [True, False])
def test_without_a_printer_p_shows_the_receipt_and_then_saves_it(counter: Counter, *, is_attached: bool) -> None:
    """The same paper as a PDF among the documents."""
    if is_attached:
        attached(counter, FakePrintActions(has_printer=False))
    assert sell(counter).print_action == "Show the receipt"
    counter.shell.key("P")
    counter.schedule.pass_ms(10 * DONE_SHOWN_MS)
    assert counter.screen() is Screen.DONE
    assert counter.shell.done.state.print_action == "Save as PDF"
    counter.shell.key("P")
    (file,) = counter.documents.iterdir()
    assert said(counter) == f"Written: {file}"
    with contextlib.closing(pypdfium2.PdfDocument(file.read_bytes())) as document:
        assert "Purchase" in document[0].get_textpage().get_text_range()


def test_a_folder_that_takes_no_file_is_said(counter: Counter) -> None:
    """And the receipt can be saved once that is put right."""
    counter.documents.write_text("in the way")
    sell(counter)
    counter.shell.key("P")
    counter.shell.key("P")
    notice = counter.shell.done.state.printer
    assert notice is not None
    assert (notice.tone, "can't be written" in notice.text) == (Tone.BAD, True)


# -- words


@pytest.mark.parametrize(
    ("state", "error", "code"),
    [
        (PrinterState.PAPER_OUT, None, "M-331"),
        (PrinterState.COVER_OPEN, None, "M-332"),
        (PrinterState.OFFLINE, None, "M-333"),
        (PrinterState.UNAVAILABLE, PrinterBlocked("p"), "M-333"),
        (PrinterState.UNAVAILABLE, PrinterMissing("p"), "M-334"),
        (PrinterState.UNAVAILABLE, PrinterUnreachable("p"), "M-334"),
        (PrinterState.UNAVAILABLE, None, "M-334"),
        (PrinterState.UNAVAILABLE, PrinterBusy("p"), "M-335"),
        (PrinterState.UNAVAILABLE, NotAPrinter("p"), "M-335"),
        (PrinterState.UNAVAILABLE, PrinterFailed("p"), "M-335"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_trouble_says_what_to_do(
    language: str, state: PrinterState, error: HardwareError | None, code: str
) -> None:
    """In the bar shortly, spoken at length, and on the green screen for whoever waits for a paper."""
    texts, trouble = Texts(language), status(state, waiting=2, error=error)
    notice = printing_notice(texts, Progress.QUEUED, trouble)
    assert notice is not None
    assert (notice.tone, f"({code})" in notice.text) == (Tone.WARN, True)
    pill = printer_pill(texts, trouble)
    assert (pill.tone, "2" in pill.text) == (Tone.WARN, True)
    assert notice.text in pill.spoken
    assert printing_notice(texts, Progress.NONE, trouble) is None


def test_a_printer_in_good_order_is_calm() -> None:
    """Green when it is ready, and the end of the roll is said in time."""
    texts = Texts("en")
    for state, tone in (
        (PrinterState.READY, Tone.GOOD),
        (PrinterState.PRINTING, Tone.GOOD),
        (PrinterState.STARTING, Tone.NEUTRAL),
        (PrinterState.STOPPED, Tone.NEUTRAL),
        (PrinterState.PAPER_LOW, Tone.WARN),
    ):
        assert printer_pill(texts, status(state, waiting=1)).tone is tone
    assert printer_pill(texts, None).text == "No printer"
    low = printing_notice(texts, Progress.PRINTED, status(PrinterState.PAPER_LOW))
    assert low is not None
    assert "(M-338)" in low.text
