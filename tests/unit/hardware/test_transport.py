"""Opening a line: every way the system says no becomes one of our errors."""

import errno
import os
import socket
import struct
from pathlib import Path

import pytest
import serial

from hardware.errors import (
    DeviceLost,
    HardwareError,
    HostUnreachable,
    NotAPort,
    PortBusy,
    PortDenied,
    PortFailed,
    PortMissing,
)
from hardware.transport import (
    SerialLine,
    SerialSettings,
    SerialTransport,
    SocketTransport,
    path_presence,
    transport_for,
)


def open_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> HardwareError:
    """The error that comes out when pyserial raises one."""

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise error

    monkeypatch.setattr(serial, "serial_for_url", refuse)
    with pytest.raises(HardwareError) as caught:
        transport_for("/dev/ttyACM0").open()
    return caught.value


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.EBUSY, PortBusy),
        (errno.EWOULDBLOCK, PortBusy),
        (errno.EACCES, PortDenied),
        (errno.EPERM, PortDenied),
        (errno.ENOENT, PortMissing),
        (errno.ENXIO, PortMissing),
        (errno.EIO, PortMissing),
        (errno.EISDIR, NotAPort),
        (errno.ENOTTY, NotAPort),
        (errno.ENOMEM, PortFailed),
    ],
)
def test_error_numbers_become_named_errors(
    number: int, kind: type[HardwareError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cause and cure differ, so the cashier must not read "could not open port" every time."""
    error = open_with(monkeypatch, serial.SerialException(number, "could not open port"))
    assert type(error) is kind
    assert "could not open port" in error.support


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("could not open port 'COM3': PermissionError(13, 'Access is denied.', None, 5)", PortBusy),
        ("could not open port 'COM3': FileNotFoundError(2, 'The system cannot find the file.', None, 2)", PortMissing),
        ("could not open port 'COM3': OSError(22, 'strange')", PortFailed),
    ],
)
def test_windows_says_it_in_a_sentence(
    message: str, kind: type[HardwareError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """There pyserial gives no error number; a denied COM port is one that another program has open."""
    assert type(open_with(monkeypatch, serial.SerialException(message))) is kind


def test_an_impossible_setting_is_a_wrong_port_and_no_crash(tmp_path: Path) -> None:
    """A URL that pyserial does not know comes out as a known error."""
    with pytest.raises(NotAPort):
        transport_for("nonsense://x").open()
    with pytest.raises(PortMissing):
        transport_for(str(tmp_path / "ttyACM0"), SerialSettings(baud=115200)).open()


@pytest.mark.parametrize("error", [OSError("x"), TypeError("x"), serial.SerialException("x")])
def test_whatever_a_dying_port_raises_is_a_lost_device(error: Exception) -> None:
    """All three kinds occur when a cable is pulled."""

    class Dying(serial.Serial):
        def read(self, *_arguments: int) -> bytes:
            raise error

    line = SerialLine(Dying(), "/dev/ttyACM0")
    with pytest.raises(DeviceLost, match="ttyACM0"):
        line.receive()
    line.close()


def test_cancelling_a_closed_line_does_nothing() -> None:
    """A stop that comes a moment after the loss must not write into somebody else's descriptor."""
    line = SerialLine(serial.Serial(), "/dev/ttyACM0")
    line.close()
    line.cancel()


@pytest.mark.parametrize("url", ["socket://", "socket://host", "socket://:80", "socket://host:x", "socket://h:99999"])
def test_a_malformed_address_is_not_a_port(url: str) -> None:
    """A typing mistake in the settings is named as one."""
    with pytest.raises(NotAPort):
        transport_for(url).open()


def test_a_network_scanner_that_is_off_is_unreachable() -> None:
    """Nobody listens there: the cashier is told to switch it on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(HostUnreachable):
        transport_for(f"socket://127.0.0.1:{port}").open()


def test_a_network_scanner_is_read_until_it_hangs_up() -> None:
    """Silence is an empty read; the end is a loss."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = SocketTransport(f"socket://127.0.0.1:{server.getsockname()[1]}").open()
        scanner, _ = server.accept()
        with scanner:
            assert line.receive() == b""
            scanner.sendall(b"111\r")
            assert line.receive() == b"111\r"
        with pytest.raises(DeviceLost):
            line.receive()
        line.cancel()
        line.close()


def test_a_network_scanner_that_crashes_is_a_loss() -> None:
    """A reset connection is the same to the till as a closed one."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = SocketTransport(f"socket://127.0.0.1:{server.getsockname()[1]}").open()
        scanner, _ = server.accept()
        scanner.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close() then resets
        scanner.close()
        with pytest.raises(DeviceLost):
            line.receive()
        line.close()


def test_presence_tells_a_new_device_from_the_old_one(tmp_path: Path) -> None:
    """Behind a link that never changes its name, a replug shows; so does a permission that udev grants late."""
    link, old, new = tmp_path / "scanner", tmp_path / "old", tmp_path / "new"
    old.touch()
    new.touch()
    assert path_presence(str(link)) is None
    link.symlink_to(old)
    seen = [path_presence(str(link))]
    assert path_presence(str(link)) == seen[0]
    link.unlink()
    link.symlink_to(new)
    seen.append(path_presence(str(link)))
    os.utime(new, ns=(0, 0))  # moves the change time as chmod does
    seen.append(path_presence(str(link)))
    new.unlink()
    assert path_presence(str(link)) is None
    assert len(set(seen)) == 3


@pytest.mark.parametrize("port", ["COM3", "socket://127.0.0.1:1", "bad\0name"])
def test_what_is_no_path_has_no_presence(port: str) -> None:
    """A name that is no file tells nothing, and asking for it is no error."""
    assert transport_for(port).presence() is None


def test_a_path_and_an_address_get_their_own_transports() -> None:
    """The scheme decides."""
    assert isinstance(transport_for("socket://127.0.0.1:1"), SocketTransport)
    assert isinstance(transport_for("/dev/ttyACM0"), SerialTransport)


def test_an_answer_reaches_a_network_scanner_and_reading_goes_on() -> None:
    """ACK and NAK go back on the same connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = SocketTransport(f"socket://127.0.0.1:{server.getsockname()[1]}").open()
        scanner, _ = server.accept()
        with scanner:
            assert line.send(b"\x06")
            assert scanner.recv(1) == b"\x06"
            scanner.sendall(b"111\r")
            assert line.receive() == b"111\r"
        line.close()


def test_a_network_scanner_that_does_not_read_costs_a_moment_and_is_not_lost() -> None:
    """Its buffer fills up; the answer is given up and the next code is read."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = SocketTransport(f"socket://127.0.0.1:{server.getsockname()[1]}").open()
        scanner, _ = server.accept()
        with scanner:
            assert not line.send(b"\x06" * 50_000_000)
            scanner.sendall(b"111\r")
            assert line.receive() == b"111\r"
        line.close()


def test_an_answer_to_a_network_scanner_that_is_gone_is_a_loss() -> None:
    """The scanner has reset the connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = SocketTransport(f"socket://127.0.0.1:{server.getsockname()[1]}").open()
        scanner, _ = server.accept()
        scanner.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close() then resets
        scanner.close()
        with pytest.raises(DeviceLost):
            line.send(b"\x06")
        line.close()


@pytest.mark.parametrize(
    ("error", "lost"),
    [(serial.SerialTimeoutException("Write timeout"), False), (OSError("x"), True), (TypeError("x"), True)],
)
def test_a_serial_scanner_that_does_not_take_an_answer_is_not_lost(error: Exception, lost: bool) -> None:
    """A time-out says that it does not read; every other error says that it is gone."""

    class Writing(serial.Serial):
        def write(self, *_arguments: object) -> int:
            raise error

    line = SerialLine(Writing(), "/dev/ttyACM0")
    if lost:
        with pytest.raises(DeviceLost):
            line.send(b"\x06")
    else:
        assert not line.send(b"\x06")
    line.close()


class HandshakingPort:
    """A port with RTS/CTS that notes what is done to it."""

    def __init__(self, *, rtscts: bool, is_gone: bool = False) -> None:
        self.rtscts = rtscts
        self.is_open = True
        self.done: list[str] = []
        self._is_gone = is_gone

    def reset_output_buffer(self) -> None:
        """Throw away what has not left."""
        self.done.append("reset")
        if self._is_gone:
            raise OSError(errno.EIO, "gone")

    def close(self) -> None:
        """Give it back."""
        self.done.append("close")


@pytest.mark.parametrize(
    ("port", "done"),
    [
        (HandshakingPort(rtscts=True), ["reset", "close"]),
        (HandshakingPort(rtscts=True, is_gone=True), ["reset", "close"]),
        (HandshakingPort(rtscts=False), ["close"]),
    ],
)
def test_an_answer_nobody_takes_does_not_hold_up_the_end(port: HandshakingPort, done: list[str]) -> None:
    """Linux waits up to 30 s at the close of a port whose other side lets nothing through."""
    SerialLine(port, "/dev/ttyS0").close()  # type: ignore[arg-type] # what closing uses of pyserial's port
    assert port.done == done
