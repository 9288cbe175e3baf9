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
from storage.errors import Damaged
from storage.files import LEDGER_FILE, VAULT_FILE
from storage.remains import keys_hold, remains
from storage.salvage import salvage
from storage.store import open_store
from storage.types import CardRow, CashierRow
from storage.verify import quick_check, verify
from terminal.app.adjust import AdjustCommand, adjust
from terminal.app.enrol import EnrolCommand, enrol
from terminal.app.members import EraseCommand, erase_member
from terminal.app.till import Till
from tests.fakes.damage import overwrite_page
from tests.fakes.ledger import card_number

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.ledger import LedgerOfTests
    from tests.fakes.ledger_joined import JoinedLedger

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


def by_hand(path: Path, sql: str, *values: object) -> None:
    """As a disk might."""
    with closing(sqlite.connect(path, isolation_level=None)) as connection:
        connection.execute(sql, values)


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
    "a key was changed": "UPDATE cashier SET cashier_id = zeroblob(16)",
}


@pytest.mark.parametrize("damage", MENDED)
def test_the_checksum_tells_which_row_of_the_copy_fits(
    closed: Path, ledger: LedgerOfTests, tmp_path: Path, damage: str
) -> None:
    """Everything is what was written again: also what was blocked, and who came, since the copy."""
    with closing(sqlite.connect(closed / LEDGER_FILE, isolation_level=None)) as connection:
        connection.execute(MENDED[damage], {"first": card_number(0), "third": card_number(2)})
    seen = mended(ledger, closed, tmp_path / "copy", tmp_path / "made")
    if damage == "a key was changed":  # one row too many and one that is missing: both stay
        assert (sorted(seen[0]), seen[1]) == (["Mia", "Mia"], WHOLE[1])
    else:
        assert seen == WHOLE


def test_where_nothing_fits_no_newer_row_gives_way(closed: Path, ledger: LedgerOfTests, tmp_path: Path) -> None:
    """A card that was blocked since the copy stays blocked; a row that only the copy has is put beside the others."""
    by_hand(closed / LEDGER_FILE, "UPDATE card SET member_id = zeroblob(16) WHERE number = ?", card_number(0))
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


@pytest.mark.parametrize("fault", ["damaged", "the same table", "no copy", "no checksum", "no checksums"])
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
        case "the same table":
            by_hand(tmp_path / "copy", LOSE_CASHIERS)
        case "no copy":
            copy = None
        case "no checksum":
            by_hand(closed / LEDGER_FILE, "DELETE FROM table_checksum WHERE name = 'cashier'")
        case _:
            overwrite_root(closed / LEDGER_FILE, "table_checksum")
    saved = salvage(closed / LEDGER_FILE, tmp_path / "made", mend_from=copy)
    assert len(saved.unproved) == (fault != "no checksums"), "what is taken as it is is told"
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


# ------------------------------------------------------------------------------------------------- the vault


def test_a_key_that_was_changed_opens_nothing(closed: Path, ledger: LedgerOfTests) -> None:
    """The other names are there, and the one that nobody can read is no reason to stop again."""
    vault = closed / VAULT_FILE
    by_hand(vault, "UPDATE member_key SET key = zeroblob(32) WHERE member_id = (SELECT min(member_id) FROM member_key)")
    assert verify(closed).problems == (
        "vault.sqlite: member_key: a row is not as it was written",
        "1 profiles can't be opened with the keys in vault.sqlite",
    )
    assert not keys_hold(vault)
    restore(closed / LEDGER_FILE, closed, clock=ledger.clock, ids=ledger.ids)
    assert verify(closed).ok
    assert keys_hold(vault)
    with open_store(closed, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
        named = [reader.profile(ledger.member(number)) for number in range(MEMBERS)]
    assert sum(profile is not None for profile in named) == MEMBERS - 1


@pytest.mark.parametrize("name", ["profiles", "till"])
def test_the_tills_own_keys_are_given_up_where_they_are_in_doubt(joined: JoinedLedger, name: str) -> None:
    """With another key no name that head office tells could be read: the till stands alone, and joins again."""
    with joined.store.unit() as unit:
        unit.put_cashier(CashierRow(joined.ids.random_id(), "Mia", Role.MANAGER, "$argon2id$"))
        unit.put_profile(joined.member(), Profile("Anna"))
    joined.close()
    by_hand(joined.directory / VAULT_FILE, "UPDATE till_key SET key = zeroblob(32) WHERE name = ?", name)
    restore(joined.directory / LEDGER_FILE, joined.directory, clock=joined.clock, ids=joined.ids)
    assert verify(joined.directory).ok
    with open_store(joined.directory, clock=joined.clock, ids=joined.ids) as store, store.reader() as reader:
        assert store.head_office is None
        assert [cashier.name for cashier in reader.cashiers()] == ["Mia"]
        assert reader.profile(joined.member()) == Profile("Anna")


def test_an_edit_that_nobody_can_open_goes(joined: JoinedLedger) -> None:
    """It would wait for ever; the others wait on."""
    with joined.store.unit() as unit:
        unit.put_profile(joined.member(1), Profile("Anna"))
        unit.put_profile(joined.member(2), Profile("Ben"))
    joined.close()
    by_hand(joined.directory / LEDGER_FILE, "UPDATE edit SET box = CAST(box || x'00' AS BLOB) WHERE stamp = 1")
    with closing(sqlite.connect(joined.directory / LEDGER_FILE)) as connection:
        kinds = connection.execute("SELECT count(*) FROM edit WHERE kind = 'profile'").fetchone()
    salvage(joined.directory / LEDGER_FILE, joined.directory / "made")
    restore(joined.directory / "made", joined.directory, clock=joined.clock, ids=joined.ids)
    assert verify(joined.directory).ok
    with closing(sqlite.connect(joined.directory / LEDGER_FILE)) as connection:
        assert connection.execute("SELECT count(*) FROM edit WHERE kind = 'profile'").fetchone() == (kinds[0] - 1,)


def test_a_vault_that_cannot_be_read_holds_nothing(closed: Path) -> None:
    """Pages that SQLite refuses, and none at all."""
    vault = closed / VAULT_FILE
    assert keys_hold(vault)
    vault.write_bytes(vault.read_bytes()[:4096] + b"\xa5" * 8192)
    assert not keys_hold(vault)
    vault.unlink()
    assert not keys_hold(vault)
