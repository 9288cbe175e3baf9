"""What no journal proves is damaged: noticed by proof and quick check, in no copy, and mended by copies and salvage."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import msgspec
import pytest

from loyalty.directory import CardStatus, Profile, Role
from storage import sqlite
from storage.backup import backup, check_copy, restore
from storage.connection import open_frozen
from storage.errors import Damaged, DiskFailed, ReadOnlyDisk, StorageError
from storage.files import LEDGER_FILE
from storage.remains import remains
from storage.salvage import salvage
from storage.store import open_store
from storage.types import CardRow, CashierRow
from storage.verify import quick_check, verify
from terminal.app.adjust import AdjustCommand, adjust
from terminal.app.enrol import EnrolCommand, enrol
from terminal.app.members import EraseCommand, erase_member
from terminal.app.till import Till
from tests.fakes.damage import by_hand, overwrite_page
from tests.fakes.ledger import card_number

if TYPE_CHECKING:
    from pathlib import Path

    from storage.connection import Database
    from tests.fakes.ledger import LedgerOfTests

MEMBERS = 3


@pytest.fixture
def closed(ledger: LedgerOfTests, tmp_path: Path) -> Path:
    """A closed till with cards, names and a cashier; ``copy`` is from before its last card and its last block."""
    with ledger.store.unit() as unit:
        cards = [CardRow(ledger.ids.random_id(), card_number(n), ledger.member(n)) for n in range(MEMBERS)]
        for number, card in enumerate(cards):
            unit.put_card(card)
            unit.put_profile(ledger.member(number), Profile(f"Person {number}"))
        unit.put_cashier(CashierRow(ledger.ids.random_id(), "Mia", Role.MANAGER, "$argon2id$"))
    ledger.append(ledger.sale(ledger.member(1)))
    backup(ledger.directory, tmp_path / "copy")
    with ledger.store.unit() as unit:
        unit.put_card(CardRow(ledger.ids.random_id(), card_number(MEMBERS), ledger.member(MEMBERS)))
        unit.put_card(msgspec.structs.replace(cards[1], status=CardStatus.BLOCKED))
    ledger.append(ledger.sale(ledger.member(MEMBERS)))
    ledger.close()
    return ledger.directory


LOSE_CASHIERS = "DELETE FROM cashier"
CHANGE_A_CARD = "UPDATE card SET member_id = (SELECT max(member_id) FROM card)"


def test_it_is_told_by_proof_and_quick_check(closed: Path) -> None:
    """Right after the start, where the table is small."""
    by_hand(closed / LEDGER_FILE, LOSE_CASHIERS)
    told = ("ledger.sqlite: cashier: 1 rows were written, and 0 stand there",)
    assert quick_check(closed) == told
    assert verify(closed).problems == told
    assert remains(closed).sides_whole


def test_no_copy_of_it_counts(closed: Path, ledger: LedgerOfTests, tmp_path: Path) -> None:
    """A copy that took the damage along would push a good one out; one that is damaged itself is not put back."""
    by_hand(closed / LEDGER_FILE, CHANGE_A_CARD)
    with pytest.raises(Damaged, match="card: a row is not as it was written"):
        backup(closed, tmp_path / "another")
    assert not (tmp_path / "another").exists()
    good = (tmp_path / "copy").read_bytes()
    by_hand(tmp_path / "copy", LOSE_CASHIERS)
    pauses: list[float] = []
    with pytest.raises(Damaged, match="cashier"):
        check_copy(tmp_path / "copy", pauses.append)
    with pytest.raises(Damaged, match="cashier"):
        restore(tmp_path / "copy", closed, clock=ledger.clock, ids=ledger.ids)
    (tmp_path / "copy").write_bytes(good)
    restore(tmp_path / "copy", closed, clock=ledger.clock, ids=ledger.ids)
    assert verify(closed).ok


def _seen(ledger: LedgerOfTests, directory: Path) -> tuple[list[str], dict[int, tuple[int, CardStatus]]]:
    """The cashiers, and whose each card is."""
    with open_store(directory, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
        cards = {number: reader.card(card_number(number)) for number in range(MEMBERS + 1)}
        owners = {ledger.member(number): number for number in range(MEMBERS + 1)}
        found = {number: (owners[card.member_id], card.status) for number, card in cards.items() if card}
        return [cashier.name for cashier in reader.cashiers()], found


UNMENDED = ("ledger.sqlite: cashier: a row", "ledger.sqlite: free_text", "ledger.sqlite: number_demand")
"""Tables for which nothing fits in some of the tests."""


def mended(
    ledger: LedgerOfTests, directory: Path, copy: Path, made: Path
) -> tuple[list[str], dict[int, tuple[int, CardStatus]]]:
    """Salvage with the help of a copy, put it in place, prove it; gives what is seen then."""
    saved = salvage(directory / LEDGER_FILE, made, mend_from=copy)
    assert all(problem.startswith(UNMENDED) for problem in saved.unproved)
    restore(made, directory, clock=ledger.clock, ids=ledger.ids)
    assert verify(directory).ok
    return _seen(ledger, directory)


ACTIVE, BLOCKED = CardStatus.ACTIVE, CardStatus.BLOCKED
WHOLE = (["Mia"], {0: (0, ACTIVE), 1: (1, BLOCKED), 2: (2, ACTIVE), 3: (3, ACTIVE)})

MENDED = {
    "all rows are gone": LOSE_CASHIERS,
    "one row is gone": "DELETE FROM card WHERE number = :third",
    "one row was changed": "UPDATE card SET member_id = zeroblob(16) WHERE number = :first",
    "a status was changed": "UPDATE card SET status = 'blocked' WHERE number = :third",
    "a key was changed": "UPDATE cashier SET cashier_id = zeroblob(16)",  # the row stays as it is: it might be newer
    "two numbers were changed": "UPDATE card SET number = number || '0' WHERE number IN (:first, :third)",
    "two rows were changed": "UPDATE card SET member_id = zeroblob(16) WHERE number IN (:first, :third)",
    "one is gone, one was changed": "UPDATE OR REPLACE card SET member_id = zeroblob(16),"
    " card_ref = (SELECT card_ref FROM card WHERE number = :first) WHERE number = :third",
    "a row that nobody wrote": "INSERT INTO card VALUES (zeroblob(16), 'x1', 'x2', zeroblob(16), 'active')",
    "a number backwards": "UPDATE card SET number_reversed = '1' WHERE number = :first",
}


@pytest.mark.parametrize("damage", MENDED)
def test_the_checksum_tells_which_row_of_the_copy_fits(
    closed: Path, ledger: LedgerOfTests, tmp_path: Path, damage: str
) -> None:
    """Everything is what was written again: also what was blocked, and who came, since the copy."""
    with closing(sqlite.connect(closed / LEDGER_FILE, isolation_level=None)) as connection:
        connection.execute(MENDED[damage], {"first": card_number(0), "third": card_number(2)})
    assert mended(ledger, closed, tmp_path / "copy", tmp_path / "made") == WHOLE


def test_a_note_that_was_deleted_since_stays_deleted(closed: Path, ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Another note was damaged, and the copy has both; it may have been deleted for a reason."""
    ledger.reopen()
    kept, deleted = ledger.ids.random_id(), ledger.ids.random_id()
    with ledger.store.unit() as unit:
        unit.put_text(kept, "kept")
        unit.put_text(deleted, "deleted")
    backup(closed, tmp_path / "notes")
    with ledger.store.exclusive() as database:
        database.run("DELETE FROM free_text WHERE text_ref = ?", (deleted.bytes,))
    ledger.close()
    by_hand(closed / LEDGER_FILE, "UPDATE free_text SET text = 'kapt'")
    mended(ledger, closed, tmp_path / "notes", tmp_path / "made")
    with closing(sqlite.connect(closed / LEDGER_FILE)) as connection:
        found = connection.execute("SELECT text_ref, text FROM free_text").fetchall()
    assert found == [(kept.bytes, "kept")], "the one that was changed fits, and the other is no part of it"
    by_hand(closed / LEDGER_FILE, "UPDATE free_text SET text = 'kapt', text_ref = zeroblob(16)")
    mended(ledger, closed, tmp_path / "notes", tmp_path / "second")
    with closing(sqlite.connect(closed / LEDGER_FILE)) as connection:
        assert connection.execute("SELECT text FROM free_text").fetchall() == [("kapt",)]


