"""A ledger that can't be trusted is refused with one plain error, and not a byte on the disk changes."""

from __future__ import annotations

import os
import shutil
import struct
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from storage import migrations, sqlite
from storage.backup import layout_copy
from storage.connection import check_settings, open_writer
from storage.errors import (
    AffectedSqlite,
    AlreadyExists,
    Busy,
    Damaged,
    DiskFailed,
    DiskFull,
    KeyMissing,
    MissingLedger,
    NewerSchema,
    NotALedger,
    ReadOnlyDisk,
    StorageError,
    TillOpen,
    known_error,
)
from storage.files import os_errors, read_header
from storage.schema import JOURNAL
from storage.store import create_store, open_store
from tests.fakes.ledger import PROGRAMME, LedgerOfTests

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.store import Store


def bytes_of(directory: Path) -> dict[str, bytes]:
    """Every file of a directory with its contents."""
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


def opened(ledger: LedgerOfTests, directory: Path | None = None, *, writable: bool = True) -> Store:
    """Open a directory, the ledger's own unless told otherwise."""
    return open_store(directory or ledger.directory, clock=ledger.clock, ids=ledger.ids, writable=writable)


def created(ledger: LedgerOfTests, directory: Path, programme: str = PROGRAMME) -> Store:
    """Make a new shop."""
    names = {"shop_name": "A", "till_name": "1", "currency": "EUR"}
    return create_store(directory, programme_text=programme, clock=ledger.clock, ids=ledger.ids, **names)


def crashed_copy(ledger: LedgerOfTests, target: Path) -> Path:
    """The data directory as a power cut would leave it: log and open mark still there."""
    ledger.append(*(ledger.sale(ledger.member(), 100 * number) for number in range(1, 20)))
    shutil.copytree(ledger.directory, target)
    (target / "ledger.sqlite-shm").unlink()
    (target / "vault.sqlite-shm").unlink()
    return target


def overwrite(path: Path, offset: int, data: bytes) -> None:
    """Change bytes in the middle of a file."""
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


def test_what_was_written_is_there_after_reopening(ledger: LedgerOfTests) -> None:
    """A clean end leaves one file without log or mark; shop, programme and key come back."""
    ledger.append(ledger.sale(ledger.member()))
    shop, key = ledger.store.shop, ledger.store.programme_key
    ledger.close()
    names = {"ledger.sqlite", "ledger.tip", "vault.sqlite", "search.sqlite", "programme.key", "till.lock"}
    assert set(bytes_of(ledger.directory)) == names
    reopened = opened(ledger)
    with reopened, reopened.reader() as reader:
        assert reader.account(ledger.member()).balance == 10
        assert (reopened.shop, reopened.programme_key) == (shop, key)
        assert reopened.programme.name == "Morgenrot Bonus"


def test_a_second_till_is_refused_but_reading_works_beside(ledger: LedgerOfTests) -> None:
    """One process writes; look-ups and reports don't need the lock."""
    ledger.append(ledger.sale(ledger.member()))
    with pytest.raises(TillOpen) as caught:
        opened(ledger)
    assert caught.value.cashier == "the till is open"
    beside = opened(ledger, writable=False)
    with beside, beside.reader() as reader:
        assert reader.account(ledger.member()).balance == 10
        assert not beside.checkpoint(now=True)
        with pytest.raises(ValueError, match="writable"), beside.unit():
            pass


def test_reading_connections_can_not_write(ledger: LedgerOfTests) -> None:
    """Neither the ledger nor the vault, whatever SQL they get."""
    with ledger.store.reader() as reader:
        for database in (reader._ledger, reader._vault):
            with pytest.raises(ReadOnlyDisk):
                database.run("CREATE TABLE x(a)")


def test_the_settings_are_in_force(ledger: LedgerOfTests) -> None:
    """Asked of the open connections themselves, one by one."""
    wanted: dict[str, Any] = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "mmap_size": 0,
        "fullfsync": 1,
        "checkpoint_fullfsync": 1,
        "wal_autocheckpoint": 0,
        "secure_delete": 1,
    }
    for database in (ledger.store._ledger, ledger.store._vault):
        assert {name: database.value(f"PRAGMA {name}") for name in wanted} == wanted
    assert read_header(ledger.directory / "ledger.sqlite").application_id == 0x53544B4C
    with pytest.raises(DiskFailed, match="synchronous is 2"):
        check_settings(ledger.store._ledger, [("synchronous", 1)], wal=True)


