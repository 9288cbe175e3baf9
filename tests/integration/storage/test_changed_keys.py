"""Keys that a disk has changed: what they opened is lost and told, and nobody has to restore again and again."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from loyalty.directory import Profile, Role
from storage import sqlite
from storage.backup import restore
from storage.errors import DiskFull
from storage.files import LEDGER_FILE, VAULT_FILE
from storage.remains import keys_hold
from storage.salvage import RenewedVault, renew_vault, salvage
from storage.store import open_store
from storage.types import CashierRow
from storage.verify import verify
from tests.fakes.damage import by_hand
from tests.fakes.ledger_joined import sealed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.ledger import LedgerOfTests
    from tests.fakes.ledger_joined import JoinedLedger

MEMBERS = 3


@pytest.fixture
def closed(ledger: LedgerOfTests) -> Path:
    """A closed till with three names."""
    with ledger.store.unit() as unit:
        for number in range(MEMBERS):
            unit.put_profile(ledger.member(number), Profile(f"Person {number}"))
    ledger.append(ledger.sale(ledger.member(1)))
    ledger.close()
    return ledger.directory


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


def test_a_renewed_vault_tells_of_keys_that_are_gone(closed: Path) -> None:
    """Its pages could all be read; its checksum knows of one more."""
    by_hand(closed / VAULT_FILE, "DELETE FROM member_key WHERE member_id = (SELECT min(member_id) FROM member_key)")
    assert renew_vault(closed) == RenewedVault(MEMBERS - 1, "vault.before.sqlite")


def test_keys_are_accepted_when_the_ledger_stands(
    closed: Path, ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then everything is as it was, and the next try tells the same."""
    by_hand(closed / VAULT_FILE, "UPDATE member_key SET key = zeroblob(32)")

    def full(*_: object) -> None:
        raise DiskFull("no room")

    with monkeypatch.context() as patch:
        patch.setattr("storage.backup.swap", full)
        with pytest.raises(DiskFull):
            restore(closed / LEDGER_FILE, closed, clock=ledger.clock, ids=ledger.ids)
    assert not keys_hold(closed / VAULT_FILE)
    restore(closed / LEDGER_FILE, closed, clock=ledger.clock, ids=ledger.ids)
    assert keys_hold(closed / VAULT_FILE)


@pytest.mark.parametrize("damage", ["profiles", "till", "checksum"])
def test_a_key_that_opens_a_person_is_the_right_one(joined: JoinedLedger, damage: str) -> None:
    """Its checksum leaves it open; what head office has told proves it, where there is anybody."""
    stranger = joined.member(9)
    joined.pull(joined.statement(stranger, 5), sealed(stranger, Profile("Frieda")))
    joined.close()
    sql = "UPDATE table_checksum SET sum = sum + 1 WHERE name = 'till_key'"
    if damage != "checksum":
        sql = f"UPDATE till_key SET key = zeroblob(32) WHERE name = '{damage}'"  # noqa: S608 - planted
    by_hand(joined.directory / VAULT_FILE, "INSERT OR IGNORE INTO till_key VALUES ('till', zeroblob(32))")
    by_hand(joined.directory / VAULT_FILE, sql)
    restore(joined.directory / LEDGER_FILE, joined.directory, clock=joined.clock, ids=joined.ids)
    assert verify(joined.directory).ok
    with open_store(joined.directory, clock=joined.clock, ids=joined.ids) as store:
        assert (store.head_office is None) == (damage == "profiles")


@pytest.mark.parametrize("name", ["profiles", "till"])
def test_the_tills_own_keys_are_given_up_where_they_are_in_doubt(joined: JoinedLedger, name: str) -> None:
    """With another key no name that head office tells could be read: the till stands alone, and joins again."""
    joined.close_replica()
    joined.store.replica_path.unlink(missing_ok=True)
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
