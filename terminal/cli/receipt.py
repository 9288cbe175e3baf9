"""``receipt``: the receipt of a booking that is in the journal, as text, as a file, or printed once more."""

from __future__ import annotations

import queue
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

import msgspec
import typer

from hardware.printing.job import PrintJob
from hardware.receipt import WIDTH_58_MM, WIDTH_80_MM, ReceiptLine, ReceiptStyle, render
from loyalty.outcomes import Reason, Refused
from loyalty.records import Redemption, Sale
from terminal.app.expiring import next_to_expire
from terminal.app.files import write_file
from terminal.app.newest import newest_booking
from terminal.app.reprint import NoReceipt, Reprint, reprint
from terminal.cli import parsing
from terminal.cli.elsewhere import code_of
from terminal.cli.session import Session, session_of
from terminal.presenters.printing import trouble_text
from terminal.presenters.receipts import Circumstances, Receipt, moment_text, receipt
from texts.command_line.answers import Answer, failure, no, tell
from texts.i18n import mark

if TYPE_CHECKING:
    from hardware.errors import HardwareError
    from hardware.printing.status import PrinterStatus
    from storage.store import Reader
    from terminal.app.till import Till
    from terminal.settings.printer import PrinterSettings
    from texts.i18n import Texts

ENDINGS: Final = (".pdf", ".txt", ".bin")
"""What a receipt can be written as; ``.bin`` are the printer's own bytes."""

PRINT_WAIT_S: Final = 30.0
"""How long a command waits for the paper, in seconds; at the till a receipt waits for as long as it takes."""

NO_JOB: Final = UUID(int=0)
"""The job of a receipt that goes to a file and into no queue."""

NO_RECEIPT: Final = mark("For this booking no customer gets a receipt. (M-330)")
NOT_IN_TIME: Final = mark("The printer did not print within {seconds} seconds. Nothing waits there now. (M-339)")


