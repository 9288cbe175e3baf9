"""Safe to spend: what a member may redeem while head office can't be asked, and which limit says so."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from loyalty.programme import Offline

US_PER_HOUR: Final = 3_600_000_000


class SafeLimit(StrEnum):
    """What decides how much is safe. The sentences for people live in the terminal."""

    BALANCE = "balance"
    PER_REDEMPTION = "per_redemption"
    PER_MEMBER = "per_member"
    REDEMPTIONS = "redemptions"
    STATEMENT_OLD = "statement_old"
    NO_STATEMENT = "no_statement"
    NOT_CAUGHT_UP = "not_caught_up"


class SafeToSpend(msgspec.Struct, frozen=True):
    """How many points may be redeemed now without asking head office.

    Attributes:
        points: At most so many; never below 0.
        limit: What decides it.
        as_of_us: When head office last spoke about this account, 0 for never.
    """

    points: int
    limit: SafeLimit
    as_of_us: int = 0


class Known(msgspec.Struct, frozen=True):
    """What a till knows of an account while it is offline.

    Attributes:
        available: What head office's last statement lets the member spend.
        as_of_us: When that statement was read, 0 when there is none.
        own_spent: Points redeemed at this till since, that the statement does not include.
        own_redemptions: How many redemptions that were.
        caught_up: Whether this till has ever taken over head office's state completely since it joined or was restored.
    """

    available: int
    as_of_us: int
    own_spent: int
    own_redemptions: int
    caught_up: bool


def safe_to_spend(rule: Offline, known: Known, now_us: int) -> SafeToSpend:
    """Work out what is safe.

    Own awards that head office has not seen yet are not counted: a return of theirs at another till may be on its way.

    Args:
        rule: The programme's limits.
        known: The account as this till knows it.
        now_us: The corrected time, in microseconds since 1970 UTC.
    """
    none = _nothing_because(rule, known, now_us)
    if none is not None:
        return SafeToSpend(0, none, known.as_of_us)
    caps = {
        SafeLimit.BALANCE: known.available - known.own_spent,
        SafeLimit.PER_MEMBER: rule.points_per_member_max - known.own_spent,
        SafeLimit.PER_REDEMPTION: rule.points_per_redemption_max,
    }
    limit = min(caps, key=lambda name: caps[name])
    return SafeToSpend(max(0, caps[limit]), limit, known.as_of_us)


def _nothing_because(rule: Offline, known: Known, now_us: int) -> SafeLimit | None:
    if not known.caught_up:
        return SafeLimit.NOT_CAUGHT_UP
    if not known.as_of_us:
        return SafeLimit.NO_STATEMENT
    if now_us - known.as_of_us > rule.statement_age_hours_max * US_PER_HOUR:
        return SafeLimit.STATEMENT_OLD
    if known.own_redemptions >= rule.redemptions_max:
        return SafeLimit.REDEMPTIONS
    return None
