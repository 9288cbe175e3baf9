"""The same trials with a store that passes over a failed commit, to show that they would notice."""

from __future__ import annotations

import contextlib

from storage.connection import Transaction
from storage.errors import DiskFailed, DiskFull
from tests.faults.server import main


def _careless(commit: object) -> object:
    def swallowing(transaction: Transaction) -> None:
        with contextlib.suppress(DiskFailed, DiskFull):
            commit(transaction)  # type: ignore[operator]  # the method that is replaced

    return swallowing


if __name__ == "__main__":
    Transaction._commit = _careless(Transaction._commit)  # type: ignore[method-assign, assignment]  # the planted fault
    main()
