"""Plays sound files with what the machine brings: a function of Windows, a small program elsewhere.

QtMultimedia would bring a media framework for four beeps; every desktop has one of these programs.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLAY_TIMEOUT_S: Final = 2.0
"""Longest life of a player, in seconds: five times the longest cue, with the time to start and to drain."""

END_TIMEOUT_S: Final = 1.0
"""Longest wait for a player that was ended to be gone, in seconds."""

COMMANDS: Final[tuple[tuple[str, ...], ...]] = (
    ("pw-play",),
    ("paplay",),
    ("aplay", "-q"),
)
"""Players of Linux and the BSDs, the newest sound server first; the file's path follows."""

MAC_COMMANDS: Final[tuple[tuple[str, ...], ...]] = (("afplay",),)


class Played(StrEnum):
    """What became of one file."""

    YES = "yes"
    FAILED = "failed"
    """The player is gone, or ended with an error: no sound server, no sound card."""
    HUNG = "hung"
    """It did not end in time and was ended."""
    CANCELLED = "cancelled"


class Player(Protocol):
    """A way to play a file. One thread plays; any thread may cancel."""

    @property
    def name(self) -> str:
        """What it is called, for support."""
        ...

    def play(self, file: Path) -> Played:
        """Play a WAV file and wait for its end, at most ``PLAY_TIMEOUT_S``."""
        ...

    def cancel(self) -> None:
        """Let a waiting ``play`` end at once, and every later one: the till is closing."""
        ...


class ProgramPlayer:
    """Plays with a program of the machine, one process a file.

    Args:
        command: The program and its options; the file's path is added.
        timeout_s: How long one process may live.
    """

    def __init__(self, command: tuple[str, ...], timeout_s: float = PLAY_TIMEOUT_S) -> None:
        self._command = command
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._cancelled = threading.Event()

    @property
    def name(self) -> str:
        """The program."""
        return self._command[0]

    def play(self, file: Path) -> Played:
        """Start the program and wait for its end; one that hangs is ended."""
        with self._lock:
            if self._cancelled.is_set():
                return Played.CANCELLED
            try:
                process = subprocess.Popen(  # noqa: S603 - a program found on the path, with a file of our own
                    [*self._command, str(file)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            except OSError:
                return Played.FAILED
            self._process = process
        try:
            code = process.wait(self._timeout_s)
        except subprocess.TimeoutExpired:
            self._end(process)
            return Played.HUNG
        finally:
            with self._lock:
                self._process = None
        if self._cancelled.is_set():
            return Played.CANCELLED
        return Played.YES if code == 0 else Played.FAILED

    def cancel(self) -> None:
        """End what is playing."""
        with self._lock:
            self._cancelled.set()
            if self._process is not None:
                self._process.kill()

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        """Kill it. One that even the kernel can't end (a driver that hangs) is left behind rather than waited for."""
        process.kill()
        try:
            process.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            return


class WindowsPlayer:
    """Plays with the function that Windows has for it, ``PlaySound``; it waits for the end by itself."""

    name = "winsound"

    def play(self, file: Path) -> Played:
        """Play a file."""
        if sys.platform == "win32":
            import winsound

            try:
                winsound.PlaySound(str(file), winsound.SND_FILENAME | winsound.SND_NODEFAULT)
            except RuntimeError:
                return Played.FAILED
            return Played.YES
        return Played.FAILED

    def cancel(self) -> None:
        """Nothing to do: it ends with the sound, and its thread does not keep the till open."""


def find_players(platform: str = sys.platform, which: Callable[[str], str | None] = shutil.which) -> tuple[Player, ...]:
    """The players this machine has, the best first; none where it has none.

    Args:
        platform: ``sys.platform``.
        which: Finds a program on the path.
    """
    if platform == "win32":
        return (WindowsPlayer(),)
    commands = MAC_COMMANDS if platform == "darwin" else COMMANDS
    found = ((which(program), options) for program, *options in commands)
    return tuple(ProgramPlayer((path, *options)) for path, options in found if path)
