"""From what a scanner does to what the settings should say: only what differs is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hardware.scans import DeviceState
from terminal.devices.doctor import scanner_settings
from terminal.devices.scanner_setup import NEWLINES
from terminal.settings.scanner import FIRST, ScannerSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hardware.counters import DeviceView
    from terminal.app.keep_settings import Changes
    from terminal.settings import Settings

NAMES: Final = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
"""What further scanners are called when nobody has given them a name."""

LAYOUT: Final = "layout"


def scanner_changes(
    settings: Settings,
    served: Sequence[DeviceView],
    device_id: str,
    port: str,
    wanted: Mapping[str, str | int],
) -> Changes:
    """What would have to change in the settings for a scanner.

    Args:
        settings: As they are.
        served: The scanners the till serves, as they were before it listened.
        device_id: The till's name for the scanner, its port when it has none, empty for one that types.
        port: Where it was heard.
        wanted: The settings that fit it, by their names in its table.

    Returns:
        The settings that differ, by key path.
    """
    if LAYOUT in wanted:
        layout = wanted[LAYOUT]
        return {} if settings.wedge.layout in ("auto", layout) else {"wedge.layout": layout}
    current = scanner_settings(settings, device_id)
    if current is not None:
        further = any(each.name == device_id for each in settings.scanners)
        table = f"scanners.{device_id}" if further else FIRST
        return _different(table, current, wanted)
    if not port:
        return {}
    table = _free_table(settings, served)
    return {f"{table}.port": port} | _different(table, ScannerSettings(), wanted)


def _different(table: str, current: ScannerSettings, wanted: Mapping[str, str | int]) -> dict[str, str | int]:
    return {
        f"{table}.{key}": value
        for key, value in wanted.items()
        if hasattr(current, key) and not _is_same(getattr(current, key), value)
    }


def _is_same(one: str | int, other: str | int) -> bool:
    """Whether two values mean the same; every kind of newline ends a code."""
    return one == other or (one in NEWLINES and other in NEWLINES)


def _free_table(settings: Settings, served: Sequence[DeviceView]) -> str:
    """Where a scanner goes that nobody serves: in the place of the first one, unless that one works."""
    if not any(view.state is DeviceState.READY for view in served):
        return FIRST
    taken = {each.name for each in settings.scanners}
    return f"scanners.{next((name for name in NAMES if name not in taken), NAMES[-1])}"
