"""Enrolling, finding, undoing, looking back: the screens around the sale."""

from __future__ import annotations

import pytest

from terminal.presenters.states import Screen, Tone
from terminal.presenters.undo import UNDO_WINDOW_US
from tests.fakes.counter import ANNA, BEN, NEW_CARD, Counter, card_number


def fill(counter: Counter, **values: str) -> None:
    """Type into the enrolment form."""
    for name, text in values.items():
        counter.shell.enrol.field_typed(name, text)


def test_an_unknown_card_is_enrolled_and_serves_its_member_at_once(counter: Counter) -> None:
    """Scan, F2, name, Enter; the next scan greets by name."""
    counter.scan(NEW_CARD)
    assert counter.screen() is Screen.UNKNOWN
    counter.shell.key("F2")
    fill(counter, name="  Clara   Weiß ", phone="0152 28817387", birthday="24.12.1990")
    counter.shell.enrol.consent("email", ticked=True)
    counter.shell.key("Enter")
    assert counter.shell.done.state.headline == "Welcome, Clara Weiß!"
    counter.scan(NEW_CARD)
    assert counter.shell.member.state.name == "Clara Weiß"
    kinds = [counter.desk.reader.stored(seq) for seq in range(1, counter.desk.reader.head().seq + 1)]
    assert [type(item.record).__name__ for item in kinds if item][-2:] == ["Enrolment", "Consent"]


def test_points_collected_before_the_enrolment_stay_with_the_card(counter: Counter) -> None:
    """Enrolling later names the account the card already has."""
    card = card_number(77)
    counter.earn(card, 5_000)
    counter.scan(card)
    counter.shell.key("F2")
    fill(counter, name="Dora")
    counter.shell.key("Enter")
    assert counter.shell.done.state.balance == "50"
    assert counter.account(card).balance == 50


def test_enrolling_without_a_card_waits_for_the_scan(counter: Counter) -> None:
    """F2 first, card second; a card that has an owner is refused."""
    counter.shell.key("F2")
    assert counter.shell.enrol.waiting_for_card
    counter.scan(ANNA)
    assert "M-114" in (counter.shell.enrol.state.notice.text if counter.shell.enrol.state.notice else "")
    counter.scan(NEW_CARD)
    assert counter.shell.enrol.state.card == "•••• " + NEW_CARD[-4:]
    assert counter.shell.enrol.state.notice is None


def test_a_wrong_field_says_so_beside_itself_and_keeps_the_rest(counter: Counter) -> None:
    """Name missing, phone, e-mail and birthday that can't be: nothing is written."""
    before = counter.desk.reader.head().seq
    counter.shell.show_enrol(NEW_CARD)
    for wrong, text in (("name", ""), ("phone", "12"), ("email", "a@b"), ("birthday", "31.02.1990")):
        fill(counter, name="Emil", phone="", email="", birthday="")
        fill(counter, **{wrong: text})
        counter.shell.key("Enter")
        errors = {field.name: field.error for field in counter.shell.enrol.state.fields if field.error}
        assert list(errors) == [wrong]
    assert counter.desk.reader.head().seq == before


def test_somebody_who_is_a_member_already_is_offered_first(counter: Counter) -> None:
    """Same phone: the form shows who it could be, and pressing again enrols anyway."""
    counter.shell.show_enrol(NEW_CARD)
    fill(counter, name="Benjamin Özdemir", phone="+49 152 28817386")
    counter.shell.key("Enter")
    assert [hit.name for hit in counter.shell.enrol.state.duplicates] == ["Ben Özdemir"]
    counter.shell.enrol.take_candidate(counter.shell.enrol.state.duplicates[0].member_id)
    assert counter.shell.member.state.name == "Ben Özdemir"
    counter.shell.show_enrol(NEW_CARD)
    fill(counter, name="Benjamin Özdemir", phone="+49 152 28817386")
    counter.shell.key("Enter")
    counter.shell.key("Enter")
    assert counter.screen() is Screen.DONE


def test_a_double_press_enrols_once(counter: Counter) -> None:
    """The second Enter comes before the disk has answered."""
    before = counter.desk.reader.day_report(counter.clock.today()).totals.new_members
    counter.shell.show_enrol(NEW_CARD)
    fill(counter, name="Fritz")
    counter.desk.held = True
    counter.shell.key("Enter")
    counter.shell.key("Enter")
    counter.desk.held = False
    counter.desk.work()
    assert counter.desk.reader.day_report(counter.clock.today()).totals.new_members == before + 1


