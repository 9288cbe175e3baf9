"""The daily report of a till that belongs to head office: its own day, or the whole store's."""

from __future__ import annotations

import csv
import io
from datetime import date

import msgspec
import pytest

from loyalty.kpi import Assumptions
from loyalty.records import DayTotals
from loyalty.report import WEEK, DayFigures
from loyalty.store_day import StoreDay, TillBehind, TillDay
from loyalty.wire import ProblemCode
from terminal.app.rate import RateCommand, rate
from terminal.presenters.states import Screen, Tile, Tone
from terminal.sync.outcomes import Declined
from terminal.sync.status import SyncTrouble
from tests.fakes.counter import ANNA, Counter
from tests.fakes.ledger_joined import PROFILE_KEY, PROGRAMME_KEY, head_office
from tests.fakes.sync_line import FakeSyncActions, hear, said

HOUR_US = 3_600_000_000


@pytest.fixture
def line(counter: Counter) -> FakeSyncActions:
    """The counter's till has joined and is online."""
    counter.store.join(head_office(), programme_key=PROGRAMME_KEY, profile_key=PROFILE_KEY)
    actions = FakeSyncActions()
    counter.around.sync_actions = actions
    hear(counter)
    return actions


def _day(counter: Counter, day: date, points: int = 700, open_points: int | None = 5_000) -> StoreDay:
    """A day of a store with two tills, as a head office without a programme tells it."""
    assumed = Assumptions(1, 0)
    totals = DayTotals(sales=7, points_issued=points, member_sales=7)
    whole = DayFigures(day, totals, open_points, assumed)
    before = DayFigures.sum(day - WEEK, assumed, ())
    tills = (TillDay("Kasse 1", msgspec.structs.replace(whole, open_points=None)), TillDay("", _nothing(day)))
    return StoreDay("Innenstadt", counter.clock.now_us(), whole, before, tills)


def _nothing(day: date) -> DayFigures:
    return msgspec.structs.replace(DayFigures.sum(day, Assumptions(1, 0), ()), open_points=None)


def _tile(counter: Counter, caption: str) -> Tile:
    return next(tile for tile in counter.shell.report.state.tiles if tile.caption == caption)


def _chosen(counter: Counter) -> str:
    (key,) = (choice.key for choice in counter.shell.report.state.whose if choice.chosen)
    return key


def _shows_store(counter: Counter, line: FakeSyncActions, told: StoreDay | None = None) -> None:
    counter.shell.key("F8")
    counter.shell.key("F4")
    line.answer(told or _day(counter, counter.clock.today()))


def test_a_till_that_stands_alone_has_no_choice(counter: Counter) -> None:
    """It is the whole store: nothing to choose, nothing to explain, and no key that would do nothing."""
    counter.shell.key("F8")
    state = counter.shell.report.state
    assert (state.whose, state.standing) == ((), "")
    assert "F4" not in {hint.key for hint in counter.shell.state.keys}
    counter.shell.key("F4")
    counter.shell.report.choose("store")
    assert _tile(counter, "Open points").value != "–"


def test_what_customers_thought_of_the_day_is_told(counter: Counter) -> None:
    """In words on the screen; silence while nobody said anything."""
    sale = counter.earn(ANNA, 2_000)
    counter.shell.show_report()
    assert counter.shell.report.state.notice is None
    rated: list[object] = []
    counter.desk.book(rate, RateCommand(sale.record.record_id, 4), rated.append, counter.shell.broke)
    assert len(rated) == 1
    counter.shell.show_report()
    assert said(counter.shell.report.state.notice) == "Rated 4.00 of 5 stars by 1 customer."


def test_a_joined_till_shows_its_own_day_first_and_claims_no_open_points(
    counter: Counter, line: FakeSyncActions
) -> None:
    """What its own bookings left open says nothing: points are spent at other tills too."""
    counter.earn(ANNA, 2_345)
    counter.shell.key("F8")
    assert _chosen(counter) == "till"
    assert _tile(counter, "Awarded").value == "23"
    assert (_tile(counter, "Open points").value, _tile(counter, "Open points").detail) == ("–", "see the whole store")
    assert counter.shell.report.state.standing == "Only what was booked at this till"
    assert line.asked == []
    assert "F4" in {hint.key for hint in counter.shell.state.keys}


