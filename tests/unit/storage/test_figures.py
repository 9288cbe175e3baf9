"""The file of figures: when it is believed, when it is not, and how it is made; what comes of it is in test_period."""

from __future__ import annotations

import os
import random
from contextlib import closing
from typing import TYPE_CHECKING

import msgspec
import pytest

from loyalty.records import CardAction
from storage import figures_build, figures_tail
from storage.connection import open_private, open_reader
from storage.errors import Damaged, ReadOnlyDisk
from storage.figures import FiguresView
from storage.figures_bits import AGAIN, BOUGHT, TOP_LEVEL, blocks_of, in_days, join
from storage.figures_build import LEFTOVER_S, discard_figures, figures_of, make_figures, renew_figures
from storage.figures_gather import Gathered
from storage.figures_process import FAILED, main
from storage.files import FIGURES_FILE, LEDGER_FILE
from storage.period import PeriodReads
from storage.rebuild import rebuild
from tests.fakes.ledger import LedgerOfTests

if TYPE_CHECKING:
    from pathlib import Path

    from storage.figures_bits import Twice
    from storage.store import Reader

FIRST_DAY = 739_000
DAYS = 700


@pytest.fixture
def shop(ledger: LedgerOfTests) -> LedgerOfTests:
    """Three members with two purchases each, on two days, the second one of the third twice; and a file of figures."""
    for _ in range(2):
        for number in range(3):
            ledger.append(ledger.sale(ledger.member(number), 1_000))
        ledger.clock.advance(days=1)
    ledger.append(ledger.sale(ledger.member(2), 500), ledger.sale(None, 700))
    make(ledger)
    return ledger


def make(ledger: LedgerOfTests) -> None:
    """Make the file."""
    with closing(open_reader(ledger.directory / LEDGER_FILE)) as database:
        make_figures(ledger.directory / FIGURES_FILE, database)


def is_believed(ledger: LedgerOfTests, reader: Reader) -> bool:
    """Whether figures come from the file; either way they are those of the plain sums."""
    day = ledger.clock.today()
    with closing(FiguresView(ledger.directory / FIGURES_FILE)) as view:
        reads = PeriodReads.of(reader, view)
        assert reads.period_facts(day, day) == PeriodReads.of(reader).period_facts(day, day)
        return reads._from_figures(day, day, 365) is not None


def change(ledger: LedgerOfTests, sql: str) -> None:
    """Change what is in the file."""
    with closing(open_private(ledger.directory / FIGURES_FILE)) as database:
        database.run(sql)


def test_a_file_about_this_ledger_is_believed(shop: LedgerOfTests, reader: Reader) -> None:
    """Also when records and an erasure came since."""
    assert is_believed(shop, reader)
    shop.append(shop.sale(shop.member(7), 900))
    with shop.store.unit() as unit:
        unit.erase_member(shop.member(1))
    assert is_believed(shop, reader)


def test_it_is_private(shop: LedgerOfTests) -> None:
    """It names nobody, but says what accounts there are."""
    assert (shop.directory / FIGURES_FILE).stat().st_mode & 0o077 == 0


def test_without_a_file_the_ledger_is_added_up(ledger: LedgerOfTests, reader: Reader) -> None:
    """As it is after every deletion of the file."""
    assert not is_believed(ledger, reader)


@pytest.mark.parametrize(
    "sql",
    [
        "PRAGMA user_version = 99",
        "PRAGMA application_id = 99",
        "DELETE FROM part WHERE kind = 'state'",
        "UPDATE part SET bytes = zeroblob(length(bytes)) WHERE kind = 'state'",
        "UPDATE part SET bytes = zeroblob(length(bytes)) WHERE kind = 'bought'",
        "UPDATE part SET checksum = checksum + 1 WHERE kind = 'sold'",
    ],
)
def test_another_or_a_damaged_file_is_not_believed(shop: LedgerOfTests, reader: Reader, sql: str) -> None:
    """A flipped bit in a figure would stand on paper."""
    change(shop, sql)
    assert not is_believed(shop, reader)


