"""What support needs to help from afar, in one file, without anything that names a person or a card.

Nothing is copied that could hold such a thing and then cleaned; everything is made from values that are known to be
harmless, and free text is hidden as well.
"""

from __future__ import annotations

import io
import re
import typing
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from terminal.crash import CRASH_FILE, CRASH_FILE_LENGTH_MAX
from terminal.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hardware.findings import Attached, Finding
    from hardware.traffic import TrafficEntry

HIDDEN: Final = "..."
HIDDEN_BYTE: Final = "**"
US_PER_S: Final = 1_000_000

_PERSONAL: Final = re.compile(
    r"'[^'\n]*'|\"[^\"\n]*\"|[^\s@/]+@[^\s@]+|(?<=/home/)[^/\s]+|(?<=/Users/)[^/\s]+|\+?\d[\d .-]{4,}\d"
)
"""Quoted texts, mail addresses, folders of people, long numbers."""

_DEVICE_PORT: Final = re.compile(r"/dev/(?!serial/)[A-Za-z]+\d*|COM\d+|hid://[0-9a-fA-F:]*|usb://[0-9a-fA-F:]+|off|")
"""Ports that name a socket of the machine and nothing else."""

_OWN_VALUES: Final = frozenset({"version", "python", "sqlite", "system", "free", "count", "minutes"})
"""Values of findings that this program makes of numbers."""

_NO_VALUES: Final = frozenset({"file", "description"})
"""Values of findings that may be anything."""


class Support(msgspec.Struct, frozen=True, kw_only=True):
    """What goes into the file.

    Attributes:
        at_us: When, in microseconds since 1970 UTC.
        settings: The till's settings; ``None`` when they have mistakes.
        findings: What was found out about devices and data.
        devices: The devices.
        traffic: The last frames.
        counts: What the ledger holds, in numbers.
    """

    at_us: int
    settings: Settings | None
    findings: Sequence[Finding]
    devices: Sequence[Attached] = ()
    traffic: Sequence[TrafficEntry] = ()
    counts: Mapping[str, int] = {}


def bundle_name(at_us: int) -> str:
    """A file name that sorts by time."""
    return f"stammkunde-support-{datetime.fromtimestamp(at_us // US_PER_S, UTC):%Y%m%d-%H%M%S}.zip"


def bundle(directory: Path, support: Support) -> bytes:
    """The support file.

    Args:
        directory: The data directory, for its crash log.
        support: Everything else.
    """
    settings = support.settings
    parts = {
        "findings.json": _json(_finding(each) for each in support.findings),
        "devices.json": _json(_device(each) for each in support.devices),
        "scans.json": _json(_frame(each) for each in support.traffic),
        "ledger.json": _json(support.counts),
        "settings.json": _json(harmless_settings(settings) if settings else None),
    }
    crashes = _crashes(directory)
    if crashes:
        parts[CRASH_FILE] = crashes
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def harmless_settings(settings: Settings) -> dict[str, object]:
    """Every setting by its path: numbers and choices as they are, of free text only whether there is any."""
    return dict(_harmless(settings, ""))


def _harmless(table: msgspec.Struct, path: str) -> Iterable[tuple[str, object]]:
    hints = typing.get_type_hints(type(table), include_extras=True)
    for field in msgspec.structs.fields(table):
        value, key = getattr(table, field.name), f"{path}{field.name}"
        if isinstance(value, msgspec.Struct):
            yield from _harmless(value, f"{key}.")
        elif isinstance(value, tuple):
            for index, each in enumerate(value):
                yield from _harmless(each, f"{key}[{index}].")
        elif isinstance(value, int) or _is_choice(hints[field.name]):
            yield key, value
        elif field.name == "port":
            yield key, harmless_port(value)
        else:
            yield key, HIDDEN if value else ""


def _is_choice(hint: object) -> bool:
    """Whether a setting is one of a few words."""
    kind = typing.get_args(hint)[0] if typing.get_args(hint) else hint
    return typing.get_origin(kind) is Literal


def harmless_port(port: str) -> str:
    """A port without addresses, folders and serial numbers."""
    if _DEVICE_PORT.fullmatch(port):
        return port
    scheme, mark, _ = port.partition("://")
    return f"{scheme}://{HIDDEN}" if mark else HIDDEN


def harmless_text(text: str) -> str:
    """Words of the system without what it may quote."""
    return _PERSONAL.sub(HIDDEN, text)


def _finding(finding: Finding) -> dict[str, object]:
    values = {
        key: value if key in _OWN_VALUES else harmless_port(value) if key == "port" else harmless_text(value)
        for key, value in finding.values.items()
        if key not in _NO_VALUES
    }
    device = finding.device if finding.device.isidentifier() else harmless_port(finding.device)
    return {"code": finding.code, "severity": finding.severity, "device": device, "values": values}


def _device(device: Attached) -> dict[str, object]:
    error = device.error
    return {
        "kind": device.kind,
        "port": harmless_port(device.port),
        "usb_id": device.usb_id,
        "state": device.state,
        "waiting": device.waiting,
        "error": str(error.code) if error else None,
        "detail": harmless_text(error.detail) if error else "",
        "counters": device.counters,
    }


def _frame(entry: TrafficEntry) -> dict[str, object]:
    """A frame's shape: lengths, control characters and pauses; of its text not even what the screen shows."""
    return {
        "length": len(entry.text),
        "hex": " ".join(each if _is_control(each) else HIDDEN_BYTE for each in entry.hex.split()),
        "aim": entry.aim,
        "gaps_ms": entry.gaps_ms,
        "rejected": entry.rejected,
    }


def _is_control(pair: str) -> bool:
    try:
        return int(pair, 16) < 0x20  # noqa: PLR2004 - ASCII
    except ValueError:
        return False


def _crashes(directory: Path) -> bytes:
    """The crash log; it holds no values, and what it quotes is hidden once more."""
    try:
        with (directory / CRASH_FILE).open("rb") as file:
            text = file.read(CRASH_FILE_LENGTH_MAX).decode("utf-8", "replace")
    except OSError:
        return b""
    return "\n".join(_crash_line(line) for line in text.splitlines()).encode()


def _crash_line(line: str) -> str:
    """Places in the code and times stay; a path keeps its last folder and its name."""
    place = re.match(r'\s*File "([^"]*)", line (\d+), in (\S+)', line)
    if place:
        return f"  {'/'.join(Path(place[1]).parts[-2:])}:{place[2]} {place[3]}"
    return line if line.startswith("--- ") else harmless_text(line)


def _json(content: object) -> bytes:
    value = list(content) if isinstance(content, typing.Iterator) else content
    return msgspec.json.format(msgspec.json.encode(value), indent=2)
