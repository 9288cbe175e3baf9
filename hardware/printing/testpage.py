"""The page a shop prints to see whether its printer is set up right."""
# ruff: noqa: PT028 - a test of paper, not of code

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hardware.printing.job import PrintJob
from hardware.receipt import ReceiptLine, ReceiptStyle, rule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

TEST_QR: Final = "STAMMKUNDE TEST 0123456789"
"""What the test page's code holds; a scanner at hand can read it."""

_LETTERS: Final = "ÄÖÜ äöü ß é è ç ñ å"
_SIGNS: Final = "„Anführung“ – 50 % · § 1 & [a]{b}"
_AMOUNT: Final = "1.234,56\u00a0€"


def test_page(
    columns: int,
    *,
    job_id: UUID,
    title: str,
    lines: Sequence[ReceiptLine] = (),
    caption: str = "",
    drawer: bool = False,
) -> PrintJob:
    """A page with everything that goes wrong first: width, umlauts, the euro sign, emphasis, the code, the cut.

    Args:
        columns: Characters to the line, for the ruler: it fills one row exactly, and breaks on narrower paper.
        job_id: Names the job.
        title: What stands on top, translated.
        lines: What else is to be said, translated, such as the printer's name and the time.
        caption: What stands above the code, translated.
        drawer: Whether to open the drawer as well.
    """
    ruler = "".join(str(number % 10) for number in range(1, columns + 1))
    return PrintJob(
        job_id=job_id,
        lines=(
            ReceiptLine(title, style=ReceiptStyle.TITLE),
            rule(),
            *lines,
            ReceiptLine(ruler),
            ReceiptLine(_LETTERS),
            ReceiptLine(_SIGNS),
            ReceiptLine("EUR", right=_AMOUNT),
            ReceiptLine("EUR", right=_AMOUNT, style=ReceiptStyle.STRONG),
            rule(),
        ),
        qr=TEST_QR,
        qr_caption=caption,
        drawer=drawer,
    )
