"""One booking's receipt on its way: what it needs to know is gathered, then it is shown, printed or saved.

It outlives the green screen: when the next card comes first, the receipt of the one before is printed all the same.
Nothing here can delay or undo the booking, which is on disk before a slip is made.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from hardware.printing.job import PrintJob
from hardware.receipt import WIDTH_80_MM, ReceiptLine, ReceiptStyle, lay_out
from terminal.app.earn import Earned
from terminal.app.expiring import next_to_expire
from terminal.app.files import documents_folder, write_files
from terminal.app.redeem import Redeemed
from terminal.errors import FileUnwritable
from terminal.presenters.printing import UNDER_WAY, Progress, prints_by_itself
from terminal.presenters.receipt_states import Paper
from terminal.presenters.receipts import Circumstances, Receipt, again_lines, moment_text, receipt, receipt_file_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hardware.errors import HardwareError
    from terminal.app.expiring import NextToExpire
    from terminal.presenters.base import Surroundings
    from terminal.presenters.outcomes import Booked
    from terminal.sync.outcomes import Declined
    from texts.i18n import Texts

CODE_WAIT_MS: Final = 1_500
"""How long a receipt waits for its code while head office is being talked to, in milliseconds; then it goes without."""

PAPER_MM_DEFAULT: Final = 80


class Slip:
    """The receipt of one booking.

    Args:
        surroundings: Ledger, sync, printer and language.
        booked: What is on disk.
        changed: Hears that there is something new to show.
        broke: Hears what broke; the receipt goes on without what could not be found out.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        booked: Booked,
        changed: Callable[[], None],
        broke: Callable[[Exception], None],
    ) -> None:
        self._around = surroundings
        self.booked = booked
        self._changed = changed
        self._broke = broke
        self.progress = Progress.NONE
        self._has_been_printed = False
        self._expiring: NextToExpire | None = None
        self._knows_expiring = False
        self._code = ""
        self._code_asked = False
        self._knows_code = not self._has_code
        self._squares: tuple[str, ...] = ()

    @property
    def _has_code(self) -> bool:
        """Whether another till can undo the booking with a code."""
        around = self._around
        return isinstance(self.booked, Earned | Redeemed) and around.sync.joined and around.sync_actions is not None

    def begin(self) -> None:
        """Gather what stands on the receipt, open the drawer, and print where that is to happen by itself."""
        member_id = self.booked.record.member_id
        if member_id is None:
            self._knows_expiring = True
        else:
            programme, clock = self._around.programme, self._around.clock
            self._around.desk.read(
                lambda reader: next_to_expire(reader, programme, clock, member_id),
                self._heard_expiring,
                self._no_expiring,
            )
        printing = self._around.printing
        if printing is None or not printing.has_printer:
            return
        if printing.opens_drawer and isinstance(self.booked, Earned) and not self.booked.repeated:
            printing.open_drawer()
        if prints_by_itself(printing.automatic, self.booked):
            self.print()

    def ask_for_code(self) -> None:
        """Have the code signed, once; only when somebody reads or prints, so that no sale waits for it."""
        actions = self._around.sync_actions
        if self._code_asked or not self._has_code or actions is None:
            return
        self._code_asked = True
        assert isinstance(self.booked, Earned | Redeemed), "others have no code"
        self._around.schedule(CODE_WAIT_MS, self._go_without_code)
        actions.receipt_code(self.booked.record, self._signed, self._no_code)

    def print(self) -> None:
        """Print the receipt, or a copy of one that was printed; one that is under way is not printed twice."""
        if self.progress in UNDER_WAY:
            return
        self.progress = Progress.MAKING
        self.ask_for_code()
        self._hand_over()
        self._changed()

    @property
    def is_copy(self) -> bool:
        """Whether the next print is a copy."""
        return self._has_been_printed

    # -- what is heard

    def _heard_expiring(self, found: NextToExpire | None) -> None:
        self._expiring, self._knows_expiring = found, True
        self._hand_over()
        self._changed()

    def _no_expiring(self, error: Exception) -> None:
        self._heard_expiring(None)
        self._broke(error)

    def _signed(self, code: str | Declined) -> None:
        self._code = code if isinstance(code, str) else ""
        if self._code:
            # Drawn on the storage thread: a long code takes a twentieth of a second.
            self._around.desk.read(partial(_drawn, self._code), self._heard_squares, self._broke)
        self._go_without_code()
        self._changed()

    def _heard_squares(self, squares: tuple[str, ...]) -> None:
        self._squares = squares
        self._changed()

    def _no_code(self, error: Exception) -> None:
        self._go_without_code()
        self._broke(error)

    def _go_without_code(self) -> None:
        """Wait no longer; what has arrived is printed."""
        self._knows_code = True
        self._hand_over()

    # -- onto paper

    def _hand_over(self) -> None:
        """Give the receipt to the printer as soon as all is known."""
        printing = self._around.printing
        if self.progress is not Progress.MAKING or not (self._knows_expiring and self._knows_code) or printing is None:
            return
        found = self.receipt(marks_copy=True)
        job = PrintJob(
            job_id=self._around.ids.random_id(),
            lines=found.lines,
            qr=found.qr,
            qr_caption=found.qr_caption,
            again_lines=again_lines(self._around.texts),
        )
        self.progress = Progress.QUEUED
        if not printing.print(job, self._told):
            self.progress = Progress.CROWDED_OUT

    def _told(self, error: HardwareError | None) -> None:
        """It is printed, or was given up: then the next print is no copy, for nobody has the first one."""
        self.progress = Progress.PRINTED if error is None else Progress.GIVEN_UP
        self._has_been_printed = self._has_been_printed or error is None
        self._changed()

    def receipt(self, *, marks_copy: bool = False) -> Receipt:
        """The receipt as far as it is known now.

        Args:
            marks_copy: Whether it says when it is a copy, as what leaves the till does.
        """
        around = self._around
        copied = now_text(around) if marks_copy and self.is_copy else ""
        circumstances = Circumstances(self._code, self._expiring, copied)
        return receipt(around.texts, around.programme, around.desk.shop, self.booked, circumstances)

    def paper(self) -> Paper:
        """The receipt as it lies on the paper."""
        printing, found = self._around.printing, self.receipt()
        columns = printing.columns if printing else WIDTH_80_MM
        caption = ReceiptLine(found.qr_caption, style=ReceiptStyle.CENTRED)
        lines = (*found.lines, caption) if self._squares else found.lines
        return Paper(columns, tuple(lay_out(lines, columns)), self._squares)

    def save(self, done: Callable[[Path | FileUnwritable], None]) -> None:
        """Write the receipt as a PDF to where reports go, on the storage thread."""
        around = self._around
        printing, texts = around.printing, around.texts
        paper_mm = printing.paper_mm if printing else PAPER_MM_DEFAULT
        folder = (printing.pdf_folder if printing else None) or around.reports.folder
        found, name = self.receipt(marks_copy=True), receipt_file_name(texts, self.booked.record)
        around.desk.read(lambda _reader: _save(texts, found, paper_mm, folder, name), done, self._broke)


def now_text(around: Surroundings) -> str:
    """This moment as a receipt says it."""
    now_us = around.clock.now_us()
    return moment_text(around.texts, now_us, around.clock.utc_offset_min(now_us))


def _drawn(code: str, _reader: object) -> tuple[str, ...]:
    from texts.qr import qr_rows

    return qr_rows(code)


def _save(texts: Texts, found: Receipt, paper_mm: int, folder: Path | None, name: str) -> Path | FileUnwritable:
    from texts.receipt_pdf import receipt_pdf

    content = receipt_pdf(texts, found, paper_mm, name.removesuffix(".pdf"))
    try:
        return write_files(folder or documents_folder(), {name: content})[0]
    except FileUnwritable as error:
        return error
