"""A sale of one till undone at another: with a line, with the receipt's code, and by a manager; booked once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from headoffice.errors import Refusal
from loyalty.feed import ConflictKind
from loyalty.lines import ReversedLine
from loyalty.outcomes import Reason, Refused
from loyalty.records import Redemption, ReversalReason, Sale
from loyalty.reversal import Receipt, ReversalRequest
from loyalty.sale import Basket, BasketLine, RewardRequest
from loyalty.wire import ProblemCode
from storage.rebuild import rebuild
from storage.verify import verify
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.app.elsewhere import Elsewhere, told_by_head_office
from terminal.app.redeem import RedeemCommand, Redeemed, redeem
from terminal.app.reverse import NOBODY, Preview, ReverseCommand, Reversed, Vouch, preview, preview_vouched, reverse
from terminal.sync.receipts import code_of, read_receipt
from tests.fakes.ledger import card_number
from tests.fakes.office import TILL_KEY, TestedOffice
from tests.fakes.office_till import OfficeLine, OfficeTill

CARD = card_number(1)


class Shop:
    """Head office and two tills that know each other."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.office = TestedOffice(folder / "office", database_url)
        self.one, self.other = (OfficeTill(folder / f"till{seed}", self.office, seed) for seed in (1, 2))
        self.rounds()

    def rounds(self) -> None:
        """Everybody hears of everything."""
        for till in (self.one, self.other, self.one):
            till.round()

    def sell(self, basket: Basket | None = None, *rewards: RewardRequest) -> Sale:
        """A sale at the first till."""
        command = EarnCommand(self.one.ledger.ids.record_id(), CARD, basket or Basket(2_000), rewards)
        outcome = earn(self.one.till, command)
        assert isinstance(outcome, Earned), outcome
        return outcome.record

    def ask(self, till: OfficeTill, record_id: UUID) -> Elsewhere | Refused:
        """What head office says of a booking."""
        reply = OfficeLine(self.office.head, till.row.terminal_id).record(record_id)
        with till.ledger.store.reader() as reader:
            return told_by_head_office(reader, reply)

    def code(self, record: Sale | Redemption) -> str:
        """What stands on the receipt of the first till."""
        return code_of(record, self.one.row.terminal_id, TILL_KEY.private_bytes_raw())

    def read(self, code: str) -> Elsewhere | Refused:
        """The receipt at the other till."""
        with self.other.ledger.store.reader() as reader:
            return read_receipt(reader, code)

    def close(self) -> None:
        self.one.close()
        self.other.close()
        self.office.close()


@pytest.fixture
def shop(tmp_path: Path, database_url: str) -> Iterator[Shop]:
    """Two tills of one head office, on either database."""
    with closing(Shop(tmp_path, database_url)) as made:
        yield made


def undo(
    till: OfficeTill,
    record_id: UUID,
    elsewhere: Elsewhere | Refused | None = None,
    vouch: Vouch | None = None,
    *,
    cents: int | None = None,
) -> Reversed | Refused:
    """Undo a booking as the cashier does."""
    assert not isinstance(elsewhere, Refused), elsewhere
    request = ReversalRequest(record_id, amount_cents=cents)
    command = ReverseCommand(
        till.ledger.ids.record_id(), request, ReversalReason.RETURN, elsewhere=elsewhere, vouch=vouch
    )
    return reverse(till.till, command)


def done(outcome: Reversed | Refused) -> Reversed:
    """It was booked, and of another till."""
    assert isinstance(outcome, Reversed), outcome
    assert outcome.elsewhere
    return outcome


def balance_at(till: OfficeTill, record: Sale | Redemption) -> int:
    """What a till shows."""
    assert record.member_id is not None
    with till.ledger.store.reader() as reader:
        return reader.account(record.member_id).balance


