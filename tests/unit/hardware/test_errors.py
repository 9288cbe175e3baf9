"""Known device errors say what happened, to the cashier and to support."""

import pytest

from hardware.errors import HardwareError, HardwareErrorCode


def all_errors() -> list[type[HardwareError]]:
    """Every error of lines and scanners; other devices have their own beside them."""
    found = [kind for kind in HardwareError.__subclasses__() if kind.__module__ == HardwareError.__module__]
    return sorted(found, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", all_errors())
def test_every_error_speaks_to_cashier_and_support(kind: type[HardwareError]) -> None:
    """The cashier reads what to do; support reads the port and the system's words; a translation has its values."""
    error = kind("/dev/ttyACM0", "the system's words")
    assert error.cashier.endswith(".")
    assert error.cashier.count(". ") >= 1, "says what happened and then what to do"
    assert "/dev/ttyACM0" in error.support
    assert "the system's words" in error.support
    assert error.params == {"port": "/dev/ttyACM0", "detail": "the system's words"}
    assert "/dev/ttyACM0" in str(error)


def test_every_code_belongs_to_exactly_one_error() -> None:
    """A code tells the terminal which sentence to show."""
    assert sorted(kind.code for kind in all_errors()) == sorted(HardwareErrorCode)
