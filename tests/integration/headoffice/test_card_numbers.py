"""Tills and head office together: whatever goes wrong, no two of them ever hand out the same card number."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from loyalty.cards import Check
from loyalty.numbering import Series, request_id
from storage.backup import backup, restore
from storage.store import open_store
from tests.fakes.ledger import LedgerOfTests
from tests.fakes.office import TestedOffice
from tests.fakes.office_till import OfficeTill

PLASTIC = Series("29", 13, Check.GS1)
STEPS = 60


def take(ledger: LedgerOfTests, count: int) -> list[str]:
    """Hand out numbers, as many as there are."""
    with ledger.store.unit() as unit:
        taken = unit.numbers.take(PLASTIC, count)
        if isinstance(taken, int) and taken:
            taken = unit.numbers.take(PLASTIC, taken)
    return taken if isinstance(taken, list) else []


@pytest.fixture
def office(tmp_path: Path) -> TestedOffice:
    """Head office on SQLite."""
    return TestedOffice(tmp_path / "office", None)


def test_two_offline_tills_never_issue_the_same_number(office: TestedOffice, tmp_path: Path) -> None:
    """Each has its block from when it was online; neither takes more than that."""
    tills = [OfficeTill(tmp_path / f"till-{seed}", office, seed) for seed in (1, 2)]
    for till in tills:
        till.round()
    found = [take(till.ledger, 1_500) for till in tills]
    assert [len(numbers) for numbers in found] == [1_000, 1_000]
    assert not set(found[0]) & set(found[1])
    for till in tills:
        till.round()
        assert len(take(till.ledger, 10)) == 10
        till.close()
    office.close()


def test_a_number_that_another_till_enrolled_is_passed_over(office: TestedOffice, tmp_path: Path) -> None:
    """A card that lies in this till's block was printed elsewhere before."""
    first, second = (OfficeTill(tmp_path / f"till-{seed}", office, seed) for seed in (1, 2))
    first.round()
    number = take(first.ledger, 1)[0]
    beside = PLASTIC.number(PLASTIC.serial_within(number) + 1)
    second.round()
    second.enrol(beside, "Ben")
    second.round()
    first.round()
    assert beside not in take(first.ledger, 500)
    for till in (first, second):
        till.close()
    office.close()


def test_a_till_that_stood_alone_keeps_its_numbers_to_itself(office: TestedOffice, tmp_path: Path) -> None:
    """Also when a block for another till is drawn in the very same place."""
    other = OfficeTill(tmp_path / "other", office, 4)
    with other.ledger.store.reader() as reader:
        start = PLASTIC.start(request_id(reader.head().epoch, PLASTIC, 0))
    alone = OfficeTill(tmp_path / "alone", office, 3)
    alone.ledger.store.leave()
    with alone.ledger.store.exclusive() as ledger:
        epoch = ledger.value("SELECT epoch FROM journal ORDER BY seq DESC LIMIT 1")
        row = (epoch, "29", 13, "gs1", start, PLASTIC.capacity - 1, start, b"", None)
        ledger.run("INSERT INTO number_block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    numbers = set(take(alone.ledger, 50))
    assert PLASTIC.number(start) in numbers
    alone.ledger.store.join(
        alone.row, programme_key=alone.ledger.store.programme_key, profile_key=office.head.secrets.profile_key
    )
    alone.round()
    other.round()
    later = [*take(alone.ledger, 1_000), *take(other.ledger, 1_000)]
    assert PLASTIC.number(start + 50) in later
    assert len(set(later)) == len(later) == 2_000
    assert not numbers & set(later)
    other.close()
    alone.close()
    office.close()


class Accidents:
    """Three tills and their head office, and whatever can happen to them.

    Attributes:
        handed_out: Every number that was on a card.
    """

    def __init__(self, office: TestedOffice, folder: Path, seed: int) -> None:
        self._office = office
        self._folder = folder
        self._dice = random.Random(seed)
        self._tills = [OfficeTill(folder / f"till-{number}", office, number) for number in range(3)]
        self.handed_out: list[str] = []

    def happen(self) -> None:
        """Do something to somebody."""
        often, sometimes, seldom = 6, 2, 1
        moves: dict[Callable[[OfficeTill], None], int] = {
            self._hand_out: often,
            self._talk: often,
            self._copy_or_put_back: sometimes,
            self._leave_or_come_back: sometimes,
            self._copy_or_put_back_head_office: seldom,
        }
        (move,) = self._dice.choices(list(moves), list(moves.values()))
        move(self._dice.choice(self._tills))

    def _hand_out(self, till: OfficeTill) -> None:
        self.handed_out += take(till.ledger, self._dice.randrange(1, 400))

    def _talk(self, till: OfficeTill) -> None:
        if till.ledger.store.head_office is not None:
            till.round()

    def _leave_or_come_back(self, till: OfficeTill) -> None:
        store = till.ledger.store
        if store.head_office is not None:
            store.leave()
            return
        profile_key = self._office.head.secrets.profile_key
        store.join(till.row, programme_key=store.programme_key, profile_key=profile_key)

    def _copy_or_put_back(self, till: OfficeTill) -> None:
        """The till's ledger as it was when it was last copied."""
        ledger = till.ledger
        copy = self._folder / f"{ledger.directory.name}.sqlite"
        if not copy.exists():
            backup(ledger.directory, copy)
            return
        ledger.store.close()
        restore(copy, ledger.directory, clock=ledger.clock, ids=ledger.ids)
        ledger.store = open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids)
        copy.unlink()

    def _copy_or_put_back_head_office(self, _: OfficeTill) -> None:
        """Database and archive together, so that head office itself notices nothing."""
        kept = self._folder / "kept"
        self._office.head.close()
        if kept.exists():
            shutil.rmtree(self._office.data)
            kept.replace(self._office.data)
        else:
            shutil.copytree(self._office.data, kept)
        self._office.restart()

    def close(self) -> None:
        for till in self._tills:
            till.close()
        self._office.close()


@pytest.mark.parametrize("seed", range(4))
def test_no_accident_makes_two_cards_of_one_number(office: TestedOffice, tmp_path: Path, seed: int) -> None:
    """They hand out, talk, are copied and put back, leave and come back; head office is put back, too."""
    shop = Accidents(office, tmp_path, seed)
    for _ in range(STEPS):
        shop.happen()
    assert len(shop.handed_out) > 1_000
    assert len(set(shop.handed_out)) == len(shop.handed_out)
    shop.close()