def test_a_file_that_is_none_is_not_believed(shop: LedgerOfTests, reader: Reader) -> None:
    """Whatever lies there."""
    (shop.directory / FIGURES_FILE).write_bytes(b"no database" * 100)
    assert not is_believed(shop, reader)


def test_a_file_about_another_journal_is_not_believed(shop: LedgerOfTests, reader: Reader, tmp_path: Path) -> None:
    """Its last record has another hash, or is not there at all, or it knows of a change that was never made."""
    other = LedgerOfTests(tmp_path / "other", seed=5)
    path = shop.directory / FIGURES_FILE
    for sales in (0, 20):
        other.append(*(other.sale(other.member(), 100) for _ in range(sales)))
        make(other)
        (other.directory / FIGURES_FILE).replace(path)
        assert not is_believed(shop, reader)
    other.close()


def make_figures_inside(ledger: LedgerOfTests) -> None:
    """Make the file of what a transaction sees."""
    make_figures(ledger.directory / FIGURES_FILE, ledger.store._ledger)


def test_a_file_that_knows_later_changes_is_not_believed(shop: LedgerOfTests, reader: Reader) -> None:
    """It was made beside a ledger that had gone on, whose end is lost."""
    with shop.store.exclusive() as database:
        database.run("INSERT INTO profile_change(member_id) VALUES (?)", (shop.member().bytes,))
        make_figures_inside(shop)
        database.run("DELETE FROM profile_change")
    assert not is_believed(shop, reader)


