"""What this machine says about its ports: who may use them, who holds them, what is plugged in. Nothing is opened.

On Linux that is read from ``/proc``, ``/sys`` and udev's notes; elsewhere only the list of ports is known. Whatever
can't be read counts as unknown: an examination must not fail because a process ended under its eyes.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from hardware.discovery import list_ports
from hardware.player import find_players

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hardware.discovery import PortInfo

PROCESSES_MAX: Final = 4_096
"""How many processes are looked at for the one that holds a port."""

DESCRIPTORS_MAX: Final = 1_024
"""How many open files of one process are looked at."""

USB_DEVICES_MAX: Final = 256
TEXT_BYTES_MAX: Final = 4_096
"""Files of /proc and /sys are short; a longer one is not read to its end."""

OWN_PROGRAMS: Final = ("stammkunde", "terminal.main")
"""How this program shows in the list of processes."""

HID_CLASS: Final = 0x03
KEYBOARD_PROTOCOL: Final = 0x01
"""USB Device Class Definition for HID 1.11, 4.1 and 4.3."""


class PathKind(StrEnum):
    """What stands at a path."""

    MISSING = "missing"
    PORT = "port"
    FOLDER = "folder"
    FILE = "file"


class PortLook(msgspec.Struct, frozen=True):
    """A port from outside.

    Attributes:
        kind: What stands there.
        allowed: Whether this user may read and write it.
        group: The group that may; empty when nobody knows.
    """

    kind: PathKind
    allowed: bool = True
    group: str = ""


class Holder(msgspec.Struct, frozen=True):
    """A program that has a port open.

    Attributes:
        pid: Its process.
        program: Its name.
        is_till: Whether it is this program, in this process or another one.
    """

    pid: int
    program: str
    is_till: bool = False


class UsbInterface(msgspec.Struct, frozen=True):
    """One function of a USB device."""

    class_id: int
    protocol_id: int
    driver: str


class UsbDevice(msgspec.Struct, frozen=True):
    """Something that is plugged in, whether or not it has a serial port."""

    vid: int
    pid: int
    name: str
    interfaces: tuple[UsbInterface, ...] = ()

    @property
    def usb_id(self) -> str:
        """Vendor and product as ``0C2E:0B61``."""
        return f"{self.vid:04X}:{self.pid:04X}"

    @property
    def types(self) -> bool:
        """Whether it is a keyboard, or looks like one."""
        return any(each.class_id == HID_CLASS and each.protocol_id == KEYBOARD_PROTOCOL for each in self.interfaces)


class Machine:
    """The machine the till runs on.

    Args:
        root: Where ``/proc``, ``/sys`` and ``/run`` are; tests have a tree of their own.
        ports: Lists the serial ports.
        which: Finds programs.
        groups: The names of the groups this process belongs to.
        platform: As in ``sys.platform``.
    """

    def __init__(
        self,
        *,
        root: Path = Path("/"),
        ports: Callable[[], Sequence[PortInfo]] = list_ports,
        which: Callable[[str], str | None] = shutil.which,
        groups: Callable[[], frozenset[str]] | None = None,
        platform: str = sys.platform,
    ) -> None:
        self._root = root
        self._which = which
        self._groups = groups or process_groups
        self.ports = ports
        self.platform = platform

    def look_at(self, path: str) -> PortLook:
        """What stands at a path, without opening it; on Windows a COM port is no path and counts as a port."""
        if self.platform == "win32":
            return PortLook(PathKind.PORT)
        try:
            status = os.stat(path)  # noqa: PTH116 - the path may be anything somebody typed
        except (OSError, ValueError):
            return PortLook(PathKind.MISSING)
        if stat.S_ISDIR(status.st_mode):
            return PortLook(PathKind.FOLDER)
        if not stat.S_ISCHR(status.st_mode):
            return PortLook(PathKind.FILE)
        return PortLook(PathKind.PORT, os.access(path, os.R_OK | os.W_OK), group_name(status.st_gid))

    def is_member(self, group: str) -> bool:
        """Whether this process belongs to a group; membership given after the log-in does not count yet."""
        return group in self._groups()

    def holders(self, path: str) -> tuple[Holder, ...]:
        """The programs that have a port open, as far as this user may see them."""
        try:
            real = os.path.realpath(path)
        except (OSError, ValueError):
            return ()
        return tuple(self._holder(process) for process in self._processes() if _holds(process, real))

    def running(self, *programs: str) -> frozenset[str]:
        """Which of these programs run."""
        wanted = {name[:15]: name for name in programs}  # the kernel keeps 15 characters of a name (proc_pid_comm(5))
        names = {_text(process / "comm") for process in self._processes()}
        return frozenset(wanted[name] for name in names if name in wanted)

    def is_spared_by_modem_manager(self, path: str) -> bool:
        """Whether udev tells ModemManager to leave a port alone; our rules do."""
        with contextlib.suppress(OSError, ValueError):
            number = os.stat(path).st_rdev  # noqa: PTH116 - as above
            note = self._root / "run" / "udev" / "data" / f"c{os.major(number)}:{os.minor(number)}"
            return "E:ID_MM_DEVICE_IGNORE=1" in _text(note).splitlines()
        return False

    def usb_devices(self) -> tuple[UsbDevice, ...]:
        """What is plugged in, also what has no serial port; empty where the system has no such list."""
        folder = self._root / "sys" / "bus" / "usb" / "devices"
        try:
            entries = sorted(folder.iterdir())
        except OSError:
            return ()
        found = (_usb_device(entry) for entry in entries if ":" not in entry.name)
        return tuple(islice((device for device in found if device is not None), USB_DEVICES_MAX))

    def plays_sounds(self) -> bool:
        """Whether there is anything that can play the till's sounds."""
        return bool(find_players(self.platform, self._which))

    def _processes(self) -> Iterator[Path]:
        """The folders of the running processes."""
        with contextlib.suppress(OSError):
            yield from islice(
                (each for each in (self._root / "proc").iterdir() if each.name.isdecimal()), PROCESSES_MAX
            )

    def _holder(self, process: Path) -> Holder:
        pid = int(process.name)
        words = _text(process / "cmdline").replace("\0", " ")
        return Holder(pid, _text(process / "comm"), pid == os.getpid() or any(name in words for name in OWN_PROGRAMS))


