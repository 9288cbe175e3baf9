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
from storage.salvage import RenewedVault, renew_vault, salvage
from storage.store import open_store
from storage.types import CardRow, CashierRow
from storage.verify import quick_check, verify
from tests.fakes.ledger import card_number

if TYPE_CHECKING:
    from pathlib import Path

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
    assert not remains(closed).sides_proved


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


def test_a_damaged_table_is_the_copys_with_what_came_since(closed: Path, ledger: LedgerOfTests, tmp_path: Path) -> None:
    """The other tables are as new as ever; a row of both is the copy's, as the damaged one can't be believed."""
    by_hand(closed / LEDGER_FILE, LOSE_CASHIERS)
    salvage(closed / LEDGER_FILE, tmp_path / "made", base=tmp_path / "copy")
    shutil.copy(tmp_path / "copy.key", tmp_path / "made.key")
    by_hand(closed / LEDGER_FILE, CHANGE_A_CARD)
    salvage(closed / LEDGER_FILE, tmp_path / "second", base=tmp_path / "copy")
    shutil.copy(tmp_path / "copy.key", tmp_path / "second.key")
    restore(tmp_path / "made", closed, clock=ledger.clock, ids=ledger.ids)
    active, blocked = CardStatus.ACTIVE, CardStatus.BLOCKED
    assert _seen(ledger, closed) == (["Mia"], {0: (0, active), 1: (1, blocked), 2: (2, active), 3: (3, active)})
    assert verify(closed).ok
    restore(tmp_path / "second", closed, clock=ledger.clock, ids=ledger.ids)
    cashiers, cards = _seen(ledger, closed)
    assert cashiers == ["Mia"]
    assert [cards[number] for number in range(MEMBERS)] == [(0, active), (1, active), (2, active)]
    assert MEMBERS in cards
    assert verify(closed).ok


def test_without_a_copy_it_is_taken_as_it_is(closed: Path, ledger: LedgerOfTests, tmp_path: Path) -> None:
    """The till goes on, and what stands there counts from then on."""
    by_hand(closed / LEDGER_FILE, CHANGE_A_CARD)
    salvage(closed / LEDGER_FILE, tmp_path / "made")
    restore(tmp_path / "made", closed, clock=ledger.clock, ids=ledger.ids)
    assert verify(closed).ok


def test_a_row_that_fits_nowhere_is_left_out(closed: Path, tmp_path: Path) -> None:
    """A table is the copy's; what a disk has put into the damaged one adds nothing that is no row."""
    with closing(sqlite.connect(closed / LEDGER_FILE, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = 1")
        connection.execute("UPDATE sqlite_schema SET sql = replace(sql, 'TEXT NOT NULL', 'TEXT') WHERE name = 'card'")
    by_hand(closed / LEDGER_FILE, "UPDATE card SET status = NULL WHERE number = ?", card_number(MEMBERS))
    salvage(closed / LEDGER_FILE, tmp_path / "made", base=tmp_path / "copy")
    with closing(sqlite.connect(tmp_path / "made")) as connection:
        assert connection.execute("SELECT count(*) FROM card").fetchone() == (MEMBERS,)


def test_a_key_that_was_changed_is_no_key(closed: Path, ledger: LedgerOfTests) -> None:
    """The others are saved, the damaged vault is kept, and the name that nobody can read is no reason to stop again."""
    vault = closed / VAULT_FILE
    by_hand(vault, "UPDATE member_key SET key = zeroblob(32) WHERE member_id = (SELECT min(member_id) FROM member_key)")
    assert verify(closed).problems == (
        "vault.sqlite: member_key: a row is not as it was written",
        "1 profiles can't be opened with the keys in vault.sqlite",
    )
    assert not keys_hold(vault)
    assert renew_vault(closed) == RenewedVault(MEMBERS, "vault.before.sqlite")
    restore(closed / LEDGER_FILE, closed, clock=ledger.clock, ids=ledger.ids)
    assert verify(closed).ok
    with open_store(closed, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
        named = [reader.profile(ledger.member(number)) for number in range(MEMBERS)]
    assert sum(profile is not None for profile in named) == MEMBERS - 1


def test_a_vault_that_cannot_be_read_holds_nothing(closed: Path) -> None:
    """Pages that SQLite refuses, and none at all."""
    vault = closed / VAULT_FILE
    assert keys_hold(vault)
    vault.write_bytes(vault.read_bytes()[:4096] + b"\xa5" * 8192)
    assert not keys_hold(vault)
    vault.unlink()
    assert not keys_hold(vault)
