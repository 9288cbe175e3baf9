"""How cash registers reach the till."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class RegisterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How cash registers reach the till."""

    port: Annotated[
        int, Meta(ge=0, le=65_535, description="The port of the interface for registers on this machine; 0 is off.")
    ] = 0
    folder: Annotated[
        str, Meta(max_length=400, description="A folder in which a register leaves a file per sale; empty for none.")
    ] = ""
