"""Booking the register's basket: by the cashier or by the register, once, or with a reason why not."""

from __future__ import annotations

import pytest

from loyalty.records import Sale
from storage.errors import DiskFull
from terminal.app.cashiers import AddCashier, add_cashier
from terminal.presenters.shell import ShellPresenter
from terminal.presenters.states import Screen
from terminal.register.port import Declined
from terminal.register.wire import BasketMessage, BasketState, CommitMessage, LineMessage, SaleMessage, WishMessage
from tests.fakes.counter import ANNA, BEN, NEW_CARD, Counter
from tests.fakes.register_hand import FIVE, PLAIN, Register, notice_of


@pytest.fixture
def register(counter: Counter) -> Register:
    """A register at the bakery's counter."""
    return Register(counter)


def test_enter_books_the_registers_sale_and_the_register_hears_of_it(counter: Counter, register: Register) -> None:
    """The record has the register's id, receipt and lines; the counter is free again."""
    put = register.put(BasketMessage(FIVE.amount_cents, "EUR", FIVE.lines, receipt="2026/17"))
    counter.scan(ANNA)
    counter.shell.key("Enter")
    assert counter.screen() is Screen.DONE
    said = register.newest()
    assert (said.state, said.record_id) == (BasketState.COMMITTED, put.record_id)
    assert said.booked is not None
    assert (said.booked.balance, said.booked.result.points) == (1305, 21)
    assert [each.rule for each in said.booked.result.explain] == ["base", "excluded"]
    stored = counter.desk.reader.record(put.record_id)
    assert stored is not None
    assert isinstance(stored.record, Sale)
    assert stored.record.receipt == "2026/17"
    assert [line.sku for line in stored.record.lines] == ["brot", "kaffee", "pfand"]
    assert counter.around.basket is None


def test_the_register_books_what_the_cashier_sees(counter: Counter, register: Register) -> None:
    """With the rewards chosen at the till; the green screen comes up as for a typed sale."""
    register.put()
    counter.scan(ANNA)
    counter.shell.member.choose_reward("off-5")
    said = register.commit()
    assert isinstance(said, SaleMessage)
    assert said.booked is not None
    assert (said.booked.result.money_off_cents, said.booked.result.to_pay_cents) == (500, 1845)
    assert counter.screen() is Screen.DONE
    assert counter.shell.done.state.take_off == "Take €5.00 off at the register"


def test_the_register_can_name_rewards_itself(counter: Counter, register: Register) -> None:
    """They replace what was chosen; a flexible one says how much."""
    register.put()
    counter.scan(ANNA)
    counter.shell.member.choose_reward("off-5")
    said = register.commit(CommitMessage(rewards=()))
    assert isinstance(said, SaleMessage)
    assert said.booked is not None
    assert said.booked.result.rewards == ()


def test_a_reward_that_can_not_be_had_books_nothing(counter: Counter, register: Register) -> None:
    """What the cashier has chosen is still chosen."""
    register.put()
    counter.scan(BEN)
    said = register.commit(CommitMessage(rewards=(WishMessage("off-5"),)))
    assert register.why(said) == "insufficient_points"
    assert counter.screen() is Screen.MEMBER
    assert counter.shell.member.sale is not None
    assert counter.shell.member.sale.requests == ()
    assert register.why(register.commit(CommitMessage(rewards=(WishMessage("gold"),)))) == "reward_unknown"
    assert counter.sales_on_disk == 0


def test_an_unusual_amount_is_not_asked_about_when_the_register_books(counter: Counter, register: Register) -> None:
    """The register knows its amount; a person's Enter is asked once more."""
    register.put(BasketMessage(25_000, "EUR"))
    counter.scan(ANNA)
    counter.shell.key("Enter")
    assert counter.screen() is Screen.MEMBER
    assert isinstance(register.commit(), SaleMessage)


def test_booking_once_more_answers_with_the_first_result(counter: Counter, register: Register) -> None:
    """Whoever booked, however often it is asked; the basket may be sent again, too."""
    register.put()
    counter.scan(ANNA)
    counter.shell.key("Enter")
    first = register.newest()
    assert register.commit() == first
    assert register.commit(CommitMessage(rewards=(), card=ANNA)) == first
    assert register.put() == first
    assert register.at.look("k1-17") == first
    assert (counter.sales_on_disk, counter.account(ANNA).balance) == (1, 1307)


