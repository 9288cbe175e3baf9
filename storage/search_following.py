"""How a store keeps its search index: opened, following after each commit, replaced, and never in the till's way.

Selling needs no search. An index that can't be written is behind, one that can't be read is thrown away, and the till
says that not everybody is found; only an erasure insists that the names are gone.
"""

from __future__ import annotations

import contextlib
from contextlib import closing
from typing import TYPE_CHECKING, Final

from storage.connection import open_reader
from storage.errors import Damaged, NotALedger, StorageError
from storage.files import LEDGER_FILE, SEARCH_FILE, VAULT_FILE
from storage.search_index import CHANGES_FOLLOWED_MAX, SearchIndex, SearchView, discard, make_anew

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from storage.connection import Database
    from storage.store import Store

STEPS_AT_START: Final = 10
"""How many steps of following a start waits for: about a tenth of a second."""


class SearchFollower:
    """A store's search index. Everything but ``view`` belongs to the thread that opened the store.

    Args:
        directory: The data directory.
        ledger: The store's connection.
        vault: The store's connection.

    Attributes:
        own_view: Searching on the store's own thread.
    """

    def __init__(self, directory: Path, ledger: Database, vault: Database) -> None:
        self._path = directory / SEARCH_FILE
        self._ledger = ledger
        self._vault = vault
        self._index: SearchIndex | None = None
        self._owes_forgetting = False
        self.own_view = self.view()

    def open(self) -> None:
        """Open the index for writing, where that is possible; else it may name somebody who was erased meanwhile."""
        try:
            self._index = SearchIndex(self._path)
        except StorageError:
            self._owes_forgetting = self._ledger.one("SELECT 1 FROM tombstone LIMIT 1") is not None

    def view(self) -> SearchView:
        """Searching, for the calling thread."""
        return SearchView(self._path)

    def follow(self, *, erased: bool = False) -> int:
        """Take over the next changes of profiles, so few that a sale can wait; and all erasures.

        Args:
            erased: Whether somebody was erased just now: then an index that could not be opened is tried again.

        Returns:
            How many are left; 0 when nothing can be done about it now.

        Raises:
            StorageError: Names of erased persons are still on the disk.
        """
        left = 0
        self._owes_forgetting |= erased
        self._forget_erased()
        if self._index:
            with self._at_least_trying():
                left = self._index.follow(self._ledger, self._vault)
        return left

    def catch_up(self) -> None:
        """Take over what changed while nobody followed, for as long as a start may take.

        Raises:
            StorageError: Names of erased persons are still on the disk.
        """
        for _ in range(STEPS_AT_START):
            if not self.follow():
                return

    def needs_making_anew(self) -> bool:
        """Whether so much is missing that a new index is less work; see ``search_index.make_anew``."""
        return self._index is not None and self._index.behind(self._ledger) > CHANGES_FOLLOWED_MAX

    def take(self, part: Path) -> None:
        """Put an index that was made aside in place; where that can't be done, nobody is found until the next start."""
        if self._index:
            with self._at_least_trying():
                self._index.take(part, self._ledger)

    def renew(self) -> None:
        """Begin with an empty index, because something is wrong with this one."""
        with contextlib.suppress(StorageError):
            self._throw_away()
        self.open()

    def close(self) -> None:
        """Close its connections; closing twice is allowed."""
        self.own_view.close()
        if self._index:
            self._index.close()

    def _forget_erased(self) -> None:
        """Take erased persons out, at worst together with everybody else; tried again until it could be done."""
        try:
            if self._owes_forgetting and self._index is None:
                self._index = SearchIndex(self._path)
            if self._index:
                self._index.forget_erased(self._ledger)
        except StorageError:
            self._throw_away()
        self._owes_forgetting = False

    @contextlib.contextmanager
    def _at_least_trying(self) -> Iterator[None]:
        try:
            yield
        except (Damaged, NotALedger):
            with contextlib.suppress(StorageError):
                self._throw_away()
        except StorageError:
            pass  # tried again at the next change, or at the next start

    def _throw_away(self) -> None:
        """Delete the index; the next start begins a new one."""
        if self._index:
            self._index.close()
            self._index = None
        discard(self._path)


def index_everybody(store: Store, progress: Callable[[int, int], None]) -> None:
    """Let the search know everybody before this returns, as at the end of an import; the till sells nothing meanwhile.

    Args:
        store: A writable store, on the thread that opened it.
        progress: Gets how many profiles were read, and how many there are.

    Raises:
        StorageError: It can't be done now; the till does it at its next start.
    """
    if store.search.needs_making_anew():
        part = make_aside(store.directory, progress)
        store.search.take(part)
    while store.search.follow():
        pass


def make_aside(directory: Path, progress: Callable[[int, int], None]) -> Path:
    """Make an index of everybody aside, beside whoever has the ledger open; see ``search_index.make_anew``."""
    with closing(open_reader(directory / LEDGER_FILE)) as ledger, closing(open_reader(directory / VAULT_FILE)) as vault:
        return make_anew(directory, ledger, vault, progress)
