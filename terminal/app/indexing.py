"""Bringing the search up to date beside a working till: in steps a sale can wait for, or anew in another process."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Final

from storage.errors import StorageError
from storage.files import SEARCH_FILE
from storage.search_index import is_sound, part_of
from terminal.app.beside import run_beside

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from terminal.app.desk import StorageThread

PAUSE_S: Final = 0.02
"""How long the storage thread is left alone between two steps, in seconds."""


class IndexService:
    """One thread that ends when everybody is found.

    Args:
        desk: The storage thread, whose the index is.
        command: Makes an index aside; see ``storage.search_process``.
        crashed: Takes a mistake of ours, to write it down; any thread may call it.
    """

    def __init__(self, desk: StorageThread, command: Sequence[str], crashed: Callable[[Exception], None]) -> None:
        self._desk = desk
        self._command = command
        self._crashed = crashed
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="search index")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Leave off; the next start goes on."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            self._catch_up()
        except StorageError:
            pass  # a full disk, a till that was closed: the next start tries again
        except Exception as error:  # noqa: BLE001 - written down there; the till sells without a search
            self._crashed(error)

    def _catch_up(self) -> None:
        path = self._desk.directory / SEARCH_FILE
        if not is_sound(path):
            self._desk.call(lambda till: till.store.search.renew())
        if self._desk.call(lambda till: till.store.search.needs_making_anew()):
            if not self._made_aside():
                return
            self._desk.call(lambda till: till.store.search.take(part_of(path)))
        while not self._stopping.wait(PAUSE_S) and self._desk.call(lambda till: till.store.search.follow()):
            pass

    def _made_aside(self) -> bool:
        """Let another process make the index, with low priority; whether it is there."""
        return run_beside(self._command, self._stopping) == 0


def index_command(desk: StorageThread) -> list[str]:
    """The command that makes an index aside."""
    return [sys.executable, "-m", "storage.search_process", str(desk.directory)]