def test_a_setting_that_does_not_hold_closes_the_file_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No ledger without its promises."""
    monkeypatch.setattr("storage.connection._WRITER_SETTINGS", (("page_size", 12345),))
    (tmp_path / "x.sqlite").touch()
    with pytest.raises(DiskFailed, match="page_size"):
        open_writer(tmp_path / "x.sqlite")


DAMAGE: dict[str, tuple[type[StorageError], Callable[[Path], object]]] = {
    "no ledger": (MissingLedger, lambda at: (at / "ledger.sqlite").unlink()),
    "no vault": (Damaged, lambda at: (at / "vault.sqlite").unlink()),
    "no programme key": (KeyMissing, lambda at: (at / "programme.key").unlink()),
    "a short programme key": (KeyMissing, lambda at: (at / "programme.key").write_bytes(b"x")),
    "an empty file": (NotALedger, lambda at: (at / "ledger.sqlite").write_bytes(b"")),
    "garbage": (NotALedger, lambda at: (at / "ledger.sqlite").write_bytes(b"\x00garbage" * 4096)),
    "another program's database": (NotALedger, lambda at: overwrite(at / "ledger.sqlite", 68, b"\0\0\0\1")),
    "a ledger for a vault": (NotALedger, lambda at: shutil.copy(at / "ledger.sqlite", at / "vault.sqlite")),
    "a newer layout": (NewerSchema, lambda at: overwrite(at / "ledger.sqlite", 60, struct.pack(">I", 99))),
    "a newer vault": (NewerSchema, lambda at: overwrite(at / "vault.sqlite", 60, struct.pack(">I", 99))),
    "a cut-off file": (Damaged, lambda at: os.truncate(at / "ledger.sqlite", 20 * 1024)),
    "a broken schema page": (Damaged, lambda at: overwrite(at / "ledger.sqlite", 100, b"\xff" * 3900)),
    "unreadable tombstones": (Damaged, lambda at: (at / "tombstones").write_bytes(b"not json\n")),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_one_error_and_nothing_changes(ledger: LedgerOfTests, name: str) -> None:
    """Opening reads before it writes, so a refused directory can go to support as it is."""
    ledger.append(*(ledger.sale(ledger.member()) for _ in range(5)))
    ledger.close()
    kind, damage = DAMAGE[name]
    damage(ledger.directory)
    before = bytes_of(ledger.directory)
    with pytest.raises(kind) as caught:
        opened(ledger)
    assert type(caught.value) is kind
    assert caught.value.cashier
    assert caught.value.support
    assert bytes_of(ledger.directory) == before


BROKEN_SQL = {
    "a guard is gone": "DROP TRIGGER journal_refuses_update",
    "a guard is another": "DROP TRIGGER journal_refuses_update;"
    "CREATE TRIGGER journal_refuses_update BEFORE UPDATE ON journal BEGIN SELECT 1; END",
    "a stranger's trigger": "CREATE TRIGGER stranger AFTER INSERT ON journal BEGIN DELETE FROM account; END",
    "a changed record": "DROP TRIGGER journal_refuses_update; UPDATE journal SET at_us = at_us + 1 WHERE seq = 3;"
    "{guard}",
    "other steps": "UPDATE schema_step SET checksum = 'x'",
    "no shop": "DELETE FROM shop",
    "no programme": "DELETE FROM programme",
    "an empty journal": "DROP TRIGGER journal_refuses_delete; DELETE FROM journal; {delete_guard}",
}


@pytest.mark.parametrize("writable", [True, False])
@pytest.mark.parametrize("name", BROKEN_SQL)
def test_a_ledger_changed_by_hand_is_refused(ledger: LedgerOfTests, name: str, writable: bool) -> None:
    """Guards, chain, steps: what the start checks can see they refuse; the file stays as it is."""
    ledger.append(ledger.sale(ledger.member()))
    ledger.close()
    guards = {"guard": JOURNAL[1], "delete_guard": JOURNAL[2]}
    with closing(sqlite.connect(ledger.directory / "ledger.sqlite")) as connection:
        connection.executescript(BROKEN_SQL[name].format(**guards))
    before = bytes_of(ledger.directory)
    if name == "other steps" and not writable:
        return  # readers don't migrate
    with pytest.raises(Damaged):
        opened(ledger, writable=writable)
    after = {name: data for name, data in bytes_of(ledger.directory).items() if not name.endswith(("-shm", "-wal"))}
    assert after == {name: data for name, data in before.items() if not name.endswith(("-shm", "-wal"))}


def test_a_missing_log_after_a_crash_is_told(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Without its log the file looks sound but lacks the newest sales; the open mark betrays it."""
    crashed = crashed_copy(ledger, tmp_path / "crashed")
    whole = shutil.copytree(crashed, tmp_path / "whole")
    (crashed / "ledger.sqlite-wal").unlink()
    before = bytes_of(crashed)
    for writable in (True, False):
        with pytest.raises(Damaged, match="newest records"):
            opened(ledger, crashed, writable=writable)
    assert bytes_of(crashed) == before
    recovered = opened(ledger, whole)
    with recovered, recovered.reader() as reader:
        assert reader.count() == 21


