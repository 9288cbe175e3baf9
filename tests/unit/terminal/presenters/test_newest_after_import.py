"""After an import "the newest booking" is still what somebody did at this till, never an old programme's sale."""

from __future__ import annotations

from pathlib import Path

import pytest

from loyalty.records import Sale
from terminal.app.importing.run import ImportCommand, Kind, import_file
from terminal.app.newest import newest_booking, newest_to_undo
from terminal.presenters.states import Screen
from tests.fakes.counter import ANNA, BEN, Counter
from tests.fakes.sync_line import said

OLD = f"A-1;2024-03-01 10:00;{ANNA};9,00;EUR;9"
FRESH = "A-2;{minutes_ago};;5,00;EUR;"
"""Sold under the old programme just before the import: F9 would undo it without asking."""


@pytest.fixture
def imported(counter: Counter, tmp_path: Path) -> Counter:
    """The counter, with two sales of an old programme as the journal's last records."""
    now_us = counter.clock.now_us()
    day = counter.clock.business_day(now_us).isoformat()
    minutes = now_us // 60_000_000 + counter.clock.utc_offset_min(now_us) - 1
    fresh = FRESH.format(minutes_ago=f"{day} {minutes // 60 % 24:02}:{minutes % 60:02}")
    path = tmp_path / "sales.csv"
    path.write_text(f"receipt;at;card;amount;currency;points\n{OLD}\n{fresh}\n", "utf-8")
    command = ImportCommand(Kind.SALES, path, award=False, encoding=None, note="", copies=tmp_path / "copies")
    assert import_file(counter.till, command, lambda *_: None).imported == 2
    counter.shell.home()
    return counter


def test_nothing_is_newest_right_after_an_import(imported: Counter) -> None:
    """Neither for showing nor for undoing, although there are older bookings of the till's own."""
    reader = imported.desk.reader
    assert len(reader.recent_bookings(3)) == 3
    assert newest_booking(reader) is None
    assert newest_to_undo(reader) is None


def test_the_first_screen_offers_no_imported_sale(imported: Counter) -> None:
    """Its tile names none, F6 shows an empty screen, and F9 says that there is nothing to undo."""
    idle = imported.shell.idle.state
    assert (idle.can_undo, idle.tiles[-1].value) == (False, "–")
    before = imported.desk.reader.count()
    imported.shell.undo_newest()
    assert "(M-175)" in said(imported.shell.idle.state.notice)
    imported.shell.show_void(None)
    assert not imported.shell.void.state.preview
    imported.shell.key("Enter")
    assert imported.desk.reader.count() == before


def test_what_is_booked_from_then_on_is_the_newest_again(imported: Counter) -> None:
    """And is undone at a key; behind it there is nothing."""
    own = imported.earn(BEN, 700).record
    reader = imported.desk.reader
    newest, undoable = newest_booking(reader), newest_to_undo(reader)
    assert newest is not None
    assert undoable is not None
    assert newest.record == undoable.record == own
    imported.shell.undo_newest()
    assert imported.screen() is Screen.DONE
    assert newest_to_undo(reader) is None


def test_a_members_newest_is_the_one_of_this_till(imported: Counter) -> None:
    """F6 with a card before the scanner: Anna's last purchase here, not what she bought elsewhere years ago."""
    imported.scan(ANNA)
    imported.shell.member.void()
    assert imported.screen() is Screen.VOID
    tiles = [tile.value for tile in imported.shell.void.state.preview]
    assert tiles[:1] == ["−84"]


def test_an_imported_sale_is_undone_by_its_number(imported: Counter) -> None:
    """Whoever brings the old receipt gets the money back."""
    old = next(one.record for one in imported.desk.reader.recent_bookings(2) if one.points)
    assert isinstance(old, Sale)
    imported.shell.show_void(old.record_id)
    assert [tile.value for tile in imported.shell.void.state.preview][:1] == ["−9"]
