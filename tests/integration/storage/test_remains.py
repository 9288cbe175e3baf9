"""What can still be read of a damaged directory is exactly what was not damaged."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from loyalty.directory import Role
from storage import sqlite
from storage.backup import backup, key_path
from storage.files import KEY_FILE, LEDGER_FILE, VAULT_FILE
from storage.remains import (
    Intact,
    Remains,
    continuing,
    glance,
    is_of_this_layout,
    is_sound,
    key_fits,
    managers_in,
    remains,
    till_name_in,
)
from storage.schema import VAULT_APPLICATION_ID
from storage.types import CashierRow
from tests.fakes.damage import PAGE_BYTES, cut_off, damage_vault, flip_page, lose_key, lose_ledger, lose_vault

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.ledger import LedgerOfTests

RECORDS = 300


@pytest.fixture
def closed(ledger: LedgerOfTests) -> Path:
    """A closed till of 300 records with a manager and somebody who is none."""
    ledger.append(*(ledger.sale(ledger.member(number % 20)) for number in range(RECORDS - 2)))
    with ledger.store.unit() as unit:
        for name, role, blocked in (
            ("Mira", Role.MANAGER, False),
            ("Jan", Role.CASHIER, False),
            ("Uta", Role.MANAGER, True),
        ):
            unit.put_cashier(CashierRow(ledger.ids.random_id(), name, role, "hash", blocked, 0, 0))
    ledger.close()
    return ledger.directory


def pages(path: Path) -> int:
    """How many pages a file has."""
    return path.stat().st_size // PAGE_BYTES


def test_a_sound_directory_has_all_of_it(closed: Path, ledger: LedgerOfTests) -> None:
    """Every record, everything beside the journal, the key, and who may decide; progress is told."""
    told: list[tuple[int, int]] = []
    found = remains(closed, lambda done, total: told.append((done, total)))
    assert found.journal == Intact(RECORDS, 1, RECORDS, RECORDS, ledger.clock.now_us())
    assert found.journal.whole
    assert found.can_be_mended
    assert (found.sides_whole, found.key_fits, found.vault_sound, found.joined) == (True, True, True, False)
    assert found.shop == ledger.store.shop
    assert [row.name for row in found.managers] == ["Mira"]
    assert told == []


def test_long_journals_tell_how_far_the_look_is(ledger: LedgerOfTests) -> None:
    """Every thousand records."""
    ledger.append(*(ledger.sale(None) for _ in range(1_100)))
    ledger.close()
    told: list[tuple[int, int]] = []
    assert remains(ledger.directory, lambda done, total: told.append((done, total))).journal.newest == 1_102
    assert told == [(1_000, 1_102)]


def test_a_page_costs_its_own_records_and_no_others(closed: Path, tmp_path: Path) -> None:
    """Whichever page is hit: what is said to hold does, and what does not is no more than a page's worth."""
    for page in range(1, pages(closed / LEDGER_FILE), 5):
        hurt = shutil.copytree(closed, tmp_path / str(page))
        flip_page(hurt, page)
        journal = remains(hurt).journal
        assert 0 <= journal.upto <= RECORDS
        if journal.newest:
            assert journal.newest <= journal.named <= RECORDS
        if 0 < journal.upto < journal.since:
            assert journal.newest == RECORDS
            assert journal.since - journal.upto < 30
            assert not journal.whole


def test_how_far_a_copy_and_the_rest_reach() -> None:
    """A gap is closed by a copy that covers it, and by no other."""
    gap = Intact(upto=100, since=120, newest=300, named=300)
    assert [gap.reached_from(seq) for seq in (50, 100, 118, 119, 150, 300, 310)] == [100, 100, 118, 300, 300, 300, 310]
    assert Intact(upto=80, since=1, newest=80, named=80).reached_from(20) == 80
    assert Intact().reached_from(7) == 7


def test_a_cut_off_ledger_gives_its_beginning(closed: Path) -> None:
    """SQLite refuses such a file; here it is read as far as it goes."""
    cut_off(closed)
    found = remains(closed)
    assert 50 < found.journal.upto < RECORDS
    assert found.shop is not None


@pytest.mark.parametrize("what", ["header", "missing", "schema"])
def test_what_is_no_ledger_any_more_gives_nothing(closed: Path, what: str) -> None:
    """No guess is made; the vault beside it is judged all the same."""
    if what == "header":
        flip_page(closed)
    elif what == "missing":
        lose_ledger(closed)
    else:
        with (closed / LEDGER_FILE).open("r+b") as file:
            file.seek(100)  # behind the file's header: the first page of the schema
            file.write(b"\xa5" * (PAGE_BYTES - 100))
    found = remains(closed)
    assert found.journal.upto == 0
    assert not found.can_be_mended
    assert found.vault_sound


