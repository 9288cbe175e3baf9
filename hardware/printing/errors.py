"""What can go wrong with a receipt printer without anybody having made a programming mistake."""

from __future__ import annotations

import errno
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Final

from hardware.errors import HardwareError

if TYPE_CHECKING:
    from collections.abc import Iterator


class PrinterErrorCode(StrEnum):
    """Names of the known printer errors; they are stable and may be shown to support."""

    PRINTER_BUSY = "printer_busy"
    PRINTER_DENIED = "printer_denied"
    PRINTER_MISSING = "printer_missing"
    PRINTER_UNREACHABLE = "printer_unreachable"
    PRINTER_LOST = "printer_lost"
    PRINTER_BLOCKED = "printer_blocked"
    PRINTER_SILENT = "printer_silent"
    NOT_A_PRINTER = "not_a_printer"
    PRINTER_MISCONFIGURED = "printer_misconfigured"
    PRINTER_SOFTWARE_MISSING = "printer_software_missing"
    PRINTER_FAILED = "printer_failed"


class PrinterError(HardwareError):
    """The printer cannot be used right now."""

    # Printers have names of their own for what happened; ``Any`` because the scanners' names are another enumeration.
    code: ClassVar[Any] = PrinterErrorCode.PRINTER_FAILED


class PrinterBusy(PrinterError):
    """Another program or another till holds the printer."""

    code = PrinterErrorCode.PRINTER_BUSY
    cashier = "The receipt printer is in use by another program. Close that program."
    cure = "Find the other program (on Linux: fuser PORT); a print queue of the system also holds a USB printer."


class PrinterDenied(PrinterError):
    """The user of the till may not open the printer."""

    code = PrinterErrorCode.PRINTER_DENIED
    cashier = "This till is not allowed to use the receipt printer. Call support."
    cure = "On Linux add the user to the port's group, usually lp or dialout, or install the udev rules; log in again."


class PrinterMissing(PrinterError):
    """There is no such port or USB device now; a printer that is not plugged in looks like this."""

    code = PrinterErrorCode.PRINTER_MISSING
    cashier = "The receipt printer is not connected. Check its cable and that it is switched on."
    cure = "Plug the printer in and switch it on; if it is, choose its port in the settings."


class PrinterUnreachable(PrinterError):
    """A printer on the network does not answer."""

    code = PrinterErrorCode.PRINTER_UNREACHABLE
    cashier = "The receipt printer does not answer. Check that it is switched on and its network cable is in."
    cure = "Check address and port number (usually 9100); print the printer's own test page, which names its address."


class PrinterLost(PrinterError):
    """An open line ended: unplugged, switched off, or taken away by the system."""

    code = PrinterErrorCode.PRINTER_LOST
    cashier = "The receipt printer was unplugged or switched off. Connect it again; what waits is printed then."
    cure = "If nobody touched it, suspect the cable, the hub, the power supply, or a second computer on the printer."


class PrinterBlocked(PrinterError):
    """The printer takes nothing: its buffer is full and stays full."""

    code = PrinterErrorCode.PRINTER_BLOCKED
    cashier = "The receipt printer takes nothing. Check paper and cover, then switch it off and on."
    cure = (
        "Its buffer stays full: no paper, cover open, wrong flow control on a serial line, or a hanging print server."
    )


class PrinterSilent(PrinterError):
    """A printer that used to tell its state has stopped answering."""

    code = PrinterErrorCode.PRINTER_SILENT
    cashier = "The receipt printer has stopped answering. Switch it off and on."
    cure = "It answered status questions before and no longer does: switched off behind its cable, or hanging."


class NotAPrinter(PrinterError):
    """What the settings name is no way to a printer."""

    code = PrinterErrorCode.NOT_A_PRINTER
    cashier = "The receipt printer's port in the settings is not a port. Choose the printer again."
    cure = (
        "Write network://host:9100, a serial port such as /dev/ttyUSB0 or COM3, usb://vid:pid in hex, "
        "/dev/usb/lp0, or file:///path."
    )


class PrinterMisconfigured(PrinterError):
    """Model or code page in the settings are none that the printer library knows."""

    code = PrinterErrorCode.PRINTER_MISCONFIGURED
    cashier = "The receipt printer's settings do not fit. Call support."
    cure = "Correct the printer's model or code page in the settings; the message names what was not found."


class PrinterSoftwareMissing(PrinterError):
    """This machine lacks a library that the way to the printer needs."""

    code = PrinterErrorCode.PRINTER_SOFTWARE_MISSING
    cashier = "This till lacks software for the receipt printer. Call support."
    cure = "Printing over usb:// needs libusb 1.0 of the system; a serial port, /dev/usb/lp0 or the network does not."


class PrinterFailed(PrinterError):
    """The printer's port answered with an error that none of the others describes."""

    code = PrinterErrorCode.PRINTER_FAILED
    cashier = "The receipt printer's port does not work. Switch the printer off and on."
    cure = "The system's message tells more; try another cable or port."


_BY_ERRNO: Final[dict[int, type[PrinterError]]] = {
    errno.EAGAIN: PrinterBusy,
    errno.EBUSY: PrinterBusy,
    errno.EACCES: PrinterDenied,
    errno.EPERM: PrinterDenied,
    errno.EROFS: PrinterDenied,
    errno.ENOENT: PrinterMissing,
    errno.ENXIO: PrinterMissing,
    errno.ENODEV: PrinterMissing,
    errno.EIO: PrinterMissing,
    errno.ENOTTY: NotAPrinter,
    errno.EISDIR: NotAPrinter,
    errno.ENOTDIR: NotAPrinter,
    errno.EINVAL: NotAPrinter,
    errno.ELOOP: NotAPrinter,
    errno.ENAMETOOLONG: NotAPrinter,
}
"""What the operating system says when a port or device node is opened."""

_WINDOWS_WORDS: Final[tuple[tuple[str, type[PrinterError]], ...]] = (
    ("PermissionError", PrinterBusy),
    ("FileNotFoundError", PrinterMissing),
)
"""On Windows pyserial has only a sentence with the exception's name; access denied there means a port in use."""


def opening_error(target: str, error: BaseException) -> PrinterError:
    """The class for what opening a port or device node raised.

    Args:
        target: What was opened.
        error: What came of it.
    """
    detail = str(error)
    for each in _causes(error):
        number = each.errno if isinstance(each, OSError) else each.args[0] if each.args else None
        if isinstance(number, int) and number in _BY_ERRNO:
            return _BY_ERRNO[number](target, detail)
    for word, kind in _WINDOWS_WORDS:
        if word in detail:
            return kind(target, detail)
    return PrinterFailed(target, detail)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and those it was raised from: pyserial drops the error number of some system calls."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
