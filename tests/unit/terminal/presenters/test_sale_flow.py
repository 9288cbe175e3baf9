"""The main job: scan, type, Enter, and everything that can come between."""

from __future__ import annotations

import pytest

from hardware.frames import RejectReason
from hardware.scans import DeviceState, DeviceStatus, Scan
from loyalty.outcomes import Refused
from loyalty.records import Sale
from loyalty.sale import RewardRequest
from storage.errors import DiskFailed, DiskFull
from terminal.app.redeem import RedeemCommand, redeem
from terminal.presenters.done import DONE_SHOWN_MS, ENTER_GUARD_MS
from terminal.presenters.states import Screen, Tone
from tests.fakes.counter import ANNA, BEN, NEW_CARD, Counter, card_number


def test_scan_amount_enter_books_the_sale_and_says_so(counter: Counter) -> None:
    """The whole path: the award is live while typing, and what the green screen says is on disk."""
    counter.scan(ANNA)
    member = counter.shell.member.state
    assert counter.screen() is Screen.MEMBER
    assert (member.name, member.balance, member.worth) == ("Anna Schneider", "1,284", "= €12.84 off")

    counter.shell.member.amount_typed("23,45")
    assert counter.shell.member.state.award == "+ 23 points"
    assert counter.shell.member.state.why == "23 base points for €23.45"
    assert counter.shell.member.state.primary == "Award 23 points"

    counter.shell.key("Enter")
    assert counter.screen() is Screen.DONE
    done = counter.shell.done.state
    assert (done.headline, done.balance, done.tone) == ("23 points awarded", "1,307", Tone.GOOD)
    assert counter.account(ANNA).balance == 1307
    assert done.receipt is not None
    assert "Not a fiscal receipt" in done.receipt.text


def test_pressing_enter_twice_awards_once(counter: Counter) -> None:
    """The second press comes while the first is on its way to the disk, and again when the result is already shown."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("10")
    counter.desk.held = True
    counter.shell.key("Enter")
    counter.shell.key("Enter")
    counter.desk.held = False
    counter.desk.work()
    counter.shell.key("Enter")
    assert counter.screen() is Screen.DONE, "a double press must not hide the result"
    assert counter.account(ANNA).balance == 1294
    assert counter.sales_on_disk == 1


def test_the_result_leaves_by_itself_by_enter_and_by_the_next_card(counter: Counter) -> None:
    """Nobody has to click the result away."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("10")
    counter.shell.key("Enter")
    counter.schedule.pass_ms(ENTER_GUARD_MS)
    counter.shell.key("Enter")
    assert counter.screen() is Screen.IDLE
    counter.scan(BEN)
    counter.shell.member.amount_typed("10")
    counter.shell.key("Enter")
    counter.schedule.pass_ms(DONE_SHOWN_MS)
    assert counter.screen() is Screen.IDLE
    counter.scan(ANNA)
    counter.shell.member.amount_typed("11")
    counter.shell.key("Enter")
    counter.scan(BEN)
    assert counter.shell.member.state.name == "Ben Özdemir"
    counter.schedule.pass_ms(DONE_SHOWN_MS)
    assert counter.screen() is Screen.MEMBER, "an old timer must not close the next customer's sale"


