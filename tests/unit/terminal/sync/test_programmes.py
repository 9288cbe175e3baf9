"""Programmes that come from head office: the newest one that can be read is adopted, and the others are told of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loyalty.feed import ProgrammeItem
from terminal.app.adopt_pending import Unreadable, why_unreadable
from terminal.sync.looking import Seen, look
from terminal.sync.status import PendingProgramme, SyncMode, SyncStatus, UnreadableProgramme
from tests.fakes.joined_till import JoinedTill
from tests.fakes.ledger import PROGRAMME

DAY_US = 24 * 60 * 60 * 1_000_000


def version(number: int, *, layout: int = 1, currency: str = "EUR", also: str = "") -> str:
    """The programme under another version, perhaps as a newer program would write it."""
    text = PROGRAMME.replace("version = 1\n", f"version = {number}\n").replace("format = 1\n", f"format = {layout}\n")
    return also + text.replace('currency = "EUR"', f'currency = "{currency}"')


@pytest.fixture
def till(tmp_path: Path) -> Iterator[JoinedTill]:
    """A till that has joined."""
    made = JoinedTill(tmp_path / "till")
    yield made
    made.close()


def _publish(till: JoinedTill, document: str, number: int, in_days: int = 0) -> ProgrammeItem:
    item = ProgrammeItem(number, document, till.ledger.clock.now_us() + in_days * DAY_US)
    till.office.feed.append(item)
    return item


def _status(till: JoinedTill) -> SyncStatus:
    with till.ledger.store.reader() as reader:
        return look(reader, till.ledger.store.head_office, Seen(SyncMode.ONLINE))


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (version(2), None),
        (version(2, layout=2), Unreadable.NEWER),
        (version(2, layout=2, also="clock = 'moon'\n"), Unreadable.NEWER),
        (version(2, also="clock = 'moon'\n"), Unreadable.BROKEN),
        ("version = 2", Unreadable.BROKEN),
        ("[", Unreadable.BROKEN),
        ("", Unreadable.BROKEN),
        (version(2, currency="CHF"), Unreadable.OTHER_CURRENCY),
    ],
)
def test_a_programme_says_why_it_cannot_be_read(document: str, why: Unreadable | None) -> None:
    """A layout above this till's own is newer; anything else that has mistakes is broken."""
    assert why_unreadable(document, "EUR") is why


def test_what_can_be_read_is_adopted_when_it_starts(till: JoinedTill) -> None:
    """And until then it is the next programme."""
    item = _publish(till, version(2), 2, in_days=1)
    till.round()
    assert _status(till).pending == PendingProgramme(2, item.starts_at_us)
    till.ledger.clock.advance(days=2)
    till.round()
    assert till.ledger.store.programme.version == 2
    assert (_status(till).pending, _status(till).unreadable) == (None, None)


@pytest.mark.parametrize("in_days", [0, 3])
def test_what_cannot_be_read_is_told_before_and_after_it_starts(till: JoinedTill, in_days: int) -> None:
    """It is never the next programme, because it will not come into force here; nothing is written for it."""
    item = _publish(till, version(3, layout=9), 3, in_days)
    head = till.head_seq()
    till.round()
    till.round()
    status = _status(till)
    assert status.unreadable == UnreadableProgramme(3, item.starts_at_us, Unreadable.NEWER)
    assert status.pending is None
    assert (till.ledger.store.programme.version, till.head_seq()) == (1, head)


def test_the_newest_that_can_be_read_is_the_next_best(till: JoinedTill) -> None:
    """A till that was not updated follows head office as far as it can."""
    _publish(till, version(2), 2)
    _publish(till, version(3, layout=9), 3)
    till.round()
    assert till.ledger.store.programme.version == 2
    assert _status(till).unreadable is not None


def test_a_newer_one_that_can_be_read_ends_it(till: JoinedTill) -> None:
    """Head office has published again: there is nothing left to tell."""
    _publish(till, version(3, layout=9), 3)
    till.round()
    _publish(till, version(4), 4)
    till.round()
    assert till.ledger.store.programme.version == 4
    assert _status(till).unreadable is None
