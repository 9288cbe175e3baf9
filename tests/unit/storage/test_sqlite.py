"""The driver shim: which module, which version, and what that version must not do."""

from __future__ import annotations

import sqlite3
import sys

import pytest

from storage import sqlite


def test_the_bundled_driver_is_preferred() -> None:
    """It brings a SQLite without the fault; its exceptions are its own classes."""
    assert sqlite.choose_driver().__name__ == "pysqlite3.dbapi2"
    assert sqlite.version() >= (3, 51, 3)
    assert not sqlite.is_affected(sqlite.version())
    assert not issubclass(sqlite.IntegrityError, sqlite3.IntegrityError)


def test_the_standard_librarys_driver_is_the_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    """For reading, where the bundled one can't be installed."""
    monkeypatch.setitem(sys.modules, "pysqlite3.dbapi2", None)
    assert sqlite.choose_driver() is sqlite3.dbapi2


@pytest.mark.parametrize(
    ("version", "affected"),
    [((3, 6, 23), False), ((3, 7, 0), True), ((3, 51, 2), True), ((3, 51, 3), False), ((4, 0, 0), False)],
)
def test_the_fault_has_a_first_and_a_last_version(version: tuple[int, int, int], affected: bool) -> None:
    """From the first release with a write-ahead log to the last before the repair."""
    assert sqlite.is_affected(version) is affected


@pytest.mark.parametrize("value", [None, b"", b"\0\xff", "", "\u00fc", 0, -(2**63), 1.5])
def test_values_are_bound_as_they_are(value: object) -> None:
    """Also those the driver is told to leave alone; in one statement, and in many."""
    connection = sqlite.connect(":memory:")
    connection.execute("CREATE TABLE t(a)")
    connection.executemany("INSERT INTO t VALUES (?)", [(value,)])
    (kept,) = connection.execute("SELECT a FROM t").fetchone()
    (given,) = connection.execute("SELECT ?", (value,)).fetchone()
    connection.close()
    assert [(type(found), found) for found in (kept, given)] == [(type(value), value)] * 2