@pytest.mark.parametrize(
    ("typed", "award", "says"),
    [
        ("", "", ""),
        ("0", "", ""),
        ("-5", "", "can't be negative"),
        ("1.500", "", "Two sums could be meant"),
        ("12.50", "+ 12 points", ""),
        ("12,50", "+ 12 points", ""),
        ("123456789012", "", "too large"),
        ("abc", "", "not an amount"),
        ("12,5055", "", "two decimals"),
        ("€ 1.234,50", "", "at most €1,000.00"),
    ],
)
def test_an_amount_is_read_as_meant_or_refused_with_a_sentence(
    counter: Counter, typed: str, award: str, says: str
) -> None:
    """Enter with anything but a clear amount books nothing and keeps the screen."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed(typed)
    state = counter.shell.member.state
    assert state.award == award
    assert says in (state.amount_notice.text if state.amount_notice else "")
    assert state.primary_enabled is bool(award)
    if not award:
        counter.shell.key("Enter")
        assert counter.screen() is Screen.MEMBER
        assert counter.shell.member.state.notice or counter.shell.member.state.amount_notice
        assert counter.sales_on_disk == 0


def test_the_keypad_types_like_the_keyboard(counter: Counter) -> None:
    """Digits, comma and backspace build the amount; a second comma does nothing."""
    counter.scan(ANNA)
    for key in ("2", "3", ",", ",", "4", "9", "backspace", "5"):
        counter.shell.member.keypad(key)
    assert counter.shell.member.state.award == "+ 23 points"
    counter.shell.member.keypad("clear")
    assert counter.shell.member.state.amount == ""


def test_the_part_without_points_earns_nothing_and_says_why(counter: Counter) -> None:
    """Deposit and tobacco are typed as one sum."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("20")
    counter.shell.member.edit_without_points(on=True)
    for key in "5":
        counter.shell.member.keypad(key)
    state = counter.shell.member.state
    assert state.award == "+ 15 points"
    assert "€5.00 without points" in state.why
    counter.shell.member.without_points_typed("25")
    assert counter.shell.member.state.award == ""
    assert counter.shell.member.state.amount_notice is not None


def test_a_reward_joins_the_sale_and_the_register_is_told_what_to_take_off(counter: Counter) -> None:
    """Redemption and award are one record, and the award is for what is left to pay."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("23,45")
    counter.shell.key("F4")
    assert counter.screen() is Screen.REDEEM
    counter.shell.redeem.choose_reward("off-5")
    assert counter.shell.redeem.state.take_off == "Take €5.00 off at the register"
    assert counter.shell.redeem.state.to_pay == "To pay: €18.45"
    counter.shell.key("Enter")
    assert counter.screen() is Screen.MEMBER
    assert counter.shell.member.state.primary == "Redeem and award 18 points"
    counter.shell.key("Enter")
    done = counter.shell.done.state
    assert (done.take_off, done.to_pay) == ("Take €5.00 off at the register", "To pay: €18.45")
    assert counter.account(ANNA).balance == 1284 - 500 + 18
    newest = counter.desk.reader.recent_bookings(1)[0].record
    assert isinstance(newest, Sale)
    assert newest.points_redeemed == 500


def test_a_product_can_be_taken_without_a_purchase_but_money_off_can_not(counter: Counter) -> None:
    """A free coffee needs no sale and is none; taking money off needs something to take it off."""
    counter.scan(ANNA)
    counter.shell.member.choose_reward("off-5")
    assert not counter.shell.member.state.primary_enabled
    counter.shell.key("Enter")
    assert counter.account(ANNA).balance == 1284
    counter.shell.member.choose_reward("coffee")
    assert counter.shell.member.state.primary == "Redeem without purchase: Free coffee"
    counter.shell.key("Enter")
    assert counter.account(ANNA).balance == 984
    assert counter.sales_on_disk == 0


def test_a_locked_reward_says_what_is_missing_and_can_not_be_chosen(counter: Counter) -> None:
    """Nobody has to compute; pressing it anyway changes nothing."""
    counter.scan(BEN)
    cards = {card.reward_id: card for card in counter.shell.member.state.rewards}
    assert cards["coffee"].cost == "300 points · 288 missing"
    counter.shell.member.choose_reward("coffee")
    assert counter.shell.member.state.choices == ()
    assert "288" in (counter.shell.member.state.notice.text if counter.shell.member.state.notice else "")


def test_two_rewards_never_promise_the_same_points(counter: Counter) -> None:
    """Once 10 EUR off is chosen, 284 points are left and the coffee for 300 is out of reach."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("50")
    counter.shell.member.choose_reward("off-10")
    cards = {card.reward_id: card for card in counter.shell.member.state.rewards}
    assert not cards["coffee"].affordable
    counter.shell.member.choose_reward("coffee")
    assert len(counter.shell.member.state.choices) == 1


