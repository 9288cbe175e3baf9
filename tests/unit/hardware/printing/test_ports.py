"""A serial printer on Windows, where the system does not say how much of a write it took."""

import pytest
import serial

from hardware.printing.delivery import Delivery, PrinterTiming
from hardware.printing.errors import PrinterBlocked, PrinterLost
from hardware.printing.ports import WindowsSerialLine
from hardware.printing.talk import Talk


class WindowsPort:
    """What pyserial's port does there, as scripted."""

    def __init__(self) -> None:
        self.timeout = 0.1
        self.taken = b""
        self.spoken = b""
        self.trouble: Exception | None = None

    def write(self, data: bytes) -> int:
        if self.trouble:
            raise self.trouble
        self.taken += data
        return len(data)

    @property
    def in_waiting(self) -> int:
        return len(self.spoken)

    def read(self, size: int = 1) -> bytes:
        if self.trouble:
            raise self.trouble
        found, self.spoken = self.spoken[:size], self.spoken[size:]
        return found


@pytest.fixture
def port() -> WindowsPort:
    """An open port."""
    return WindowsPort()


def line_on(port: WindowsPort) -> WindowsSerialLine:
    """The printer's line on it."""
    return WindowsSerialLine(port, "COM3")  # type: ignore[arg-type]


def test_a_receipt_goes_in_small_pieces(port: WindowsPort) -> None:
    """So that a piece which is not taken is known to be the printer's fault and not the line's speed."""
    line = line_on(port)
    data = b"a" * 100
    assert line.write(data) == 64
    assert line.write(data[64:]) == 36
    assert port.taken == data


def test_a_piece_not_taken_in_time_is_a_blocked_printer(port: WindowsPort) -> None:
    """How much of it was taken nobody knows, so the receipt starts over."""
    port.trouble = serial.SerialTimeoutException("Write timeout")
    with pytest.raises(PrinterBlocked):
        line_on(port).write(b"a")


def test_a_first_piece_that_nobody_knows_the_fate_of_opens_no_drawer_twice(port: WindowsPort) -> None:
    """The drawer's pulse is in the first bytes of a receipt: begun it is, whether or not they were taken."""
    port.trouble = serial.SerialTimeoutException("Write timeout")
    begun: list[bool] = []
    delivery = Delivery(
        Talk(line_on(port), lambda: 0.0),
        PrinterTiming(),
        name="COM3",
        clock_s=lambda: 0.0,
        is_stopping=lambda: False,
        show=lambda _state, _error: None,
    )
    with pytest.raises(PrinterBlocked):
        delivery.send(b"\x1bp\x00", on_begun=lambda: begun.append(True))
    assert begun == [True]


def test_answers_are_read_as_far_as_they_have_come(port: WindowsPort) -> None:
    """One byte is waited for, the rest is taken along."""
    line = line_on(port)
    assert line.read(0.1) == b""
    port.spoken = b"\x12\x16"
    assert line.read(0.1) == b"\x12\x16"


@pytest.mark.parametrize("trouble", [serial.SerialException("gone"), OSError(5, "gone"), TypeError("gone")])
def test_a_pulled_plug_is_a_loss(port: WindowsPort, trouble: Exception) -> None:
    """All three come up when a port dies under pyserial."""
    port.trouble = trouble
    with pytest.raises(PrinterLost):
        line_on(port).write(b"a")
    with pytest.raises(PrinterLost):
        line_on(port).read(0.1)
