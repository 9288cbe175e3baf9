"""A machine whose USB ports a test plugs scanners into: pseudo-terminals with the identity of a device."""

import os
from pathlib import Path

import msgspec

from hardware.discovery import PortInfo
from hardware.simulated import PtyLine, SimulatedScanner

HONEYWELL = 0x0C2E
ZEBRA = 0x05E0
EPSON = 0x04B8


class Machine:
    """Lists what is plugged in as the system would; every plugging in is a new terminal."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._scanners: dict[str, SimulatedScanner] = {}
        self._identities: dict[str, PortInfo] = {}
        self._listed: dict[str, PortInfo] = {}
        self._placeholders: list[int] = []

    def ports(self) -> list[PortInfo]:
        """What is plugged in now; asked from any thread."""
        return list(self._listed.values())

    def plug(self, name: str, *, vid: int = HONEYWELL, pid: int = 0x0B61, serial: str = "") -> SimulatedScanner:
        """Plug in a device for the first time."""
        self._scanners[name] = SimulatedScanner(PtyLine(self._folder / name), name)
        self._identities[name] = PortInfo(port="", vid=vid, pid=pid, serial=serial, description=name)
        self._list(name)
        return self._scanners[name]

    def unplug(self, name: str) -> None:
        """Pull its cable."""
        del self._listed[name]
        self._scanners[name].unplug()

    def replug(self, name: str, *, elsewhere: bool = True) -> None:
        """Plug it in again; elsewhere, its port has another name, because something else has the old one."""
        if elsewhere:
            self._placeholders += os.openpty()
        self._scanners[name].plug()
        self._list(name)

    def port(self, name: str) -> str:
        """What the system calls its port today."""
        return self._listed[name].port

    def close(self) -> None:
        """Unplug everything."""
        for scanner in self._scanners.values():
            scanner.close()
        for descriptor in self._placeholders:
            os.close(descriptor)

    def _list(self, name: str) -> None:
        port = os.path.realpath(self._scanners[name].port)
        self._listed[name] = msgspec.structs.replace(self._identities[name], port=port)
