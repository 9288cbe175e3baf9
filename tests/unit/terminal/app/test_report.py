"""The till's days as the figures it shares with head office."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from loyalty.report import WEEK, HourTotals, RewardTotals
from terminal.app.report import assumptions, day_on_till, day_paper, report_file_name
from tests.fakes.ledger import LedgerOfTests
from texts.i18n import Texts


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[LedgerOfTests]:
    """A small shop."""
    made = LedgerOfTests(tmp_path / "till")
    yield made
    made.close()


def test_a_day_and_the_same_weekday_before_are_read(ledger: LedgerOfTests) -> None:
    """Sums, hours, rewards and open points of both days, under the programme's worth of a point."""
    member = ledger.member()
    ledger.clock.advance(days=-7)
    ledger.append(ledger.sale(member, 10_000))
    ledger.clock.advance(days=7)
    ledger.append(ledger.sale(member, 1_000, 10, ledger.reward()))
    with ledger.store.reader() as reader:
        found = day_on_till(reader, ledger.clock.today(), assumptions(ledger.store.programme, 20))
    assert (found.figures.totals.points_issued, found.before.totals.points_issued) == (10, 100)
    assert found.before.day == found.figures.day - WEEK
    assert found.figures.hours == (HourTotals(10, 10, 50, 1),)
    assert found.figures.rewards == (RewardTotals("coffee", 1, 50, 250),)
    assert (found.figures.open_points, found.figures.liability_cents) == (60, 240)


def test_the_finished_report_says_whose_and_when(ledger: LedgerOfTests) -> None:
    """Shop, till, the moment by the shop's clock, and rewards by the name people know."""
    ledger.append(ledger.sale(ledger.member(), 10_000, 100, ledger.reward()))
    with ledger.store.reader() as reader:
        found = day_on_till(reader, ledger.clock.today(), assumptions(ledger.store.programme, 0))
    texts = Texts("de")
    paper = day_paper(texts, ledger.store.shop, ledger.store.programme, found, (ledger.clock.now_us(), 60))
    assert (paper.store, paper.till, paper.made) == ("Bäckerei Morgenrot", "Kasse 1", "21.11.2026 10:00")
    assert paper.reward_names == {"coffee": "Kaffee"}
    assert report_file_name(texts, paper.figures.day, "pdf") == "Tagesbericht 2026-11-21.pdf"
