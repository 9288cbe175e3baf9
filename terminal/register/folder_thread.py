"""Watches the register's folder on a thread of its own; sales go through the storage thread like all others."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Final

from storage.errors import StorageError
from terminal.messages import error_text
from terminal.register.errors import RegisterError
from terminal.register.filing import file_sale
from terminal.register.folder import FAILED, Folder
from terminal.register.folder_words import failed_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from loyalty.outcomes import Refused
    from terminal.app.desk import StorageThread
    from terminal.app.till import Till
    from terminal.register.filing import Differs, Filed, OtherCurrency
    from terminal.register.sale_file import FileSale
    from texts.i18n import Texts

    Say = Callable[[Texts], str]
    Outcome = Filed | Differs | OtherCurrency | Refused

POLL_S: Final = 1.0
"""How often the folder is looked at, in seconds."""

AGAIN_S: Final = 5.0
"""How long the thread waits when the folder or the ledger can't be used, in seconds."""

STOP_S: Final = 4.0
"""How long the end of the till waits for this thread, in seconds; it finishes the file it has begun."""


class FolderThread:
    """Runs from ``start`` to ``stop``.

    Args:
        path: The folder.
        desk: The storage thread.
        texts: The language in use; asked on this thread.
        trouble: Told what waits for a person, as a sentence that is made in the language in use; ``None`` when nothing
            does any more. Called on this thread.
        bug: Takes a mistake of ours, to write it down; called on this thread.
    """

    def __init__(
        self,
        path: Path,
        desk: StorageThread,
        texts: Callable[[], Texts],
        trouble: Callable[[Say | None], None],
        bug: Callable[[Exception], None],
    ) -> None:
        self._desk = desk
        self._trouble = trouble
        self._bug = bug
        self._failed_at = str(path / FAILED)
        self._folder = Folder(path, self._book, texts, desk.shop.currency)
        self._told: object = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="register-folder", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End; stopping twice is allowed."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    # -- on this thread

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(self._look())

    def _look(self) -> float:
        """Look once; gives how long to wait, in seconds."""
        try:
            failed = self._folder.look().failed
        except RegisterError as error:
            self._tell(type(error), partial(_register_error, error))
        except StorageError as error:
            self._tell(type(error), partial(_storage_error, error))
        except Exception as error:  # noqa: BLE001 - written down there; a bug must not end the shop's day
            self._bug(error)
        else:
            self._tell(failed, partial(_failed, failed, self._failed_at) if failed else None)
            return POLL_S
        return AGAIN_S

    def _book(self, name: str, sale: FileSale) -> Outcome:
        """Book on the storage thread, and wait: the file is moved only when its sale is on disk."""

        def work(till: Till) -> Outcome:
            outcome = file_sale(till, name, sale)
            self._desk.on_booked()
            return outcome

        return self._desk.call(work)

    def _tell(self, what: object, say: Say | None) -> None:
        if what != self._told:
            self._told = what
            self._trouble(say)


def _failed(count: int, folder: str, texts: Texts) -> str:
    return failed_text(texts, count, folder)


def _register_error(error: RegisterError, texts: Texts) -> str:
    return texts._(error.sentence).format(what=error.what)


def _storage_error(error: StorageError, texts: Texts) -> str:
    return error_text(texts, error)
