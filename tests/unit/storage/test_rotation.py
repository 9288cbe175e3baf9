"""Which copies may go: a pure rule over what lies in a folder."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import sqlite
from storage.backup import backup
from storage.rotation import (
    DEFAULT_RULES,
    ENDING,
    BackupCopy,
    Rules,
    copies_in,
    file_name,
    keep,
    name_of_till,
    next_number,
    read_copy,
)

if TYPE_CHECKING:
    from tests.fakes.ledger import LedgerOfTests

US_PER_HOUR = 3_600_000_000
NOON_US = 1_795_348_800_000_000  # 2026-11-22 12:00 UTC, a Sunday
TILL, OTHER = UUID(int=1, version=4), UUID(int=2, version=4)
EPOCH = UUID(int=3, version=4)
NEIGHBOUR = UUID(int=7 << 96, version=4)  # names begin with the first digits of an id
TIMES = st.integers(0, 20 * 365 * 24 * US_PER_HOUR)
"""Moments between 1970 and 1990: twenty years hold every leap day and turn of a year."""


def copy_at(at_us: int, number: int, *, till: UUID = TILL, records: int = 1) -> BackupCopy:
    """A copy as a folder lists it."""
    name = file_name(till, at_us, number) if number else f"by-hand-{at_us}"
    return BackupCopy(Path(name), at_us, records, EPOCH, 4096, till, "Bäckerei", number)


@st.composite
def folders(draw: st.DrawFn) -> list[BackupCopy]:
    """Copies of one till in the order they were made, by any clock, of a ledger that may have been put back."""
    times = draw(st.lists(TIMES, max_size=40))
    if draw(st.booleans()):
        times.sort()
    records = draw(st.lists(st.integers(1, 10_000), min_size=len(times), max_size=len(times)))
    return [copy_at(at, number + 1, records=records[number]) for number, at in enumerate(times)]


RULES = st.builds(
    Rules,
    last=st.integers(0, 3),
    hours=st.integers(0, 5),
    days=st.integers(0, 5),
    weeks=st.integers(0, 5),
    months=st.integers(0, 5),
)


@given(folders(), RULES)
def test_the_newest_stays_whatever_clock_and_rules_say(copies: list[BackupCopy], rules: Rules) -> None:
    """By number, by time and by records: one of them is what the shop wants back."""
    kept = [copy for copy in copies if copy not in keep(copies, rules)]
    assert bool(kept) == bool(copies)
    if copies:
        assert max(copy.number for copy in kept) == max(copy.number for copy in copies)
        assert max(copy.made_at_us for copy in kept) == max(copy.made_at_us for copy in copies)
        assert max(copy.records for copy in kept) == max(copy.records for copy in copies)


@given(folders(), RULES)
def test_the_folder_does_not_grow_for_ever(copies: list[BackupCopy], rules: Rules) -> None:
    """What stays is bounded by the rules alone."""
    assert len(copies) - len(keep(copies, rules)) <= rules.most


@given(folders(), RULES)
def test_thinning_twice_deletes_nothing_more(copies: list[BackupCopy], rules: Rules) -> None:
    """What was kept is kept: the rule does not eat its own result."""
    gone = keep(copies, rules)
    assert keep([copy for copy in copies if copy not in gone], rules) == []


@given(folders(), folders(), RULES)
def test_another_tills_copies_are_never_touched(own: list[BackupCopy], others: list[BackupCopy], rules: Rules) -> None:
    """In a shared folder each till's copies are judged as if it were alone."""
    theirs = [copy_at(each.made_at_us, each.number, till=OTHER, records=each.records) for each in others]
    gone = keep([*theirs, *own], rules)
    assert [copy for copy in gone if copy.terminal_id == TILL] == keep(own, rules)
    assert [copy for copy in gone if copy.terminal_id == OTHER] == keep(theirs, rules)


@given(folders(), RULES, st.randoms(use_true_random=False))
def test_the_order_of_a_listing_does_not_matter(copies: list[BackupCopy], rules: Rules, random: Random) -> None:
    """Folders list as they like."""
    shuffled = list(copies)
    random.shuffle(shuffled)
    assert keep(shuffled, rules) == keep(copies, rules)


@given(folders())
def test_what_somebody_made_by_hand_is_theirs(copies: list[BackupCopy]) -> None:
    """A copy without a number is never named."""
    by_hand = [copy_at(at, 0) for at in range(0, 50 * US_PER_HOUR, US_PER_HOUR)]
    assert not set(keep([*copies, *by_hand])) & set(by_hand)


