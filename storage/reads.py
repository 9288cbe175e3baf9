"""What every group of reading queries stands on: the two connections of one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.connection import Database


class Reads:
    """Reads over one pair of connections, bound to the thread that opened them."""

    __slots__ = ("_ledger", "_vault")

    def __init__(self, ledger: Database, vault: Database) -> None:
        self._ledger = ledger
        self._vault = vault
