"""Playing a file with a program of the machine: which one, what becomes of it, and that a hung one is ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hardware.player import COMMANDS, Played, ProgramPlayer, WindowsPlayer, find_players

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="plays with programs that are scripts here")

PATIENCE_S = 30.0


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """The file to play."""
    file = tmp_path / "found.wav"
    file.write_bytes(b"RIFF")
    return file


def script(folder: Path, body: str) -> tuple[str, ...]:
    """A player that is a shell script; the file is its first argument."""
    path = folder / "player"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return (str(path),)


@contextmanager
def playing(player: ProgramPlayer, file: Path) -> Iterator[list[Played]]:
    """Plays on another thread; what came of it is in the list when the block has ended."""
    came: list[Played] = []
    thread = threading.Thread(target=lambda: came.append(player.play(file)))
    thread.start()
    try:
        yield came
    finally:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def test_the_file_is_handed_to_the_program_behind_its_options(tmp_path: Path, sound: Path) -> None:
    """Such as ``aplay -q FILE``."""
    player = ProgramPlayer((*script(tmp_path, f'echo "$@" > {tmp_path}/said'), "-q"))
    assert player.play(sound) is Played.YES
    assert (tmp_path / "said").read_text().split() == ["-q", str(sound)]


@pytest.mark.parametrize("body", ["exit 1", "kill -9 $$"])
def test_a_program_that_ends_badly_has_failed(tmp_path: Path, sound: Path, body: str) -> None:
    """No sound server, no card, a crash: nobody heard anything."""
    assert ProgramPlayer(script(tmp_path, body)).play(sound) is Played.FAILED


def test_a_program_that_is_gone_has_failed(tmp_path: Path, sound: Path) -> None:
    """It was there when the till started and was uninstalled since."""
    assert ProgramPlayer((str(tmp_path / "nothing"),)).play(sound) is Played.FAILED


def test_a_program_that_hangs_is_ended(tmp_path: Path, sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time it is gone, not left behind: the next cue gets a process of its own."""
    made: list[subprocess.Popen[bytes]] = []

    class Remembered(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - handed on as they come
            super().__init__(*arguments, **options)
            made.append(self)

    monkeypatch.setattr(subprocess, "Popen", Remembered)
    assert ProgramPlayer(script(tmp_path, "exec sleep 3600"), timeout_s=0.05).play(sound) is Played.HUNG
    assert made[0].returncode == -signal.SIGKILL


def test_cancelling_ends_what_plays_and_plays_no_more(tmp_path: Path, sound: Path) -> None:
    """The till is closing and waits for nobody's last beep."""
    os.mkfifo(tmp_path / "begun")
    player = ProgramPlayer(script(tmp_path, f"echo > {tmp_path}/begun; exec sleep 3600"), timeout_s=PATIENCE_S)
    with playing(player, sound) as came:
        (tmp_path / "begun").read_text()  # waits until the player runs
        player.cancel()
    assert came == [Played.CANCELLED]
    assert player.play(sound) is Played.CANCELLED


def test_cancelling_a_player_that_plays_nothing_is_no_error(tmp_path: Path) -> None:
    """Most tills are closed in silence."""
    ProgramPlayer(script(tmp_path, "exit 0")).cancel()


@pytest.mark.parametrize(
    ("platform", "there", "chosen"),
    [
        ("linux", {"pw-play", "paplay", "aplay"}, ["/bin/pw-play", "/bin/paplay", "/bin/aplay"]),
        ("linux", {"aplay"}, ["/bin/aplay"]),
        ("linux", {"afplay"}, []),
        ("freebsd14", {"paplay"}, ["/bin/paplay"]),
        ("darwin", {"afplay", "aplay"}, ["/bin/afplay"]),
        ("darwin", set(), []),
        ("win32", set(), ["winsound"]),
    ],
)
def test_the_players_of_a_machine_are_tried_in_order(platform: str, there: set[str], chosen: list[str]) -> None:
    """The newest sound server first; each system has its own."""
    found = find_players(platform, lambda program: f"/bin/{program}" if program in there else None)
    assert [player.name for player in found] == chosen


def test_every_linux_player_gets_its_options(tmp_path: Path) -> None:
    """Aplay writes a line to the terminal unless it is told not to."""
    assert ("aplay", "-q") in COMMANDS
    found = find_players("linux", lambda program: str(tmp_path / program) if program == "aplay" else None)
    assert isinstance(found[0], ProgramPlayer)
    assert found[0]._command == (str(tmp_path / "aplay"), "-q")


def test_windows_own_player_fails_politely_elsewhere(sound: Path) -> None:
    """Its module is not there; that is a failure like any other."""
    player = WindowsPlayer()
    player.cancel()
    assert player.play(sound) is Played.FAILED
