"""What the figures assume."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class ReportSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the figures assume."""

    inactive_after_days: Annotated[
        int, Meta(ge=1, le=3650, description="Days without a purchase after which a member counts as no longer active.")
    ] = 180
    breakage_percent: Annotated[
        int, Meta(ge=0, le=100, description="Share of the open points that will never be redeemed, in percent.")
    ] = 0
