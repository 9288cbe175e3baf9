"""Points whose time is over, on a till that stands alone."""

from __future__ import annotations

from pathlib import Path

from loyalty.records import Expiry
from terminal.app.adopt_programme import AdoptCommand, Adopted, adopt_programme
from terminal.app.close_day import CloseDayCommand, DayClosed, close_day
from terminal.app.expire import expire_due
from tests.fakes.joined_till import JoinedTill
from tests.fakes.ledger import PROGRAMME

EXPIRING = PROGRAMME.replace("version = 1\n", "version = 2\n", 1) + "\n[expiry]\nmonths = 12\nsince = 2026-01-01\n"


def _expiring(directory: Path, *, join: bool = False) -> JoinedTill:
    till = JoinedTill(directory, join=join)
    assert isinstance(adopt_programme(till.till, AdoptCommand(till.ledger.ids.record_id(), EXPIRING)), Adopted)
    till.sell(cents=2_000)
    return till


def test_what_is_over_is_written_off_once(tmp_path: Path) -> None:
    """After the last day the points are gone; asking again writes nothing."""
    till = _expiring(tmp_path / "data")
    till.ledger.clock.advance(days=365)
    assert expire_due(till.till) == 0
    till.ledger.clock.advance(days=15)
    assert expire_due(till.till) == 20
    assert till.account().balance == 0
    assert expire_due(till.till) == 0
    till.close()


def test_closing_the_day_writes_off_first(tmp_path: Path) -> None:
    """So that it counts on the day that is closed."""
    till = _expiring(tmp_path / "data")
    till.ledger.clock.advance(days=400)
    closed = close_day(till.till, CloseDayCommand())
    assert isinstance(closed, DayClosed)
    assert closed.closes[-1].open_points == 0
    with till.ledger.store.reader() as reader:
        found = reader.stored(reader.head().seq - len(closed.closes))
    assert found is not None
    assert isinstance(found.record, Expiry)
    assert found.record.points == 20
    till.close()


def test_a_joined_till_leaves_it_to_head_office(tmp_path: Path) -> None:
    """Two that write off the same points would argue about them."""
    till = _expiring(tmp_path / "data", join=True)
    till.ledger.clock.advance(days=400)
    assert expire_due(till.till) == 0
    till.close()
