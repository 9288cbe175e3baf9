"""What may be redeemed at a joined till: everything while head office answers, within limits while it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from loyalty.feed import StatementItem, StatementLot
from loyalty.offline import SafeLimit
from loyalty.outcomes import Reason, Refused
from loyalty.records import ReversalReason
from loyalty.reversal import Receipt, ReversalRequest
from loyalty.sale import RewardRequest
from terminal.app.redeem import RedeemCommand, Redeemed, redeem
from terminal.app.reverse import ReverseCommand, Reversed, Vouch, reverse
from terminal.app.safe import safe_now
from tests.fakes.joined_till import JoinedTill
from tests.fakes.ledger import card_number


@pytest.fixture
def till(tmp_path: Path) -> JoinedTill:
    """A till that knows from head office that a member has 5,000 points."""
    made = JoinedTill(tmp_path / "data")
    lot = StatementLot(made.ledger.ids.record_id(), 1, 5_000, 5_000)
    made.office.feed.append(StatementItem(made.member(), balance=5_000, lots=(lot,)))
    made.round()
    return made


def _redeem(till: JoinedTill) -> Redeemed | Refused:
    command = RedeemCommand(till.ledger.ids.record_id(), card_number(1), RewardRequest("coffee"))
    return redeem(till.till, command)


def _limit(till: JoinedTill) -> SafeLimit | None:
    with till.ledger.store.reader() as reader:
        safe = safe_now(till.till, reader, till.member())
    return safe.limit if safe else None


def test_online_nothing_limits(till: JoinedTill) -> None:
    """Statements are fresh; a race of two tills is booked and listed."""
    assert _limit(till) is None
    assert all(isinstance(_redeem(till), Redeemed) for _ in range(5))
    till.close()


def test_an_invented_receipt_buys_nothing_even_online(till: JoinedTill) -> None:
    """Whoever vouches for one has not made points that can be carried away before head office looked at it."""
    receipt = Vouch(Receipt(0, 0, 5_000), card_number(2), trusted=True)
    request = ReversalRequest(till.ledger.ids.record_id())
    command = ReverseCommand(till.ledger.ids.record_id(), request, ReversalReason.RETURN, vouch=receipt)
    assert isinstance(reverse(till.till, command), Reversed)
    assert till.account(2).balance == 5_000, "a preview"
    coffee = RedeemCommand(till.ledger.ids.record_id(), card_number(2), RewardRequest("coffee"))
    refused = redeem(till.till, coffee)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.INSUFFICIENT_POINTS
    till.close()


def test_offline_the_programme_limits(till: JoinedTill) -> None:
    """Three redemptions of one member, then head office has to be asked."""
    till.ledger.clock.advance(minutes=2)
    assert _limit(till) is SafeLimit.PER_REDEMPTION
    assert [type(_redeem(till)) for _ in range(4)] == [Redeemed] * 3 + [Refused]
    refused = _redeem(till)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.NOT_SAFE_OFFLINE
    assert (refused.values["safe"], refused.values["limit"]) == (0, "redemptions")
    till.close()


def test_a_statement_grows_old(till: JoinedTill) -> None:
    """After three days the last word is nobody's word."""
    till.ledger.clock.advance(days=4)
    assert _limit(till) is SafeLimit.STATEMENT_OLD
    till.close()


def test_after_a_new_epoch_nothing_is_safe(till: JoinedTill) -> None:
    """Online or not: what was spent before the till was put back is not known yet."""
    till.ledger.store.begin_epoch()
    assert _limit(till) is SafeLimit.NOT_CAUGHT_UP
    assert isinstance(_redeem(till), Refused)
    till.round()
    assert _limit(till) is None
    till.close()


def test_a_till_that_stands_alone_is_its_own_authority(tmp_path: Path) -> None:
    """Never offline."""
    alone = JoinedTill(tmp_path / "alone", join=False)
    alone.sell(cents=10_000)
    alone.ledger.clock.advance(days=100)
    assert _limit(alone) is None
    assert isinstance(_redeem(alone), Redeemed)
    alone.close()
