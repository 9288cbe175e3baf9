"""The register's basket at the counter: what the cashier sees and types, what the register reads, how it goes."""

from __future__ import annotations

import pytest

from terminal.presenters.register import ABANDONED_S, SILENCE_LOOK_MS
from terminal.presenters.states import Screen, Tone
from terminal.register.port import Declined
from terminal.register.wire import (
    BasketMessage,
    BasketState,
    CommitMessage,
    LineMessage,
    ReverseMessage,
    SaleMessage,
    WishMessage,
)
from tests.fakes.counter import ANNA, BEN, Counter
from tests.fakes.register_hand import FIVE, PLAIN, Register, notice_of


@pytest.fixture
def register(counter: Counter) -> Register:
    """A register at the bakery's counter."""
    return Register(counter)


# -- the basket comes ----------------------------------------------------------------------------------------------


def test_the_cashier_sees_the_basket_and_scans_the_card(counter: Counter, register: Register) -> None:
    """The idle screen asks for the card; the member opens with the amount, and goods without points count as such."""
    register.put(FIVE)
    assert notice_of(counter) == "Basket from the register: €23.45, 5 articles. Scan the card."
    counter.scan(ANNA)
    member = counter.shell.member.state
    assert (counter.screen(), member.amount, member.award) == (Screen.MEMBER, "23.45", "+ 21 points")
    assert "Deposit" in member.why
    assert member.chips[0] == "From the register · 5 articles"


def test_a_basket_that_comes_while_a_member_is_open_fills_the_amount(counter: Counter, register: Register) -> None:
    """The card may be scanned first."""
    counter.scan(ANNA)
    register.put()
    assert counter.shell.member.state.amount == "23.45"
    assert counter.shell.member.state.primary == "Award 23 points"
    register.put(BasketMessage(3000, "EUR"))
    assert counter.shell.member.state.amount == "30.00", "the register goes on adding articles"


def test_without_a_member_the_register_reads_what_it_would_award(register: Register) -> None:
    """The register can say what the customer misses."""
    said = register.put(FIVE)
    assert (said.state, said.member, said.offers) == (BasketState.OPEN, None, ())
    assert said.quote is not None
    assert (said.quote.points, said.quote.to_pay_cents) == (21, 2345)


def test_the_register_reads_member_quote_and_offers_as_the_cashier_sees_them(
    counter: Counter, register: Register
) -> None:
    """Choosing a reward at the till is a change the register reads, with the sum to take off."""
    first = register.put(BasketMessage(2345, "EUR"))
    counter.scan(ANNA)
    opened = register.newest()
    assert opened.revision > first.revision
    assert opened.member is not None
    assert (opened.member.balance, opened.member.enrolled) == (1284, True)
    assert ANNA not in str(opened), "a register needs neither name nor number"
    assert "Anna" not in str(opened)
    counter.shell.member.choose_reward("off-5")
    chosen = register.newest()
    assert chosen.revision > opened.revision
    assert chosen.quote is not None
    assert (chosen.quote.money_off_cents, chosen.quote.to_pay_cents, chosen.quote.points) == (500, 1845, 18)
    assert [offer.reward_id for offer in chosen.offers if offer.chosen] == ["off-5"]
    assert [taken.reward_id for taken in chosen.quote.rewards] == ["off-5"]


def test_a_card_that_the_register_read_opens_its_member(counter: Counter, register: Register) -> None:
    """As a scan does; sent again with another article it does not open anew."""
    register.put(BasketMessage(1000, "EUR", card=ANNA))
    assert counter.screen() is Screen.MEMBER
    counter.shell.member.choose_reward("off-5")
    said = register.put(BasketMessage(1200, "EUR", card=ANNA))
    assert said.quote is not None
    assert said.quote.money_off_cents == 500, "the reward chosen meanwhile stays"


def test_a_card_of_the_register_waits_while_somebody_is_at_work(counter: Counter, register: Register) -> None:
    """An enrolment form is not filled by the register; the sale can be booked all the same."""
    counter.shell.key("F2")
    counter.shell.enrol.field_typed("name", "Carla")
    register.put(BasketMessage(1000, "EUR", card=ANNA))
    assert counter.screen() is Screen.ENROL
    assert register.newest().member is not None
    said = register.commit()
    assert isinstance(said, SaleMessage)
    assert (said.state, counter.screen()) == (BasketState.COMMITTED, Screen.ENROL)