def test_a_year_of_hourly_copies_thins_out_evenly() -> None:
    """Twelve hours of today, fourteen days, eight weeks, three months; the oldest goes first."""
    copies: list[BackupCopy] = []
    for hour in range(365 * 24):
        copies.append(copy_at(NOON_US + hour * US_PER_HOUR, hour + 1))
        if hour % 24 == 23:
            gone = keep(copies)
            assert gone == sorted(gone, key=lambda copy: copy.number)
            copies = [copy for copy in copies if copy not in gone]
    assert copies[-1].number == 365 * 24
    hours_old = [(copies[-1].made_at_us - copy.made_at_us) // US_PER_HOUR for copy in copies]
    assert hours_old[-12:] == list(range(11, -1, -1))
    assert len(copies) <= DEFAULT_RULES.most
    assert max(hours_old) > 7 * 7 * 24, "seven weeks back at least"
    days = {copy.made_at_us // (24 * US_PER_HOUR) for copy in copies}
    newest = max(days)
    assert {newest - back for back in range(14)} <= days


def test_a_clock_that_fell_back_to_1970_costs_no_copy_of_today() -> None:
    """The battery of the clock is empty: every start is 1970, and what was made last still stays."""
    good = [copy_at(NOON_US - day * 24 * US_PER_HOUR, 100 - day) for day in range(20)]
    wrong = [copy_at(minute * 60_000_000, 101 + minute) for minute in range(30)]
    gone = keep([*good, *wrong])
    assert wrong[-1] not in gone
    assert good[0] not in gone
    assert len([copy for copy in good if copy not in gone]) >= 14


def test_names_say_whose_when_and_which(tmp_path: Path) -> None:
    """They sort as they were made, and hold no name of anybody."""
    name = file_name(TILL, NOON_US, 7)
    assert name == f"{name_of_till(TILL)}-20261122T120000Z-00007{ENDING}"
    assert file_name(TILL, NOON_US, 7) < file_name(TILL, NOON_US + US_PER_HOUR, 8)
    assert next_number(tmp_path, TILL) == 1
    numbers = (4, 9_999_999_999)  # no till gets as far as the second
    for name in (
        *(file_name(TILL, 1, number) for number in numbers),
        f"{file_name(TILL, 1, 11)}.damaged",
        file_name(NEIGHBOUR, 1, 9),
        "notes.txt",
    ):  # none of them can be read as a copy
        (tmp_path / name).touch()
    assert next_number(tmp_path, TILL) == 12
    assert copies_in(tmp_path / "none") == []


def test_a_folder_lists_copies_and_nothing_else(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Letters, scratched files, a ledger in use, a newer program's copy, a pipe: left out, and no error."""
    ledger.append(ledger.sale(ledger.member()))
    folder, till = tmp_path / "copies", ledger.store.shop.terminal_id
    folder.mkdir()
    good = folder / file_name(till, NOON_US, 3)
    last = backup(ledger.directory, good)
    by_hand = folder / "before the holidays"
    shutil.copy(good, by_hand)
    os.utime(by_hand, (1_000, 1_000))
    (folder / "letter.txt").write_text("Dear bakery" * 100)
    (folder / "empty").touch()
    (folder / "folder").mkdir()
    shutil.copy(good, folder / ".hidden.part")
    shutil.copy(good, folder / "cut off")
    os.truncate(folder / "cut off", 8192)
    shutil.copy(good, folder / "in use")
    (folder / "in use-wal").write_bytes(b"log")
    shutil.copy(ledger.directory / "vault.sqlite", folder / "vault")
    for name, sql in (
        ("newer", "PRAGMA user_version = 99"),
        ("no journal", "DROP TABLE journal"),
        ("no shop", "DROP TABLE shop"),
        ("no record", "CREATE TABLE aside AS SELECT 1; DROP TABLE aside"),
        ("odd id", "UPDATE shop SET terminal_id = x'00'"),
    ):
        shutil.copy(good, folder / name)
        with closing(sqlite.connect(folder / name, isolation_level=None)) as connection:
            connection.executescript(sql)
            if name == "no record":
                connection.execute("DROP TRIGGER journal_refuses_delete")
                connection.execute("DELETE FROM journal")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe")
    found = copies_in(folder)
    assert [copy.path.name for copy in found] == [good.name, by_hand.name]
    first = found[0]
    assert (first.made_at_us, first.number, first.records, first.epoch) == (NOON_US, 3, last.seq, last.epoch)
    assert (first.terminal_id, first.shop_name) == (till, ledger.store.shop.name)
    assert first.bytes == good.stat().st_size
    assert (found[1].made_at_us, found[1].number) == (1_000_000_000, 0)


@pytest.mark.parametrize(
    "name",
    [
        f"{name_of_till(OTHER)}-20261122T120000Z-00007{ENDING}",
        "stammkunde-{till}-20261399T120000Z-00007.backup",
        "stammkunde-{till}-20261122T120000Z-00000.backup",
    ],
    ids=["another till's name", "no such day", "number 0"],
)
def test_a_name_that_does_not_fit_the_file_makes_it_a_copy_by_hand(
    ledger: LedgerOfTests, tmp_path: Path, name: str
) -> None:
    """What was renamed is not the rotation's to delete."""
    path = tmp_path / name.format(till=ledger.store.shop.terminal_id.hex[:8])
    backup(ledger.directory, path)
    copy = read_copy(path)
    assert copy is not None
    assert copy.number == 0


def test_a_folder_that_nobody_can_read_has_no_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stick that is pulled out while it is listed."""

    def gone(_: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "iterdir", gone)
    assert copies_in(tmp_path) == []


def test_a_file_that_goes_while_it_is_read_is_no_copy(tmp_path: Path) -> None:
    """Between the listing and the look."""
    assert read_copy(tmp_path / "gone") is None
