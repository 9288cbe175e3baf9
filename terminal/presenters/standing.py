"""What head office, or its silence, means for the account at the counter: safe to spend, as of when, debt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty.offline import SafeLimit, safe_to_spend
from terminal.app.safe import is_online
from terminal.messages import safe_text
from terminal.presenters.states import Notice, Tone

if TYPE_CHECKING:
    from terminal.presenters.base import Surroundings
    from terminal.presenters.open_sale import OpenSale


def look_up(around: Surroundings, sale: OpenSale) -> None:
    """Note in an open sale what its member can spend here and now, by the same measure as the booking itself."""
    reader, account = around.desk.reader, sale.member.account
    known = reader.safe_known(account.member_id)
    now_us = around.clock.now_us()
    sale.spendable, sale.safe = account.balance, None
    if known is None:  # a till that stands alone is its own authority
        return
    if account.balance > 0:
        sale.spendable = min(account.balance, sum(lot.left for lot in reader.lots(account.member_id)))
    if not known.caught_up or not is_online(reader.link(), now_us):
        sale.safe = safe_to_spend(around.programme.limits.offline, known, now_us)


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
