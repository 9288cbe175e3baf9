"""What a printer is asked to print: finished lines and what goes with them."""

from __future__ import annotations

from uuid import UUID

import msgspec

from hardware.receipt import ReceiptLine


class PrintJob(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of paper.

    Attributes:
        job_id: Names the job in reports; printing the same receipt once more is another job.
        lines: The text in the language of the shop; a copy says so in its own lines.
        qr: What a QR code under the text holds; empty for none.
        qr_caption: What stands above the code.
        logo: Whether the shop's logo, if one is set up, stands above the text.
        drawer: Whether the cash drawer opens before the printing.
        again_lines: What stands on top when the printer went away in mid-receipt and the receipt is printed a second
            time from its start; none for no remark.
    """

    job_id: UUID
    lines: tuple[ReceiptLine, ...]
    qr: str = ""
    qr_caption: str = ""
    logo: bool = True
    drawer: bool = False
    again_lines: tuple[ReceiptLine, ...] = ()
