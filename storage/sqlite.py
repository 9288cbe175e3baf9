"""The one place that chooses the SQLite driver.

``pysqlite3`` brings its own SQLite and is preferred; sqlite-utils does the same, so both speak to one library. The
exception classes belong to the chosen driver and must be taken from here: the standard library's are others.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import ModuleType

WAL_RESET_FAULT: Final = ((3, 7, 0), (3, 51, 2))
"""First and last SQLite version in which two connections that checkpoint can lose commits (sqlite.org/wal.html)."""


def choose_driver() -> ModuleType:
    """The driver module: ``pysqlite3.dbapi2`` where it is installed, else the standard library's."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return importlib.import_module("sqlite3.dbapi2")


if TYPE_CHECKING:
    from sqlite3 import dbapi2 as driver
else:
    driver = choose_driver()


def _as_it_is(value: bytes | None) -> bytes | None:
    """What the driver is to bind for a value that needs no conversion."""
    return value


for _type in (bytes, type(None)):  # for each one without an adapter the driver tries two attributes in vain, 2 us
    driver.register_adapter(_type, _as_it_is)

Connection = driver.Connection
Cursor = driver.Cursor
Error = driver.Error
IntegrityError = driver.IntegrityError
OperationalError = driver.OperationalError
connect = driver.connect


def version() -> tuple[int, int, int]:
    """The version of the SQLite library in use."""
    major, minor, patch = (int(part) for part in driver.sqlite_version.split("."))
    return major, minor, patch


def is_affected(found: tuple[int, int, int]) -> bool:
    """Whether a SQLite version has the WAL-reset fault."""
    first, last = WAL_RESET_FAULT
    return first <= found <= last
