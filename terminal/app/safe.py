"""How much of a member's points may be spent at this till right now, and which limit says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty.offline import SafeLimit, SafeToSpend, safe_to_spend
from loyalty.outcomes import Reason, Refused

if TYPE_CHECKING:
    from uuid import UUID

    from storage.exchange import Link
    from storage.store import Reader
    from terminal.app.till import Till

ONLINE_US: Final = 60_000_000
"""A till that head office has answered within this time is online, in microseconds: statements are then fresh."""

CLOCK_NOISE_US: Final = 5_000_000
"""How far the corrected clock may lie behind head office's last answer, in microseconds."""


def is_online(link: Link, now_us: int) -> bool:
    """Whether head office has answered lately; a clock that runs behind the last contact proves nothing.

    A little behind is the noise of the network in the correction of the clock.
    """
    return -CLOCK_NOISE_US <= now_us - link.last_contact_us < ONLINE_US


def safe_now(till: Till, reader: Reader, member_id: UUID) -> SafeToSpend | None:
    """What may be redeemed without asking head office.

    Returns:
        ``None`` when nothing limits it: the till stands alone, or head office answers.
    """
    known = reader.safe_known(member_id)
    if known is None:
        return None
    if not known.caught_up:  # online or not: what was spent before the till was put back is not known yet
        return SafeToSpend(0, SafeLimit.NOT_CAUGHT_UP, known.as_of_us)
    now_us = till.clock.now_us()
    if is_online(reader.link(), now_us):
        return None
    return safe_to_spend(till.programme.limits.offline, known, now_us)


def available_points(till: Till, reader: Reader, member_id: UUID, balance: int) -> int:
    """What a balance lets a member spend: on a joined till less what is past its last day and not written off yet."""
    if till.store.head_office is None or balance <= 0:
        return balance
    return min(balance, sum(lot.left for lot in reader.lots(member_id)))


def unsafe(till: Till, reader: Reader, member_id: UUID, points: int) -> Refused | None:
    """Why so many points can't be redeemed now, if they can't."""
    if points <= 0:
        return None
    safe = safe_now(till, reader, member_id)
    if safe is None or points <= safe.points:
        return None
    return not_safe(safe)


def not_safe(safe: SafeToSpend) -> Refused:
    """The refusal of more than is safe, with what is, what limits it, and since when that is known."""
    values: dict[str, int | str] = {"safe": safe.points, "limit": safe.limit.value, "as_of_us": safe.as_of_us}
    return Refused(Reason.NOT_SAFE_OFFLINE, values)
