"""How long the till keeps what names people."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

YEARS_MAX: Final = 30
"""The longest period German law knows for records of business (§ 197 Abs. 1 BGB), in years."""

VOUCHERS_YEARS: Final = 8
"""How long vouchers are kept in Germany (§ 147 Abs. 3 AO and § 257 Abs. 4 HGB, as changed by the Viertes
Bürokratieentlastungsgesetz from 2025 on; ten before), in years from the end of the one they were made in (§ 147 Abs. 4
AO, § 257 Abs. 5 HGB)."""

INACTIVE_YEARS: Final = 3
"""When claims of an account that nobody uses are over: three years from the end of the year (§§ 195, 199 BGB)."""


class RetentionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long the till keeps what names people."""

    vouchers_years: Annotated[
        int,
        Meta(
            ge=1,
            le=YEARS_MAX,
            description="Whole years, after the one it was made in, for which a booking is a voucher: notes behind "
            "corrections and names of people who left the shop are kept as long. Germany asks for 8.",
        ),
    ] = VOUCHERS_YEARS
    inactive_years: Annotated[
        int,
        Meta(
            ge=0,
            le=YEARS_MAX,
            description="Whole years, after the one of the last sign of life, until a member is due to be forgotten; "
            "0 is never. On a joined till head office decides.",
        ),
    ] = INACTIVE_YEARS
    inactive: Annotated[
        Literal["ask", "by_itself"],
        Meta(
            description="ask: members who are due are forgotten by the command member retention; by_itself: the till "
            "forgets them when they have no points left."
        ),
    ] = "ask"
    files_days: Annotated[
        int,
        Meta(
            ge=1,
            le=3_650,
            description="Days for which crash logs, files of registers that are booked, and the ledger as it was "
            "before an update are kept.",
        ),
    ] = 90
