"""What a field of a record may hold: every length, count and code of the journal has its bound here."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from loyalty.money import AMOUNT_CENTS_MAX

LINES_MAX: Final = 500
"""The most purchase lines of one sale."""

SKU_LENGTH_MAX: Final = 40
CATEGORY_LENGTH_MAX: Final = 40
"""The longest article number and category name of a register, in characters."""

QUANTITY_MAX: Final = 1_000_000
"""The most pieces of one purchase line."""

RECEIPT_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,39}\Z"
"""A cash register's receipt number. Too narrow for a sentence, because free text could carry personal data."""

POINTS_MAX: Final = 1_000_000_000
"""The most points one record may move."""

TIME_MAX_US: Final = 253_402_300_799_999_999
"""The last moment of the year 9999, in microseconds since 1970 UTC; any journal column holds it."""

Cents = Annotated[int, Meta(ge=0, le=AMOUNT_CENTS_MAX)]
PointCount = Annotated[int, Meta(ge=0, le=POINTS_MAX)]
SignedPoints = Annotated[int, Meta(ge=-POINTS_MAX, le=POINTS_MAX)]
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z")]
CodeOrNothing = Annotated[str, Meta(pattern=r"^(?:[A-Za-z0-9][A-Za-z0-9._-]{0,39})?\Z")]
Receipt = Annotated[str, Meta(pattern=r"^(?:[A-Za-z0-9][A-Za-z0-9._/-]{0,39})?\Z")]
Sku = Annotated[str, Meta(max_length=SKU_LENGTH_MAX)]
Category = Annotated[str, Meta(max_length=CATEGORY_LENGTH_MAX)]
LineNumber = Annotated[int, Meta(ge=1, le=2 * LINES_MAX)]
Position = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Version = Annotated[int, Meta(ge=0, le=1_000_000_000)]
HexHash = Annotated[str, Meta(pattern=r"^[0-9a-f]{0,64}\Z")]