def test_a_flexible_reward_takes_any_part_of_the_points(counter: Counter) -> None:
    """Proposes the largest possible, and the cashier may take less."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("30")
    counter.shell.key("F4")
    counter.shell.redeem.choose_reward("pay-with-points")
    assert counter.shell.redeem.state.take_off == "Take €12.84 off at the register"
    counter.shell.redeem.points_typed("250")
    assert counter.shell.redeem.state.take_off == "Take €2.50 off at the register"
    counter.shell.redeem.points_typed("999999")
    assert not counter.shell.redeem.state.primary_enabled
    assert counter.shell.redeem.state.notice is not None


def test_another_card_does_not_take_over_the_amount_that_was_typed(counter: Counter) -> None:
    """The first scan of another card asks; the second switches, with an empty amount."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("23,45")
    counter.scan(BEN)
    assert counter.shell.member.state.name == "Anna Schneider"
    assert counter.shell.member.state.notice is not None
    assert "23,45" in counter.shell.member.state.notice.text
    counter.scan(BEN)
    assert (counter.shell.member.state.name, counter.shell.member.state.amount) == ("Ben Özdemir", "")


def test_the_same_card_again_keeps_the_open_sale(counter: Counter) -> None:
    """A customer who holds the phone to the scanner twice changes nothing."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("23,45")
    counter.scan(ANNA)
    assert counter.shell.member.state.amount == "23,45"


def test_an_unusual_amount_is_asked_about_once(counter: Counter) -> None:
    """250 EUR in a bakery is more often a slip than a sale."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("250")
    counter.shell.key("Enter")
    assert counter.screen() is Screen.MEMBER
    assert "more than usual" in (counter.shell.member.state.notice.text if counter.shell.member.state.notice else "")
    counter.shell.key("Enter")
    assert counter.account(ANNA).balance == 1534


def test_the_same_sale_within_two_minutes_is_asked_about_once(counter: Counter) -> None:
    """A second till receipt for the same thing is usually a mistake; after the window nobody asks."""
    counter.earn(ANNA, 1_000)
    counter.scan(ANNA)
    counter.shell.member.amount_typed("10")
    counter.shell.key("Enter")
    assert "Once more?" in (counter.shell.member.state.notice.text if counter.shell.member.state.notice else "")
    assert counter.account(ANNA).balance == 1294
    counter.clock.advance(minutes=3)
    counter.shell.member.amount_typed("10")
    counter.shell.key("Enter")
    assert counter.account(ANNA).balance == 1304


def test_a_full_disk_keeps_the_sale_and_the_next_enter_books_it_once(counter: Counter) -> None:
    """No success is reported, nothing is lost, and the retry carries the same id."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("10")
    counter.desk.breaks_with = DiskFull("no room")
    counter.shell.key("Enter")
    fatal = counter.shell.state.fatal
    assert fatal is not None
    assert "disk is full" in fatal.text
    counter.scan(BEN)
    counter.shell.key("Enter")
    assert counter.shell.state.fatal is None
    assert counter.shell.member.state.amount == "10"
    counter.shell.key("Enter")
    assert counter.account(ANNA).balance == 1294


def test_a_bug_reaches_the_crash_handler(counter: Counter) -> None:
    """An unexpected exception is never shown as if it were a refusal."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("10")
    bug = RuntimeError("bug")
    counter.desk.breaks_with = bug
    counter.shell.key("Enter")
    assert counter.crashes == [bug]
    assert counter.shell.state.fatal is not None
    counter.shell.key("Enter")
    assert counter.screen() is Screen.IDLE


