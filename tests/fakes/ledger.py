"""A till's ledger for tests: a small shop, and records that say only what the test is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from loyalty.cards import Check, account_id, with_check_digit
from loyalty.lines import RedemptionLine, SaleLine
from loyalty.records import (
    AnyRecord,
    DayClose,
    Redemption,
    Sale,
)
from storage.store import Store, create_store, open_store
from storage.types import Stored
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.records import RecordWriter

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMME = """
format = 1
version = 1
name = "Morgenrot Bonus"
currency = "EUR"

[earning]
points = 1
per_cents = 100

[point_value]
points = 100
value_cents = 500

[privacy]
version = "2026-1"
notice = { de = "Hinweis", en = "Notice" }

[[cards]]
id = "plastic"
prefix = "29"
length = 13
check = "gs1"

[[rewards]]
id = "coffee"
kind = "product"
name = { de = "Kaffee", en = "Coffee" }
points = 50
value_cents = 250

[[rewards]]
id = "five-off"
kind = "money_off"
name = { de = "5 Euro", en = "5 euro" }
points = 100
value_cents = 500
"""
"""One point per euro, a coffee for 50 points, five euro off for 100."""


def card_number(number: int) -> str:
    """The shop's card with a running number."""
    return with_check_digit(f"29{number:010d}", Check.GS1)


class LedgerOfTests(RecordWriter):
    """A data directory with its clock and ids, and the records a till would write into it.

    Attributes:
        directory: The data directory.
        clock: Its time.
        ids: Its ids.
        store: The open store; ``reopen`` replaces it.
    """

    def __init__(self, directory: Path, seed: int = 1) -> None:
        self.directory = directory
        self.clock = FakeClock()
        self.ids = SeededIds(seed, self.clock)
        self.store: Store = create_store(
            directory,
            shop_name="Bäckerei Morgenrot",
            till_name="Kasse 1",
            currency="EUR",
            programme_text=PROGRAMME,
            clock=self.clock,
            ids=self.ids,
        )

    def reopen(self) -> Store:
        """Close the store and open it again."""
        self.store.close()
        self.store = open_store(self.directory, clock=self.clock, ids=self.ids)
        return self.store

    def close(self) -> None:
        self.store.close()

    def member(self, number: int = 1) -> UUID:
        """The account of the shop's card with a running number."""
        return account_id(self.store.programme_key, card_number(number))

    def append(self, *records: AnyRecord) -> list[Stored]:
        """Append records in one transaction."""
        with self.store.unit() as unit:
            return [unit.append(record) for record in records]

    def sale(
        self,
        member_id: UUID | None,
        cents: int = 1_000,
        points: int | None = None,
        *rewards: RedemptionLine,
        **changed: Any,  # noqa: ANN401 - fields of a record
    ) -> Sale:
        """A purchase of one line; one point per euro for a member unless told otherwise."""
        if points is None:
            points = cents // 100 if member_id else 0
        fields: dict[str, Any] = {"currency": "EUR", "amount_cents": cents, "lines": (SaleLine(1, cents, points),)}
        taken = tuple(msgspec.structs.replace(reward, line=2 + index) for index, reward in enumerate(rewards))
        return Sale(**(self.header(member_id) | fields | {"redemptions": taken} | changed))

    def reward(self, reward_id: str = "coffee", points: int = 50, cents: int = 250) -> RedemptionLine:
        """A reward taken; money off unless it is the coffee."""
        return RedemptionLine(1, reward_id, points, cents, money_off=reward_id != "coffee")

    def redemption(self, member_id: UUID, reward: RedemptionLine | None = None) -> Redemption:
        """A reward taken without a purchase."""
        return Redemption(**self.header(member_id), redemption=reward or self.reward())

    def day_close(self, number: int = 1) -> DayClose:
        """Freezes today with the totals the ledger has for it."""
        with self.store.reader() as reader:
            report = reader.day_report(self.clock.today())
        return DayClose(
            **self.header(None),
            number=number,
            closed_day=report.day,
            totals=report.totals,
            open_points=report.open_points,
        )
