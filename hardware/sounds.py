"""One thread that plays the till's cues, and never keeps anybody waiting."""

from __future__ import annotations

import logging
import tempfile
import threading
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from hardware.player import END_TIMEOUT_S, Played, find_players
from hardware.sound import Cue, wav

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hardware.player import Player

FAILURES_MAX: Final = 2
"""After how many failures in a row the next player is tried: one may be a sound server that is just starting."""

JOIN_TIMEOUT_S: Final = 2 * END_TIMEOUT_S
"""Longest wait for the thread to end, in seconds."""

_LOGGER = logging.getLogger(__name__)


class SoundTrouble(StrEnum):
    """Why nobody hears anything."""

    NO_PLAYER = "no_player"
    """The machine has no program that plays sounds."""
    PLAYER_FAILED = "player_failed"
    """Every player it has ends with an error or hangs."""
    NO_ROOM = "no_room"
    """The sound files can't be written to the folder for temporary files."""


class SoundFinding(msgspec.Struct, frozen=True):
    """What the doctor says of the sound.

    Attributes:
        volume_percent: How loud it is set, 0 when it is off.
        player: The player in use, empty for none.
        trouble: Why it is silent, or only beeps; ``None`` when all is well.
    """

    volume_percent: int
    player: str = ""
    trouble: SoundTrouble | None = None


class Sounds:
    """Plays cues on a thread of its own, from ``start`` to ``stop``.

    Only the newest cue waits: what happened three scans ago is no news, and a queue would go on beeping behind a
    cashier who has long gone on.

    Args:
        volume_percent: How loud, 0 to 100; 0 starts nothing.
        players: Finds the machine's players; called on the thread, because it looks through folders.
        beep: What is left when none of them works, such as the bell of the desktop; called on the sound thread.
    """

    def __init__(
        self,
        volume_percent: int,
        *,
        players: Callable[[], Sequence[Player]] = find_players,
        beep: Callable[[], None] | None = None,
    ) -> None:
        self._volume_percent = volume_percent
        self._find = players
        self._beep = beep
        self._changed = threading.Condition()
        self._waiting: Cue | None = None
        self._stopping = False
        self._player: Player | None = None
        self._trouble: SoundTrouble | None = None
        self._thread: threading.Thread | None = None

    @property
    def finding(self) -> SoundFinding:
        """How it stands, for the doctor."""
        player = self._player
        return SoundFinding(self._volume_percent, player.name if player else "", self._trouble)

    def start(self) -> None:
        """Begin; a till that is switched to silent starts no thread.

        Raises:
            RuntimeError: It was started before.
        """
        if self._thread is not None:
            raise RuntimeError("Sounds are started once")
        if self._volume_percent == 0:
            return
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)
        self._thread.start()

    def play(self, cue: Cue) -> None:
        """Let a cue be heard soon; returns at once. It takes the place of one that still waits."""
        if self._thread is None:
            return
        with self._changed:
            self._waiting = cue
            self._changed.notify()

    def stop(self) -> None:
        """End the thread and what is playing; may be called twice and before ``start``."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
            player = self._player
        if player is not None:
            player.cancel()
        if self._thread is not None:
            self._thread.join(JOIN_TIMEOUT_S)

    def _run(self) -> None:
        try:
            # A file a till has open can't always be deleted; the system clears its temporary folder by itself.
            with tempfile.TemporaryDirectory(prefix="stammkunde-sound-", ignore_cleanup_errors=True) as folder:
                files = self._write(Path(folder))
                self._serve(list(self._find()), files)
        except OSError as error:
            _LOGGER.warning("no sound: %s", error)
            self._trouble = SoundTrouble.NO_ROOM
            self._serve([], {})

    def _write(self, folder: Path) -> dict[Cue, Path]:
        """Every cue as a file, since most players take nothing else."""
        files = {cue: folder / f"{cue.value}.wav" for cue in Cue}
        for cue, file in files.items():
            file.write_bytes(wav(cue, self._volume_percent))
        return files

    def _serve(self, players: list[Player], files: dict[Cue, Path]) -> None:
        """Play with the first player until it fails again and again, then with the next; at the end only beep."""
        had_players = bool(players)
        for player in players:
            self._take_up(player)
            if not self._serve_with(player, files):
                return
            _LOGGER.warning("%s plays no sounds here", player.name)
        self._take_up(None)
        if self._trouble is None:
            self._trouble = SoundTrouble.PLAYER_FAILED if had_players else SoundTrouble.NO_PLAYER
        while self._next() is not None:
            if self._beep is not None:
                self._beep()

    def _take_up(self, player: Player | None) -> None:
        with self._changed:
            self._player = player
            stopping = self._stopping
        if player is not None and stopping:
            player.cancel()

    def _serve_with(self, player: Player, files: dict[Cue, Path]) -> bool:
        """Play with one player; say whether it failed too often, and not that the till stops."""
        failures = 0
        while failures < FAILURES_MAX:
            cue = self._next()
            if cue is None:
                return False
            failures = 0 if player.play(files[cue]) in {Played.YES, Played.CANCELLED} else failures + 1
        return True

    def _next(self) -> Cue | None:
        """Wait for a cue and take it; ``None`` when the till stops."""
        with self._changed:
            while self._waiting is None and not self._stopping:
                self._changed.wait()
            cue, self._waiting = self._waiting, None
            return None if self._stopping else cue
