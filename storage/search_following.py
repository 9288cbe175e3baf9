"""How a store keeps its search index: opened, following after each commit, replaced, and never in the till's way.

Selling needs no search. An index that can't be written is behind, one that can't be read is thrown away, and the till
says that not everybody is found; only an erasure insists that the names are gone.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from storage.errors import Damaged, NotALedger, StorageError
from storage.files import SEARCH_FILE
from storage.search_index import CHANGES_FOLLOWED_MAX, SearchIndex, SearchView, discard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.connection import Database

STEPS_AT_START: Final = 10
"""How many steps of following a start waits for: about a tenth of a second."""


class SearchFollower:
    """A store's search index. Everything but ``view`` belongs to the thread that opened the store.

    Args:
        directory: The data directory.

    Attributes:
        own_view: Searching on the store's own thread.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / SEARCH_FILE
        self._index: SearchIndex | None = None
        self.own_view = self.view()

    def open(self) -> None:
        """Open the index for writing, where that is possible."""
        with contextlib.suppress(StorageError):
            self._index = SearchIndex(self._path)

    def view(self) -> SearchView:
        """Searching, for the calling thread."""
        return SearchView(self._path)

    def follow(self, ledger: Database, vault: Database) -> int:
        """Take over the next changes of profiles, so few that a sale can wait; and all erasures.

        Returns:
            How many are left; 0 when nothing can be done about it now.

        Raises:
            StorageError: Names of erased persons are still on the disk.
        """
        left = 0
        self._forget_erased(ledger)
        if self._index:
            with self._at_least_trying():
                left = self._index.follow(ledger, vault)
        return left

    def catch_up(self, ledger: Database, vault: Database) -> None:
        """Take over what changed while nobody followed, for as long as a start may take.

        Raises:
            StorageError: Names of erased persons are still on the disk.
        """
        for _ in range(STEPS_AT_START):
            if not self.follow(ledger, vault):
                return

    def needs_making_anew(self, ledger: Database) -> bool:
        """Whether so much is missing that a new index is less work; see ``search_index.make_anew``."""
        return self._index is not None and self._index.behind(ledger) > CHANGES_FOLLOWED_MAX

    def take(self, part: Path, ledger: Database) -> None:
        """Put an index that was made aside in place.

        Raises:
            StorageError: It can't be put in place.
        """
        if self._index:
            with self._at_least_trying():
                self._index.take(part, ledger)

    def close(self) -> None:
        """Close its connections; closing twice is allowed."""
        self.own_view.close()
        if self._index:
            self._index.close()

    def _forget_erased(self, ledger: Database) -> None:
        """Take erased persons out, at worst together with everybody else."""
        try:
            if self._index:
                self._index.forget_erased(ledger)
        except StorageError:
            self._throw_away()

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
