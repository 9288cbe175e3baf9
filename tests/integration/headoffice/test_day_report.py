"""The day's sums at head office are those of the tills: both count the same records with the same rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import insert

from headoffice.errors import StoreUnknown
from headoffice.intake import ingest
from headoffice.main import assemble
from headoffice.service import HeadOffice
from headoffice.store.rows import terminal_row
from headoffice.store.tables import TERMINAL
from headoffice.views import StoreDayReport, TerminalStatus
from loyalty.kpi import Assumptions
from loyalty.report import WEEK, DayFigures, compare
from loyalty.store_day import StoreDay
from loyalty.wire import PushRequest, WireRecord
from terminal.app.report import assumptions, day_figures
from tests.fakes.headoffice import open_store
from tests.fakes.ledger import PROGRAMME, LedgerOfTests

MITTE, NORD = UUID(int=1, version=4), UUID(int=2, version=4)


class Shop:
    """One till with its ledger, and its place at head office."""

    def __init__(self, directory: Path, head_office: HeadOffice, seed: int, store_id: UUID) -> None:
        self.ledger = LedgerOfTests(directory, seed)
        self.head_office = head_office
        self.terminal_id = UUID(int=0x100 + seed, version=4)
        with head_office.database.write() as connection:
            connection.execute(
                insert(TERMINAL).values(
                    terminal_id=self.terminal_id,
                    store_id=store_id,
                    name=f"Kasse {seed}",
                    public_key=bytes(32),
                    ledger_id=self.ledger.store.shop.terminal_id,
                    status=TerminalStatus.ACTIVE.value,
                    scope="",
                    scope_step=0,
                    joined_at_us=0,
                    last_contact_us=0,
                    clock_off_ms=0,
                    backlog=0,
                    oldest_us=0,
                    protocol=1,
                    software="",
                )
            )

    def trade(self, cents: int) -> None:
        """A week's worth of everything that a day's sums know, on two Saturdays."""
        ledger = self.ledger
        anna, ben = ledger.member(1), ledger.member(2)
        ledger.clock.advance(days=-7)
        ledger.append(ledger.sale(anna, 20_000), ledger.sale(None, 990))
        ledger.clock.advance(days=7)
        sale = ledger.sale(anna, cents, None, ledger.reward())
        redemption = ledger.redemption(anna, ledger.reward("five-off", 100, 500))
        ledger.append(ledger.enrolment(ben), sale, ledger.sale(ben, 1_250), ledger.sale(None, 333), redemption)
        ledger.clock.advance(hours=5)
        ledger.append(ledger.reversal(sale, 500, 5), ledger.reversal(redemption), ledger.adjustment(ben, -4))
        ledger.append(ledger.enrolment(ben))  # again, as after a new card: nobody is new twice

    def hand_in(self) -> None:
        """Push the journal as it is."""
        with self.ledger.store.reader() as reader:
            rows = reader.records_after(0)
        wires = tuple(WireRecord(row.seq, row.payload, row.hash) for row in rows)
        with self.head_office.database.snapshot() as connection:
            terminal = terminal_row(connection, self.terminal_id)
        assert terminal is not None
        request = PushRequest(rows[0].epoch, rows[0].prev_hash, wires)
        ingest.push(self.head_office.database, terminal, request, self.ledger.clock.now_us())

    def day(self, weeks_ago: int = 0) -> DayFigures:
        """What the till itself reports."""
        day = self.ledger.clock.today() - weeks_ago * WEEK
        with self.ledger.store.reader() as reader:
            return day_figures(reader.day_report(day), self.assumed)

    @property
    def assumed(self) -> Assumptions:
        """What a point is worth."""
        return assumptions(self.ledger.store.programme, 0)


@pytest.fixture
def head_office(tmp_path: Path, database_url: str) -> Iterator[HeadOffice]:
    """A head office with two stores and the tills' programme, on either database."""
    made = assemble(tmp_path / "office", database_url)
    open_store(made.database, MITTE, "Mitte")
    open_store(made.database, NORD, "Nord")
    made.publish(PROGRAMME)
    yield made
    made.close()