@pytest.mark.parametrize(
    ("basket", "why"),
    [
        (BasketMessage(2345, "CHF"), "currency_differs"),
        (BasketMessage(100_001, "EUR"), "amount_too_large"),
        (BasketMessage(2345, "EUR", (LineMessage(2344),)), "lines_differ_from_amount"),
        (BasketMessage(2345, "EUR", card="2900000047113"), "card_check_digit"),
        (BasketMessage(2345, "EUR", card="4111111111111111"), "payment_card"),
        (BasketMessage(2345, "EUR", card="4006381333931"), "not_a_member_card"),
    ],
)
def test_a_basket_that_can_not_be_booked_does_not_come_onto_the_counter(
    counter: Counter, register: Register, basket: BasketMessage, why: str
) -> None:
    """The register hears why, in the till's words, and the cashier is not bothered."""
    said = register.at.put("k1-17", basket)
    assert isinstance(said, Declined)
    assert (said.code, said.status) == (why, 422)
    assert "(M-" in said.sentence
    assert basket.card == "" or basket.card not in said.sentence
    assert counter.around.basket is None
    assert notice_of(counter) == ""


def test_another_sale_waits_until_the_first_one_is_done(register: Register) -> None:
    """Two baskets on one counter would be mixed up; the no names the sale that is in the way."""
    register.put()
    said = register.at.put("k1-18", PLAIN)
    assert isinstance(said, Declined)
    assert (said.code, said.status, said.values) == ("another_sale_open", 409, {"sale_id": "k1-17"})
    register.at.cancel("k1-17")
    assert register.put(sale_id="k1-18").state is BasketState.OPEN


# -- what the cashier types ----------------------------------------------------------------------------------------


def test_what_a_cashier_has_typed_is_not_overwritten(counter: Counter, register: Register) -> None:
    """The till says that the amounts differ and how to take the register's."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("20")
    register.put()
    state = counter.shell.member.state
    assert (state.amount, state.award) == ("20", "+ 20 points")
    assert "M-284" in (state.notice.text if state.notice else "")
    assert register.why(register.commit()) == "set_aside"

    counter.shell.member.keypad("clear")
    assert counter.shell.member.state.primary == "Take the register's €23.45"
    counter.shell.key("Enter")
    assert counter.shell.member.state.amount == "23.45"
    counter.shell.key("Enter")
    assert register.newest().state is BasketState.COMMITTED


def test_typing_another_amount_sets_the_basket_aside(counter: Counter, register: Register) -> None:
    """The cashier has the last word; the typed sale has an id of its own and the basket stays on the counter."""
    counter.scan(ANNA)
    register.put()
    counter.shell.member.amount_typed("23.4")
    assert "M-284" in (counter.shell.member.state.notice.text if counter.shell.member.state.notice else "")
    counter.shell.key("Enter")
    assert counter.screen() is Screen.DONE
    assert register.newest().state is BasketState.OPEN
    assert counter.account(ANNA).balance == 1284 + 23


def test_typing_the_registers_amount_means_its_basket(counter: Counter, register: Register) -> None:
    """Whoever types what the register says books the register's sale, not a second one."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("23,45")
    register.put(FIVE)
    assert counter.shell.member.state.award == "+ 21 points", "the deposit in the basket earns nothing"
    counter.shell.key("Enter")
    assert register.newest().state is BasketState.COMMITTED


def test_the_part_without_points_can_be_typed_beside_the_basket(counter: Counter, register: Register) -> None:
    """The register may know no categories."""
    counter.scan(ANNA)
    register.put()
    counter.shell.member.without_points_typed("3.45")
    said = register.commit()
    assert isinstance(said, SaleMessage)
    assert said.booked is not None
    assert said.booked.result.points == 20
    again = register.put()
    assert again.state is BasketState.COMMITTED, "the same basket, although a line was split"


def test_the_right_card_takes_the_basket_over(counter: Counter, register: Register) -> None:
    """The customer held out the wrong card first: the amount is the register's, whoever pays it."""
    register.put()
    counter.scan(BEN)
    counter.scan(ANNA)
    assert counter.shell.member.state.name == "Anna Schneider"
    assert counter.shell.member.state.amount == "23.45"


