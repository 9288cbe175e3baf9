"""Handing out a member's data at the till: who may, and the writing beside the sales.

Collecting walks the whole journal, so neither the painting nor the storage thread does it.
"""

from __future__ import annotations

import shutil
import threading
import time
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

import msgspec

from loyalty.outcomes import Refused
from terminal.app.export import export_member
from terminal.app.files import write_files
from terminal.app.sign_in import manager_refusal
from terminal.app.till import Till
from terminal.errors import FileUnwritable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from loyalty.ports import Clock, Ids
    from storage.store import Store
    from terminal.settings.retention import RetentionSettings
    from texts.i18n import Texts

STOP_S: Final = 5.0
"""How long the end of the till waits for files that are being written, in seconds; a stick may hang for ever."""


class AllowExport(msgspec.Struct, frozen=True):
    """Who decides that a member's data is handed out.

    Attributes:
        manager_id: The manager, ``None`` where nobody has a PIN.
        pin: As typed; never stored.
    """

    manager_id: UUID | None
    pin: str


class Allowed(msgspec.Struct, frozen=True):
    """It may be handed out."""


class Written(msgspec.Struct, frozen=True):
    """The files are there.

    Attributes:
        folder: Where; made for them.
        files: The files, with their folder.
    """

    folder: Path
    files: tuple[Path, ...]


class Opened(Protocol):
    """Whoever has the ledger open."""

    @property
    def store(self) -> Store:
        """The open store; other threads ask it for readers only."""
        ...


def allow_export(till: Till, command: AllowExport) -> Allowed | Refused:
    """Say whether this person may hand a member's data out; a wrong PIN is counted.

    Raises:
        StorageError: If the disk did not take the count.
    """
    with till.store.unit() as unit:
        return manager_refusal(till, unit, command.manager_id, command.pin) or Allowed()


def write_to_new_folder(folder: Path, files: Mapping[str, bytes]) -> Written:
    """Write files into a folder of their own, all of them or none.

    Args:
        folder: Which folder; where there is one already, the next free number is added to its name.
        files: What is written, by name.

    Raises:
        FileUnwritable: The folder can't be made, or the disk did not take a file.
    """
    made = _new_folder(folder)
    try:
        return Written(made, tuple(write_files(made, files)))
    except FileUnwritable:
        shutil.rmtree(made, ignore_errors=True)  # half of what is known about somebody must not be left lying about
        raise


def _new_folder(folder: Path) -> Path:
    """Make it, or the next one that is free: what was handed to somebody else is never written over."""
    numbered = (folder.with_name(f"{folder.name} ({number})") for number in count(2))
    wanted = folder
    while True:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            wanted.mkdir(mode=0o700)
        except FileExistsError as error:
            if not folder.parent.is_dir():
                raise FileUnwritable(folder.parent, error.strerror or "") from error
            wanted = next(numbered)
        except OSError as error:
            raise FileUnwritable(wanted, error.strerror or "") from error
        else:
            return wanted


class MemberExports:
    """Writes what is stored about members, each on a thread of its own; satisfies ``ExportActions``.

    Args:
        desk: Whoever has the ledger open.
        kept: How long things are kept.
        clock: Time.
        ids: Ids.
        deliver: Hands a call over to the painting thread.
    """

    def __init__(
        self,
        desk: Opened,
        kept: RetentionSettings,
        clock: Clock,
        ids: Ids,
        deliver: Callable[[Callable[[], None]], None],
    ) -> None:
        self._desk = desk
        self._kept = kept
        self._clock = clock
        self._ids = ids
        self._deliver = deliver
        self._threads: list[threading.Thread] = []

    def stop(self) -> None:
        """Wait for what is being written, no longer than ``STOP_S``; stopping twice is allowed."""
        deadline_s = time.monotonic() + STOP_S
        for thread in self._threads:
            thread.join(max(0.0, deadline_s - time.monotonic()))
        self._threads = []

    def write(
        self,
        card: str,
        texts: Texts,
        folder: Path,
        done: Callable[[Written | Refused | FileUnwritable], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """See ``ExportActions``."""

        def work() -> None:
            try:
                outcome = self._write(card, texts, folder)
            except Exception as error:  # noqa: BLE001 - delivered, and a bug reaches the crash handler there
                self._deliver(partial(failed, error))
            else:
                self._deliver(partial(done, outcome))

        thread = threading.Thread(target=work, name="member-export", daemon=True)
        self._threads = [*(each for each in self._threads if each.is_alive()), thread]
        thread.start()

    def _write(self, card: str, texts: Texts, folder: Path) -> Written | Refused | FileUnwritable:
        store = self._desk.store
        with closing(store.reader()) as reader:
            export = export_member(Till(store, self._clock, self._ids), reader, card, texts, self._kept)
        if isinstance(export, Refused):
            return export
        try:
            return write_to_new_folder(folder, export.files)
        except FileUnwritable as error:
            return error
