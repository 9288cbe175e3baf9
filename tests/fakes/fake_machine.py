"""A machine as files in a folder: processes with open ports, USB devices, udev's notes."""

from __future__ import annotations

import os
from pathlib import Path

from hardware.discovery import PortInfo
from hardware.machine import Machine, PathKind, PortLook


class FakeMachine(Machine):
    """A machine whose ``/proc``, ``/sys`` and ``/run`` a test fills.

    Attributes:
        looks: What stands at a path; anything else is missing.
        spared: Ports that ModemManager leaves alone.
    """

    def __init__(self, root: Path) -> None:
        self.listed: list[PortInfo] = []
        self.groups: set[str] = set()
        self.programs: set[str] = {"aplay"}
        self.looks: dict[str, PortLook] = {}
        self.spared: set[str] = set()
        self.root = root
        super().__init__(
            root=root,
            ports=lambda: tuple(self.listed),
            which=lambda name: f"/usr/bin/{name}" if name in self.programs else None,
            groups=lambda: frozenset(self.groups),
            platform="linux",
        )

    def look_at(self, path: str) -> PortLook:
        return self.looks.get(path, PortLook(PathKind.MISSING))

    def is_spared_by_modem_manager(self, path: str) -> bool:
        return path in self.spared

    def plug_in(self, info: PortInfo, look: PortLook | None = None) -> None:
        """A device with a serial port."""
        self.listed.append(info)
        self.looks[info.port] = look or PortLook(PathKind.PORT, allowed=True, group="dialout")

    def run(self, pid: int, program: str, *opened: str, words: str = "") -> None:
        """A process that runs, with the files it has open."""
        folder = self.root / "proc" / str(pid)
        (folder / "fd").mkdir(parents=True)
        (folder / "comm").write_text(f"{program}\n")
        (folder / "cmdline").write_text((words or program).replace(" ", "\0"))
        for number, path in enumerate(opened):
            (folder / "fd" / str(number)).symlink_to(os.path.realpath(path))

    def add_usb(self, name: str, vid: int, pid: int, product: str, *interfaces: tuple[int, int, str]) -> None:
        """A USB device: each interface with its class, protocol and driver."""
        folder = self.root / "sys" / "bus" / "usb" / "devices" / name
        folder.mkdir(parents=True)
        for file, text in (("idVendor", f"{vid:04x}"), ("idProduct", f"{pid:04x}"), ("product", product)):
            (folder / file).write_text(f"{text}\n")
        for number, (class_id, protocol_id, driver) in enumerate(interfaces):
            interface = folder / f"{name}:1.{number}"
            interface.mkdir()
            (interface / "bInterfaceClass").write_text(f"{class_id:02x}\n")
            (interface / "bInterfaceProtocol").write_text(f"{protocol_id:02x}\n")
            if driver:
                target = self.root / "sys" / "bus" / "usb" / "drivers" / driver
                target.mkdir(parents=True, exist_ok=True)
                (interface / "driver").symlink_to(target)
