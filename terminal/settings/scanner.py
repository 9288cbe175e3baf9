"""Where the scanners are and how they talk."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

SCANNERS_MAX: Final = 8
"""The most scanners of one till besides the first."""


class ScannerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the scanner is and how it talks."""

    port: Annotated[
        str,
        Meta(
            max_length=200,
            description="The scanner's port, such as /dev/ttyACM0, COM3 or socket://host:port; "
            "empty takes every known scanner that is plugged in, off none.",
        ),
    ] = ""
    baud: Annotated[
        int, Meta(ge=300, le=921_600, description="Speed of a real serial port, in bits per second; USB ignores it.")
    ] = 9600
    terminator: Annotated[
        Literal["cr", "lf", "crlf", "tab", "etx", "none"], Meta(description="What the scanner sends behind a code.")
    ] = "cr"
    prefix: Annotated[
        str,
        Meta(pattern=r"^[ -~]*\Z", max_length=16, description="What the scanner sends in front of a code."),
    ] = ""


class FurtherScanner(ScannerSettings, frozen=True, forbid_unknown_fields=True):
    """Another scanner, each with settings of its own."""

    name: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,19}\Z", description="The till's name for it.")] = "second"