MANY = 20
OF_MANY = {
    "all gone": "DELETE FROM free_text",
    "all changed": "UPDATE free_text SET text = text || 'x'",
    "half gone, half changed": "DELETE FROM free_text WHERE text < 'note 15'; UPDATE free_text SET text = text || 'x'",
    "one gone": "DELETE FROM free_text WHERE text = 'note 7'",
}


@pytest.mark.parametrize("damage", OF_MANY)
def test_of_many_rows_one_or_all_are_found(ledger: LedgerOfTests, tmp_path: Path, damage: str) -> None:
    """Not every choice of twenty can be tried."""
    refs = [ledger.ids.random_id() for _ in range(MANY)]
    with ledger.store.unit() as unit:
        for number, ref in enumerate(refs):
            unit.put_text(ref, f"note {number}")
    backup(ledger.directory, tmp_path / "copy")
    with ledger.store.exclusive() as database:
        if damage == "one gone":
            database.run("UPDATE free_text SET text = 'new ' || text WHERE text <> 'note 7'")
    ledger.close()
    written = _notes(ledger.directory)
    for sql in OF_MANY[damage].split(";"):
        by_hand(ledger.directory / LEDGER_FILE, sql)
    assert _notes(ledger.directory) != written
    salvage(ledger.directory / LEDGER_FILE, tmp_path / "made", mend_from=tmp_path / "copy")
    restore(tmp_path / "made", ledger.directory, clock=ledger.clock, ids=ledger.ids)
    assert _notes(ledger.directory) == written


