"""What can go wrong with a device without anybody having made a programming mistake.

Every error carries a code and the values that belong into its sentence, so that the terminal can say it in the language
of the shop, and plain English for logs, for support and for programs that do not translate.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class HardwareErrorCode(StrEnum):
    """Names of the known device errors; they are stable and may be shown to support."""

    PORT_BUSY = "port_busy"
    PORT_DENIED = "port_denied"
    PORT_MISSING = "port_missing"
    NOT_A_PORT = "not_a_port"
    HOST_UNREACHABLE = "host_unreachable"
    DEVICE_LOST = "device_lost"
    LINE_BLOCKED = "line_blocked"
    PORT_FAILED = "port_failed"
    DRIVER_MISSING = "driver_missing"


class HardwareError(Exception):
    """A device cannot be used right now.

    Attributes:
        code: Which error it is.
        cashier: One English sentence for the person at the till: what happened and what to do.
        port: The port or address concerned.
        detail: What the operating system said; may be empty.
    """

    code: ClassVar[HardwareErrorCode]
    cashier: ClassVar[str]
    cure: ClassVar[str]

    def __init__(self, port: str, detail: str = "") -> None:
        """Remember where it happened.

        Args:
            port: The port or address concerned.
            detail: What the operating system said.
        """
        super().__init__(port, detail)
        self.port = port
        self.detail = detail

    @property
    def support(self) -> str:
        """English text for support: the port, the system's own words and the usual cure."""
        said = f" ({self.detail})" if self.detail else ""
        return f"{self.code} on {self.port}{said}. {self.cure}"

    @property
    def params(self) -> dict[str, str]:
        """The values a translated sentence may name."""
        return {"port": self.port, "detail": self.detail}

    def __str__(self) -> str:
        """The sentence for the cashier, then where it happened."""
        return f"{self.cashier} [{self.code}: {self.port}]"


class PortBusy(HardwareError):
    """Another program holds the port."""

    code = HardwareErrorCode.PORT_BUSY
    cashier = "The scanner is in use by another program. Close that program."
    cure = "Find the other program (on Linux: fuser PORT); ModemManager and brltty are known to take serial scanners."


class PortDenied(HardwareError):
    """The user of the till may not open the port."""

    code = HardwareErrorCode.PORT_DENIED
    cashier = "This till is not allowed to use the scanner. Call support."
    cure = "On Linux add the user to the port's group, usually dialout, and log in again."


class PortMissing(HardwareError):
    """There is no such port now; a scanner that is not plugged in looks like this."""

    code = HardwareErrorCode.PORT_MISSING
    cashier = "The scanner is not connected. Check its cable."
    cure = "Plug the scanner in; if it is, choose its port in the settings, or set the scanner to USB serial mode."


class NotAPort(HardwareError):
    """The path leads to something that is no serial port, such as a folder or a file."""

    code = HardwareErrorCode.NOT_A_PORT
    cashier = "The scanner's port in the settings is not a port. Choose the scanner again."
    cure = "The configured path is a folder, a file or another kind of device."


class HostUnreachable(HardwareError):
    """A scanner on the network does not answer."""

    code = HardwareErrorCode.HOST_UNREACHABLE
    cashier = "The network scanner does not answer. Check that it is switched on."
    cure = "Check address, port number and network of the scanner or bridge."


class DeviceLost(HardwareError):
    """An open line ended: unplugged, switched off, or taken away by the system."""

    code = HardwareErrorCode.DEVICE_LOST
    cashier = "The scanner was unplugged. Plug it in again."
    cure = "If nobody pulled the cable, suspect the cable, the hub or USB power saving."


class LineBlocked(HardwareError):
    """Nobody takes what is written to a line."""

    code = HardwareErrorCode.LINE_BLOCKED
    cashier = "The simulated scanner is not being read. Start the till."
    cure = "The other end of the line is not open, or its reader hangs."


class PortFailed(HardwareError):
    """The port answered with an error that none of the others describes."""

    code = HardwareErrorCode.PORT_FAILED
    cashier = "The scanner's port does not work. Unplug the scanner and plug it in again."
    cure = "The system's message tells more; try another USB port."


class DriverMissing(HardwareError):
    """The part of the program that talks to this kind of device is not installed."""

    code = HardwareErrorCode.DRIVER_MISSING
    cashier = "This till has no driver for this kind of scanner. Call support."
    cure = 'Install the extra "hid" of this program, or set the scanner to USB serial mode.'