def test_a_file_too_far_behind_is_not_used(
    shop: LedgerOfTests, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking at so many records would take longer than adding everything up."""
    shop.append(*(shop.sale(shop.member(), 100) for _ in range(3)))
    monkeypatch.setattr(figures_tail, "TAIL_MAX", 2)
    assert not is_believed(shop, reader)


def test_changes_of_cards_and_reversals_of_other_tills_change_no_sums(shop: LedgerOfTests, reader: Reader) -> None:
    """What they undo was never sold here; a change of cards that joins nothing changes no account."""
    shop.append(shop.reversal(shop.sale(shop.member(), 400)), shop.enrolment(shop.member(1)))
    sale = shop.sale(None, 300)
    shop.append(sale, shop.reversal(sale))
    blocked = msgspec.structs.replace(
        shop.merge(shop.member(1), shop.member(2)), action=CardAction.BLOCK, into_member_id=None
    )
    shop.append(blocked)
    assert is_believed(shop, reader)


def test_a_unit_of_work_may_ask_too(shop: LedgerOfTests, reader: Reader) -> None:
    """It reads one state of the ledger anyway."""
    day = shop.clock.today()
    with shop.store.unit() as unit:
        assert PeriodReads.of(unit).period_facts(day, day) == PeriodReads.of(reader).period_facts(day, day)


def test_a_booking_of_no_account_is_damage(shop: LedgerOfTests) -> None:
    """No figures are made of it, and the old ones stand."""
    with shop.store.exclusive() as database:
        database.run("DELETE FROM account WHERE member_id = (SELECT max(member_id) FROM account)")
    with pytest.raises(Damaged, match="booking"):
        make(shop)
    assert [each.name for each in shop.directory.glob("*figures*")] == [FIGURES_FILE]


def test_it_is_made_when_it_is_missing_damaged_or_far_behind(
    shop: LedgerOfTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a small ledger needs none."""
    path = shop.directory / FIGURES_FILE
    path.unlink()
    assert not renew_figures(shop.directory)
    monkeypatch.setattr(figures_build, "RECORDS_WORTH_MIN", 1)
    assert renew_figures(shop.directory)
    assert not renew_figures(shop.directory)
    shop.append(shop.sale(shop.member(), 100))
    assert not renew_figures(shop.directory)
    assert renew_figures(shop.directory, behind=0)
    change(shop, "UPDATE part SET checksum = 0")
    assert renew_figures(shop.directory)
    assert [each.name for each in shop.directory.glob(".figures*")] == []


def test_a_report_makes_it_where_it_can(shop: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a disk that takes nothing, figures take longer."""
    path = shop.directory / FIGURES_FILE
    path.unlink()
    monkeypatch.setattr(figures_build, "RECORDS_WORTH_MIN", 1)

    def refuse(_: Path) -> None:
        raise ReadOnlyDisk("figures")

    with monkeypatch.context() as patch:
        patch.setattr(figures_build, "open_new", refuse)
        figures_of(shop.directory).close()
        assert not path.exists()
        assert main([str(shop.directory)]) == FAILED
    figures_of(shop.directory).close()
    assert path.exists()
    assert main([str(shop.directory)]) == 0


def test_what_a_crash_left_of_a_making_goes_with_time(shop: LedgerOfTests) -> None:
    """Another process may be making one right now."""
    old, young = (shop.directory / f".{FIGURES_FILE}.{number}.part" for number in (1, 2))
    for left in (old, young):
        left.touch()
    then_s = young.stat().st_mtime - 2 * LEFTOVER_S
    os.utime(old, (then_s, then_s))
    make(shop)
    assert not old.exists()
    assert young.exists()


def test_it_can_be_thrown_away(shop: LedgerOfTests) -> None:
    """Twice."""
    for _ in range(2):
        discard_figures(shop.directory)
        assert not (shop.directory / FIGURES_FILE).exists()


def test_it_goes_when_the_projections_are_made_anew(shop: LedgerOfTests) -> None:
    """They may have been damaged when it was made from them."""
    rebuild(shop.store)
    assert not (shop.directory / FIGURES_FILE).exists()


class Days:
    """Sets of members by days, given as they are."""

    def __init__(self, leaves: dict[int, Twice]) -> None:
        self.days = (min(leaves), max(leaves))
        self.everybody = 0
        self.asked = 0
        self._blocks = {
            (kind, level, number): part
            for level, number, sets in blocks_of(sorted(leaves.items()))
            for kind, part in zip((BOUGHT, AGAIN), sets, strict=True)
        }

    def block(self, kind: str, level: int, number: int) -> int:
        self.asked += 1
        return self._blocks.get((kind, level, number), 0)

    def spans(self, bit: int) -> int:
        return bit


def test_blocks_of_days_come_to_what_their_days_come_to() -> None:
    """Who bought in any span, and who more than once; a year is put together from few blocks."""
    choose = random.Random(4)
    leaves = {
        FIRST_DAY + day: (choose.getrandbits(60) & choose.getrandbits(60), 0)
        for day in choose.sample(range(DAYS), DAYS // 2)
    }
    leaves = {day: (once, once & choose.getrandbits(60)) for day, (once, _) in leaves.items()}
    days = Days(leaves)
    bounds = [None, *(FIRST_DAY + choose.randrange(-50, DAYS + 50) for _ in range(30))]
    for first in bounds:
        for last in bounds:
            wanted: Twice = (0, 0)
            for day, sets in leaves.items():
                if (first is None or first <= day) and (last is None or day <= last):
                    wanted = join(wanted, sets)
            assert in_days(days, first, last, BOUGHT, AGAIN) == wanted
    days.asked = 0
    in_days(days, FIRST_DAY + 3, FIRST_DAY + 367, BOUGHT)
    assert days.asked <= 2 * TOP_LEVEL


def test_nobody_is_in_the_sets_of_an_empty_shop(ledger: LedgerOfTests) -> None:
    """And none of them can't be asked for."""
    with closing(open_reader(ledger.directory / LEDGER_FILE)) as database:
        gathered = Gathered(database)
    assert gathered.everybody == 0
    assert gathered.spans(3) == 0
    assert in_days(gathered, None, None, BOUGHT, AGAIN) == (0, 0)
