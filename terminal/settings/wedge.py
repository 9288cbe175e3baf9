"""Scanners that type like a keyboard."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class WedgeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Scanners that type like a keyboard."""

    use: Annotated[Literal["on", "off"], Meta(description="Whether fast typing is taken for a scan.")] = "on"
    layout: Annotated[
        Literal["auto", "us", "de", "fr", "host"],
        Meta(
            description="The keyboard layout the scanner is set to: auto finds out, host takes what this machine "
            "makes of the keys."
        ),
    ] = "auto"
    terminator: Annotated[
        Literal["auto", "enter", "tab"],
        Meta(description="The key the scanner presses behind a code: auto takes Enter, Tab, or nothing."),
    ] = "auto"
    prefix: Annotated[
        str,
        Meta(
            pattern=r"^[ -~]*\Z",
            max_length=16,
            description="What the scanner types in front of a code; when set, typing without it is never a scan.",
        ),
    ] = ""
    length_min: Annotated[
        int,
        Meta(
            ge=4,
            le=64,
            description="The shortest code that is taken for a scan because of its speed alone, in characters.",
        ),
    ] = 6
    scan_ms: Annotated[
        int,
        Meta(ge=5, le=60, description="Keys this close to each other, on average, are a scan, in milliseconds."),
    ] = 35
    typing_ms: Annotated[
        int,
        Meta(ge=61, le=200, description="Keys this far apart are never one scan, in milliseconds."),
    ] = 80