def test_with_a_line_head_office_tells_what_it_was_and_books_the_reversal(shop: Shop) -> None:
    """Bought at one till, brought back at the other; both show the same in the end."""
    sale = shop.sell()
    shop.rounds()
    found = shop.ask(shop.other, sale.record_id)
    assert isinstance(found, Elsewhere)
    assert (found.original, found.till, found.online) == (sale, "Kasse 1 (Mitte)", True)
    with shop.other.ledger.store.reader() as reader:
        shown = preview(reader, ReversalRequest(sale.record_id), found)
        assert isinstance(shown, Preview)
        assert (shown.balance, shown.balance_after, shown.elsewhere) == (20, 0, found)
    assert done(undo(shop.other, sale.record_id, found)).balance == 0
    assert balance_at(shop.other, sale) == 0
    shop.rounds()
    assert (balance_at(shop.one, sale), balance_at(shop.other, sale)) == (0, 0)
    assert not shop.office.head.conflicts()
    shop.office.assert_sound()


def test_undoing_twice_answers_with_the_first_reversal(shop: Shop) -> None:
    """Before head office has heard of it and after, with a fresh answer and with the old one."""
    sale = shop.sell()
    shop.rounds()
    found = shop.ask(shop.other, sale.record_id)
    first = done(undo(shop.other, sale.record_id, found))
    again = done(undo(shop.other, sale.record_id, found))
    assert (again.record, again.repeated) == (first.record, True)
    shop.rounds()
    once_more = done(undo(shop.other, sale.record_id, shop.ask(shop.other, sale.record_id)))
    assert (once_more.record, once_more.repeated) == (first.record, True)


def test_own_returns_that_head_office_has_not_heard_of_are_not_doubled(shop: Shop) -> None:
    """Half of it is undone here and not sent; head office's answer knows nothing of that."""
    sale = shop.sell()
    shop.rounds()
    done(undo(shop.other, sale.record_id, shop.ask(shop.other, sale.record_id), cents=500))
    rest = done(undo(shop.other, sale.record_id, shop.ask(shop.other, sale.record_id)))
    assert (rest.record.cents, rest.record.takes_back) == (1_500, 15)
    shop.rounds()
    assert not shop.office.head.conflicts()
    found = shop.ask(shop.other, sale.record_id)
    assert isinstance(found, Elsewhere)
    assert found.so_far[1].cents == 2_000


def test_what_was_undone_elsewhere_is_refused_in_words(shop: Shop) -> None:
    """The customer was at the first till before: head office says so."""
    sale = shop.sell()
    own = ReverseCommand(shop.one.ledger.ids.record_id(), ReversalRequest(sale.record_id), ReversalReason.RETURN)
    assert isinstance(reverse(shop.one.till, own), Reversed)
    shop.rounds()
    found = shop.ask(shop.other, sale.record_id)
    assert undo(shop.other, sale.record_id, found) == Refused(Reason.UNDONE_ELSEWHERE)
    assert isinstance(found, Elsewhere)
    with shop.other.ledger.store.reader() as reader:
        assert preview(reader, ReversalRequest(sale.record_id), found) == Refused(Reason.UNDONE_ELSEWHERE)


def test_without_a_line_the_receipts_code_is_enough(shop: Shop) -> None:
    """The sale has not even reached head office: the reversal waits for it there and is booked once."""
    sale = shop.sell()
    found = shop.read(shop.code(sale))
    assert isinstance(found, Elsewhere)
    assert (found.till, found.online) == ("Kasse 1 (Mitte)", False)
    done(undo(shop.other, sale.record_id, found))
    shop.other.round()
    assert len(shop.office.head.waiting()) == 1
    shop.rounds()
    assert (balance_at(shop.one, sale), balance_at(shop.other, sale)) == (0, 0)
    assert not shop.office.head.waiting()
    shop.office.assert_sound()


def test_undone_at_both_tills_while_both_were_offline_it_is_booked_once(shop: Shop) -> None:
    """The second to arrive is listed for people; points are taken back once."""
    sale = shop.sell()
    code = shop.code(sale)
    own = ReverseCommand(shop.one.ledger.ids.record_id(), ReversalRequest(sale.record_id), ReversalReason.RETURN)
    assert isinstance(reverse(shop.one.till, own), Reversed)
    done(undo(shop.other, sale.record_id, shop.read(code)))
    shop.rounds()
    assert (balance_at(shop.one, sale), balance_at(shop.other, sale)) == (0, 0)
    conflict = shop.office.head.conflicts()
    assert [item.kind for item in conflict] == [ConflictKind.REVERSED_TWICE]
    shop.office.assert_sound()