def _holds(process: Path, real: str) -> bool:
    """Whether a process has a file open; those of other users can't be looked into."""
    try:
        return any(os.readlink(each) == real for each in islice((process / "fd").iterdir(), DESCRIPTORS_MAX))  # noqa: PTH115 - many thousand of them
    except OSError:
        return False


def _usb_device(folder: Path) -> UsbDevice | None:
    try:
        vid, pid = (int(_text(folder / name), 16) for name in ("idVendor", "idProduct"))
    except ValueError:
        return None
    name = " ".join(filter(None, (_text(folder / "manufacturer"), _text(folder / "product"))))
    return UsbDevice(vid, pid, name, tuple(_interfaces(folder)))


def _interfaces(folder: Path) -> Iterator[UsbInterface]:
    for each in sorted(folder.glob(f"{folder.name}:*")):
        with contextlib.suppress(ValueError):
            class_id, protocol_id = (int(_text(each / name), 16) for name in ("bInterfaceClass", "bInterfaceProtocol"))
            driver = os.path.realpath(each / "driver") if (each / "driver").is_symlink() else ""
            yield UsbInterface(class_id, protocol_id, os.path.basename(driver))  # noqa: PTH119 - a string already


def _text(path: Path) -> str:
    """The beginning of a short text file; empty when it can't be read."""
    try:
        with path.open("rb") as file:
            return file.read(TEXT_BYTES_MAX).decode("utf-8", "replace").strip()
    except OSError:
        return ""


def process_groups() -> frozenset[str]:
    """The names of the groups of this process; none where the system has no such thing."""
    if sys.platform == "win32":
        return frozenset()
    return frozenset(filter(None, (group_name(number) for number in {*os.getgroups(), os.getegid()})))


def group_name(number: int) -> str:
    """A group's name; empty when it has none."""
    if sys.platform == "win32":
        return ""
    import grp

    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return ""
