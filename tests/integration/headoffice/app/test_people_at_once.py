"""What is said of one person at the same moment, on PostgreSQL: an erasure stays one, a card has one account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headoffice.store.tables import PROFILE_FIELD, SEARCH_TERM
from headoffice.views import Erased
from tests.fakes.headoffice import count, member
from tests.fakes.office import TestedOffice
from tests.fakes.races import Gate, race

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def office(tmp_path: Path, postgres_url: str) -> Iterator[TestedOffice]:
    """Head office on PostgreSQL: SQLite's one writer has no two at once."""
    office = TestedOffice(tmp_path / "office", postgres_url)
    yield office
    office.close()


@pytest.mark.parametrize("erased_first", [True, False])
@pytest.mark.parametrize("by_till", [True, False])
def test_an_edit_and_an_erasure_leave_nobody(office: TestedOffice, *, erased_first: bool, by_till: bool) -> None:
    """Neither transaction sees the other's; whoever comes second must find out all the same."""
    till, other = office.till(), office.till()
    till.append(till.sale(member(1)))
    till.push()
    name, stone = office.profile(member(1), "Anna Quast"), office.tombstone(member(1))

    def edit() -> None:
        office.edit(till, name)

    def erase() -> None:
        if by_till:
            office.edit(other, stone)
        else:
            assert isinstance(office.head.erase(member(1), by="Ines"), Erased)

    race(office.head.database, Gate(office.head.database), *((erase, edit) if erased_first else (edit, erase)))
    found = office.head.member(member(1))
    assert found is not None
    assert found.erased_day == office.clock.today()
    for table in (PROFILE_FIELD, SEARCH_TERM):
        assert count(office.head.database, table) == 0


def test_two_tills_that_bring_one_card_at_once_have_one_account(office: TestedOffice) -> None:
    """Both stood alone and gave it an account of their own; the points of both belong to whoever holds the card."""
    till, other = office.till(), office.till()
    till.append(till.sale(member(1), 5_000))
    till.push()
    other.append(other.sale(member(2), 3_000))
    other.push()
    cards = office.card(member(1)), office.card(member(2))
    race(
        office.head.database,
        Gate(office.head.database),
        lambda: office.edit(till, cards[0]),
        lambda: office.edit(other, cards[1]),
    )
    assert office.balance(member(1)) == office.balance(member(2)) == 80
    office.assert_sound()