def test_a_failing_disk_ends_the_till_and_is_never_tried_again(counter: Counter) -> None:
    """After an error while writing nobody knows what is on the disk, so there is no "go on"."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("10")
    counter.desk.breaks_with = DiskFailed("input/output error")
    counter.shell.key("Enter")
    assert counter.shell.state.fatal is not None
    assert counter.shell.state.fatal.headline == "The till has stopped"
    counter.shell.key("Enter")
    assert counter.has_quit
    assert counter.account(ANNA).balance == 1284


def test_a_scan_during_the_booking_waits_for_it_and_is_used_once(counter: Counter) -> None:
    """The next customer's card is not lost, and the sale is not disturbed."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("10")
    counter.desk.held = True
    counter.shell.key("Enter")
    counter.scan(BEN)
    assert counter.shell.member.state.name == "Anna Schneider"
    counter.desk.held = False
    counter.desk.work()
    assert counter.shell.member.state.name == "Ben Özdemir"
    assert counter.account(ANNA).balance == 1294


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (NEW_CARD[:-1] + str((int(NEW_CARD[-1]) + 1) % 10), "M-111"),
        ("4111" + "1" * 12, "M-115"),
        ("4006381333931", "M-116"),
        ("https://example.org/x", "M-110"),
    ],
)
def test_what_is_no_member_card_gets_a_calm_sentence(counter: Counter, text: str, code: str) -> None:
    """Wrong check digit, payment card, article, address: nothing opens, nothing is stored."""
    records = counter.desk.reader.head().seq
    counter.scan(text)
    assert counter.screen() is Screen.IDLE
    assert code in (counter.shell.idle.state.notice.text if counter.shell.idle.state.notice else "")
    assert counter.desk.reader.head().seq == records


def test_a_strange_scan_does_not_close_an_open_sale(counter: Counter) -> None:
    """Somebody scans a loaf while the amount is typed."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("10")
    counter.scan("4006381333931")
    assert counter.shell.member.state.amount == "10"
    assert counter.shell.member.state.notice is not None


def test_a_broken_frame_is_said_and_opens_nothing(counter: Counter) -> None:
    """Half a code may be another member's code."""
    counter.shell.scanned(
        Scan(
            device_id="s",
            text="",
            raw=b"",
            aim="",
            symbology=None,
            t_monotonic_ns=0,
            rejected=RejectReason.TIMEOUT,
        )
    )
    assert "M-173" in (counter.shell.idle.state.notice.text if counter.shell.idle.state.notice else "")


def test_the_bar_tells_how_the_scanner_is(counter: Counter) -> None:
    """Ready, unplugged, and alone without head office, all calm."""
    assert counter.shell.state.bar.connection.text == "Stands alone"
    counter.shell.scanner_status(DeviceStatus(device_id="s", state=DeviceState.READY))
    assert counter.shell.state.bar.scanner.text == "Scanner ready"
    counter.shell.scanner_status(DeviceStatus(device_id="s", state=DeviceState.LOST))
    assert counter.shell.state.bar.scanner.tone is Tone.WARN


def test_the_language_changes_in_the_middle_of_a_sale(counter: Counter) -> None:
    """The open sale stays, every text follows."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("23,45")
    counter.shell.language("de")
    state = counter.shell.member.state
    assert state.balance == "1.284"
    assert state.primary == "23 Punkte gutschreiben"
    counter.shell.language("xx")
    assert counter.shell.state.bar.language == "de"


def test_refusals_of_the_ledger_keep_the_sale_open(counter: Counter) -> None:
    """Points spent elsewhere between scan and Enter: the booking is refused with its sentence."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("50")
    counter.shell.member.choose_reward("off-10")
    elsewhere = RedeemCommand(counter.ids.record_id(), ANNA, RewardRequest("coffee"))
    assert not isinstance(redeem(counter.till, elsewhere), Refused)
    counter.shell.key("Enter")
    assert counter.screen() is Screen.MEMBER
    assert "M-121" in (counter.shell.member.state.notice.text if counter.shell.member.state.notice else "")


def test_a_card_without_a_name_is_served_like_any_other(counter: Counter) -> None:
    """Points are awarded to the card and wait for its owner."""
    card = card_number(500)
    counter.scan(card)
    assert counter.screen() is Screen.UNKNOWN
    counter.shell.key("Enter")
    counter.shell.member.amount_typed("10")
    counter.shell.key("Enter")
    assert counter.account(card).balance == 10
    counter.scan(card)
    assert counter.shell.member.state.anonymous
    assert counter.shell.member.state.name == "Card without a name"
