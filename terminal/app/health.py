"""Watching over the ledger while the till works: a quick look after the start, the whole proof once a day.

The whole proof walks every record and would take the processor from the scan path, so it runs as a process of its own,
with low priority, beside the open till.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
import threading
import time
from typing import TYPE_CHECKING, Final

import msgspec

from storage.errors import Damaged, NotALedger, RecordsMissing, StorageError
from storage.verify import quick_check
from terminal.app.beside import run_beside

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

QUICK_CHECK_DELAY_S: Final = 0.0
"""How long the quick check waits, in seconds; whoever starts the watch waits for the first screen."""

VERIFY_DELAY_S: Final = 600.0
"""How long after that the daily proof waits, in seconds."""

VERIFY_EVERY_S: Final = 24 * 60 * 60.0
"""How often the proof is due, in seconds."""

VERIFY_TIMEOUT_S: Final = 60 * 60.0
"""When a proof is given up, in seconds; it is tried again at the next start."""

VERIFIED_MARK: Final = "verified"
"""The file whose time says when the last proof held."""

DAMAGE_CODES: Final = frozenset({Damaged.code, RecordsMissing.code, NotALedger.code})
"""Errors of the proof itself that are damage: it could not even begin to walk."""

ANSWER_LENGTH_MAX: Final = 1024 * 1024


class HealthWatch:
    """One thread that mostly sleeps.

    Args:
        directory: The data directory.
        on_damage: Hears of damage, on the watch's own thread.
        command: Proves the ledger and prints ``{"ok": ..., "problems": [...]}``. Anything else it says, a full disk
            for its scratch file for example, says nothing about the ledger, and the proof is tried again later.
        quick_check_delay_s: See ``QUICK_CHECK_DELAY_S``.
        verify_delay_s: See ``VERIFY_DELAY_S``.
    """

    def __init__(
        self,
        directory: Path,
        on_damage: Callable[[StorageError], None],
        command: Sequence[str],
        *,
        quick_check_delay_s: float = QUICK_CHECK_DELAY_S,
        verify_delay_s: float = VERIFY_DELAY_S,
    ) -> None:
        self._directory = directory
        self._on_damage = on_damage
        self._command = command
        self._quick_check_delay_s = quick_check_delay_s
        self._verify_delay_s = verify_delay_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="health")

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching; a proof that runs is ended, it changes nothing."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        if self._stopping.wait(self._quick_check_delay_s):
            return
        with contextlib.suppress(StorageError):  # a file in use, a full disk: the daily proof looks again
            problems = quick_check(self._directory)
            if problems:
                self._on_damage(Damaged(problems[0]))
                return
        while not self._stopping.wait(self._verify_delay_s):
            if self._is_due() and not self._prove():
                return

    def _is_due(self) -> bool:
        try:
            age_s = time.time() - (self._directory / VERIFIED_MARK).stat().st_mtime
        except FileNotFoundError:
            return True
        return not 0 <= age_s < VERIFY_EVERY_S

    def _prove(self) -> bool:
        """Run the proof; say whether to go on watching."""
        try:
            answer = self._answer()
        except OSError:
            return True  # no room for its scratch file: nothing is known, so try again later
        if answer is None:
            return not self._stopping.is_set()
        damage = answer.problems[0] if answer.problems else answer.error.message
        if answer.ok is False or answer.error.code in DAMAGE_CODES:
            self._on_damage(Damaged(damage))
            return False
        if answer.ok:
            with contextlib.suppress(OSError):
                (self._directory / VERIFIED_MARK).touch()
        return True

    def _answer(self) -> _Answer | None:
        """What the proof says; ``None`` when it was ended or its answer can't be read."""
        with tempfile.TemporaryFile() as answer:
            if run_beside(self._command, self._stopping, output=answer, timeout_s=VERIFY_TIMEOUT_S) is None:
                return None
            answer.seek(0)
            try:
                return msgspec.json.decode(answer.read(ANSWER_LENGTH_MAX), type=_Answer)
            except msgspec.MsgspecError:
                return None


class _Error(msgspec.Struct, frozen=True):
    code: str = ""
    message: str = ""


class _Answer(msgspec.Struct, frozen=True):
    ok: bool | None = None
    problems: list[str] = []
    error: _Error = _Error()


def verify_command(directory: Path) -> list[str]:
    """The command that proves a ledger."""
    return [sys.executable, "-m", "terminal.main", "--data", str(directory), "--json", "ledger", "verify"]
