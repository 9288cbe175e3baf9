"""What can go wrong with a printer."""

import errno

import pytest

from hardware.errors import HardwareError
from hardware.printing.errors import (
    NotAPrinter,
    PrinterBusy,
    PrinterDenied,
    PrinterError,
    PrinterErrorCode,
    PrinterFailed,
    PrinterMissing,
    opening_error,
)

KINDS = PrinterError.__subclasses__()


def test_every_code_has_one_class() -> None:
    """Support can name each of them, and the till translates by it."""
    assert sorted(kind.code for kind in KINDS) == sorted(PrinterErrorCode)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cashier_is_told_of_a_printer_and_what_to_do(kind: type[PrinterError]) -> None:
    """Two sentences: what happened, what to do; and the cure for support."""
    error = kind("COM3", "said the system")
    assert isinstance(error, HardwareError)
    assert "printer" in error.cashier
    assert error.cashier.count(". ") >= 1
    assert error.cashier.endswith(".")
    assert error.support == f"{kind.code} on COM3 (said the system). {kind.cure}"
    assert error.params == {"port": "COM3", "detail": "said the system"}


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.EBUSY, PrinterBusy),
        (errno.EAGAIN, PrinterBusy),
        (errno.EACCES, PrinterDenied),
        (errno.ENOENT, PrinterMissing),
        (errno.ENODEV, PrinterMissing),
        (errno.EISDIR, NotAPrinter),
        (errno.ENOTTY, NotAPrinter),
        (errno.ENOSPC, PrinterFailed),
    ],
)
def test_the_systems_number_says_which_it_is(number: int, kind: type[PrinterError]) -> None:
    """Also where a library wrapped it."""
    assert type(opening_error("COM3", OSError(number, "words"))) is kind
    wrapped = ValueError("wrapped")
    wrapped.__cause__ = OSError(number, "words")
    assert type(opening_error("COM3", wrapped)) is kind


def test_windows_says_it_in_words() -> None:
    """The serial library hides the number there."""
    assert type(opening_error("COM3", OSError("could not open: PermissionError(13)"))) is PrinterBusy
    assert type(opening_error("COM3", OSError("could not open: FileNotFoundError(2)"))) is PrinterMissing
