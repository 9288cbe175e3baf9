"""A reader beside the till never takes what is booked between two of its statements for damage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from storage.connection import Database
from storage.types import CardRow
from tests.fakes.ledger import card_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.store import Reader
    from tests.fakes.ledger import LedgerOfTests


@pytest.fixture
def between(ledger: LedgerOfTests, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Let a member's first sale, with a new card, be booked right behind the reader's first statement of a kind."""

    def arrange(method: str) -> list[str]:
        statement = getattr(Database, method)
        booked: list[str] = []

        def hooked(self: Database, sql: str, *parameters: Any) -> Any:  # noqa: ANN401 - whatever the statement gives
            found = statement(self, sql, *parameters)
            if self is reader._ledger and not booked:
                booked.append(sql)
                with ledger.store.unit() as unit:
                    unit.append(ledger.sale(ledger.member()))
                    unit.put_card(CardRow(ledger.ids.random_id(), card_number(1), ledger.member()))
            return found

        monkeypatch.setattr(Database, method, hooked)
        return booked

    return arrange


def test_a_card_that_is_issued_meanwhile(
    ledger: LedgerOfTests, reader: Reader, between: Callable[[str], list[str]]
) -> None:
    """It is unknown, as it was at first, and known the next time."""
    number = card_number(1)
    booked = between("one")
    assert reader.card(number) is None
    assert booked
    assert reader.card(number) is not None


def test_an_account_that_begins_meanwhile(
    ledger: LedgerOfTests, reader: Reader, between: Callable[[str], list[str]]
) -> None:
    """It is empty, as it was at first."""
    booked = between("one")
    assert reader.account(ledger.member()).balance == 0
    assert booked
    assert reader.account(ledger.member()).balance == 10


def test_points_that_are_earned_meanwhile(
    ledger: LedgerOfTests, reader: Reader, between: Callable[[str], list[str]]
) -> None:
    """Lots and balance are those of one moment."""
    booked = between("all")
    assert reader.lots(ledger.member()) == ()
    assert booked
    assert sum(lot.left for lot in reader.lots(ledger.member())) == 10
