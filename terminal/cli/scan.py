"""``scan``: print each code the scanners read as one JSON line, the moment it arrives."""

from __future__ import annotations

import queue
import time
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
import typer

from terminal.cli.session import Session, session_of
from terminal.messages import hardware_text
from terminal.settings.scanner import FIRST, OFF
from texts.command_line.answers import EXIT_DONE, EXIT_REFUSED, Answer, failure, json_text, tell
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hardware.errors import HardwareError
    from hardware.scans import DeviceStatus, Scan
    from terminal.settings.scanner import FurtherScanner, ScannerSettings

SCANS_WAITING_MAX: Final = 1_000
"""How many scans may wait to be printed; far above what scanners can read."""

SECONDS_MAX: Final = 86_400
POLL_S: Final = 0.25
"""How long one wait for a scan is, so that Ctrl+C is noticed on every system, in seconds."""


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(
        "scan",
        help=mark("Print each code the scanners read as one JSON line. Ends with Ctrl+C."),
        epilog="stammkunde scan --port /dev/ttyACM0 --seconds 30",
    )(_scan)


def _scan(
    context: typer.Context,
    port: Annotated[
        str | None,
        typer.Option("--port", help=mark("One scanner's port; otherwise all of the settings."), metavar="P"),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option("--seconds", min=0, max=SECONDS_MAX, help=mark("Stop after so long."), metavar="N")
    ] = None,
) -> int | Answer:
    session = session_of(context)
    first, further = session.settings.scanner, session.settings.scanners
    if port:
        first, further = msgspec.structs.replace(first, port=port), ()
    if first.port == OFF and all(each.port == OFF for each in further):
        raise typer.BadParameter(_ports_text())
    return _listen(session, first, further, seconds)


def _listen(
    session: Session, first: ScannerSettings, further: Sequence[FurtherScanner], seconds: float | None
) -> int | Answer:
    """Run the scanners until the time is over; that there was none at all is an error."""
    from terminal.devices.scanners import Scanners

    arrived: queue.Queue[Scan | DeviceStatus] = queue.Queue(SCANS_WAITING_MAX)
    claimed = {session.settings.printer.port, session.settings.pole.port}
    scanners = Scanners(first, further, on_scan=arrived.put, on_status=arrived.put, claimed=claimed)
    deadline = None if seconds is None else time.monotonic() + seconds
    scanners.start()
    try:
        trouble = _print_arriving(session, arrived, deadline)
    finally:
        scanners.stop()
    if trouble is None:
        return EXIT_DONE
    if not session.as_json:
        return EXIT_REFUSED  # people have read why when it happened
    return failure(trouble.code.value, hardware_text(session.texts, trouble))


def _print_arriving(
    session: Session, arrived: queue.Queue[Scan | DeviceStatus], deadline: float | None
) -> HardwareError | None:
    """Print until the deadline.

    Returns:
        Why no scanner was ever there, or ``None`` when one was.
    """
    from hardware.errors import PortMissing
    from hardware.scans import DeviceState, Scan

    was_ready = False
    trouble: HardwareError | None = None
    while deadline is None or time.monotonic() < deadline:
        left_s = POLL_S if deadline is None else max(0.0, min(POLL_S, deadline - time.monotonic()))
        try:
            each = arrived.get(timeout=left_s)
        except queue.Empty:
            continue
        if isinstance(each, Scan):
            typer.echo(json_text(scan_document(each)))
            continue
        was_ready = was_ready or each.state is DeviceState.READY
        if each.error is not None:
            trouble = each.error
            tell(hardware_text(session.texts, each.error))
    if was_ready:
        return None
    if trouble is None:  # nothing was plugged in that is known to be a scanner
        trouble = PortMissing(FIRST)
        tell(hardware_text(session.texts, trouble))
        tell(_ports_text())
    return trouble


def scan_document(scan: Scan) -> dict[str, object]:
    """A scan for scripts. A payment card's number is refused here like everywhere: it goes into no pipe and no file."""
    from loyalty.cards import looks_like_payment_card

    is_payment_card = looks_like_payment_card(scan.text)
    rejected = "payment_card" if is_payment_card else scan.rejected.value if scan.rejected else None
    return {
        "text": "" if is_payment_card else scan.text,
        "raw": "" if is_payment_card else scan.raw.hex(),
        "aim": scan.aim,
        "device": scan.device_id,
        "kind": scan.symbology.value if scan.symbology else None,
        "rejected": rejected,
    }


def _ports_text() -> str:
    from hardware.discovery import list_ports

    found = ", ".join(" ".join(filter(None, (info.port, info.usb_id, info.description))) for info in list_ports())
    return f"Name the scanner's port with --port; here there are: {found or 'none'}"