def test_the_whole_store_is_asked_of_head_office(counter: Counter, line: FakeSyncActions) -> None:
    """By a key; while the answer is awaited the screen says so, and the answer says as of when it is."""
    counter.shell.key("F8")
    counter.shell.key("F4")
    state = counter.shell.report.state
    assert (state.busy, state.waits, state.tiles) == (True, "Asking head office …", ())
    assert line.asked == [("store_day", counter.clock.today())]
    line.answer(_day(counter, counter.clock.today()))
    state = counter.shell.report.state
    assert (state.busy, state.waits, state.notice) == (False, "", None)
    assert state.standing == "Innenstadt · As of: Today 10:00"
    assert _chosen(counter) == "store"
    assert _tile(counter, "Awarded").value == "700"
    assert (_tile(counter, "Open points").value, _tile(counter, "Open points").detail) == (
        "5,000",
        "= €50.00 liability",
    )
    counter.shell.key("F4")
    assert _chosen(counter) == "till"


def test_the_choice_stays_from_day_to_day(counter: Counter, line: FakeSyncActions) -> None:
    """And when the report is opened again; each day is asked for."""
    today = counter.clock.today()
    _shows_store(counter, line)
    counter.shell.report.previous_day()
    yesterday = date.fromordinal(today.toordinal() - 1)
    line.answer(_day(counter, yesterday, points=11))
    assert _tile(counter, "Awarded").value == "11"
    counter.shell.key("Esc")
    counter.shell.key("F8")
    assert [asked[1] for asked in line.asked] == [today, yesterday, today]
    assert _chosen(counter) == "store"


def test_whoever_leafs_fast_asks_one_question_at_a_time(counter: Counter, line: FakeSyncActions) -> None:
    """The answer for a day that was left is not shown; the day that is on is asked for then."""
    today = counter.clock.today()
    counter.shell.key("F8")
    counter.shell.key("F4")
    counter.shell.report.previous_day()
    counter.shell.report.previous_day()
    assert len(line.asked) == 1
    line.answer(_day(counter, today))
    assert counter.shell.report.state.busy
    shown = date.fromordinal(today.toordinal() - 2)
    assert line.asked[1:] == [("store_day", shown)]
    line.answer(_day(counter, shown, points=5))
    assert _tile(counter, "Awarded").value == "5"


def test_without_head_office_the_tills_own_day_is_shown_and_why(counter: Counter, line: FakeSyncActions) -> None:
    """Nobody is left with an empty screen, and nobody takes one till's figures for the store's."""
    counter.earn(ANNA, 2_345)
    counter.shell.key("F8")
    counter.shell.key("F4")
    line.answer(Declined(SyncTrouble.UNREACHABLE))
    state = counter.shell.report.state
    assert _chosen(counter) == "till"
    assert _tile(counter, "Awarded").value == "23"
    assert state.notice is not None
    assert state.notice.tone is Tone.WARN
    assert "does not answer now. (M-186) Shown is this till alone." in state.notice.text


@pytest.mark.parametrize(
    ("why", "code"),
    [(ProblemCode.NOT_FOUND, "M-187"), (ProblemCode.REVOKED, "M-2"), (SyncTrouble.ANSWER_WRONG, "M-266")],
)
def test_a_no_is_told_with_its_reason(
    counter: Counter, line: FakeSyncActions, why: ProblemCode | SyncTrouble, code: str
) -> None:
    """A head office that is too old, that has shut this till out, or whose answer is nonsense."""
    counter.shell.key("F8")
    counter.shell.key("F4")
    line.answer(Declined(why))
    assert code in said(counter.shell.report.state.notice)
    assert _chosen(counter) == "till"


def test_a_till_without_a_running_sync_says_the_same(counter: Counter) -> None:
    """In the first second after the start."""
    hear(counter)
    counter.shell.key("F8")
    counter.shell.key("F4")
    assert "M-186" in said(counter.shell.report.state.notice)
    assert not counter.shell.report.state.busy


def test_a_bug_while_asking_is_told_as_one_and_asking_goes_on(counter: Counter, line: FakeSyncActions) -> None:
    """The next question is asked all the same."""
    counter.shell.key("F8")
    counter.shell.key("F4")
    line.fail(ZeroDivisionError())
    assert [type(error) for error in counter.crashes] == [ZeroDivisionError]
    counter.shell.key("Enter")
    counter.shell.key("F8")
    assert len(line.asked) == 2