def test_a_changed_receipt_is_refused(shop: Shop) -> None:
    """One character is another amount, or another till's name under it."""
    code = shop.code(shop.sell())
    forged = code[:-20] + ("0" if code[-20] != "0" else "1") + code[-19:]
    assert shop.read(forged) == Refused(Reason.RECEIPT_CODE_FORGED)
    sale = shop.sell()
    stranger = code_of(sale, UUID(int=9, version=4), TILL_KEY.private_bytes_raw())
    assert shop.read(stranger) == Refused(Reason.RECEIPT_TILL_UNKNOWN)
    assert shop.read(code[:-3]) == Refused(Reason.RECEIPT_CODE_UNREADABLE)


def test_receipts_of_a_till_that_was_shut_out_count_up_to_its_last_day(shop: Shop) -> None:
    """What it gave its customers keeps its worth; what a thief signs with it later has none."""
    sale = shop.sell()
    shop.rounds()
    shop.office.head.revoke(shop.one.row.terminal_id)
    shop.other.round()
    assert isinstance(shop.read(shop.code(sale)), Elsewhere)
    later = msgspec.structs.replace(sale, business_day=sale.business_day.replace(year=sale.business_day.year + 1))
    assert shop.read(shop.code(later)) == Refused(Reason.RECEIPT_TILL_SHUT_OUT)


def basket() -> Basket:
    """A purchase of three articles."""
    return Basket(
        3_000, lines=tuple(BasketLine(f"A{number}", "", 1, cents) for number, cents in enumerate((500, 1_500, 1_000)))
    )


def test_a_manager_vouches_for_what_the_receipt_says(shop: Shop) -> None:
    """Sums are put on the lines of the original; the record says who vouched."""
    shop.sell(Basket(20_000))
    sale = shop.sell(basket(), RewardRequest("five-off"))
    vouch = Vouch(Receipt(sale.amount_cents, sale.points, sale.points_redeemed), CARD)
    request = ReversalRequest(sale.record_id)
    store = shop.other.ledger.store
    with store.reader() as reader:
        shown = preview_vouched(reader, store.programme, store.programme_key, request, vouch)
        assert isinstance(shown, Preview)
        assert shown.plan.lines == (ReversedLine(1, sale.amount_cents, sale.points),)
    record = done(undo(shop.other, sale.record_id, vouch=vouch)).record
    assert (record.vouched_by, record.takes_back, record.returns) == (NOBODY, sale.points, 100)
    again = done(undo(shop.other, sale.record_id, vouch=vouch))
    assert (again.record, again.repeated) == (record, True)
    shop.rounds()
    assert (balance_at(shop.one, sale), balance_at(shop.other, sale)) == (200, 200)
    assert not shop.office.head.conflicts()
    found = shop.ask(shop.other, sale.record_id)
    assert isinstance(found, Elsewhere)
    assert {line: (undone.cents, undone.points) for line, undone in found.so_far.items()} == {
        **{line.line: (line.amount_cents, line.points) for line in sale.lines},
        sale.redemptions[0].line: (500, 100),
    }
    shop.office.assert_sound()


def test_a_manager_who_misreads_the_receipt_undoes_no_more_than_there_was(shop: Shop) -> None:
    """And of the member who bought, whatever card was shown: listed for people."""
    sale = shop.sell()
    vouch = Vouch(Receipt(9_000, 90), card_number(2))
    record = done(undo(shop.other, sale.record_id, vouch=vouch)).record
    assert record.member_id != sale.member_id
    shop.rounds()
    assert (balance_at(shop.one, sale), balance_at(shop.other, sale)) == (0, 0)
    assert record.member_id is not None
    with shop.other.ledger.store.reader() as reader:
        assert reader.account(record.member_id).balance == 0
    assert [item.kind for item in shop.office.head.conflicts()] == [ConflictKind.REVERSED_TWICE]
    shop.office.assert_sound()