def test_leaving_the_member_keeps_the_basket(counter: Counter, register: Register) -> None:
    """Esc goes back to the question for a card."""
    register.put()
    counter.scan(BEN)
    counter.shell.key("Esc")
    assert "Scan the card" in notice_of(counter)
    assert register.newest().member is None


# -- taking back ---------------------------------------------------------------------------------------------------


def test_a_basket_that_is_taken_back_disappears_with_a_word(counter: Counter, register: Register) -> None:
    """From the idle screen and from an open sale, which goes on with an empty amount."""
    register.put()
    said = register.at.cancel("k1-17")
    assert isinstance(said, SaleMessage)
    assert (said.state, said.quote) == (BasketState.CANCELLED, None)
    assert "M-285" in notice_of(counter)
    assert register.at.cancel("k1-17") == said
    assert register.put().state is BasketState.OPEN
    counter.scan(ANNA)
    register.at.cancel("k1-17")
    state = counter.shell.member.state
    assert (state.amount, state.primary_enabled) == ("", False)
    assert "M-285" in (state.notice.text if state.notice else "")
    counter.shell.member.amount_typed("10")
    counter.shell.key("Enter")
    assert counter.account(ANNA).balance == 1294


def test_a_typed_amount_stays_when_the_basket_is_taken_back(counter: Counter, register: Register) -> None:
    """It was the cashier's."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("20")
    register.put()
    register.at.cancel("k1-17")
    assert counter.shell.member.state.amount == "20"


def test_a_register_that_has_died_does_not_block_the_counter(counter: Counter) -> None:
    """After some minutes without a word its basket is put back."""
    seconds = [0.0]
    register = Register(counter)
    register.at.board._monotonic = lambda: seconds[0]
    register.put()
    seconds[0] = ABANDONED_S - 1
    counter.schedule.pass_ms(SILENCE_LOOK_MS)
    assert register.at.status().open_sale_id == "k1-17"
    register.at.board.heard()
    seconds[0] += ABANDONED_S - 1
    counter.schedule.pass_ms(SILENCE_LOOK_MS)
    assert register.at.status().open_sale_id, "it was heard meanwhile"
    seconds[0] += 1
    counter.schedule.pass_ms(SILENCE_LOOK_MS)
    assert register.at.status().open_sale_id == ""
    assert "M-286" in notice_of(counter)
    assert register.newest().state is BasketState.CANCELLED


def test_undoing_a_booked_sale_returns_everything_once(counter: Counter, register: Register) -> None:
    """The cashier is told on the idle screen, and the second try changes nothing."""
    register.put()
    counter.scan(ANNA)
    register.commit(CommitMessage(rewards=(WishMessage("off-5"),)))
    assert counter.account(ANNA).balance == 1284 - 500 + 18
    counter.shell.home()
    for _ in range(2):
        register.at.reverse("k1-17", ReverseMessage(), register.heard.append)
        said = register.heard[-1]
        assert isinstance(said, SaleMessage)
        assert said.booked is not None
        assert (said.booked.reversed, said.booked.balance) == (True, 1284)
    assert "M-287" in notice_of(counter)
    assert counter.account(ANNA).balance == 1284


def test_what_is_not_booked_can_not_be_undone(register: Register) -> None:
    """An open basket is cancelled instead."""
    register.put()
    register.at.reverse("k1-17", ReverseMessage(), register.heard.append)
    assert register.why(register.heard[-1]) == "sale_not_booked"


# -- words ---------------------------------------------------------------------------------------------------------


def test_trouble_with_registers_is_said_for_as_long_as_it_lasts(counter: Counter, register: Register) -> None:
    """Calmly, on the idle screen, and below what matters more."""
    register.at.trouble("folder", lambda texts: texts._("Folder"))
    notice = counter.shell.idle.state.notice
    assert notice is not None
    assert (notice.text, notice.tone) == ("Folder", Tone.WARN)
    register.put()
    assert "Scan the card" in notice_of(counter)
    register.at.cancel("k1-17")
    counter.shell.home()
    assert notice_of(counter) == "Folder"
    register.at.trouble("folder", None)
    assert notice_of(counter) == ""


def test_the_register_reads_the_language_in_use(counter: Counter, register: Register) -> None:
    """Its sentences are the till's."""
    register.put()
    counter.shell.language("de")
    quote = register.newest().quote
    assert quote is not None
    assert quote.explain[0].text == "23 Grundpunkte für 23,45\N{NO-BREAK SPACE}€"
    assert register.at.status().language == "de"
