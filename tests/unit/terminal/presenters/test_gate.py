"""What comes from the scanner never throws away what somebody has typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hardware.frames import RejectReason
from hardware.scans import Scan
from loyalty.outcomes import Refused
from loyalty.records import ReversalReason
from loyalty.reversal import ReversalRequest
from loyalty.sale import Basket, BasketLine
from storage.errors import DiskFull
from terminal.app.cashiers import AddCashier, add_cashier
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.app.reverse import ReverseCommand, Reversed, reverse
from terminal.presenters.shell import ShellPresenter
from terminal.presenters.states import Screen
from tests.fakes.counter import ANNA, BEN, NEW_CARD, Counter

Disturbance = Callable[[Counter], None]


def garbled(counter: Counter) -> None:
    """A frame that did not come in whole."""
    reason = RejectReason.TIMEOUT
    counter.shell.scanned(
        Scan(device_id="s", text="", raw=b"", aim="", symbology=None, t_monotonic_ns=0, rejected=reason)
    )


def an_article(counter: Counter) -> None:
    """A loaf's barcode."""
    counter.scan("4006381333931")


def an_unknown_card(counter: Counter) -> None:
    """A card nobody has used."""
    counter.scan(NEW_CARD)


DISTURBANCES = [garbled, an_article, an_unknown_card]


@pytest.mark.parametrize("disturb", DISTURBANCES)
@pytest.mark.parametrize("key", ["", "F4", "F5"])
def test_the_open_sale_stays_on_each_of_its_screens(counter: Counter, disturb: Disturbance, key: str) -> None:
    """Member, rewards, history: the amount is still there, and the cashier is told."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("23,45")
    if key:
        counter.shell.key(key)
    disturb(counter)
    assert counter.shell.member.sale is not None
    assert counter.shell.member.state.amount == "23,45"
    assert counter.shell.member.state.notice is not None


@pytest.mark.parametrize("disturb", [garbled, an_article])
def test_a_half_filled_form_stays(counter: Counter, disturb: Disturbance) -> None:
    """The name that was typed is still there."""
    counter.shell.show_enrol(NEW_CARD)
    counter.shell.enrol.field_typed("name", "Clara")
    disturb(counter)
    assert counter.screen() is Screen.ENROL
    assert counter.shell.enrol.state.fields[0].value == "Clara"
    assert counter.shell.enrol.state.notice is not None


@pytest.mark.parametrize(("key", "screen"), [("F3", Screen.FIND), ("F6", Screen.VOID), ("F8", Screen.REPORT)])
def test_other_screens_say_it_where_they_are(counter: Counter, key: str, screen: Screen) -> None:
    """Search, void and report are not left for a garbled frame."""
    counter.shell.key(key)
    garbled(counter)
    assert counter.screen() is screen
    state = counter.shell.find.state if screen is Screen.FIND else None
    assert state is None or "M-17" in state.message


@pytest.mark.parametrize("disturb", DISTURBANCES)
def test_a_breakage_keeps_the_sale_behind_it(counter: Counter, disturb: Disturbance) -> None:
    """The disk is full: what is scanned before somebody has read that changes nothing."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("10")
    counter.desk.breaks_with = DiskFull("no room")
    counter.shell.key("Enter")
    disturb(counter)
    counter.shell.key("Enter")
    assert counter.shell.member.state.amount == "10"


@pytest.mark.parametrize("disturb", DISTURBANCES)
def test_the_lock_keeps_what_it_promises(counter: Counter, disturb: Disturbance) -> None:
    """The promise that the sale is kept holds whatever the scanner sends."""
    add_cashier(counter.till, AddCashier(counter.ids.random_id(), "Mira K.", "2580"))
    counter.shell = ShellPresenter(counter.around, counter.crashes.append)
    counter.shell.start()
    counter.shell.lock.pin_typed("2580")
    counter.shell.key("Enter")
    counter.scan(ANNA)
    counter.shell.member.amount_typed("23,45")
    counter.shell.key("F10")
    disturb(counter)
    assert counter.screen() is Screen.LOCK
    counter.shell.lock.pin_typed("2580")
    counter.shell.key("Enter")
    assert counter.shell.member.state.amount == "23,45"


def test_a_card_scanned_while_an_undo_runs_waits_for_it(counter: Counter) -> None:
    """F9, and the next customer holds the card to the scanner at once: the result shows first, then the member."""
    counter.earn(ANNA, 1_000)
    counter.desk.held = True
    counter.shell.key("F9")
    counter.scan(BEN)
    assert counter.screen() is Screen.IDLE
    counter.desk.held = False
    counter.desk.work()
    assert counter.account(ANNA).balance == 1284
    assert counter.shell.member.state.name == "Ben Özdemir"


def test_a_new_member_goes_on_to_the_first_purchase(counter: Counter) -> None:
    """The customer is standing there with a purchase: Enter after the welcome opens the sale."""
    counter.shell.show_enrol(NEW_CARD)
    counter.shell.enrol.field_typed("name", "Clara")
    counter.shell.key("Enter")
    counter.schedule.pass_ms(1_000)
    counter.shell.key("Enter")
    assert counter.shell.member.state.name == "Clara"


def test_undoing_once_more_tells_what_undid_it(counter: Counter) -> None:
    """Parts first, then the rest; asking for the whole once more answers with the record that undid the last of it."""
    lines = (BasketLine("a", "", 1, 400), BasketLine("b", "", 1, 600))
    sold = earn(counter.till, EarnCommand(counter.ids.record_id(), ANNA, Basket(1_000, lines=lines)))
    assert isinstance(sold, Earned)

    def undo(line: int | None = None, amount_cents: int | None = None) -> Reversed | Refused:
        request = ReversalRequest(sold.record.record_id, line, amount_cents)
        return reverse(counter.till, ReverseCommand(counter.ids.record_id(), request, ReversalReason.RETURN))

    part, rest, again, part_again = undo(1), undo(), undo(), undo(1)
    assert isinstance(part, Reversed)
    assert isinstance(rest, Reversed)
    assert isinstance(again, Reversed)
    assert isinstance(part_again, Reversed)
    assert (part.record.takes_back, rest.record.takes_back) == (4, 6)
    assert (again.repeated, again.record) == (True, rest.record)
    assert (part_again.repeated, part_again.record) == (True, part.record)
    assert isinstance(undo(amount_cents=100), Refused), "a sum asked for once more is another return"
    assert counter.account(ANNA).balance == 1284


def test_what_is_missing_counts_the_debt(counter: Counter) -> None:
    """A member with 50 points of debt is 150 points away from a reward for 100."""
    sold = counter.earn(BEN, 10_000)
    counter.scan(BEN)
    counter.shell.member.choose_reward("brezel")
    counter.shell.key("Enter")
    counter.shell.home()
    request = ReversalRequest(sold.record.record_id)
    reverse(counter.till, ReverseCommand(counter.ids.record_id(), request, ReversalReason.RETURN))
    assert counter.account(BEN).balance == -88
    counter.scan(BEN)
    cards = {card.reward_id: card for card in counter.shell.member.state.rewards}
    assert cards["brezel"].cost == "100 points · 188 missing"
    counter.shell.member.choose_reward("brezel")
    assert "188" in (counter.shell.member.state.notice.text if counter.shell.member.state.notice else "")
