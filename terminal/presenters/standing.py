"""What head office, or its silence, means for the account at the counter: safe to spend, as of when, debt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty.offline import SafeLimit, safe_to_spend
from terminal.messages import safe_text
from terminal.presenters.states import Notice, Tone
from terminal.sync.status import SyncMode

if TYPE_CHECKING:
    from uuid import UUID

    from loyalty.offline import SafeToSpend
    from terminal.presenters.base import Surroundings
    from terminal.presenters.open_sale import OpenSale


def safe_now(around: Surroundings, member_id: UUID) -> SafeToSpend | None:
    """What may be redeemed without asking head office; ``None`` while the whole balance may be.

    A till that stands alone is its own authority, and one that is online has heard of other tills' bookings.
    """
    sync = around.sync
    if not sync.joined or (sync.mode is SyncMode.ONLINE and sync.caught_up):
        return None
    known = around.desk.reader.safe_known(member_id)
    return known and safe_to_spend(around.programme.limits.offline, known, around.clock.now_us())


def account_note(around: Surroundings, sale: OpenSale) -> Notice | None:
    """One sentence about the account, ``None`` when there is nothing to say."""
    texts = around.texts
    if around.sync.joined and sale.member.account.balance < 0:
        sentence = texts._(
            "In debt: points were taken back, or redeemed at two tills at once. "
            "The next points pay it off; redeeming waits until then."
        )
        return Notice(sentence, Tone.BAD)
    if sale.safe is None:
        return None
    sentence = safe_text(texts, sale.safe)
    if sale.safe.as_of_us and sale.safe.limit is not SafeLimit.NOT_CAUGHT_UP:
        clock, at_us = around.clock, sale.safe.as_of_us
        when = texts.moment(at_us, clock.utc_offset_min(at_us), clock.business_day(clock.now_us()))
        sentence = texts._("{sentence} As of: {when}.").format(sentence=sentence, when=when)
    return Notice(sentence, Tone.WARN)
