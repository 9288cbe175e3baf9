"""Bringing a till back whose ledger can't be opened: look around, then do what somebody chose.

Nothing is ever destroyed: what stood there is set aside and named. What is made is made beside it and checked, and
moves into its place last; until then the work can be stopped.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from storage.backup import check_copy, key_path, restore, temporary, tombstones_of_till, tombstones_path
from storage.errors import CopyStopped, Damaged, StorageError
from storage.files import KEY_FILE, LEDGER_FILE, VAULT_FILE, os_errors, write_durably
from storage.lock import take_lock
from storage.remains import continuing, glance, is_of_this_layout, is_sound, keys_hold, remains
from storage.rotation import read_copy
from storage.salvage import Salvaged, renew_vault, salvage
from storage.schema import VAULT_APPLICATION_ID
from storage.verify import verify
from terminal.app.restoring_copies import Place, find_boxes, find_copies, fitting_key, folders
from terminal.app.restoring_plans import (
    Findings,
    FromCopy,
    FromItself,
    KeyBack,
    Plan,
    Restored,
    Stage,
    Step,
    Stopped,
)
from terminal.app.restoring_trouble import NOT_CURED_BY_RESTORING, Trouble, diagnose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from uuid import UUID

    from loyalty.ports import Clock, Ids
    from terminal.settings.backup import BackupSettings

SALVAGED: Final = ".salvaged.sqlite"
"""What is made of a damaged ledger, in the data directory, until it is put in its place."""

KEY_ASIDE: Final = "programme.key.before"
"""A programme key that did not fit."""


def examine(
    directory: Path,
    settings: BackupSettings,
    error: StorageError | None,
    now_us: int,
    progress: Callable[[int, int], None] | None = None,
) -> Findings:
    """Look around in a data directory and in the places of its copies; nothing is changed.

    Args:
        directory: The data directory; no till has it open for writing, unless nothing is wrong.
        settings: Where copies are kept.
        error: What kept the till from going on; ``None`` when a manager wants an older copy.
        now_us: The time, in microseconds since 1970 UTC.
        progress: Told how many records have been looked at; what it raises ends the looking.
    """
    copies = find_copies(directory, settings)
    places = folders(directory, settings)
    findings = Findings(
        Trouble.ASKED if error is None else diagnose(directory, error, had_copies=bool(copies)),
        copies=copies,
        now_us=now_us,
        here=str(places[Place.HERE]),
        second=str(places.get(Place.SECOND, "")),
        boxes=find_boxes(settings.black_box),
        black_box=settings.black_box,
    )
    if findings.trouble is Trouble.ASKED:
        return replace(findings, remains=glance(directory))
    if findings.trouble in NOT_CURED_BY_RESTORING:
        return findings
    found = remains(directory, progress)
    ledger = directory / LEDGER_FILE
    is_the_vault = not found.vault_sound and found.journal.whole and found.sides_whole
    return replace(
        findings,
        trouble=Trouble.VAULT_DAMAGED if is_the_vault and findings.trouble is Trouble.DAMAGED else findings.trouble,
        remains=found,
        continuing=continuing(ledger, (each.copy.path for each in copies)),
        key=None if found.key_fits or not ledger.exists() else fitting_key(ledger, copies),
    )


def carry_out(
    plan: Plan,
    directory: Path,
    *,
    clock: Clock,
    ids: Ids,
    tell: Callable[[Step], None],
    stop: Callable[[], bool],
) -> Restored | Stopped:
    """Do what somebody chose.

    Args:
        plan: What.
        directory: The data directory; no till has it open.
        clock: Time.
        ids: Fresh ids.
        tell: Hears how far it is, on the calling thread.
        stop: Whether somebody wants it to end. While nothing was changed it ends the work, and later the proof.

    Returns:
        What was restored, or that the work was stopped with nothing changed.

    Raises:
        StorageError: It can't be done; what stood there stands there still.
    """
    work = _Work(directory, clock, ids, tell, stop)
    try:
        match plan:
            case FromCopy():
                return work.from_copy(plan)
            case FromItself():
                return work.from_itself(plan)
            case KeyBack():
                return work.key_back(plan.key)
    except CopyStopped:
        return Stopped()


class _Work:
    """One piece of work on one directory."""

    def __init__(
        self, directory: Path, clock: Clock, ids: Ids, tell: Callable[[Step], None], stop: Callable[[], bool]
    ) -> None:
        self._directory = directory
        self._ledger = directory / LEDGER_FILE
        self._clock = clock
        self._ids = ids
        self._tell = tell
        self._stop = stop
        self._stood = {path.name for path in directory.iterdir()} if directory.is_dir() else set()

    def from_copy(self, plan: FromCopy) -> Restored:
        """Put a copy back, perhaps with the newer records of the damaged ledger."""
        self._tell(Step(Stage.CHECKING))
        check_copy(plan.path, lambda _took_s: self._go_on())
        base = read_copy(plan.path)
        if base is None:
            raise Damaged(f"{plan.path} is no copy of a ledger")
        if not plan.newer:
            return self._put(plan.path)
        with self._salvaged(plan.path) as (part, saved):
            _take_along(plan.path, part, base.terminal_id)
            return self._put(part, newer=saved.records - base.records, unproved=saved.unproved)

    def from_itself(self, plan: FromItself) -> Restored:
        """Make the ledger anew of what it holds."""
        if not is_of_this_layout(self._ledger):  # an older layout is restored as it is, and brought up to date then
            return self._put(self._ledger, key=plan.key)
        with self._salvaged(None, plan.mend_from) as (part, saved):
            return self._put(part, key=plan.key, unproved=saved.unproved)

    def key_back(self, key: Path) -> Restored:
        """Put the programme key where it belongs."""
        self._put_key(key)
        return self._proved(Restored(records=0))

    @contextmanager
    def _salvaged(self, base: Path | None, mend_from: Path | None = None) -> Iterator[tuple[Path, Salvaged]]:
        """A sound ledger made of the damaged one's records, and what was saved; gone again afterwards."""
        self._progress(Stage.SAVING, 0, 0)
        with os_errors(str(self._directory)), temporary(self._directory / SALVAGED) as part:
            progress = partial(self._progress, Stage.SAVING)
            saved = salvage(self._ledger, part, base=base, mend_from=mend_from, progress=progress)
            try:
                yield part, saved
            finally:
                for beside in (key_path(part), tombstones_path(part)):
                    beside.unlink(missing_ok=True)

    def _put(
        self, source: Path, *, key: Path | None = None, newer: int = 0, unproved: tuple[str, ...] = ()
    ) -> Restored:
        """Put a sound ledger in place; from here on the work is not stopped any more."""
        self._go_on()
        self._tell(Step(Stage.PUTTING))
        vault = self._directory / VAULT_FILE
        names_lost = not keys_hold(vault)
        if vault.exists() and not is_sound(vault, VAULT_APPLICATION_ID):
            names_lost = bool(renew_vault(self._directory).aside)
        if key is not None:
            self._put_key(key)
        started = restore(source, self._directory, clock=self._clock, ids=self._ids)
        alone = not glance(self._directory).joined
        restored = Restored(started.seq, newer, names_lost=names_lost, stands_alone=alone, problems=unproved)
        return self._proved(restored)

    def _put_key(self, key: Path) -> None:
        """Put a programme key in place; one that does not fit is set aside."""
        path = self._directory / KEY_FILE
        with os_errors(str(path)):
            lock = take_lock(self._directory)
            try:
                if path.exists() and path.read_bytes() != key.read_bytes():
                    path.replace(path.with_name(KEY_ASIDE))
                write_durably(path, key.read_bytes())
            finally:
                lock.release()

    def _proved(self, restored: Restored) -> Restored:
        """Prove what stands there now; somebody in a hurry may leave the proof to the daily one."""
        aside = tuple(sorted(path.name for path in self._directory.iterdir() if self._was_set_aside(path.name)))
        records, problems, proved = restored.records, restored.problems, True
        try:
            self._progress(Stage.VERIFYING, 0, 0)
            result = verify(self._directory, partial(self._progress, Stage.VERIFYING))
            records, problems = result.records, (*problems, *result.problems)
        except CopyStopped:
            proved = False
        return replace(restored, records=records, aside=aside, problems=problems, proved=proved)

    def _was_set_aside(self, name: str) -> bool:
        is_log = name.endswith(("-wal", "-shm"))
        return ".before" in name and name not in self._stood and not is_log

    def _progress(self, stage: Stage, done: int, total: int) -> None:
        self._go_on()
        self._tell(Step(stage, done, total))

    def _go_on(self) -> None:
        if self._stop():
            raise CopyStopped("somebody stopped it")


def _take_along(base: Path, part: Path, terminal_id: UUID) -> None:
    """Lay beside what was made of a copy what lies beside the copy: the programme key and who was erased."""
    with suppress(FileNotFoundError):
        write_durably(key_path(part), key_path(base).read_bytes())
    told = b""
    for path in (tombstones_path(base), tombstones_of_till(base.parent, terminal_id)):
        with suppress(FileNotFoundError):
            lines = path.read_bytes()
            told += lines[: lines.rfind(b"\n") + 1]  # behind the last line stands what a crash cut off
    if told:
        write_durably(tombstones_path(part), told)