def add_commands(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command(
        "receipt",
        help=mark("Show the receipt of a booking, write it to a file, or print it."),
        epilog="stammkunde receipt 0198c0de-0000-7000-8000-000000000001 --copy --out receipt.pdf",
    )(_receipt)


def _receipt(
    context: typer.Context,
    booking: Annotated[
        str | None,
        typer.Argument(help=mark("The id of a booking of this till; left out, the newest."), metavar="[RECORD_ID]"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help=mark("The file to write: .pdf, .txt or .bin."), metavar="FILE")
    ] = None,
    printer: Annotated[
        str | None,
        typer.Option("--printer", help=mark("Print it there, such as network://host:9100."), metavar="TARGET"),
    ] = None,
    is_copy: Annotated[bool, typer.Option("--copy", help=mark("Let it say that it is a copy, and when."))] = False,
) -> Answer | Refused:
    session = session_of(context)
    if out is not None and out.suffix.lower() not in ENDINGS:
        raise typer.BadParameter(f"A receipt ends in {', '.join(ENDINGS)}", param_hint="--out")
    with session.reading() as (till, reader):
        record_id = _newest(reader) if booking is None else parsing.uuid(booking)
        found = Refused(Reason.RECORD_UNKNOWN) if record_id is None else reprint(reader, record_id)
        if isinstance(found, Refused):
            return found
        if isinstance(found, NoReceipt):
            return no("no_receipt", session.texts._(NO_RECEIPT))
        content = _content(session, till, reader, found, is_copy=is_copy)
    settings = session.settings.printer
    lines = render(_with_code(content), settings.columns or _usual_columns(settings))
    document: dict[str, object] = {
        "record_id": found.booked.record.record_id,
        "lines": lines,
        "code": content.qr or None,
        "copy": is_copy,
        "file": None,
        "printed_to": None,
    }
    said = [*lines, *([content.qr] if content.qr else [])]
    if out is not None:
        _write(session.texts, out, content, settings, lines)
        document["file"] = str(out)
        said = [session.texts._("Written: {file}").format(file=out)]
    if printer is not None:
        trouble = _print(session, content, msgspec.structs.replace(settings, port=printer))
        if trouble is not None:
            return trouble
        document["printed_to"] = printer
        said = [session.texts._("Receipt printed.")]
    return Answer(document, said)


def _newest(reader: Reader) -> UUID | None:
    newest = newest_booking(reader)
    return newest.record.record_id if newest else None


def _content(session: Session, till: Till, reader: Reader, found: Reprint, *, is_copy: bool) -> Receipt:
    """The receipt with all that the till knows; without its key there is no code, and the number is enough online."""
    texts, clock, record = session.texts, till.clock, found.booked.record
    code: str | Refused = ""
    if till.store.head_office is not None and isinstance(record, Sale | Redemption):
        code = code_of(session, till, record)
    expiring = None
    if not is_copy and found.has_balance and record.member_id is not None:
        expiring = next_to_expire(reader, till.programme, clock, record.member_id)
    now_us = clock.now_us()
    circumstances = Circumstances(
        code="" if isinstance(code, Refused) else code,
        expiring=expiring,
        copied=moment_text(texts, now_us, clock.utc_offset_min(now_us)) if is_copy else "",
        has_balance=found.has_balance,
    )
    return receipt(texts, till.programme, till.store.shop, found.booked, circumstances)


def _usual_columns(settings: PrinterSettings) -> int:
    return WIDTH_58_MM if settings.paper_mm == 58 else WIDTH_80_MM  # noqa: PLR2004 - the narrower of the two papers


def _with_code(content: Receipt) -> tuple[ReceiptLine, ...]:
    caption = ReceiptLine(content.qr_caption, style=ReceiptStyle.CENTRED)
    return (*content.lines, caption) if content.qr else content.lines


def _write(texts: Texts, out: Path, content: Receipt, settings: PrinterSettings, lines: list[str]) -> None:
    """Write the receipt as what the file's name says.

    Raises:
        FileUnwritable: The disk did not take it.
        HardwareError: The printer's settings do not fit.
    """
    match out.suffix.lower():
        case ".pdf":
            from texts.receipt_pdf import receipt_pdf

            written = receipt_pdf(texts, content, settings.paper_mm, out.stem)
        case ".txt":
            written = "".join(f"{line}\n" for line in [*lines, *([content.qr] if content.qr else [])]).encode()
        case _:
            from hardware.printing.encode import receipt_bytes
            from terminal.devices.printing import printer_setup

            named = msgspec.structs.replace(settings, port=settings.port or out.resolve().as_uri())
            written = receipt_bytes(_job(content, NO_JOB), printer_setup(named))
    write_file(out, written)


def _job(content: Receipt, job_id: UUID) -> PrintJob:
    return PrintJob(job_id=job_id, lines=content.lines, qr=content.qr, qr_caption=content.qr_caption)


def _print(session: Session, content: Receipt, settings: PrinterSettings) -> Answer | None:
    """Print and wait for the paper.

    Returns:
        Why nothing was printed, ``None`` when it was.
    """
    from terminal.devices.printing import printer_worker

    texts = session.texts
    told: queue.Queue[PrinterStatus | HardwareError | None] = queue.Queue()
    worker = printer_worker(
        settings,
        on_status=told.put,
        on_printed=lambda _job_id: told.put(None),
        on_failed=lambda _job_id, error: told.put(error),
    )
    worker.start()
    try:
        worker.print(_job(content, session.programs.ids.random_id()))
        return _wait(texts, told)
    finally:
        worker.stop()


def _wait(texts: Texts, told: queue.Queue[PrinterStatus | HardwareError | None]) -> Answer | None:
    """Wait until it is printed or given up, saying meanwhile what the printer needs."""
    from hardware.printing.status import PrinterStatus

    deadline = time.monotonic() + PRINT_WAIT_S
    said = ""
    while (left_s := deadline - time.monotonic()) > 0:
        try:
            each = told.get(timeout=left_s)
        except queue.Empty:
            break
        if each is None:
            return None
        if not isinstance(each, PrinterStatus):
            return failure(str(each.code), str(each.support))
        sentence = trouble_text(texts, each)
        if each.error is not None:
            return failure(str(each.error.code), sentence or each.error.support)
        if sentence and sentence != said:
            tell(sentence)
            said = sentence
    return failure("not_printed", texts._(NOT_IN_TIME).format(seconds=round(PRINT_WAIT_S)))
