"""Scanners that type like a keyboard."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class WedgeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Scanners that type like a keyboard."""

    use: Annotated[Literal["on", "off"], Meta(description="Whether fast typing is taken for a scan.")] = "on"
