"""The receipt printer."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Automatic = Literal["always", "rewards", "never"]
"""Which bookings print a receipt by themselves."""


class PrinterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The receipt printer."""

    port: Annotated[
        str,
        Meta(
            max_length=200,
            description="Where the printer is: network://host:9100, /dev/ttyUSB0, COM3, usb://04b8:0e15, "
            "/dev/usb/lp0 or file:///path; empty for none.",
        ),
    ] = ""
    paper_mm: Annotated[Literal[58, 80], Meta(description="Width of the paper, in millimetres.")] = 80
    automatic: Annotated[
        Automatic,
        Meta(description="Which bookings print a receipt by themselves; P prints any other."),
    ] = "never"