def test_f9_undoes_what_was_just_booked_and_nothing_behind_it(counter: Counter) -> None:
    """A second F9 must not eat its way back through the day."""
    counter.earn(ANNA, 1_000)
    counter.scan(BEN)
    counter.shell.member.amount_typed("10")
    counter.shell.key("Enter")
    counter.shell.key("F9")
    assert counter.shell.done.state.headline == "Undone"
    assert counter.shell.done.state.tone is Tone.INFO
    assert counter.account(BEN).balance == 12
    counter.shell.key("F9")
    counter.shell.home()
    counter.shell.key("F9")
    assert counter.account(ANNA).balance == 1294


def test_f9_on_an_old_booking_shows_the_preview_instead(counter: Counter) -> None:
    """After ten minutes somebody should look before undoing."""
    counter.earn(ANNA, 1_000)
    counter.clock.at_us += UNDO_WINDOW_US + 1
    counter.shell.key("F9")
    assert counter.screen() is Screen.VOID
    assert counter.account(ANNA).balance == 1294


def test_a_void_shows_what_it_does_before_it_does_it(counter: Counter) -> None:
    """Takes back, returns, leaves; then exactly that happens."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("23,45")
    counter.shell.member.choose_reward("off-5")
    counter.shell.key("Enter")
    counter.shell.home()
    counter.shell.key("F6")
    tiles = [tile.value for tile in counter.shell.void.state.preview]
    assert tiles == ["−18", "+500", "1,284"]
    counter.shell.void.choose_reason("return")
    counter.shell.key("Enter")
    assert counter.account(ANNA).balance == 1284
    assert counter.shell.done.state.balance == "1,284"


def test_a_void_of_nothing_says_so(counter: Counter) -> None:
    """When everything has been undone there is nothing to press."""
    for _ in range(4):
        counter.shell.key("F6")
        counter.shell.key("Enter")
        counter.shell.home()
    counter.shell.key("F6")
    assert counter.shell.void.state.empty == "There is no booking to undo."
    assert not counter.shell.void.state.primary_enabled


def test_a_member_is_found_by_name_and_served(counter: Counter) -> None:
    """Typed umlauts or not, arrow keys and Enter; too little text and no hit have their sentence."""
    counter.shell.key("F3")
    counter.shell.find.query_typed("o")
    assert counter.shell.find.state.message
    counter.shell.find.query_typed("oezd")
    assert [hit.name for hit in counter.shell.find.state.hits] == ["Ben Özdemir"]
    counter.shell.find.move(1)
    counter.shell.key("Enter")
    assert counter.shell.member.state.name == "Ben Özdemir"
    counter.shell.find.query_typed("nobody at all")
    assert "Nobody found" in counter.shell.find.state.message


def test_the_one_field_of_the_idle_screen_takes_card_and_name(counter: Counter) -> None:
    """A typed number opens the card, a mistyped one says so, a name goes to the search."""
    counter.shell.idle.query_typed(ANNA)
    counter.shell.key("Enter")
    assert counter.shell.member.state.name == "Anna Schneider"
    counter.shell.home()
    counter.shell.idle.query_typed(ANNA[:-1] + str((int(ANNA[-1]) + 1) % 10))
    counter.shell.key("Enter")
    assert "M-111" in (counter.shell.idle.state.notice.text if counter.shell.idle.state.notice else "")
    counter.shell.idle.query_typed("schnei")
    counter.shell.key("Enter")
    assert [hit.name for hit in counter.shell.find.state.hits] == ["Anna Schneider"]


def test_the_idle_screen_shows_today_and_the_last_booking(counter: Counter) -> None:
    """Figures of this day only; the last booking can be undone from here."""
    counter.earn(ANNA, 1_000)
    counter.shell.home()
    tiles = {tile.caption: tile for tile in counter.shell.idle.state.tiles}
    assert tiles["Awarded today"].value == "10"
    assert tiles["Last booking"].value == "+10"
    assert "Anna S." in tiles["Last booking"].detail
    counter.shell.idle.undo_last()
    assert counter.account(ANNA).balance == 1284


def test_the_history_reads_on_page_by_page(counter: Counter) -> None:
    """Newest first, with running balance and reason; more comes on request."""
    for _ in range(25):
        counter.earn(ANNA, 1_000)
    counter.scan(ANNA)
    counter.shell.key("F5")
    lines = counter.shell.history.state.lines
    assert len(lines) == 20
    assert (lines[0].balance, lines[1].balance) == ("1,534", "1,524")
    assert lines[0].why == "10 base points for €10.00"
    counter.shell.history.more()
    assert len(counter.shell.history.state.lines) > 25
    counter.shell.key("Esc")
    assert counter.screen() is Screen.MEMBER


def test_the_daily_report_adds_up_and_walks_through_the_days(counter: Counter) -> None:
    """Issued, redeemed, open points; never a day to come."""
    counter.earn(ANNA, 2_345)
    counter.shell.key("F8")
    tiles = {tile.caption: tile for tile in counter.shell.report.state.tiles}
    assert tiles["Awarded"].value == "23"
    assert tiles["Open points"].value == "1,319"
    assert tiles["Open points"].detail == "= €13.19 liability"
    assert [bar.hour for bar in counter.shell.report.state.hours] == list(range(8, 19))
    assert [bar.issued for bar in counter.shell.report.state.hours] == [0, 0, 23, *[0] * 8]
    assert not counter.shell.report.state.can_go_on
    counter.shell.report.next_day()
    assert "21 November" in counter.shell.report.state.day
    counter.shell.report.previous_day()
    assert "20 November" in counter.shell.report.state.day
    for _ in range(9):
        counter.shell.report.previous_day()
    assert counter.shell.report.state.empty
    assert next(tile for tile in counter.shell.report.state.tiles if tile.caption == "Redeemed").detail.endswith("–")


def test_the_daily_report_is_held_against_the_same_weekday(counter: Counter) -> None:
    """As many purchases as a week ago, and twice as many points."""
    counter.clock.advance(days=7)
    counter.earn(ANNA, 2_000)
    counter.clock.advance(days=7)
    counter.earn(ANNA, 4_000)
    counter.shell.key("F8")
    state = counter.shell.report.state
    assert state.compared_caption == "Compared with Sat 28 Nov"
    assert next((line.what, line.when, line.points) for line in state.compared) == ("Purchases", "= 0.0%", "1")
    assert state.tiles[0].detail == "▲ 100.0% on a week ago"


@pytest.mark.parametrize("ending", ["csv", "pdf"])
def test_the_daily_report_is_written_among_the_documents(counter: Counter, ending: str) -> None:
    """One tap, and the screen says where the file is."""
    counter.earn(ANNA, 2_345)
    counter.shell.key("F8")
    counter.shell.report.save(ending)
    file = counter.documents / f"Daily report 2026-11-21.{ending}"
    assert file.read_bytes()
    notice = counter.shell.report.state.notice
    assert notice is not None
    assert notice.text == f"Written: {file}"


def test_a_report_that_cannot_be_written_is_told_on_its_screen(counter: Counter) -> None:
    """A file is in the place of the folder; the figures stay on the screen."""
    counter.documents.write_text("no folder")
    counter.shell.key("F8")
    counter.shell.report.save("csv")
    notice = counter.shell.report.state.notice
    assert notice is not None
    assert notice.tone is Tone.BAD
    assert counter.screen() is Screen.REPORT


def test_nothing_is_written_before_the_day_was_read(counter: Counter) -> None:
    """A second tap comes faster than the disk."""
    counter.desk.held = True
    counter.shell.key("F8")
    counter.shell.report.save("csv")
    counter.desk.work()
    assert not counter.documents.exists()


def test_only_keys_that_do_something_are_shown(counter: Counter) -> None:
    """The bar at the bottom never promises a key that is dead on this screen."""
    counter.scan(ANNA)
    assert [hint.key for hint in counter.shell.state.keys] == ["F3", "F4", "F5", "F6", "F8", "Esc"]
    counter.shell.key("F10")
    assert counter.screen() is Screen.MEMBER
    counter.shell.key("Esc")
    assert counter.screen() is Screen.IDLE
    counter.shell.key("F1")
    assert counter.screen() is Screen.HELP
