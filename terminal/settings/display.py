"""What customers see and cashiers hear."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class DisplaySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The window for customers on a second monitor."""

    window: Annotated[
        Literal["auto", "off"], Meta(description="auto: on a second monitor, when there is one; off: never.")
    ] = "auto"


class PoleSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The two-line display for customers."""

    port: Annotated[str, Meta(max_length=200, description="Its port, such as /dev/ttyUSB1; empty for none.")] = ""


class SoundSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the till sounds like."""

    volume_percent: Annotated[int, Meta(ge=0, le=100, description="How loud, in percent; 0 is off.")] = 70