def _notes(directory: Path) -> dict[bytes, str]:
    with closing(sqlite.connect(directory / LEDGER_FILE)) as connection:
        return dict(connection.execute("SELECT text_ref, text FROM free_text"))


def test_an_erasure_that_names_nobody_ends_it(closed: Path, tmp_path: Path) -> None:
    """As damage, not as a mistake of ours."""
    by_hand(closed / LEDGER_FILE, LOSE_CASHIERS)
    by_hand(closed / LEDGER_FILE, "INSERT INTO tombstone VALUES (x'01', 1, '2026-11-21')")
    with pytest.raises(Damaged, match="tombstone"):
        salvage(closed / LEDGER_FILE, tmp_path / "made", mend_from=tmp_path / "copy")


@pytest.mark.parametrize("error", [ReadOnlyDisk("the stick is gone"), DiskFailed("EIO")], ids=str)
def test_a_copy_that_is_gone_is_no_reason_to_stop(
    closed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: StorageError
) -> None:
    """It only helps; without it the table is taken as it is."""
    by_hand(closed / LEDGER_FILE, LOSE_CASHIERS)

    def gone(path: Path) -> Database:
        if path == tmp_path / "copy":
            raise error
        return open_frozen(path)

    monkeypatch.setattr("storage.salvage.open_frozen", gone)
    assert len(salvage(closed / LEDGER_FILE, tmp_path / "made", mend_from=tmp_path / "copy").unproved) == 1


def test_where_nothing_fits_no_newer_row_gives_way(closed: Path, ledger: LedgerOfTests, tmp_path: Path) -> None:
    """A card that was blocked since the copy stays blocked; a row that only the copy has is put beside the others."""
    by_hand(closed / LEDGER_FILE, "UPDATE card SET member_id = zeroblob(16) WHERE number = ?", card_number(MEMBERS))
    by_hand(closed / LEDGER_FILE, "DELETE FROM card WHERE number = ?", card_number(2))
    saved = salvage(closed / LEDGER_FILE, tmp_path / "made", base=tmp_path / "copy")
    assert saved.unproved == (f"ledger.sqlite: card: {MEMBERS + 1} rows were written, and {MEMBERS} stand there",)
    shutil.copy(tmp_path / "copy.key", tmp_path / "made.key")
    with closing(sqlite.connect(tmp_path / "made")) as connection:
        cards = dict(connection.execute("SELECT number, status FROM card"))
    assert cards == {card_number(n): "blocked" if n == 1 else "active" for n in range(MEMBERS + 1)}


