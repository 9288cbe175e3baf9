"""hidapi without USB: scanners that a test plugs in, and reports that it writes down."""

from queue import Empty, Queue

from hardware.hidpos import REPORT_BYTES

MS_PER_S = 1_000


def report(data: bytes, aim: bytes = b"]E0", *, goes_on: bool = False, report_id: int = 2) -> bytes:
    """A report as nearly every HID-POS scanner sends it."""
    head = bytes([report_id, len(data)]) + aim
    return (head + data).ljust(REPORT_BYTES - 1, b"\0") + bytes([goes_on])


def newland_report(data: bytes, *, goes_on: bool = False) -> bytes:
    """A report in Newland's own layout."""
    return (bytes([2, len(data)]) + data).ljust(REPORT_BYTES - 1, b"\0") + bytes([goes_on])


class FakeHid:
    """Stands in for the module: plugged scanners by their path."""

    def __init__(self) -> None:
        self.plugged: dict[bytes, dict[str, object]] = {}
        self.reports: dict[bytes, Queue[bytes | Exception]] = {}
        self.refuses: set[bytes] = set()
        self.open_paths: list[bytes] = []

    def plug(
        self, path: bytes, vid: int = 0x0C2E, pid: int = 0x0B61, serial: str = "", usage_page: int = 0x8C
    ) -> "Queue[bytes | Exception]":
        """Plug in a device; what is put into the queue is what it sends."""
        self.plugged[path] = {
            "path": path,
            "vendor_id": vid,
            "product_id": pid,
            "serial_number": serial,
            "usage_page": usage_page,
            "product_string": "HID scanner",
        }
        self.reports[path] = Queue()
        return self.reports[path]

    def unplug(self, path: bytes) -> None:
        """Pull the cable: the next read fails as hidapi's does."""
        del self.plugged[path]
        self.reports[path].put(OSError("read error"))

    def enumerate(self, vendor_id: int = 0, product_id: int = 0) -> list[dict[str, object]]:
        return [
            each
            for each in self.plugged.values()
            if vendor_id in (0, each["vendor_id"]) and product_id in (0, each["product_id"])
        ]

    def device(self) -> "FakeHidDevice":
        return FakeHidDevice(self)


class FakeHidDevice:
    """One handle."""

    def __init__(self, hid: FakeHid) -> None:
        self._hid = hid
        self._path = b""

    def open_path(self, path: bytes) -> None:
        if path in self._hid.refuses or path not in self._hid.plugged:
            raise OSError("open failed")
        self._path = path
        self._hid.open_paths.append(path)

    def read(self, max_length: int, timeout_ms: int = 0) -> list[int]:
        if not self._path:
            raise ValueError("not open")
        try:
            step = self._hid.reports[self._path].get(timeout=timeout_ms / MS_PER_S)
        except Empty:
            return []
        if isinstance(step, Exception):
            raise step
        return list(step[:max_length])

    def close(self) -> None:
        if self._path:
            self._hid.open_paths.remove(self._path)
        self._path = b""
