"""Fresh card numbers: each is one till's, whatever is asked, by how many at once, and after whatever accident."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import update

from headoffice.app import numbers as module
from headoffice.errors import Refusal
from headoffice.store.tables import SERVER
from loyalty.cards import Check
from loyalty.numbering import NUMBERS_MAX, Block, Held, NumbersRequest, Series
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


def test_no_number_is_given_to_two_tills(office: TestedOffice, tills: Tills) -> None:
    """Blocks follow each other from a place of this head office's own."""
    start = PLASTIC.start(office.head.server.epoch)
    assert tills.ask(tills.first) == Block(start, start + 999)
    assert tills.ask(tills.second, 50) == Block(start + 1_000, start + 1_049)
    assert tills.ask(tills.first) == Block(start + 1_050, start + 2_049)


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


def test_what_tills_hold_and_what_are_cards_is_passed_over(office: TestedOffice, tills: Tills) -> None:
    """Handed out before joining, typed in by hand, taken over from an old programme."""
    start = PLASTIC.start(office.head.server.epoch)
    office.edit(tills.first, office.card(member(1), PLASTIC.number(start + 5)))
    office.edit(tills.first, office.card(member(2), PLASTIC.number(start + 7)))
    held = (Held(PLASTIC, Block(start + 10, start + 29)),)
    assert tills.ask(tills.second, 10, held=held) == Block(start + 30, start + 39)
    office.edit(tills.first, office.card(member(3), PLASTIC.number(start + 45)))
    assert tills.ask(tills.second, 10) == Block(start + 46, start + 55)


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


def test_a_head_office_that_was_put_back_begins_in_another_place(office: TestedOffice, tills: Tills) -> None:
    """It does not know what it gave after the moment it was put back to."""
    before = tills.ask(tills.first)
    with office.head.database.write() as connection:
        connection.execute(update(SERVER).values(epoch=UUID(int=9, version=4)))
    office.restart()
    after = tills.ask(tills.first)
    assert before is not None
    assert after is not None
    assert abs(after.first - before.first) > NUMBERS_MAX


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