def test_damage_after_a_crash_leaves_the_log_alone(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """A refused opening must not move the log into a broken file."""
    crashed = crashed_copy(ledger, tmp_path / "crashed")
    overwrite(crashed / "programme.key", 0, b"")
    with closing(sqlite.connect(crashed / "ledger.sqlite")) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("DROP TRIGGER journal_refuses_update")
        shutil.copytree(crashed, tmp_path / "broken", ignore=shutil.ignore_patterns("*-shm"))
    before = bytes_of(tmp_path / "broken")
    with pytest.raises(Damaged, match="is missing"):
        opened(ledger, tmp_path / "broken")
    after = bytes_of(tmp_path / "broken")
    assert {name: after[name] for name in before} == before


def test_a_cut_off_file_with_a_log_is_told_by_reading_it(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """An interrupted checkpoint also leaves a short file that its log makes whole; this log does not."""
    for number in range(40):
        ledger.append(*(ledger.sale(ledger.member(number)) for _ in range(5)))
    ledger.store.checkpoint(now=True)
    crashed = crashed_copy(ledger, tmp_path / "crashed")
    os.truncate(crashed / "ledger.sqlite", 40 * 1024)
    with pytest.raises(Damaged):
        opened(ledger, crashed)


def test_making_a_shop_twice_is_refused(ledger: LedgerOfTests) -> None:
    """The first one stays as it is."""
    before = read_header(ledger.directory / "ledger.sqlite")
    with pytest.raises(AlreadyExists):
        created(ledger, ledger.directory)
    assert read_header(ledger.directory / "ledger.sqlite") == before


def test_making_a_shop_fails_without_a_trace(
    ledger: LedgerOfTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither directories nor a lock file stay behind, whatever stopped it."""
    target = tmp_path / "a" / "b"
    with pytest.raises(ValueError, match="mistakes"):
        created(ledger, target, "format = 1")
    assert not (tmp_path / "a").exists()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("storage.create._move_into_place", full)
    with pytest.raises(DiskFull):
        created(ledger, target)
    assert not (tmp_path / "a").exists()
    target.mkdir(parents=True)
    (target / "settings.toml").write_text("x = 1")
    with pytest.raises(DiskFull):
        created(ledger, target)
    assert [path.name for path in target.iterdir()] == ["settings.toml"]
    (target / "till.lock").touch()
    with pytest.raises(DiskFull):
        created(ledger, target)
    assert {path.name for path in target.iterdir()} == {"settings.toml", "till.lock"}


def test_a_shop_can_move_into_a_folder_with_files(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Settings may stand there before the first start."""
    (tmp_path / "settings.toml").write_text("x = 1")
    with created(ledger, tmp_path) as made:
        assert made.shop.name == "A"
    assert (tmp_path / "settings.toml").read_text() == "x = 1"
    assert (tmp_path / "programme.key").stat().st_mode & 0o777 == 0o600


def test_an_affected_sqlite_must_not_write(
    ledger: LedgerOfTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The WAL-reset fault loses commits; reading is harmless."""
    ledger.close()
    monkeypatch.setattr(sqlite, "version", lambda: (3, 51, 2))
    with pytest.raises(AffectedSqlite):
        opened(ledger)
    with pytest.raises(AffectedSqlite):
        created(ledger, tmp_path / "new")
    opened(ledger, writable=False).close()


@pytest.mark.skipif(os.name == "nt", reason="permissions work differently there")
def test_a_folder_that_can_not_be_written(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operating system's refusal becomes one sentence (simulated, because root may write everywhere)."""
    ledger.close()
    before = bytes_of(ledger.directory)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("filelock.FileLock.acquire", refuse)
        with pytest.raises(ReadOnlyDisk):
            opened(ledger)
    with monkeypatch.context() as patch:
        patch.setattr("storage.ending.write_durably", refuse)
        with pytest.raises(ReadOnlyDisk):
            opened(ledger)
    assert bytes_of(ledger.directory) == before


def test_an_unheard_of_lock_error_is_still_known(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems can't lock at all."""
    ledger.close()

    def refuse(*_: object, **__: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    with pytest.raises(ReadOnlyDisk, match="No locks"):
        opened(ledger)


def test_a_strange_error_of_the_system_is_a_bug() -> None:
    """What has no sentence for a cashier goes its own way, with its traceback."""
    with pytest.raises(OSError, match="strange"), os_errors("x"):
        raise OSError(9999, "strange")


def test_a_missing_step_is_run_and_a_backup_comes_first(tmp_path: Path) -> None:
    """An older file is copied before it is touched; a current one is left alone; a failing step leaves no trace."""
    path = tmp_path / "x.sqlite"
    path.touch()
    first = migrations.Step("0001_first", ("CREATE TABLE a(x INTEGER) STRICT",))
    second = migrations.Step("0002_second", ("CREATE TABLE b(x INTEGER) STRICT",))
    bad = migrations.Step("0002_second", ("CREATE TABLE b(x INTEGER) STRICT", "CREATE TABLE a(x INTEGER) STRICT"))
    called: list[str] = []
    with closing(open_writer(path)) as database:

        def run(steps: tuple[migrations.Step, ...], version: int) -> bool:
            layout = migrations.Layout("test", 7, version, steps)
            return migrations.bring_up_to_date(database, layout, before=lambda: called.append("copy"))

        assert run((first,), 1)
        assert not run((first,), 1)
        assert called == []
        with pytest.raises(sqlite.OperationalError):
            run((first, bad), 2)
        assert database.value("PRAGMA user_version") == 1
        assert run((first, second), 2)
        assert called == ["copy", "copy"]
        assert database.value("SELECT count(*) FROM b") == 0
        with pytest.raises(Damaged, match="other steps"):
            run((first,), 2)


def test_an_older_layout_is_copied_then_changed(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """The till opens on the new layout, and the old file stands beside it."""
    ledger.append(ledger.sale(ledger.member()))
    ledger.close()
    step = migrations.Step("9999_more", ("CREATE TABLE more(x INTEGER) STRICT",))
    now = migrations.LEDGER_LAYOUT
    newer = migrations.Layout(now.name, now.application_id, now.version + 1, (*now.steps, step))
    for module in ("storage.migrations", "storage.checks"):
        monkeypatch.setattr(f"{module}.LEDGER_LAYOUT", newer)
    with opened(ledger) as store, store.reader() as reader:
        assert reader.account(ledger.member()).balance == 10
        assert reader._ledger.value("SELECT count(*) FROM more") == 0
    assert read_header(layout_copy(ledger.directory, now.version)).user_version == now.version
    assert read_header(ledger.directory / "ledger.sqlite").user_version == now.version + 1


def test_errors_of_the_disk_are_told_apart() -> None:
    """By SQLite's result code or the operating system's number; everything else is a bug and stays one."""

    def driver_error(code: int) -> sqlite.Error:
        error = sqlite.OperationalError("x")
        error.sqlite_errorcode = code
        return error

    assert isinstance(known_error(driver_error(5), "x"), Busy)
    assert isinstance(known_error(driver_error(10 | 4 << 8), "x"), DiskFailed)
    assert known_error(driver_error(1), "x") is None
    assert known_error(sqlite.OperationalError("no code"), "x") is None
    assert isinstance(known_error(OSError(5, "I/O"), "x"), DiskFailed)
    for error in (OSError("no number"), OSError(9999, "?"), ValueError()):
        assert known_error(error, "x") is None