def test_meaning_something_else_with_the_same_id_is_told_loudly(counter: Counter, register: Register) -> None:
    """Another basket, another card, other rewards: nothing is changed."""
    register.put(FIVE)
    counter.scan(ANNA)
    register.commit()
    other_articles = BasketMessage(2345, "EUR", (LineMessage(2345, "torte"),))
    for basket in (BasketMessage(2346, "EUR"), PLAIN, other_articles):
        assert register.why(register.at.put("k1-17", basket)) == "booked_differently"
    for asked in (
        CommitMessage(card=BEN),
        CommitMessage(card=NEW_CARD),
        CommitMessage(rewards=(WishMessage("off-5"),)),
    ):
        assert register.why(register.commit(asked)) == "booked_differently"
    assert register.why(register.at.cancel("k1-17")) == "sale_booked"
    assert counter.sales_on_disk == 1


def test_other_points_for_the_same_reward_are_something_else(counter: Counter, register: Register) -> None:
    """A retry that asks for more points than were taken must not read as if it had them."""
    wish = WishMessage("pay-with-points", points=500)
    register.put(BasketMessage(2345, "EUR", card=ANNA))
    first = register.commit(CommitMessage(rewards=(wish,)))
    assert isinstance(first, SaleMessage)
    assert first.booked is not None
    taken = first.booked.result.rewards[0]
    for same in (wish, WishMessage(wish.reward_id), WishMessage(wish.reward_id, value_cents=taken.value_cents)):
        assert register.commit(CommitMessage(rewards=(same,))) == first
    for other in (
        WishMessage(wish.reward_id, points=taken.points - 1),
        WishMessage(wish.reward_id, points=600),
        WishMessage(wish.reward_id, value_cents=taken.value_cents + 1),
    ):
        assert register.why(register.commit(CommitMessage(rewards=(other,)))) == "booked_differently"
    assert counter.sales_on_disk == 1


def test_what_the_cashier_booked_as_typed_is_not_booked_again(counter: Counter, register: Register) -> None:
    """The cashier has the last word: the register's commit at the payment must not award the purchase twice."""
    register.put(BasketMessage(2345, "EUR", card=ANNA))
    counter.shell.member.amount_typed("20,00")
    counter.shell.key("Enter")
    assert counter.sales_on_disk == 1
    for _ in range(2):
        assert register.why(register.commit()) == "set_aside"
        counter.shell.home()
    register.put(BasketMessage(2345, "EUR", card=BEN))
    counter.shell.home()
    assert isinstance(register.commit(), SaleMessage), "another customer's purchase is none of it"
    assert counter.sales_on_disk == 2


def test_a_restarted_till_knows_what_it_booked(counter: Counter, register: Register) -> None:
    """Nothing of it was in memory only."""
    register.put()
    counter.scan(ANNA)
    register.commit()
    counter.shell = ShellPresenter(counter.around, counter.crashes.append)
    counter.shell.start()
    fresh = Register(counter)
    for said in (fresh.put(), fresh.commit(), fresh.at.look("k1-17")):
        assert isinstance(said, SaleMessage)
        assert said.booked is not None
        assert said.booked.result.points == 23
    assert fresh.why(fresh.at.put("k1-17", FIVE)) == "booked_differently"
    assert counter.sales_on_disk == 1


def test_enter_and_the_register_at_the_same_moment_book_once(counter: Counter, register: Register) -> None:
    """The register's word comes while the cashier's Enter is on its way to the disk, and again."""
    register.put()
    counter.scan(ANNA)
    counter.desk.held = True
    counter.shell.key("Enter")
    register.at.commit("k1-17", CommitMessage(), register.heard.append)
    register.at.commit("k1-17", CommitMessage(), register.heard.append)
    assert register.heard == []
    assert register.why(register.at.put("k1-17", FIVE)) == "till_busy"
    assert register.why(register.at.cancel("k1-17")) == "till_busy"
    counter.desk.held = False
    counter.desk.work()
    assert len(register.heard) == 2
    assert register.heard[0] == register.heard[1] == register.newest()
    assert counter.sales_on_disk == 1


def test_without_anybody_at_the_till_the_register_books_for_its_card(counter: Counter, register: Register) -> None:
    """The green screen comes up; scans made meanwhile wait for it."""
    register.put()
    counter.desk.held = True
    register.at.commit("k1-17", CommitMessage(card=BEN), register.heard.append)
    assert register.at.busy
    counter.scan(ANNA)
    counter.desk.held = False
    counter.desk.work()
    assert isinstance(register.heard[0], SaleMessage)
    assert counter.account(BEN).balance == 12 + 23
    assert counter.screen() is Screen.MEMBER, "the scan went on"
    assert counter.shell.member.state.amount == ""