def test_an_answer_that_comes_too_late_changes_nothing(counter: Counter, line: FakeSyncActions) -> None:
    """Somebody has gone back to the till's own day meanwhile."""
    counter.earn(ANNA, 2_345)
    counter.shell.key("F8")
    counter.shell.key("F4")
    counter.shell.key("F4")
    line.answer(_day(counter, counter.clock.today()))
    assert _tile(counter, "Awarded").value == "23"


def test_tills_that_may_have_more_are_named(counter: Counter, line: FakeSyncActions) -> None:
    """One with its last contact, several by name, very many by number; and this till's own that wait."""
    heard_us = counter.clock.now_us() - 2 * HOUR_US
    told = _day(counter, counter.clock.today())
    one = msgspec.structs.replace(told, behind=(TillBehind("Kasse 3", heard_us),))
    _shows_store(counter, line, one)
    assert (
        said(counter.shell.report.state.notice)
        == "Kasse 3 may have more bookings of this day. Last contact: 21 Nov 2026 08:00."
    )
    never = msgspec.structs.replace(told, behind=(TillBehind("Kasse 3", 0),))
    counter.shell.report.choose("store")
    line.answer(never)
    assert said(counter.shell.report.state.notice).endswith("Last contact: never.")
    many = msgspec.structs.replace(told, behind=tuple(TillBehind(f"Kasse {n}", heard_us) for n in range(3, 9)))
    counter.shell.report.choose("store")
    line.answer(many)
    text = said(counter.shell.report.state.notice)
    assert text == "6 tills may have more bookings of this day: Kasse 3, Kasse 4, Kasse 5, Kasse 6, …"
    hear(counter, waiting=2, oldest_us=heard_us)
    assert said(counter.shell.report.state.notice).startswith("2 bookings of this till are not sent yet. 6 tills")
    counter.shell.report.previous_day()
    line.answer(_day(counter, date.fromordinal(counter.clock.today().toordinal() - 1)))
    assert counter.shell.report.state.notice is None, "those that wait are of today"


def test_one_store_of_several_has_no_open_points(counter: Counter, line: FakeSyncActions) -> None:
    """Head office leaves them out; the screen says where they are counted."""
    _shows_store(counter, line, _day(counter, counter.clock.today(), open_points=None))
    tile = _tile(counter, "Open points")
    assert (tile.value, tile.detail) == ("–", "counted for all stores together")


def test_the_stores_file_names_it_and_lists_its_tills(counter: Counter, line: FakeSyncActions) -> None:
    """Two files of one day lie beside each other; head office's own part is called so."""
    _shows_store(counter, line)
    counter.shell.report.save("csv")
    counter.shell.key("F4")
    counter.shell.report.save("csv")
    names = sorted(path.name for path in counter.documents.iterdir())
    assert names == ["Daily report 2026-11-21 Innenstadt.csv", "Daily report 2026-11-21 Kasse 2.csv"]
    rows = list(csv.DictReader(io.StringIO((counter.documents / names[0]).read_text("utf-8-sig"))))
    assert [(row["store"], row["till"]) for row in rows] == [
        ("Innenstadt", ""),
        ("Innenstadt", "Kasse 1"),
        ("Innenstadt", "Head office"),
    ]
    assert [row["open_points"] for row in rows] == ["5000", "", ""]


def test_the_liability_takes_this_tills_programme_and_settings(counter: Counter, line: FakeSyncActions) -> None:
    """Whichever of the two is shown: a point's worth, and the share that is taken never to be redeemed."""
    counter.around.reports = msgspec.structs.replace(counter.around.reports, breakage_percent=20)
    _shows_store(counter, line)
    assert _tile(counter, "Open points").detail == "= €40.00 liability"


def test_a_till_that_has_left_shows_its_own_day_again(counter: Counter, line: FakeSyncActions) -> None:
    """The choice is gone with head office."""
    _shows_store(counter, line)
    counter.shell.sync_status(type(counter.around.sync)())
    assert counter.shell.report.state.whose == ()
    counter.shell.report.today()
    assert counter.screen() is Screen.REPORT
    assert _tile(counter, "Awarded").value == "0"