def test_a_reward_alone_is_undone_elsewhere_too(shop: Shop) -> None:
    """Its points come back to the member."""
    sale = shop.sell(Basket(20_000))
    command = RedeemCommand(shop.one.ledger.ids.record_id(), CARD, RewardRequest("coffee"))
    outcome = redeem(shop.one.till, command)
    assert isinstance(outcome, Redeemed), outcome
    record = done(undo(shop.other, outcome.record.record_id, shop.read(shop.code(outcome.record)))).record
    assert (record.takes_back, record.returns) == (0, 50)
    shop.rounds()
    assert (balance_at(shop.one, sale), balance_at(shop.other, sale)) == (200, 200)


@pytest.mark.parametrize(
    "vouch",
    [
        Vouch(Receipt(0, 0), CARD),
        Vouch(Receipt(1_000, 10), ""),
        Vouch(Receipt(1_000, -10), CARD),
    ],
    ids=["nothing", "no card", "negative"],
)
def test_a_manager_has_to_say_all_of_it(shop: Shop, vouch: Vouch) -> None:
    """Half a receipt undoes nothing."""
    assert undo(shop.other, UUID(int=5), vouch=vouch) == Refused(Reason.RECEIPT_INCOMPLETE)


def test_a_card_that_is_none_and_a_manager_who_is_none_are_refused(shop: Shop) -> None:
    """The till checks what it can."""
    receipt = Receipt(1_000, 10)
    assert undo(shop.other, UUID(int=5), vouch=Vouch(receipt, "12")) == Refused(Reason.CARD_INVALID)
    vouch = Vouch(receipt, CARD, manager_id=UUID(int=3))
    assert undo(shop.other, UUID(int=5), vouch=vouch) == Refused(Reason.NOT_ALLOWED)
    outcome = undo(shop.other, UUID(int=5), vouch=Vouch(Receipt(1_000, 0)))
    assert done(outcome).record.member_id is None


def test_a_ledger_with_reversals_of_foreign_sales_verifies_and_rebuilds(shop: Shop) -> None:
    """Their originals are in no journal here; every projection is the fold of the records all the same."""
    first, second = shop.sell(), shop.sell(basket())
    done(undo(shop.other, first.record_id, shop.read(shop.code(first)), cents=700))
    done(undo(shop.other, second.record_id, vouch=Vouch(Receipt(second.amount_cents, second.points), CARD)))
    store = shop.other.ledger.store
    before = balance_at(shop.other, first)
    assert verify(store.directory).problems == ()
    rebuild(store)
    assert verify(store.directory).problems == ()
    assert balance_at(shop.other, first) == before == -37
    shop.rounds()
    assert balance_at(shop.other, first) == balance_at(shop.one, first) == 13
    assert verify(store.directory).problems == ()


def test_a_till_of_another_region_learns_nothing_of_a_booking(shop: Shop) -> None:
    """Not even that there is one."""
    sale = shop.sell()
    anonymous = earn(shop.one.till, EarnCommand(shop.one.ledger.ids.record_id(), CARD, Basket(100)))
    assert isinstance(anonymous, Earned)
    shop.rounds()
    shop.office.head.change_scope(shop.other.row.terminal_id, "Nord")
    for record_id in (sale.record_id, UUID(int=5)):
        with pytest.raises(Refusal) as refused:
            shop.ask(shop.other, record_id)
        assert refused.value.code is ProblemCode.NOT_FOUND
    shop.office.head.change_scope(shop.other.row.terminal_id, "")
    assert isinstance(shop.ask(shop.other, sale.record_id), Elsewhere)


def test_only_sales_and_rewards_can_be_undone_elsewhere(shop: Shop) -> None:
    """A reversal of another till is no receipt."""
    sale = shop.sell()
    own = ReverseCommand(shop.one.ledger.ids.record_id(), ReversalRequest(sale.record_id), ReversalReason.MISTAKE)
    undone = reverse(shop.one.till, own)
    assert isinstance(undone, Reversed)
    shop.rounds()
    assert shop.ask(shop.other, undone.record.record_id) == Refused(Reason.RECORD_NOT_REVERSIBLE)
