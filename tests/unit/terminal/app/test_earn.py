"""A sale that is asked for again: its id is looked at only when it can't be booked, and the answer stays the same."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest

from loyalty.directory import CardStatus
from loyalty.outcomes import Reason, Refused
from loyalty.sale import Basket, RewardRequest
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.app.redeem import RedeemCommand, redeem
from terminal.app.till import Till
from tests.fakes.ledger import LedgerOfTests, card_number
from tests.fakes.ledger_joined import JoinedLedger

ANNA = card_number(1)
ONCE = UUID(int=0x51)


def asked(**changed: object) -> EarnCommand:
    """Anna buys something for 60 euro."""
    return msgspec.structs.replace(EarnCommand(ONCE, ANNA, Basket(6_000)), **changed)


def booked(till: Till, command: EarnCommand) -> Earned:
    """What a sale that is not refused leads to."""
    outcome = earn(till, command)
    assert isinstance(outcome, Earned), outcome
    return outcome


def test_a_retry_gives_what_was_booked(till: Till) -> None:
    """One record, the balance as it is now, and the till goes on."""
    first = booked(till, asked())
    booked(till, asked(record_id=UUID(int=0x52), basket=Basket(500)))
    again = booked(till, asked())
    assert (first.repeated, again.repeated) == (False, True)
    assert (again.record, again.seq, again.balance) == (first.record, first.seq, 65)
    booked(till, asked(record_id=UUID(int=0x53)))
    with till.store.reader() as reader:
        assert reader.head().seq == first.seq + 2


def test_a_retry_is_answered_though_it_could_not_be_booked_any_more(till: Till, ledger: LedgerOfTests) -> None:
    """Its points are spent, its card is blocked, its receipt number is taken, by itself."""
    cost = next(reward.points for reward in till.programme.rewards if reward.id == "coffee")
    booked(till, asked(record_id=UUID(int=0x54), basket=Basket(cost * 100)))
    command = asked(receipt="R-1", basket=Basket(100), requests=(RewardRequest("coffee"),))
    first = booked(till, command)
    assert first.balance < cost
    assert booked(till, command).record == first.record
    with ledger.store.unit() as unit:
        card = unit.card(ANNA)
        assert card is not None
        unit.put_card(msgspec.structs.replace(card, status=CardStatus.BLOCKED))
    again = booked(till, command)
    assert (again.record, again.repeated) == (first.record, True)


@pytest.mark.parametrize(
    "changed", [{"basket": Basket(6_001)}, {"basket": Basket(0)}, {"card": card_number(2)}, {"card": "nonsense"}]
)
def test_an_id_means_one_sale(till: Till, changed: dict[str, object]) -> None:
    """Whether the other one could be booked or not, the mistake is told, and nothing is written."""
    booked(till, asked())
    with till.store.reader() as reader:
        before = reader.head()
        outcome = earn(till, asked(**changed))
        assert isinstance(outcome, Refused)
        assert outcome.reason is Reason.ID_USED_FOR_ANOTHER_COMMAND
        assert reader.head() == before
        assert reader.card(card_number(2)) is None


def test_a_refusal_is_a_refusal(till: Till) -> None:
    """Its id stays free for the sale as it was meant."""
    outcome = earn(till, asked(basket=Basket(0)))
    assert isinstance(outcome, Refused)
    assert outcome.reason is Reason.AMOUNT_MISSING
    assert not booked(till, asked()).repeated


def test_another_booking_can_have_the_id(till: Till) -> None:
    """A redemption's id is not a sale's either."""
    booked(till, asked(record_id=UUID(int=0x55), basket=Basket(60_000)))
    assert not isinstance(redeem(till, RedeemCommand(ONCE, ANNA, RewardRequest("coffee"))), Refused)
    outcome = earn(till, asked())
    assert isinstance(outcome, Refused)
    assert outcome.reason is Reason.ID_USED_FOR_ANOTHER_COMMAND


def test_a_sale_that_is_refused_leaves_no_key(joined: JoinedLedger) -> None:
    """On a joined till the edit of a new card makes its account's key, on the disk before anything else."""
    till = Till(joined.store, joined.clock, joined.ids)

    def keys() -> int:
        return int(joined.store._vault.value("SELECT count(*) FROM member_key"))

    booked(till, asked())
    assert keys() == 1
    assert isinstance(earn(till, asked(card=card_number(2))), Refused)
    assert keys() == 1
    booked(till, asked(record_id=UUID(int=0x56), card=card_number(2)))
    assert keys() == 2