@pytest.fixture
def shops(tmp_path: Path, head_office: HeadOffice) -> Iterator[list[Shop]]:
    """Two tills in one store and one in another, each with its own Saturdays."""
    places = ((1, MITTE), (2, MITTE), (3, NORD))
    made = [Shop(tmp_path / f"till{seed}", head_office, seed, store_id) for seed, store_id in places]
    for shop, cents in zip(made, (5_000, 12_345, 700), strict=True):
        shop.trade(cents)
        shop.hand_in()
    yield made
    for shop in made:
        shop.ledger.close()


def _report(shops: list[Shop], head_office: HeadOffice, store: str | None) -> StoreDayReport:
    return head_office.day_report(shops[0].ledger.clock.today(), store)


def test_every_till_has_the_same_day_at_head_office(shops: list[Shop], head_office: HeadOffice) -> None:
    """Sums, hours, rewards and open points, to the last one."""
    found = {each.terminal_id: each.figures for each in _report(shops, head_office, None).terminals}
    assert found == {shop.terminal_id: shop.day() for shop in shops}
    totals = shops[0].day().totals
    zeros = {name for name, value in msgspec.structs.asdict(totals).items() if value == 0}
    assert zeros <= {"points_expired"}, "a sum that nothing moved proves nothing"


@pytest.mark.parametrize(("store", "places"), [("Mitte", (0, 1)), ("Nord", (2,)), (None, (0, 1, 2))])
def test_a_store_is_the_sum_of_its_tills(
    shops: list[Shop], head_office: HeadOffice, store: str | None, places: tuple[int, ...]
) -> None:
    """On the day and on the same weekday before, and so in the comparison of the two."""
    report = _report(shops, head_office, store)
    tills = [shops[place] for place in places]
    assumed = tills[0].assumed
    assert report.figures == DayFigures.sum(report.day, assumed, [shop.day() for shop in tills])
    assert report.week_before == DayFigures.sum(report.day - WEEK, assumed, [shop.day(1) for shop in tills])
    assert compare(report.figures, report.week_before).changes["sales"] == 50


@pytest.mark.parametrize(("asking", "places"), [(0, (0, 1)), (1, (0, 1)), (2, (2,))])
def test_a_till_is_told_the_sum_of_its_stores_tills(
    shops: list[Shop], head_office: HeadOffice, asking: int, places: tuple[int, ...]
) -> None:
    """Over the wire and back: what each till counts itself, on both days, and each till's part beside it."""
    with head_office.database.snapshot() as connection:
        terminal = terminal_row(connection, shops[asking].terminal_id)
    assert terminal is not None
    today = shops[0].ledger.clock.today()
    sent = msgspec.json.encode(head_office.store_day(terminal, today))
    told = msgspec.json.decode(sent, type=StoreDay)
    tills = [shops[place] for place in places]
    own = [msgspec.structs.replace(till.day(), open_points=None) for till in tills]
    assert [each.figures for each in told.tills] == own
    assert told.figures == DayFigures.sum(today, tills[0].assumed, own)
    before = [msgspec.structs.replace(till.day(1), open_points=None) for till in tills]
    assert told.week_before == DayFigures.sum(today - WEEK, tills[0].assumed, before)


def test_handing_in_again_changes_no_sum(shops: list[Shop], head_office: HeadOffice) -> None:
    """A repeated batch is known by its records."""
    before = _report(shops, head_office, None)
    shops[0].hand_in()
    assert _report(shops, head_office, None) == before


def test_a_store_nobody_knows_is_a_known_error(shops: list[Shop], head_office: HeadOffice) -> None:
    """And no empty report."""
    with pytest.raises(StoreUnknown):
        _report(shops, head_office, "Süd")
