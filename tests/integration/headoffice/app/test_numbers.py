"""Fresh card numbers: each is one till's, whatever is asked, by how many at once, and after whatever accident."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import delete

from headoffice.app import numbers as module
from headoffice.errors import Refusal
from headoffice.store.archive import NumbersLine
from headoffice.store.number_tables import NUMBER_BLOCK
from loyalty.cards import Check
from loyalty.numbering import Block, Held, NumbersRequest, Series
from loyalty.wire import ProblemCode
from tests.fakes.headoffice import member

if TYPE_CHECKING:
    from headoffice.store.rows import TerminalRow
    from tests.fakes.office import TestedOffice

PLASTIC = Series("29", 13, Check.GS1)
SHORT = Series("BM-", 5, Check.NONE)
ENOUGH = 200
"""More questions than any test here needs."""


class Tills:
    """Two tills that ask.

    Attributes:
        first: One of them.
        second: The other.
    """

    def __init__(self, office: TestedOffice) -> None:
        self._office = office
        self.first = office.join("Kasse 1")
        self.second = office.join("Kasse 2")

    def ask(
        self,
        till: TerminalRow,
        count: int = 1_000,
        series: Series | None = PLASTIC,
        *,
        request_id: UUID | None = None,
        held: tuple[Held, ...] = (),
    ) -> Block | None:
        """Ask for a block."""
        request = NumbersRequest(request_id or self._office.ids.random_id(), series, count, held)
        return self._office.head.numbers(till, request).block


@pytest.fixture
def tills(office: TestedOffice) -> Tills:
    """Two tills of one store."""
    return Tills(office)


def test_a_block_begins_where_its_request_says(tills: Tills) -> None:
    """At a place drawn from the request's id, and behind it where that place is given already."""
    asked = UUID(int=7, version=4)
    start = PLASTIC.start(asked)
    held = (Held(PLASTIC, Block(start - 10, start + 4)),)
    assert tills.ask(tills.first, 50, held=held, request_id=asked) == Block(start + 5, start + 54)


def test_the_same_question_has_the_same_answer(tills: Tills) -> None:
    """However often it is asked; from another till, or about other cards, it is another question under a used id."""
    asked = UUID(int=1, version=4)
    block = tills.ask(tills.first, request_id=asked)
    assert tills.ask(tills.first, request_id=asked) == block
    for till, series in ((tills.second, PLASTIC), (tills.first, SHORT), (tills.first, Series("29", 14, Check.GS1))):
        with pytest.raises(Refusal) as refusal:
            tills.ask(till, series=series, request_id=asked)
        assert refusal.value.code is ProblemCode.BAD_REQUEST


def test_who_only_tells_is_given_nothing(tills: Tills) -> None:
    """And what was told, twice as well, is nobody else's from then on."""
    block = tills.ask(tills.first, 100, SHORT)
    assert block is not None
    held = (Held(SHORT, Block(0, 49)), Held(SHORT, Block(0, 49)))
    assert tills.ask(tills.first, series=None, held=held) is None
    assert tills.ask(tills.second, series=None, held=held) is None


@pytest.mark.parametrize("block", [Block(5, 4), Block(99, 100), Block(10**17, 10**17)])
def test_numbers_that_there_are_not_are_refused(tills: Tills, block: Block) -> None:
    """Nothing of such a request counts."""
    with pytest.raises(Refusal) as refusal:
        tills.ask(tills.first, series=SHORT, held=(Held(SHORT, block),))
    assert refusal.value.code is ProblemCode.BAD_REQUEST


def test_what_tills_hold_and_what_are_cards_is_passed_over(office: TestedOffice, tills: Tills) -> None:
    """Handed out before joining, typed in by hand, taken over from an old programme."""
    asked = UUID(int=7, version=4)
    start = PLASTIC.start(asked)
    for serial in (start + 5, start + 7, start + 39):
        office.edit(tills.first, office.card(member(serial % 97), PLASTIC.number(serial)))
    held = (Held(PLASTIC, Block(start + 10, start + 29)),)
    assert tills.ask(tills.second, 10, held=held, request_id=asked) == Block(start + 40, start + 49)


