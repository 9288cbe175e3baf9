"""Turns a receipt into the bytes a printer takes (ESC/POS), through python-escpos.

The text arrives laid out, so the printer is told nothing about columns; what its code page lacks is folded before the
lines are laid out, so that every character is one byte and every amount ends at the margin.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from hardware.printing.folding import fold
from hardware.printing.library import code_page, new_dummy
from hardware.printing.pictures import logo, qr_raster
from hardware.printing.qr import qr_size
from hardware.printing.setup import DRAWER_PIN_FIRST, Cut, QrMode
from hardware.receipt import LaidOutLine, ReceiptLine, ReceiptStyle, lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hardware.printing.job import PrintJob
    from hardware.printing.setup import PrinterSetup

ROWS_MAX: Final = 1_000
"""Longest receipt, in rows of paper: more than four metres."""

_US_CHARACTERS: Final = b"\x1bR\x00"
"""ESC R: brackets stay brackets on a printer whose switches say Germany."""

_SINGLE_BYTE: Final = b"\x1c."
"""FS full stop: every byte is a character."""

_CUTS: Final = {Cut.FULL: b"\x1dV\x00", Cut.PARTIAL: b"\x1dV\x01"}
"""GS V, without a feed of its own."""

_LEVELS: Final = {"L": 0, "M": 1}

_ESC_PULSE: Final = (0x1B, 0x70)
_PULSE_UNIT_MS: Final = 2
_PULSE_PAUSE_MS: Final = 500
"""Rest after the pulse, for the lock's coil."""

_ELLIPSIS: Final = LaidOutLine("...")

_LOGGER = logging.getLogger(__name__)


def receipt_bytes(job: PrintJob, setup: PrinterSetup, *, again: bool = False) -> bytes:
    """One receipt as the printer wants it, from its reset to the cut.

    Args:
        job: What to print; nothing in it makes this fail, and no control character of it reaches the printer.
        setup: The printer.
        again: Whether it may be on paper in part already; the job's remark for that stands on top then.

    Raises:
        PrinterMisconfigured: The set-up names a model or code page that does not exist.
        PrinterSoftwareMissing: The printer library cannot be loaded.
    """
    roll = _Roll(setup)
    roll.begin()
    if job.drawer:
        roll.kick()
    if job.logo and setup.logo:
        roll.logo()
    roll.lines((*job.again_lines, *job.lines) if again else job.lines)
    if job.qr:
        roll.qr(job.qr, job.qr_caption)
    roll.end()
    return roll.output()


def drawer_bytes(setup: PrinterSetup) -> bytes:
    """The drawer's pulse and nothing else.

    Raises:
        PrinterMisconfigured: See ``receipt_bytes``.
        PrinterSoftwareMissing: See ``receipt_bytes``.
    """
    roll = _Roll(setup)
    roll.kick()
    return roll.output()


class _Roll:
    """One piece of paper in the making."""

    def __init__(self, setup: PrinterSetup) -> None:
        self._setup = setup
        self._dummy = new_dummy(setup)
        self._page = code_page(setup, self._dummy.profile)
        self._parts: list[bytes] = []

    def begin(self) -> None:
        """Put the printer into a known state, whatever another program left behind."""
        self._dummy.hw("INIT")
        if self._setup.double_byte:
            self._raw(_SINGLE_BYTE)
        self._raw(_US_CHARACTERS)
        self._dummy.charcode(self._page.name)

    def kick(self) -> None:
        """Open the drawer."""
        pin = 0 if self._setup.drawer_pin == DRAWER_PIN_FIRST else 1
        on_units = self._setup.drawer_pulse_ms // _PULSE_UNIT_MS
        self._dummy.cashdraw([*_ESC_PULSE, pin, on_units, _PULSE_PAUSE_MS // _PULSE_UNIT_MS])

    def logo(self) -> None:
        """The shop's logo in the middle, if it can be read."""
        picture = logo(self._setup.logo, self._setup.dots)
        if picture:
            self._centred(picture)

    def lines(self, lines: Sequence[ReceiptLine]) -> None:
        """Text, emphasised where it is to be."""
        page = self._page.characters
        folded = [
            ReceiptLine(text=fold(line.text, page), right=fold(line.right, page), style=line.style) for line in lines
        ]
        rows = lay_out(folded, self._setup.width)
        if len(rows) > ROWS_MAX:
            _LOGGER.warning("a receipt of %s rows is cut at %s", len(rows), ROWS_MAX)
            rows = [*rows[: ROWS_MAX - 1], _ELLIPSIS]
        strong = False
        for row in rows:
            if row.strong is not strong:
                strong = row.strong
                self._dummy.set(bold=strong)
            self._dummy.text(row.text + "\n")
        if strong:
            self._dummy.set(bold=False)

    def qr(self, content: str, caption: str) -> None:
        """A QR code in the middle with its caption above; neither when it does not fit the paper."""
        size = qr_size(content, self._setup.dots) if content.isprintable() else None
        if size is None:
            # Never its text: what a receipt's code holds is as good as the receipt.
            _LOGGER.warning("a QR code of %s characters is left out", len(content))
            return
        if caption:
            self.lines([ReceiptLine(caption, style=ReceiptStyle.CENTRED)])
        if self._draws_qr:
            self._dummy.set(align="center")
            self._dummy.qr(content, ec=_LEVELS[size.level], size=size.dots_per_module, native=True)
            self._dummy.set(align="left")
        else:
            self._centred(qr_raster(content, size))

    def end(self) -> None:
        """Push the paper out and cut it, if the model has a knife."""
        self._dummy.print_and_feed(self._setup.feed_lines)
        supports = self._dummy.profile.supports
        knives = {Cut.FULL: supports("paperFullCut"), Cut.PARTIAL: supports("paperPartCut")}
        if self._setup.cut is Cut.NONE or not any(knives.values()):
            return
        wanted = self._setup.cut
        self._raw(_CUTS[wanted] if knives[wanted] else next(_CUTS[cut] for cut, has in knives.items() if has))

    def output(self) -> bytes:
        """Everything so far."""
        self._drain()
        return b"".join(self._parts)

    @property
    def _draws_qr(self) -> bool:
        if self._setup.qr is QrMode.AUTO:
            return bool(self._dummy.profile.supports("qrCode"))
        return self._setup.qr is QrMode.NATIVE

    def _centred(self, picture: bytes) -> None:
        self._dummy.set(align="center")
        self._raw(picture)
        self._dummy.set(align="left")

    def _raw(self, command: bytes) -> None:
        """What the library has no words for."""
        self._drain()
        self._parts.append(command)

    def _drain(self) -> None:
        self._parts.append(self._dummy.output)
        self._dummy.clear()