def test_nobody_who_was_erased_since_comes_back(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Their card and their name are in the copy, and their table has to be mended out of it."""
    till = Till(ledger.store, ledger.clock, ledger.ids)
    for number in (1, 2):
        enrol(till, EnrolCommand(ledger.ids.record_id(), card_number(number), f"Person {number}"))
    adjust(till, AdjustCommand(ledger.ids.record_id(), card_number(1), 25, "a note on the first"))
    backup(ledger.directory, tmp_path / "copy")
    erase_member(till, EraseCommand(card_number(1)))
    ledger.close()
    for sql in ("DELETE FROM card", "DELETE FROM free_text", "INSERT INTO free_text VALUES (zeroblob(16), 'x')"):
        by_hand(ledger.directory / LEDGER_FILE, sql)
    seen = mended(ledger, ledger.directory, tmp_path / "copy", tmp_path / "made")
    with closing(sqlite.connect(ledger.directory / LEDGER_FILE)) as connection:
        assert connection.execute("SELECT number FROM card").fetchall() == [(card_number(2),)]
        assert connection.execute("SELECT text FROM free_text").fetchall() == [("x",)]
    assert seen[1].keys() == {2}


def test_a_copy_of_an_earlier_layout_mends_as_well(closed: Path, ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Every copy is one, until the first after an update. What such a copy can't tell stays as it is."""
    by_hand(tmp_path / "copy", "DROP TABLE table_checksum")
    by_hand(tmp_path / "copy", "DROP TABLE number_demand")
    by_hand(tmp_path / "copy", "PRAGMA user_version = 5")
    by_hand(closed / LEDGER_FILE, LOSE_CASHIERS)
    by_hand(closed / LEDGER_FILE, "INSERT INTO number_demand VALUES ('29', 13, 'gs1', 7)")
    assert mended(ledger, closed, tmp_path / "copy", tmp_path / "made") == WHOLE


@pytest.mark.parametrize("fault", ["damaged", "unsure", "the same table", "no copy", "no checksum", "no checksums"])
def test_what_can_not_be_mended_is_taken_as_it_is(
    closed: Path, ledger: LedgerOfTests, tmp_path: Path, fault: str
) -> None:
    """The till goes on, and what stands there counts from then on."""
    by_hand(closed / LEDGER_FILE, LOSE_CASHIERS)
    copy: Path | None = tmp_path / "copy"
    match fault:
        case "damaged":
            data = (tmp_path / "copy").read_bytes()
            (tmp_path / "copy").write_bytes(data[:4096] + b"\xa5" * (len(data) - 4096))
        case "unsure":
            overwrite_root(tmp_path / "copy", "table_checksum")
        case "the same table":
            by_hand(tmp_path / "copy", LOSE_CASHIERS)
        case "no copy":
            copy = None
        case "no checksum":
            by_hand(closed / LEDGER_FILE, "DELETE FROM table_checksum WHERE name = 'cashier'")
        case _:
            overwrite_root(closed / LEDGER_FILE, "table_checksum")
    saved = salvage(closed / LEDGER_FILE, tmp_path / "made", mend_from=copy)
    assert len(saved.unproved) == 1, "what is taken as it is is told"
    restore(tmp_path / "made", closed, clock=ledger.clock, ids=ledger.ids)
    assert verify(closed).ok
    assert _seen(ledger, closed) == ([], WHOLE[1])


def overwrite_root(path: Path, table: str) -> None:
    """Make a table's first page one that can't be read."""
    with closing(sqlite.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    overwrite_page(path, page - 1)


def test_a_row_that_is_none_is_left_out(closed: Path, ledger: LedgerOfTests, tmp_path: Path) -> None:
    """What a disk has put into a table adds nothing that is no row; the copy's fits again."""
    with closing(sqlite.connect(closed / LEDGER_FILE, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = 1")
        connection.execute("UPDATE sqlite_schema SET sql = replace(sql, 'TEXT NOT NULL', 'TEXT') WHERE name = 'card'")
    by_hand(closed / LEDGER_FILE, "UPDATE card SET status = NULL WHERE number = ?", card_number(0))
    assert mended(ledger, closed, tmp_path / "copy", tmp_path / "made") == WHOLE