def test_a_ledger_that_cannot_be_opened_gives_nothing(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that does not let the file be read at all."""

    def refuse(*_: object, **__: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("storage.remains.open_damaged", refuse)
    with pytest.raises(PermissionError):
        is_sound(closed / VAULT_FILE, VAULT_APPLICATION_ID)
    monkeypatch.setattr("storage.remains.keys_hold", lambda _: True)
    assert remains(closed) == Remains(vault_sound=True)
    assert glance(closed) == Remains()
    assert continuing(closed / LEDGER_FILE, []) == frozenset()
    assert managers_in(closed / LEDGER_FILE) == ()
    assert till_name_in(closed / LEDGER_FILE) == ""


def test_rows_of_another_kind_end_the_walk_and_not_the_program(closed: Path) -> None:
    """A damaged cell can hold anything, also what no rule has seen."""
    with closing(sqlite.connect(closed / LEDGER_FILE, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER journal_refuses_update")
        connection.execute("PRAGMA ignore_check_constraints = 1")
        connection.execute("UPDATE journal SET payload = x'ff' WHERE seq = 40")
        connection.execute("UPDATE journal SET hash = x'00', prev_hash = x'00' WHERE seq = 60")
        connection.execute("UPDATE journal SET hash = zeroblob(32) WHERE seq = 280")
    journal = remains(closed).journal
    assert (journal.upto, journal.since, journal.newest) == (39, 281, RECORDS)


def test_what_judging_a_row_runs_into_is_a_row_that_does_not_hold(
    closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No damage of a cell may end the program that looks at it."""

    def trip(*_: object) -> str:
        raise TypeError("a str where bytes must be")

    monkeypatch.setattr("storage.remains.link_problem", trip)
    assert remains(closed).journal.upto == 0
    monkeypatch.setattr("storage.remains.chain_hash", trip)
    assert remains(closed).journal == Intact(0, 0, 0, RECORDS, 0)


def test_a_journal_with_nothing_in_it(closed: Path) -> None:
    """Every ledger is born with a record; one without has lost all."""
    with closing(sqlite.connect(closed / LEDGER_FILE, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER journal_refuses_delete")
        connection.execute("DELETE FROM journal")
    found = remains(closed)
    assert found.journal == Intact(0, 0, 0, RECORDS, 0)  # the bookings still speak of them
    assert not found.key_fits


def test_side_tables_that_cannot_be_read_are_told(closed: Path, tmp_path: Path) -> None:
    """Some page carries cards or people; without them no ledger can be made anew."""
    told = set()
    for page in range(1, pages(closed / LEDGER_FILE), 2):
        hurt = shutil.copytree(closed, tmp_path / str(page))
        flip_page(hurt, page)
        told.add(remains(hurt).sides_whole)
    assert told == {True, False}


def test_only_the_key_of_the_journal_fits(closed: Path, tmp_path: Path) -> None:
    """The digest in the newest epoch's first record tells it from every other key."""
    ledger, key = closed / LEDGER_FILE, closed / KEY_FILE
    assert key_fits(ledger, key)
    other = tmp_path / "other.key"
    other.write_bytes(bytes(32))
    assert not key_fits(ledger, other)
    other.write_bytes(b"short")
    assert not key_fits(ledger, other)
    assert not key_fits(ledger, tmp_path / "none.key")
    flip_page(closed)
    assert not key_fits(ledger, key)
    lose_key(closed)
    assert not remains(closed).key_fits


def test_the_vault_is_judged_by_itself(closed: Path) -> None:
    """Sound, damaged, another file, missing."""
    vault = closed / VAULT_FILE
    assert is_sound(vault, VAULT_APPLICATION_ID)
    assert not is_sound(closed / LEDGER_FILE, VAULT_APPLICATION_ID)
    with vault.open("r+b") as file:
        file.seek(PAGE_BYTES)
        file.write(b"\xa5" * PAGE_BYTES)
    assert not is_sound(vault, VAULT_APPLICATION_ID)
    damage_vault(closed)
    assert not is_sound(vault, VAULT_APPLICATION_ID)
    lose_vault(closed)
    assert not is_sound(vault, VAULT_APPLICATION_ID)
    assert not remains(closed).vault_sound


def test_a_glance_costs_no_walk(closed: Path) -> None:
    """How far the ledger goes, whose it is, who may decide."""
    found = glance(closed)
    assert (found.journal.named, found.journal.upto) == (RECORDS, 0)
    assert [row.name for row in found.managers] == ["Mira"]
    assert found.shop is not None


def test_copies_of_this_ledger_are_told_from_others(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """A copy continues when its last record stands in the ledger, also when only the next one can be read."""
    mine, other, none = tmp_path / "mine", tmp_path / "other", tmp_path / "none"
    ledger.append(ledger.sale(None))
    backup(ledger.directory, mine)
    ledger.append(*(ledger.sale(None) for _ in range(3)))
    ledger.close()
    elsewhere = type(ledger)(tmp_path / "elsewhere", seed=9)
    elsewhere.append(elsewhere.sale(None))
    backup(elsewhere.directory, other)
    elsewhere.close()
    none.write_text("no copy")
    path = ledger.directory / LEDGER_FILE
    assert continuing(path, [mine, other, none]) == frozenset({mine})
    assert key_fits(path, key_path(mine))
    assert not key_fits(path, key_path(other))
    assert till_name_in(mine) == "Kasse 1"
    assert managers_in(mine) == ()


def test_the_layout_decides_whether_it_can_be_mended(closed: Path) -> None:
    """An older or newer file is another matter."""
    ledger = closed / LEDGER_FILE
    assert is_of_this_layout(ledger)
    assert not is_of_this_layout(closed / VAULT_FILE)
    assert not is_of_this_layout(closed / "nothing")
    with closing(sqlite.connect(ledger, isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version = 1")
    assert not is_of_this_layout(ledger)
