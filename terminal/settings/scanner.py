"""Where the scanners are and how they talk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec
from msgspec import Meta

from loyalty.document import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

SCANNERS_MAX: Final = 8
"""The most scanners of one till besides the first."""

FIRST: Final = "scanner"
"""The till's name for the scanner of the table ``[scanner]``."""

OFF: Final = "off"
"""Instead of a port: there is no scanner, not even one that is plugged in."""


class ScannerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the scanner is and how it talks."""

    port: Annotated[
        str,
        Meta(
            max_length=200,
            description="The scanner's port, such as /dev/ttyACM0, COM3, socket://host:port or hid://0c2e:0b61; "
            "empty takes every known scanner that is plugged in, off none.",
        ),
    ] = ""
    baud: Annotated[
        int, Meta(ge=300, le=921_600, description="Speed of a real serial port, in bits per second; USB ignores it.")
    ] = 9600
    data_bits: Annotated[
        int, Meta(ge=5, le=8, description="Bits per character of a real serial port; old scanners use 7.")
    ] = 8
    parity: Annotated[
        Literal["none", "even", "odd", "mark", "space"], Meta(description="Parity bit of a real serial port.")
    ] = "none"
    stop_bits: Annotated[int, Meta(ge=1, le=2, description="Stop bits of a real serial port.")] = 1
    flow_control: Annotated[
        Literal["none", "hardware"], Meta(description="Whether a real serial port uses its RTS and CTS wires.")
    ] = "none"
    terminator: Annotated[
        Literal["cr", "lf", "crlf", "tab", "etx", "none"], Meta(description="What the scanner sends behind a code.")
    ] = "cr"
    prefix: Annotated[
        str,
        Meta(
            pattern=r"^[\x02 -~]*\Z",
            max_length=16,
            description="What the scanner sends in front of a code; \\u0002 is STX.",
        ),
    ] = ""
    aim: Annotated[
        Literal["auto", "always", "never"],
        Meta(
            description="Whether the scanner sends symbology identifiers such as ]E0: auto takes them when they come, "
            "always refuses a code without one, never leaves the code as it is."
        ),
    ] = "auto"
    code_letters: Annotated[
        Literal["none", "zebra", "honeywell"],
        Meta(description="Whose own letters the scanner sends in front of a code instead; they are taken off."),
    ] = "none"
    gap_ms: Annotated[
        int,
        Meta(
            ge=20,
            le=900,
            description="The longest pause inside a code, in milliseconds; 500 suits scanners without a cable.",
        ),
    ] = 200
    length_max: Annotated[
        int, Meta(ge=8, le=4096, description="The longest code, in bytes; what is longer is refused.")
    ] = 512
    profile: Annotated[
        Literal["auto", "none", "zebra", "honeywell", "datalogic", "newland", "opticon"],
        Meta(description="The scanner's maker, for answers; auto goes by its USB id."),
    ] = "auto"
    beep: Annotated[
        Literal["off", "on"],
        Meta(description="on: the scanner is told to beep for each code taken, where the maker has a command for it."),
    ] = "off"
    acknowledge: Annotated[
        Literal["off", "on"],
        Meta(description="on: each code is answered with ACK or NAK, for a scanner that is set up to wait for it."),
    ] = "off"


class FurtherScanner(ScannerSettings, frozen=True, forbid_unknown_fields=True):
    """Another scanner, each with settings of its own."""

    name: Annotated[
        str,
        Meta(pattern=r"^[a-z0-9][a-z0-9_-]*\Z", max_length=20, description="The till's name for it, each another."),
    ] = "second"


def clashes(first: ScannerSettings, further: Sequence[FurtherScanner]) -> list[Problem]:
    """What contradicts itself between the scanners: a port or a name given twice, a further scanner without a port.

    Two spellings of one port are not seen here; the second scanner is then told that the port is in use.
    """
    found: list[Problem] = []
    names = {FIRST: "scanner"}
    ports = {first.port: "scanner"} if first.port not in ("", OFF) else {}
    for index, scanner in enumerate(further):
        path = f"scanners[{index}]"
        if not scanner.port:
            found.append(Problem(f"{path}.port", "Name its port; only the first scanner is found by itself"))
        elif scanner.port != OFF and scanner.port in ports:
            found.append(Problem(f"{path}.port", f"`{ports[scanner.port]}` has the same port; two can't share one"))
        if scanner.name in names:
            found.append(Problem(f"{path}.name", f"`{names[scanner.name]}` has the same name; give each its own"))
        ports.setdefault(scanner.port, path)
        names.setdefault(scanner.name, path)
    return found
