"""The same trials with a store that passes over a failed commit, to show that they would notice."""

from __future__ import annotations

import contextlib

from storage.connection import Database
from storage.errors import DiskFailed, DiskFull
from tests.faults.server import main


def _careless(commit: object) -> object:
    def swallowing(database: Database) -> None:
        with contextlib.suppress(DiskFailed, DiskFull):
            commit(database)  # type: ignore[operator]  # the method that is replaced

    return swallowing


if __name__ == "__main__":
    Database._commit = _careless(Database._commit)  # type: ignore[method-assign, assignment]  # the planted fault
    main()
