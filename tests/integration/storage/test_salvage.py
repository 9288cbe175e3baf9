"""A sound ledger made of a damaged one: every record that still proves itself, and nothing else."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from loyalty.directory import Profile
from storage import sqlite
from storage.backup import backup, check_copy, restore
from storage.errors import CopyStopped, Damaged, TillOpen
from storage.files import LEDGER_FILE, VAULT_FILE, log_path
from storage.salvage import RenewedVault, Salvaged, renew_vault, salvage
from storage.store import open_store
from storage.types import CardRow
from storage.verify import verify
from tests.fakes.damage import cut_off, damage_vault, flip_page, lose_vault, overwrite_page
from tests.fakes.ledger import card_number

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from tests.fakes.ledger import LedgerOfTests

MEMBERS = 20
HALF = 150
MANY = 20


@pytest.fixture
def closed(ledger: LedgerOfTests, tmp_path: Path) -> Path:
    """A closed till of 302 records; a copy named ``copy`` has the first 152."""
    with ledger.store.unit() as unit:
        for number in range(MEMBERS):
            unit.put_card(CardRow(ledger.ids.random_id(), card_number(number), ledger.member(number)))
            unit.put_profile(ledger.member(number), Profile(f"Person {number}"))
    ledger.append(*(ledger.sale(ledger.member(number % MEMBERS)) for number in range(HALF)))
    backup(ledger.directory, tmp_path / "copy")
    ledger.append(*(ledger.sale(ledger.member(number % MEMBERS)) for number in range(HALF)))
    ledger.close()
    return ledger.directory


def balances(ledger: LedgerOfTests, directory: Path) -> dict[int, int]:
    """What every member has, as the opened till says."""
    with open_store(directory, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
        return {number: reader.account(ledger.member(number)).balance for number in range(MEMBERS)}


def worst(told: list[tuple[int, int]]) -> bool:
    """Whether progress ever went back, or past its end."""
    return any(done > total for done, total in told) or sorted(told) != told


def test_wherever_a_page_is_lost_copy_and_remains_make_a_whole(
    closed: Path, ledger: LedgerOfTests, tmp_path: Path
) -> None:
    """With a copy of the first half, what comes of it is whole, or a beginning, or refused; never wrong."""
    whole = 0
    pages = (closed / LEDGER_FILE).stat().st_size // 4096
    for page in range(0, pages, 9):
        hurt = shutil.copytree(closed, tmp_path / f"hurt{page}")
        flip_page(hurt, page)
        made = tmp_path / f"made{page}"
        try:
            saved = salvage(hurt / LEDGER_FILE, made, base=tmp_path / "copy")
        except Damaged:
            assert not made.exists()
            continue
        assert check_copy(made).seq == saved.records
        assert saved.from_base == HALF + 2
        whole += saved.records == 2 * HALF + 2
    assert whole > pages // 27


def test_a_salvaged_ledger_opens_with_the_same_balances(closed: Path, ledger: LedgerOfTests, tmp_path: Path) -> None:
    """A projection's page is lost: everything is made anew from the journal, people and cards come along."""
    before = balances(ledger, closed)
    hurt, page = closed, 0
    for page in range(20, 80):
        hurt = shutil.copytree(closed, tmp_path / f"hurt{page}")
        flip_page(hurt, page)
        try:
            saved = salvage(hurt / LEDGER_FILE, tmp_path / f"made{page}")
        except Damaged:
            continue
        if saved == Salvaged(2 * HALF + 2, 0):
            break
    restore(tmp_path / f"made{page}", hurt, clock=ledger.clock, ids=ledger.ids)
    assert balances(ledger, hurt) == before
    with open_store(hurt, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
        assert reader.profile(ledger.member(7)) == Profile("Person 7")
        assert reader.card(card_number(7)) is not None
    assert verify(hurt).problems == ()


def test_a_cut_off_ledger_gives_its_beginning(closed: Path, ledger: LedgerOfTests, tmp_path: Path) -> None:
    """What stood behind the cut is gone; what stood before it is proved and opens."""
    cut_off(closed)
    saved = salvage(closed / LEDGER_FILE, tmp_path / "made")
    assert 50 < saved.records < 2 * HALF
    restore(tmp_path / "made", closed, clock=ledger.clock, ids=ledger.ids)
    assert verify(closed).problems == ()


def test_progress_is_told_and_ends_the_work(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """It goes up to its end; what it raises leaves no file."""
    ledger.append(*(ledger.sale(None) for _ in range(1_100)))
    backup(ledger.directory, tmp_path / "copy")
    ledger.close()
    told: list[tuple[int, int]] = []
    salvage(ledger.directory / LEDGER_FILE, tmp_path / "made", progress=lambda *step: told.append(step))
    assert told[-1] == (2 * 1_102, 2 * 1_102)
    assert not worst(told)

    def stop(_done: int, _total: int) -> None:
        raise CopyStopped("enough")

    with pytest.raises(CopyStopped):
        salvage(ledger.directory / LEDGER_FILE, tmp_path / "again", base=tmp_path / "copy", progress=stop)
    assert not (tmp_path / "again").exists()


def test_a_copy_of_another_ledger_is_no_base(closed: Path, ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Nothing of the damaged ledger is appended to it: the chain refuses."""
    other = type(ledger)(tmp_path / "other", seed=8)
    other.append(other.sale(None))
    backup(other.directory, tmp_path / "theirs")
    other.close()
    assert salvage(closed / LEDGER_FILE, tmp_path / "made", base=tmp_path / "theirs") == Salvaged(3, 3)


def test_a_base_that_does_not_hold_is_refused(closed: Path, tmp_path: Path) -> None:
    """A record in the copy that its own hash does not cover."""
    with closing(sqlite.connect(tmp_path / "copy", isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER journal_refuses_update")
        connection.execute("UPDATE journal SET payload = x'00' WHERE seq = 20")
    with pytest.raises(Damaged, match="does not hold"):
        salvage(closed / LEDGER_FILE, tmp_path / "made", base=tmp_path / "copy")


def test_rows_that_break_every_rule_end_the_taking_over(closed: Path, tmp_path: Path) -> None:
    """A text where bytes must be, a hash of another length, an id that is there twice: the records before are saved."""
    with closing(sqlite.connect(closed / LEDGER_FILE, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER journal_refuses_update")
        connection.execute("PRAGMA ignore_check_constraints = 1")
        connection.execute("UPDATE journal SET body_hash = zeroblob(3) WHERE seq = 50")
    assert salvage(closed / LEDGER_FILE, tmp_path / "made").records == 49


def test_a_row_that_is_no_row_ends_it_as_well(closed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever judging a damaged row runs into is a record that does not hold."""

    def trip(row: tuple[object, ...], _before: object) -> str | None:
        if row[0] == 9:
            raise TypeError("a str where bytes must be")
        return None

    monkeypatch.setattr("storage.salvage.link_problem", trip)
    assert salvage(closed / LEDGER_FILE, tmp_path / "made").records == 8


def test_a_record_that_the_journal_refuses_ends_it_too(
    closed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The triggers have the last word, also over what the walk let pass."""
    monkeypatch.setattr("storage.salvage.link_problem", lambda *_: None)
    with closing(sqlite.connect(closed / LEDGER_FILE, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER journal_refuses_update")
        connection.execute("UPDATE journal SET prev_hash = zeroblob(32) WHERE seq = 30")
    assert salvage(closed / LEDGER_FILE, tmp_path / "made").records == 29


def test_a_journal_of_which_nothing_holds_is_refused(closed: Path, tmp_path: Path) -> None:
    """There is nothing to go on from."""
    with closing(sqlite.connect(closed / LEDGER_FILE, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER journal_refuses_update")
        connection.execute("UPDATE journal SET payload = x'00' WHERE seq = 1")
    with pytest.raises(Damaged, match="first record"):
        salvage(closed / LEDGER_FILE, tmp_path / "made")


def test_what_is_no_ledger_is_refused(closed: Path, tmp_path: Path) -> None:
    """Another layout, another file: nothing is made."""
    flip_page(closed)
    with pytest.raises(Damaged):
        salvage(closed / LEDGER_FILE, tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_side_tables_that_can_not_be_are_refused(closed: Path, tmp_path: Path) -> None:
    """A card without a member is no card; half of the people would be worse than a copy."""
    with closing(sqlite.connect(closed / LEDGER_FILE, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = 1")
        connection.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, 'name TEXT NOT NULL', 'name TEXT') WHERE name = 'shop'"
        )
    with closing(sqlite.connect(closed / LEDGER_FILE, isolation_level=None)) as connection:
        connection.execute("UPDATE shop SET name = NULL")
    with pytest.raises(Damaged, match="shop"):
        salvage(closed / LEDGER_FILE, tmp_path / "made")


def test_the_stamps_of_edits_are_never_given_twice(closed: Path, tmp_path: Path) -> None:
    """Also when the edit itself is gone."""
    with closing(sqlite.connect(closed / LEDGER_FILE, isolation_level=None)) as connection:
        connection.execute("DELETE FROM sqlite_sequence WHERE name = 'edit'")
        connection.execute("INSERT INTO sqlite_sequence(name, seq) VALUES ('edit', 41)")
    salvage(closed / LEDGER_FILE, tmp_path / "made")
    with closing(sqlite.connect(tmp_path / "made")) as connection:
        assert connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'edit'").fetchall() == [(41,)]


# -- the vault


def names(ledger: LedgerOfTests, directory: Path) -> set[str]:
    """The names that can be read."""
    with open_store(directory, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
        found = (reader.profile(ledger.member(number)) for number in range(MEMBERS))
        return {profile.name for profile in found if profile}


def test_a_vault_whose_search_terms_are_damaged_loses_no_name(closed: Path, ledger: LedgerOfTests) -> None:
    """The keys are taken over whole, the terms are made anew, and no second file with keys is left behind."""
    vault = closed / VAULT_FILE
    pages = vault.stat().st_size // 4096
    with closing(sqlite.connect(vault)) as connection:
        roots = dict(connection.execute("SELECT name, rootpage FROM sqlite_schema"))
    keys = {roots["member_key"], roots["till_key"], roots["schema_step"], 1}
    overwrite_page(vault, next(page for page in range(pages, 0, -1) if page not in keys) - 1)
    before = {path.name for path in closed.iterdir()}
    assert renew_vault(closed) == RenewedVault(MEMBERS, "")
    assert {path.name for path in closed.iterdir()} == before
    restore(closed / LEDGER_FILE, closed, clock=ledger.clock, ids=ledger.ids)
    assert len(names(ledger, closed)) == MEMBERS
    assert verify(closed).problems == ()


def test_keys_before_and_behind_a_damaged_page_are_saved(ledger: LedgerOfTests) -> None:
    """What lies on the page is lost, and the damaged file is kept for whoever can do better."""
    members = [ledger.ids.random_id() for _ in range(400)]
    with ledger.store.unit() as unit:
        for member in members:
            unit.put_profile(member, Profile("Somebody"))
    ledger.close()
    vault = ledger.directory / VAULT_FILE
    with closing(sqlite.connect(vault)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'member_key'").fetchone()
        leaves = [
            page
            for page in range(2, vault.stat().st_size // 4096 + 1)
            if page != root and _kind(vault, page) == 10 and _holds_keys(vault, page, members)
        ]
    overwrite_page(vault, leaves[len(leaves) // 2] - 1)
    log_path(vault).write_bytes(b"")
    renewed = renew_vault(ledger.directory)
    assert renewed.aside == "vault.before.sqlite"
    assert 200 < renewed.keys < 400
    assert (ledger.directory / "vault.before.sqlite-wal").exists()


def _kind(path: Path, page: int) -> int:
    """What a page says it is; 10 is a leaf of an index (sqlite.org/fileformat2.html, 1.6)."""
    return path.read_bytes()[(page - 1) * 4096]


def _holds_keys(path: Path, page: int, members: list[UUID]) -> bool:
    data = path.read_bytes()[(page - 1) * 4096 : page * 4096]
    return sum(member.bytes in data for member in members) > MANY


def test_a_vault_that_is_no_database_gives_no_key(closed: Path) -> None:
    """It is set aside under a name nobody has, and an empty one takes its place."""
    (closed / "vault.before.sqlite").write_bytes(b"from the last time")
    damage_vault(closed)
    assert renew_vault(closed) == RenewedVault(0, "vault.before-2.sqlite")
    assert (closed / "vault.before.sqlite").read_bytes() == b"from the last time"


def test_a_key_of_another_length_is_no_key(closed: Path) -> None:
    """It could open nothing; the others are taken."""
    with closing(sqlite.connect(closed / VAULT_FILE, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = 1")
        connection.execute(
            "UPDATE member_key SET key = x'00' WHERE member_id = (SELECT min(member_id) FROM member_key)"
        )
    assert renew_vault(closed) == RenewedVault(MEMBERS - 1, "vault.before.sqlite")


def test_no_vault_is_renewed_under_an_open_till(ledger: LedgerOfTests) -> None:
    """The lock decides."""
    with pytest.raises(TillOpen):
        renew_vault(ledger.directory)


def test_renewing_needs_a_vault(closed: Path) -> None:
    """Where none is, restoring makes an empty one; here it is a mistake that leaves nothing behind."""
    lose_vault(closed)
    with pytest.raises(FileNotFoundError):
        renew_vault(closed)
    assert not list(closed.glob(".renewed*"))
