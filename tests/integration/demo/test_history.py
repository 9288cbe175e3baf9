"""The demo shop's year is plausible, the same for everyone, and a ledger like any other."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from loyalty.records import AnyRecord, Enrolment, Redemption, Reversal, Sale
from storage.store import open_store
from storage.verify import verify
from terminal.demo.people import ANNA, INVENTED_NUMBERS, JONAS, NEWCOMER
from terminal.demo.shop import make_shop
from terminal.demo.traffic import SUNDAY, opening
from tests.fakes.clock import FakeClock, SeededIds

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from storage.store import Reader
    from terminal.demo.history import Year


def nothing(_share: float) -> None:
    """Progress nobody watches."""


def records_of(reader: Reader) -> list[AnyRecord]:
    """The whole journal."""
    stored = [reader.stored(seq) for seq in range(1, reader.count() + 1)]
    return [each.record for each in stored if each is not None and isinstance(each.record, AnyRecord)]


def wall(record: AnyRecord) -> datetime:
    """What the shop's clock showed."""
    return datetime.fromtimestamp(record.at_us / 1_000_000, UTC).replace(tzinfo=None) + timedelta(
        minutes=record.utc_offset_min
    )


def told(directory: Path) -> list[tuple[object, ...]]:
    """A shop as people see it: when what happened to whom, without ids and hashes."""
    clock = FakeClock()
    with (
        open_store(directory, clock=clock, ids=SeededIds(1, clock), writable=False) as store,
        store.reader() as reader,
    ):
        found: list[tuple[object, ...]] = []
        for record in records_of(reader):
            profile = reader.profile(record.member_id) if record.member_id else None
            moved = (record.points, record.points_redeemed) if isinstance(record, Sale) else ()
            found.append((type(record).__name__, record.at_us, profile, moved))
        return found


def test_the_same_day_gives_the_same_year(shop: Path, year: Year, tmp_path: Path) -> None:
    """Everybody who opens the demo on one day meets the same people with the same purchases."""
    make_shop(tmp_path / "again", year, FakeClock(), nothing)
    assert told(tmp_path / "again") == told(shop)


def test_another_seed_gives_another_year(shop: Path, year: Year, tmp_path: Path) -> None:
    """The comparison above can tell two years apart."""
    make_shop(tmp_path / "other", replace(year, seed=30), FakeClock(), nothing)
    assert told(tmp_path / "other") != told(shop)


def test_verify_finds_nothing_wrong(shop: Path) -> None:
    """Chain, guards and projections are those of a till that was used for a year."""
    result = verify(shop)
    assert result.problems == ()
    assert result.ok


def test_balances_are_the_sums_of_the_records(reader: Reader) -> None:
    """Added up here from nothing but the journal, without the ledger's own arithmetic."""
    balances: Counter[UUID] = Counter()
    for record in records_of(reader):
        assert record.member_id is not None or not isinstance(record, Sale), "every sale has a card"
        if isinstance(record, Sale) and record.member_id:
            balances[record.member_id] += sum(line.points for line in record.lines)
            balances[record.member_id] -= sum(line.points for line in record.redemptions)
        elif isinstance(record, Redemption) and record.member_id:
            balances[record.member_id] -= record.redemption.points
        elif isinstance(record, Reversal) and record.member_id:
            balances[record.member_id] -= sum(line.points for line in record.lines)
            balances[record.member_id] += sum(line.points for line in record.redemptions)
    assert {member: reader.account(member).balance for member in balances} == dict(balances)
    assert len(balances) > 50


def test_every_member_is_enrolled_once_with_an_invented_number(reader: Reader, year: Year) -> None:
    """As many members as promised; nobody real is ever called; the newcomer is not there yet."""
    members = [record.member_id for record in records_of(reader) if isinstance(record, Enrolment)]
    profiles = [reader.profile(member) for member in members if member]
    assert len(set(members)) == len(members) == year.members
    phones = [profile.phone for profile in profiles if profile and profile.phone]
    assert phones
    assert all(phone.startswith(INVENTED_NUMBERS) for phone in phones)
    assert NEWCOMER.phone not in phones
    assert len(set(phones)) == len(phones)


@pytest.mark.parametrize("regular", [ANNA, JONAS], ids=lambda regular: regular.profile.name)
def test_regulars_have_the_balance_of_the_pictures(reader: Reader, regular: object) -> None:
    """Tour, pictures and demo name these balances."""
    assert regular in (ANNA, JONAS)
    who = ANNA if regular is ANNA else JONAS
    (hit,) = reader.search(who.profile.name)
    assert hit.balance == who.balance
    assert reader.card(who.card) is not None


def test_annas_last_bookings_are_those_of_the_picture(reader: Reader) -> None:
    """This morning 6 points, before that a coffee, before that 23 points; her card ends in 4711 2."""
    assert ANNA.card.endswith("47112")
    (hit,) = reader.search("Anna Schneider")
    bookings = reader.bookings(hit.member_id, limit=3)
    assert [booking.points for booking in bookings] == [6, -300, 23]
    assert wall(bookings[0].record).strftime("%F %H:%M") == "2026-11-21 08:12"


def test_nobody_buys_while_the_shop_is_closed(reader: Reader, year: Year) -> None:
    """Sunday afternoon included; what follows from a visit, such as a return, may take a little longer."""
    sales = [record for record in records_of(reader) if isinstance(record, Sale)]
    for sale in sales:
        moment = wall(sale)
        opens, closes = opening(moment.date())
        second = moment.hour * 3_600 + moment.minute * 60 + moment.second
        assert opens <= second <= closes + 60, moment
    assert any(wall(sale).weekday() == SUNDAY for sale in sales)
    assert max(wall(sale) for sale in sales).date() == year.today


def test_the_journal_is_in_the_order_of_time_and_ends_now(reader: Reader, year: Year) -> None:
    """Nothing lies in the future, and corrections come after what they correct."""
    moments = [record.at_us for record in records_of(reader)]
    assert moments == sorted(moments)
    newest = wall(records_of(reader)[-1])
    assert newest <= datetime.combine(year.today, datetime.min.time()) + timedelta(seconds=year.now_s)


def test_there_is_something_of_everything(reader: Reader) -> None:
    """Rewards, in sales and alone, and corrections: the report has something to show."""
    records = records_of(reader)
    assert any(isinstance(record, Redemption) for record in records)
    assert any(isinstance(record, Sale) and record.redemptions for record in records)
    assert sum(isinstance(record, Sale) for record in records) > 2 * 60
    day = reader.day_report(date(2026, 11, 21))
    assert day.totals.sales >= 2
    assert day.open_points > ANNA.balance


@pytest.mark.parametrize("now_s", [0, 30, 90, 3_600, 5 * 3_600, 86_399])
def test_the_last_day_is_sound_at_any_hour(year: Year, tmp_path: Path, now_s: int) -> None:
    """A demo at midnight or before opening time works, and from the first minutes of a day on it has customers."""
    small = replace(year, members=20, days=20, now_s=now_s)
    make_shop(tmp_path / "shop", small, FakeClock(), nothing)
    assert verify(tmp_path / "shop").ok
    clock = FakeClock()
    with (
        open_store(tmp_path / "shop", clock=clock, ids=SeededIds(1, clock), writable=False) as store,
        store.reader() as reader,
    ):
        (anna,) = reader.search("Anna Schneider")
        assert anna.balance == ANNA.balance
        assert reader.day_report(year.today).totals.sales > 0 or now_s < 60
