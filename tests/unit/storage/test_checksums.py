"""Tables that no journal proves: what is written keeps their checksums, and nothing else does."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.checksums import CHECKSUM_TABLE
from loyalty.replica import REPLICA_CHECKED
from storage import checksums, sqlite
from storage.checksums import LEDGER_CHECKED, VAULT_CHECKED
from storage.connection import open_in_memory, open_new, open_reader, open_writer
from storage.errors import DiskFailed
from tests.corruption import shop
from tests.fakes.damage import by_hand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from storage.connection import Database
    from tests.fakes.ledger import LedgerOfTests

FILES = {"ledger.sqlite": LEDGER_CHECKED, "vault.sqlite": VAULT_CHECKED, "replica.sqlite": REPLICA_CHECKED}
EMPTY_HERE = {"number_demand", "till", "conflict", "link", "programme", "cashier", "tombstone"}
"""Tables in which the shop has no row."""


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a joined till that has a little of everything."""
    return shop.make(tmp_path_factory.mktemp("busy") / "shop", joined=True).directory


@pytest.fixture
def copied(busy: Path, tmp_path: Path) -> Path:
    """A copy to be changed."""
    return shutil.copytree(busy, tmp_path / "shop")


def problems(path: Path, rows_max: int | None = None, pause: Callable[[], None] | None = None) -> dict[str, str]:
    """What the checksums say of a file."""
    with closing(open_reader(path)) as database:
        return checksums.problems(database, rows_max=rows_max, pause=pause)


def test_every_table_has_one_and_all_hold(busy: Path) -> None:
    """After days of sales, enrolments, edits, merges, erasures, a joining and a publication."""
    for name, tables in FILES.items():
        assert problems(busy / name) == {}
        with closing(open_reader(busy / name)) as database:
            kept: dict[str, int] = dict(database.all("SELECT name, rows FROM table_checksum"))
        assert kept.keys() == set(tables)
        assert {table for table, rows in kept.items() if not rows} <= EMPTY_HERE


def _columns(busy: Path) -> Iterator[tuple[str, str, str, str]]:
    for name, tables in FILES.items():
        with closing(open_reader(busy / name)) as database:
            for table in tables:
                if database.one(f"SELECT 1 FROM {table}"):  # noqa: S608 - names of our own
                    for _, column, kind, *_ in database.all(f"PRAGMA table_info({table})"):
                        yield name, table, column, kind


def test_a_change_of_any_column_is_noticed(busy: Path, tmp_path: Path) -> None:
    """One letter, one byte or one more: in its own table, and in no other."""
    changes = {
        "TEXT": "ifnull({0}, '') || 'x'",
        "INTEGER": "ifnull({0}, 0) + 1000",
        "BLOB": "CAST(ifnull({0}, x'00') || x'01' AS BLOB)",
    }
    seen = 0
    for name, table, column, kind in _columns(busy):
        path = Path(shutil.copy(busy / name, tmp_path / name))
        change = changes[kind].format(column)
        only_first = f"ROWID IN (SELECT ROWID FROM {table} LIMIT 1)"  # noqa: S608 - names of our own
        with closing(open_reader(path)) as database:
            key = database.all(f"PRAGMA table_info({table})")[0][1]
            is_plain = "WITHOUT ROWID" in database.value("SELECT sql FROM sqlite_schema WHERE name = ?", (table,))
        if is_plain:
            only_first = f"{key} = (SELECT min({key}) FROM {table})"  # noqa: S608 - names of our own
        by_hand(path, f"UPDATE {table} SET {column} = {change} WHERE {only_first}")  # noqa: S608 - names of our own
        assert problems(path) == {table: f"{name}: {table}: a row is not as it was written"}, column
        seen += 1
    assert seen > 80