def test_a_card_nobody_has_used_collects_points(counter: Counter, register: Register) -> None:
    """As at the till, where such a card can be awarded before somebody enrols it."""
    register.put()
    said = register.commit(CommitMessage(card=NEW_CARD, receipt="4711"))
    assert isinstance(said, SaleMessage)
    assert (said.receipt, counter.account(NEW_CARD).balance) == ("4711", 23)
    assert counter.screen() is Screen.DONE


def test_a_receipt_number_is_booked_once(counter: Counter, register: Register) -> None:
    """Another sale with the receipt number of a booked one is refused by the ledger."""
    register.put(BasketMessage(2345, "EUR", receipt="17", card=ANNA))
    register.commit()
    register.put(BasketMessage(2345, "EUR", receipt="17", card=ANNA), sale_id="k1-18")
    assert register.why(register.commit(sale_id="k1-18")) == "receipt_already_booked"
    assert counter.sales_on_disk == 1


@pytest.mark.parametrize(
    ("asked", "scanned", "why"),
    [
        (CommitMessage(), "", "no_card"),
        (CommitMessage(card=BEN), ANNA, "another_card"),
        (CommitMessage(card="2900000047113"), ANNA, "card_check_digit"),
        (CommitMessage(revision=1), ANNA, "sale_changed"),
    ],
)
def test_what_the_register_may_not_book(
    counter: Counter, register: Register, asked: CommitMessage, scanned: str, why: str
) -> None:
    """Nobody was read, somebody else is served, or the customer was shown another sum."""
    register.put()
    if scanned:
        counter.scan(scanned)
    assert register.why(register.commit(asked)) == why
    assert counter.sales_on_disk == 0


def test_the_revision_that_was_shown_is_booked(counter: Counter, register: Register) -> None:
    """The register makes sure that the customer pays what was said."""
    register.put()
    counter.scan(ANNA)
    shown = register.newest().revision
    assert isinstance(register.commit(CommitMessage(revision=shown)), SaleMessage)


def test_a_sale_that_was_never_sent_or_taken_back_is_not_booked(register: Register) -> None:
    """The two have different cures, so they have different codes."""
    assert register.why(register.commit()) == "sale_unknown"
    assert register.why(register.at.look("k1-17")) == "sale_unknown"
    assert register.why(register.at.cancel("k1-17")) == "sale_unknown"
    register.put()
    register.at.cancel("k1-17")
    assert register.why(register.commit()) == "sale_cancelled"


def test_a_disk_that_takes_nothing_leaves_everything_as_it_was(counter: Counter, register: Register) -> None:
    """The register hears it, the cashier sees it, and the same id books once there is room."""
    register.put()
    counter.scan(ANNA)
    counter.desk.breaks_with = DiskFull("no room")
    said = register.commit()
    assert isinstance(said, Declined)
    assert (said.code, said.status) == ("ledger", 503)
    counter.shell.key("Enter")  # the cashier has read it
    assert isinstance(register.commit(), SaleMessage)
    assert counter.sales_on_disk == 1


def test_a_failed_booking_without_a_member_is_told_too(counter: Counter, register: Register) -> None:
    """A bug as well as a full disk."""
    register.put(BasketMessage(2345, "EUR"))
    counter.desk.breaks_with = RuntimeError("a bug")
    said = register.commit(CommitMessage(card=ANNA))
    assert register.why(said) == "till_broken"
    assert counter.crashes
    assert not register.at.busy


def test_a_locked_till_shows_the_basket_later_and_books_nothing(counter: Counter) -> None:
    """Nobody is signed in who could answer for it."""
    add_cashier(counter.till, AddCashier(counter.ids.random_id(), "Mira K.", "2580"))
    counter.shell = ShellPresenter(counter.around, counter.crashes.append)
    counter.shell.start()
    register = Register(counter)
    assert register.at.status().locked
    register.put(BasketMessage(2345, "EUR", card=ANNA))
    assert counter.screen() is Screen.LOCK
    assert register.why(register.commit()) == "till_locked"
    counter.shell.lock.pin_typed("2580")
    counter.shell.key("Enter")
    assert "Basket from the register" in notice_of(counter)
    assert isinstance(register.commit(), SaleMessage)
