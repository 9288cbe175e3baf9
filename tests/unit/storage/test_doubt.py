"""Head office's state on a till is proved with the ledger, and what does not hold is fetched anew."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, NoReturn
from uuid import UUID

import pytest

from storage import sqlite
from storage.connection import open_reader
from storage.doubt import believe, doubt, is_doubted, replica_problems
from storage.errors import Busy, DiskFailed, ReadOnlyDisk, StorageError
from storage.files import DOUBT_MARK, REPLICA_FILE
from storage.verify import VerifyResult, verify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.connection import Database
    from storage.store import Reader
    from tests.fakes.ledger import LedgerOfTests
    from tests.fakes.ledger_joined import JoinedLedger

HERS = UUID(int=0xA)


def by_sql(sql: str) -> Callable[[Path], object]:
    """A change that no page check sees."""

    def change(path: Path) -> None:
        with closing(sqlite.connect(path, isolation_level=None)) as connection:
            connection.execute(sql)

    return change


def scratched(path: Path) -> None:
    """Every page behind the first holds nonsense."""
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xa5" * (len(data) - 4096))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "a balance": by_sql("UPDATE statement SET balance = balance + 1"),
    "a member gone": by_sql("DELETE FROM statement"),
    "scratched": scratched,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_replica_is_emptied_and_the_ledger_is_fine(
    joined: JoinedLedger, joined_reader: Reader, damage: str
) -> None:
    """The proof says so and leaves its mark; whoever opens the replica for writing begins anew."""
    joined.pull(joined.statement(HERS, 500))
    joined.replica.put_link(joined.replica.link())
    assert verify(joined.directory).replica_problems == ()
    joined.close_replica()
    DAMAGE[damage](joined.store.replica_path)
    result = verify(joined.directory)
    assert (result.ok, len(result.replica_problems) > 0) == (True, True)
    assert all(problem.startswith("replica.sqlite") for problem in result.replica_problems)
    assert joined.replica.is_doubted
    joined.replica.begin_anew()
    assert joined.replica.state() is None
    assert not is_doubted(joined.directory)
    joined.pull(joined.statement(HERS, 7))
    assert joined_reader.account(HERS).balance == 7
    assert verify(joined.directory).replica_problems == ()


def test_every_write_keeps_its_checksums(joined: JoinedLedger) -> None:
    """Pages, removals, the link, and an emptying."""
    joined.pull(joined.statement(HERS, 500), joined.statement(UUID(int=0xB), 5))
    joined.pull(joined.statement(HERS, 501))
    joined.replica.put_link(joined.replica.link())
    joined.replica.put_link(joined.replica.link())
    joined.pull(joined.statement(HERS, 502), reset=True)
    assert replica_problems(joined.directory) == ()
    joined.replica.empty()
    assert replica_problems(joined.directory) == ()


def test_what_is_no_replica_is_replaced_without_a_proof(joined: JoinedLedger) -> None:
    """None at all, one of another layout, and something that is no database."""
    path = joined.store.replica_path
    assert replica_problems(joined.directory) == ()
    joined.pull(joined.statement(HERS, 500))
    joined.close_replica()
    by_sql("PRAGMA user_version = 1")(path)
    assert replica_problems(joined.directory) == ()
    path.write_bytes(b"a letter" * 1_000)
    assert len(replica_problems(joined.directory)) == 1


@pytest.mark.parametrize(
    ("error", "told"), [(DiskFailed("EIO"), ("EIO",)), (Busy("x"), ()), (ReadOnlyDisk("x"), ())], ids=str
)
def test_what_can_not_be_looked_at_now_is_no_damage(
    joined: JoinedLedger, monkeypatch: pytest.MonkeyPatch, error: StorageError, told: tuple[str, ...]
) -> None:
    """It is in use, or just being put in place; a disk that gives nothing is reason enough to ask anew."""
    joined.pull(joined.statement(HERS, 500))

    def fail(path: Path) -> Database:
        if path.name == REPLICA_FILE:
            raise error
        return open_reader(path)

    monkeypatch.setattr("storage.doubt.open_reader", fail)
    assert verify(joined.directory) == VerifyResult(ok=True, records=3, problems=(), replica_problems=told)


def test_a_replica_that_vanishes_is_no_problem_of_the_ledger(
    joined: JoinedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sync thread puts another one in its place meanwhile."""
    joined.pull(joined.statement(HERS, 500))

    def gone(_: Database) -> NoReturn:
        raise ReadOnlyDisk("unable to open database file")

    monkeypatch.setattr("storage.verify.read_link", gone)
    assert verify(joined.directory).ok


def test_one_that_others_hold_open_is_emptied(
    joined: JoinedLedger, joined_reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows keeps the name of an open file; then nothing in it counts any more."""
    joined.pull(joined.statement(HERS, 500))
    doubt(joined.directory)

    def keep(path: Path) -> NoReturn:
        raise ReadOnlyDisk(f"{path} is open")

    monkeypatch.setattr("storage.replica.discard", keep)
    joined.replica.begin_anew()
    assert joined.replica.state() is None
    assert joined_reader.account(HERS).balance == 0
    assert not is_doubted(joined.directory)


def test_a_till_that_stands_alone_has_none_to_prove(ledger: LedgerOfTests) -> None:
    """Whatever lies there."""
    ledger.store.replica_path.write_bytes(b"a letter" * 1_000)
    assert replica_problems(ledger.directory) == ()


def test_a_mark_that_cannot_be_left_is_left_the_next_time(tmp_path: Path) -> None:
    """The proof has changed nothing else, so it may run where nothing can be written."""
    doubt(tmp_path / "gone")
    assert not is_doubted(tmp_path / "gone")
    doubt(tmp_path)
    doubt(tmp_path)
    assert (tmp_path / DOUBT_MARK).stat().st_mode & 0o077 == 0
    believe(tmp_path)
    believe(tmp_path)
    assert not is_doubted(tmp_path)