@pytest.mark.parametrize("name", FILES)
def test_rows_that_are_gone_or_new_are_counted(copied: Path, name: str) -> None:
    """As when two pages have changed places."""
    table = {"ledger.sqlite": "card", "vault.sqlite": "member_key", "replica.sqlite": "statement"}[name]
    with closing(open_reader(copied / name)) as database:
        rows = database.value(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of our own
    by_hand(copied / name, f"DELETE FROM {table}")  # noqa: S608 - names of our own
    assert problems(copied / name) == {table: f"{name}: {table}: {rows} rows were written, and 0 stand there"}


def test_more_rows_than_were_written_are_not_all_counted(copied: Path) -> None:
    """It is wrong from the first that is too many."""
    for number in range(5):
        by_hand(copied / "ledger.sqlite", "INSERT INTO free_text VALUES (?, 'more')", bytes([number]) * 16)
    found = problems(copied / "ledger.sqlite")["free_text"]
    rows = int(found.split()[2])
    assert found.endswith(f"{rows} rows were written, and {rows + 1} stand there")


def test_a_text_that_is_none_is_told_not_raised(copied: Path) -> None:
    """A disk leaves bytes that no letter is written with."""
    by_hand(copied / "ledger.sqlite", "UPDATE free_text SET text = CAST(x'ff' || CAST(text AS BLOB) AS TEXT)")
    assert problems(copied / "ledger.sqlite").keys() == {"free_text"}


def test_a_page_that_cannot_be_read_is_its_tables(copied: Path) -> None:
    """The others are looked at all the same."""
    path = copied / "ledger.sqlite"
    by_hand(path, "DELETE FROM free_text")
    with closing(open_reader(path)) as database:
        root = database.value("SELECT rootpage FROM sqlite_schema WHERE name = 'cashier'")
    data = bytearray(path.read_bytes())
    data[(root - 1) * 4096 : root * 4096] = b"\xa5" * 4096
    path.write_bytes(data)
    assert problems(path).keys() == {"cashier", "free_text"}


def test_a_checksum_that_is_gone_is_told(copied: Path) -> None:
    """Whatever the table holds."""
    by_hand(copied / "vault.sqlite", "DELETE FROM table_checksum WHERE name = 'till_key'")
    assert problems(copied / "vault.sqlite") == {"till_key": "vault.sqlite: till_key has no checksum"}


@pytest.mark.parametrize("value", ["NULL", "''", "x'00'", "0.5"])
def test_a_checksum_that_is_no_number_is_told(copied: Path, value: str) -> None:
    """One bit makes a number nothing, or a text."""
    path = copied / "ledger.sqlite"
    with closing(sqlite.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = 1")
        connection.execute(
            "UPDATE sqlite_schema SET sql = replace(replace(sql, 'STRICT, ', ''), 'rows INTEGER NOT NULL', 'rows')"
            " WHERE name = 'table_checksum'"
        )
    by_hand(path, f"UPDATE table_checksum SET rows = {value} WHERE name = 'card'")  # noqa: S608 - planted
    assert problems(path) == problems(path, rows_max=5) == {"card": "ledger.sqlite: card has no checksum"}
    with closing(open_reader(path)) as database:
        assert checksums.told_of(database, "card") is None


def test_large_tables_may_be_left_out(copied: Path) -> None:
    """What runs after every start looks at small ones alone."""
    by_hand(copied / "ledger.sqlite", "DELETE FROM card")
    by_hand(copied / "ledger.sqlite", "DELETE FROM cashier")
    assert problems(copied / "ledger.sqlite", rows_max=2).keys() == {"cashier"}


def test_a_long_look_gives_way(ledger: LedgerOfTests) -> None:
    """And is ended by what the pause raises."""
    with ledger.store.exclusive() as database:
        rows = ((number.to_bytes(16, "big"), "a note") for number in range(2 * checksums.ROWS_PER_STEP + 1))
        database.many("INSERT INTO free_text(text_ref, text) VALUES (?, ?)", rows)
    ledger.store.checkpoint(now=True)
    pauses: list[int] = []
    assert problems(ledger.directory / "ledger.sqlite", pause=lambda: pauses.append(1)) == {}
    assert len(pauses) == 2

    def stop() -> None:
        raise KeyboardInterrupt

    with closing(open_reader(ledger.directory / "ledger.sqlite")) as database:
        with pytest.raises(KeyboardInterrupt):
            checksums.problems(database, pause=stop)
        assert checksums.problems(database) == {}, "the connection can be used on"


def test_what_the_disk_says_is_told_as_it_is(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite ends the transaction by itself on some errors; that there is none to end is no error of its own."""
    monkeypatch.setattr(checksums, "ROWS_PER_STEP", 1)
    with closing(open_reader(copied / "ledger.sqlite")) as database:

        def fail() -> None:
            database.run("ROLLBACK")
            raise DiskFailed("EIO")

        with pytest.raises(DiskFailed, match="EIO"):
            checksums.problems(database, pause=fail)


# ---------------------------------------------------------------------------------------- how they are kept

CHANGES: dict[str, Callable[[Database, int, str], object]] = {
    "put": lambda to, key, text: to.run("INSERT OR REPLACE INTO free_text VALUES (?, ?)", (_ref(key), text)),
    "try": lambda to, key, text: to.run("INSERT OR IGNORE INTO free_text VALUES (?, ?)", (_ref(key), text)),
    "upsert": lambda to, key, text: to.run(
        "INSERT INTO free_text VALUES (?1, ?2) ON CONFLICT DO UPDATE SET text = ?2", (_ref(key), text)
    ),
    "change": lambda to, key, text: to.run("UPDATE free_text SET text = ? WHERE text_ref = ?", (text, _ref(key))),
    "move": lambda to, key, text: to.run(
        "UPDATE OR REPLACE free_text SET text_ref = ? WHERE text_ref = ?", (_ref(len(text)), _ref(key))
    ),
    "delete": lambda to, key, _text: to.run("DELETE FROM free_text WHERE text_ref = ?", (_ref(key),)),
    "empty": lambda to, _key, _text: to.run("DELETE FROM free_text"),
}


def _ref(key: int) -> bytes:
    return key.to_bytes(16, "big")


def _undone(database: Database, key: int, text: str) -> None:
    """Begin a change and take it back."""
    database.run("BEGIN")
    CHANGES["put"](database, key, text)
    CHANGES["empty"](database, key, text)
    database.run("ROLLBACK")


CHANGES["undone"] = _undone


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 5), st.text(max_size=5)), max_size=25))
def test_whatever_is_written_they_hold(ledger: LedgerOfTests, changes: list[tuple[str, int, str]]) -> None:
    """Rows put, replaced, changed, given another key, deleted, and taken back with their transaction."""
    with closing(open_writer(ledger.directory / "ledger.sqlite")) as database:
        for name, key, text in changes:
            CHANGES[name](database, key, text)
        assert checksums.problems(database) == {}


def test_a_file_without_any_is_let_alone(tmp_path: Path) -> None:
    """Earlier layouts had none; nothing is written to them."""
    with closing(open_new(tmp_path / "old.sqlite")) as database:
        database.run("CREATE TABLE card(number TEXT)")
        checksums.begin(database)
        checksums.guard(database)
        assert checksums.problems(database) == {}
        assert database.all("SELECT name FROM temp.sqlite_schema") == []


def test_beginning_anew_forgets_tables_that_are_gone(copied: Path) -> None:
    """A later layout may take one away; rows that stand there count from then on."""
    by_hand(copied / "vault.sqlite", "INSERT INTO table_checksum VALUES ('search_term', 5, 5)")
    by_hand(copied / "vault.sqlite", "DELETE FROM member_key WHERE member_id = (SELECT min(member_id) FROM member_key)")
    with closing(open_writer(copied / "vault.sqlite")) as vault:
        checksums.begin(vault)
        assert checksums.problems(vault) == {}
        assert {name for (name,) in vault.all("SELECT name FROM table_checksum")} == set(VAULT_CHECKED)
        vault.run("DELETE FROM member_key")
        assert checksums.problems(vault) == {}


def test_nothing_is_kept_of_another_programs_file() -> None:
    """Whatever its tables are called."""
    database = open_in_memory()
    database.run(CHECKSUM_TABLE)
    database.run("CREATE TABLE card(number TEXT)")
    checksums.guard(database)
    assert checksums.problems(database) == {}
