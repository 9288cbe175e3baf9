"""A round takes no more memory for ten times the work: records go up in batches, changes come down in pages."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING
from uuid import UUID

from loyalty.feed import PAGE_MAX, ChangesReply, Cursor, StatementItem
from loyalty.wire import BATCH_RECORDS_MAX, EpochHead, PushReply, PushRequest, Verdict, ack_bytes
from tests.fakes.head_office_port import TERMINAL, FakeHeadOffice
from tests.fakes.joined_till import JoinedTill

if TYPE_CHECKING:
    from loyalty.feed import Item

BATCHES = 2, 12
PAGES = 12, 36
"""So many and so many more; more rows than are ever held before they are written, see ``storage.publishing``."""


class ForgetfulOffice(FakeHeadOffice):
    """Signs for everything and keeps nothing, makes pages as they are asked for, so that only the till's memory shows.

    Attributes:
        pages: How many pages it has.
        heads: By epoch, the last record it has seen.
    """

    pages = 0
    heads: dict[UUID, EpochHead]

    def push(self, request: PushRequest) -> PushReply:
        last = request.records[-1]
        head = EpochHead(request.epoch, last.seq, last.hash)
        self.heads = {**getattr(self, "heads", {}), request.epoch: head}
        verdicts = (Verdict.BOOKED,) * len(request.records)
        signature = self._key.sign(ack_bytes(TERMINAL, self.epoch, head))
        return PushReply(self.epoch, self._heads(), verdicts, None, last.seq, 0, signature)

    def changes(self, after: Cursor | None, limit: int) -> ChangesReply:
        page = after.n // PAGE_MAX if after else 0
        items: tuple[Item, ...] = tuple(
            StatementItem(UUID(int=page * PAGE_MAX + number), balance=number, sales=1) for number in range(PAGE_MAX)
        )
        cursor = Cursor(self.epoch, (page + 1) * PAGE_MAX, bytes(16))
        positions = {head.epoch: head.seq for head in self._heads()}
        more = page + 1 < self.pages
        return ChangesReply(items, cursor, more, positions, reset=False, server_time_us=self._clock.now_us())

    def _heads(self) -> tuple[EpochHead, ...]:
        return tuple(getattr(self, "heads", {}).values())

    def _cursor(self, n: int) -> Cursor:
        return Cursor(self.epoch, self.pages * PAGE_MAX, bytes(16)) if n or self.pages else Cursor(self.epoch, 0)


def peak_of_a_round(till: JoinedTill) -> int:
    """The most bytes that were held at once beyond what was held before."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        till.round()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak - before


def test_a_long_way_up_takes_no_more_memory_than_a_short_one(till: JoinedTill) -> None:
    """After a week without a line the till sends on as it was, beside a cashier who sells."""
    till.office = ForgetfulOffice(till.ledger.clock)
    till.round()  # whatever is loaded once

    def wait_for(batches: int) -> int:
        with till.ledger.store.unit() as unit:
            for _ in range(batches * BATCH_RECORDS_MAX):
                unit.append(till.ledger.sale(None, 100))
        return peak_of_a_round(till)

    few, many = map(wait_for, BATCHES)
    assert many < few * 1.5


def test_a_long_way_down_takes_no_more_memory_than_a_short_one(till: JoinedTill) -> None:
    """Whoever was away for a month gets page after page, and none of them is kept."""
    office = till.office = ForgetfulOffice(till.ledger.clock)
    till.round()

    def pull(pages: int) -> int:
        office.epoch, office.pages = UUID(int=office.epoch.int + 1), pages  # put back: everything is fetched anew
        peak = peak_of_a_round(till)
        state = till.state()
        assert state is not None
        assert state.cursor.n == pages * PAGE_MAX
        return peak

    few, many = map(pull, PAGES)
    assert many < few * 1.5