def test_a_range_full_of_holes_is_used_to_its_last_number(office: TestedOffice, tills: Tills) -> None:
    """Smaller blocks where no large one is free, around the end; then there is none."""
    cards = {3, 10, 11, 40, 41, 42, 77, 99}
    for serial in cards:
        office.edit(tills.first, office.card(member(serial), SHORT.number(serial)))
    tills.ask(tills.second, series=None, held=(Held(SHORT, Block(60, 69)),))
    found: list[int] = []
    for _ in range(ENOUGH):
        block = tills.ask(tills.first, 16, SHORT)
        if block is None:
            break
        found += range(block.first, block.last + 1)
    assert len(found) == len(set(found))
    assert set(found) == set(range(100)) - cards - set(range(60, 70))
    assert tills.ask(tills.second, 1, SHORT) is None


def test_a_rule_whose_prefix_changed_gives_no_number_again(office: TestedOffice, tills: Tills) -> None:
    """Numbers are compared as texts: another prefix or check digit counts in the same range all the same."""
    wide, narrow, unchecked = Series("9", 6, Check.GS1), Series("95", 6, Check.GS1), Series("9", 6, Check.NONE)
    given: set[str] = set()
    for series in (wide, narrow, unchecked, narrow, wide, unchecked):
        block = tills.ask(tills.first, 70, series)
        assert block is not None
        texts = {series.lowest(serial)[:5] for serial in range(block.first, block.last + 1)}
        if series is unchecked:
            texts = {series.number(serial)[:5] for serial in range(block.first, block.last + 1)}
        assert not texts & given
        given |= texts


def test_a_database_that_was_put_back_learns_from_the_archive_what_it_gave(office: TestedOffice, tills: Tills) -> None:
    """And is another epoch then, so that every till tells what it has as well."""
    epoch = office.head.server.epoch
    asked = UUID(int=7, version=4)
    block = tills.ask(tills.first, request_id=asked, held=(Held(SHORT, Block(0, 9)),))
    with office.head.database.write() as connection:
        connection.execute(delete(NUMBER_BLOCK))
    office.restart()
    assert office.head.server.epoch != epoch
    assert tills.ask(tills.first, request_id=asked) == block
    assert tills.ask(tills.second, 5, SHORT) == Block(10, 14)
    after = office.head.server.epoch
    office.restart()
    assert office.head.server.epoch == after


def test_an_archive_that_was_lost_is_written_anew(office: TestedOffice, tills: Tills) -> None:
    """From what the database knows."""
    block = tills.ask(tills.first, 5, SHORT)
    office.head.office.archive.path.unlink()
    office.restart()
    found = [line for line in office.head.office.archive.lines() if isinstance(line, NumbersLine)]
    assert block is not None
    assert [(line.lowest, line.is_given) for line in found] == [(SHORT.number(block.first), True)]


def test_a_search_ends(office: TestedOffice, tills: Tills, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the range is crowded beyond measure a smaller gap is looked for instead of all day."""
    monkeypatch.setattr(module, "STEPS_MAX", 2)
    for serial in (5, 12, 20, 33, 50):
        office.edit(tills.first, office.card(member(serial), SHORT.number(serial)))
    assert tills.ask(tills.second, 16, SHORT) == Block(0, 3)


def test_tills_that_ask_at_once_get_different_numbers(office: TestedOffice, tills: Tills) -> None:
    """Also from several processes, as far as one can show it with threads."""
    with ThreadPoolExecutor(4) as pool:
        rows = [tills.first, tills.second] * 8
        blocks = list(pool.map(lambda till: tills.ask(till, 10), rows))
    serials = [serial for block in blocks if block for serial in range(block.first, block.last + 1)]
    assert len(serials) == len(set(serials)) == 160
