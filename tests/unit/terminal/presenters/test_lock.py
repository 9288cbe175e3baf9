"""The lock: nobody books without a PIN where people have one, and a locked till loses nothing."""

from __future__ import annotations

from uuid import UUID

import pytest

from loyalty.records import CashierSession, Sale
from terminal.app.cashiers import AddCashier, CashierKept, add_cashier
from terminal.app.sign_in import FIRST_WAIT_S, WAIT_MAX_S
from terminal.presenters.done import DONE_SHOWN_MS
from terminal.presenters.shell import ShellPresenter
from terminal.presenters.states import Screen
from tests.fakes.counter import ANNA, Counter

PIN = "2580"


@pytest.fixture
def mira(counter: Counter) -> UUID:
    """Mira works here now, and the till was started again."""
    kept = add_cashier(counter.till, AddCashier(counter.ids.random_id(), "Mira K.", PIN))
    assert isinstance(kept, CashierKept)
    counter.shell = ShellPresenter(counter.around, counter.crashes.append)
    counter.shell.start()
    return kept.cashier.cashier_id


def enter(counter: Counter, pin: str) -> str:
    """Type a PIN and press Enter; answers with what the lock says."""
    counter.shell.lock.pin_typed(pin)
    counter.shell.key("Enter")
    notice = counter.shell.lock.state.notice
    return notice.text if notice else ""


def test_without_people_there_is_no_lock(counter: Counter) -> None:
    """A shop that wants no PINs never sees the lock, and F10 is not offered."""
    assert counter.screen() is Screen.IDLE
    assert "F10" not in [hint.key for hint in counter.shell.state.keys]
    counter.shell.key("F10")
    assert counter.screen() is Screen.IDLE


def test_the_till_starts_locked_and_the_record_names_who_signed_in(counter: Counter, mira: UUID) -> None:
    """Nothing opens before the PIN; afterwards session and sale carry the cashier."""
    assert counter.screen() is Screen.LOCK
    counter.scan(ANNA)
    assert "M-179" in (counter.shell.lock.state.notice.text if counter.shell.lock.state.notice else "")
    assert enter(counter, PIN) == ""
    assert (counter.screen(), counter.shell.state.bar.cashier) == (Screen.IDLE, "Mira K.")
    counter.scan(ANNA)
    counter.shell.member.amount_typed("10")
    counter.shell.key("Enter")
    head = counter.desk.reader.head().seq
    records = [counter.desk.reader.stored(seq) for seq in (head - 1, head)]
    kinds = [(type(item.record), getattr(item.record, "cashier_id", None)) for item in records if item]
    assert kinds == [(CashierSession, mira), (Sale, mira)]


def test_an_open_sale_waits_behind_the_lock(counter: Counter, mira: UUID) -> None:
    """F10 in the middle of a sale: the amount is still there after the PIN."""
    del mira
    enter(counter, PIN)
    counter.scan(ANNA)
    counter.shell.member.amount_typed("23,45")
    counter.shell.key("F10")
    assert counter.shell.lock.state.kept
    enter(counter, PIN)
    assert counter.screen() is Screen.MEMBER
    assert counter.shell.member.state.amount == "23,45"


def test_nothing_leads_past_the_lock(counter: Counter, mira: UUID) -> None:
    """Neither a timer that was running nor a key opens another screen."""
    del mira
    enter(counter, PIN)
    counter.scan(ANNA)
    counter.shell.member.amount_typed("10")
    counter.shell.key("Enter")
    counter.shell.lock_till()
    counter.schedule.pass_ms(DONE_SHOWN_MS)
    for key in ("F1", "F2", "F3", "F6", "F8", "F9", "Esc"):
        counter.shell.key(key)
        assert counter.screen() is Screen.LOCK
    assert counter.account(ANNA).balance == 1294
    enter(counter, PIN)
    assert counter.screen() is Screen.IDLE


def test_wrong_pins_cost_waiting_that_grows_and_survives_a_restart(counter: Counter, mira: UUID) -> None:
    """Two are free, the third costs half a minute, then it doubles up to a quarter of an hour."""
    assert "M-150" in enter(counter, "1111")
    assert "M-150" in enter(counter, "1111")
    assert f"{FIRST_WAIT_S}" in enter(counter, "1111")
    assert "M-151" in enter(counter, PIN), "the right PIN must wait as well"
    counter.shell = ShellPresenter(counter.around, counter.crashes.append)
    counter.shell.start()
    assert "M-151" in enter(counter, PIN)
    for _ in range(10):
        counter.clock.advance(seconds=WAIT_MAX_S)
        assert "M-151" in enter(counter, "1111")
    row = counter.desk.reader.cashier(mira)
    assert row is not None
    assert row.locked_until_us - counter.clock.now_us() == WAIT_MAX_S * 1_000_000
    counter.clock.advance(seconds=WAIT_MAX_S)
    assert enter(counter, PIN) == ""
    assert counter.screen() is Screen.IDLE


def test_the_pin_pad_types_digits_only_and_shows_none(counter: Counter, mira: UUID) -> None:
    """Keys of the pad, letters from a keyboard, too short a PIN."""
    del mira
    for key in ("2", "5", "backspace", "5", "8"):
        counter.shell.lock.keypad(key)
    assert not counter.shell.lock.state.primary_enabled
    counter.shell.key("Enter")
    assert counter.screen() is Screen.LOCK
    counter.shell.lock.pin_typed("25x8 0")
    assert counter.shell.lock.state.pin == PIN
    assert PIN not in repr(counter.shell.lock.state)
    counter.shell.lock.keypad("clear")
    assert counter.shell.lock.state.pin == ""
    counter.shell.lock.pin_typed(PIN)
    counter.shell.key("Enter")
    assert counter.shell.lock.state.pin == "", "a checked PIN is forgotten"
    counter.shell.key("F10")
    assert counter.screen() is Screen.LOCK


def test_with_several_people_one_is_chosen_first(counter: Counter, mira: UUID) -> None:
    """Nobody signs in as somebody else by habit; the one who worked last is chosen after F10."""
    kept = add_cashier(counter.till, AddCashier(counter.ids.random_id(), "Jo", "9417"))
    assert isinstance(kept, CashierKept)
    counter.shell.start()
    assert not any(choice.chosen for choice in counter.shell.lock.state.people)
    enter(counter, PIN)
    assert counter.screen() is Screen.LOCK
    counter.shell.lock.choose(str(mira))
    enter(counter, PIN)
    counter.shell.key("F10")
    assert [choice.text for choice in counter.shell.lock.state.people if choice.chosen] == ["Mira K."]
