"""The sound thread: nobody waits for it, only the newest cue waits, and a machine without sound is found out."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING

import pytest

from hardware.player import Played
from hardware.sound import Cue, wav
from hardware.sounds import FAILURES_MAX, SoundFinding, Sounds, SoundTrouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hardware.player import Player

PATIENCE_S = 30.0


class FakePlayer:
    """Tells what it plays, and ends each when a test says how, or at once.

    Attributes:
        began: The cues whose playing began, with the file's bytes.
    """

    def __init__(self, name: str = "fake", always: Played | None = Played.YES) -> None:
        self.name = name
        self.began: Queue[tuple[str, bytes]] = Queue()
        self.folder: Path | None = None
        self._always = always
        self._ends: Queue[Played] = Queue()

    def play(self, file: Path) -> Played:
        self.folder = file.parent
        self.began.put((file.stem, file.read_bytes()))
        return self._always or self._ends.get(timeout=PATIENCE_S)

    def end(self, how: Played = Played.YES) -> None:
        """Let what plays come to an end."""
        self._ends.put(how)

    def cancel(self) -> None:
        self._ends.put(Played.CANCELLED)

    def next(self) -> str:
        """The next cue that begins, waited for."""
        return self.began.get(timeout=PATIENCE_S)[0]


class Bell:
    """What is left without a player; rings are waited for."""

    def __init__(self) -> None:
        self._rings: Queue[None] = Queue()

    def __call__(self) -> None:
        self._rings.put(None)

    def rung(self) -> None:
        """Wait for a ring."""
        self._rings.get(timeout=PATIENCE_S)

    @property
    def is_silent(self) -> bool:
        return self._rings.empty()


@pytest.fixture
def started() -> Iterator[list[Sounds]]:
    """What a test started is stopped at its end."""
    all_of_them: list[Sounds] = []
    yield all_of_them
    for sounds in all_of_them:
        sounds.stop()


def start(started: list[Sounds], players: Sequence[Player], bell: Bell | None = None, volume: int = 70) -> Sounds:
    """Sounds that play with these players."""
    sounds = Sounds(volume, players=lambda: players, beep=bell)
    started.append(sounds)
    sounds.start()
    return sounds


def test_a_cue_is_played_from_a_file_of_its_own(started: list[Sounds]) -> None:
    """What reaches the player is the cue at the volume that was set."""
    player = FakePlayer()
    sounds = start(started, [player], volume=35)
    for cue in Cue:
        sounds.play(cue)
        assert player.began.get(timeout=PATIENCE_S) == (cue.value, wav(cue, 35))
    assert sounds.finding == SoundFinding(35, "fake")


def test_playing_never_waits_and_only_the_newest_cue_does(started: list[Sounds]) -> None:
    """While one sounds, three more come: the last of them is heard, the others are no news any more."""
    player = FakePlayer(always=None)
    sounds = start(started, [player])
    sounds.play(Cue.FOUND)
    assert player.next() == "found"
    for cue in (Cue.REFUSED, Cue.UNKNOWN, Cue.AWARDED):
        sounds.play(cue)  # returns although the player has not
    player.end()
    assert player.next() == "awarded"
    player.end()
    sounds.play(Cue.FOUND)
    assert player.next() == "found"


def test_a_player_that_hangs_once_is_tried_again(started: list[Sounds]) -> None:
    """Its process was ended; the next cue gets a new one."""
    player, other = FakePlayer(always=None), FakePlayer("other")
    sounds = start(started, [player, other])
    for how in (Played.HUNG, Played.YES, Played.FAILED, Played.YES):
        sounds.play(Cue.FOUND)
        player.next()
        player.end(how)
    sounds.play(Cue.REFUSED)
    assert player.next() == "refused"
    assert other.began.empty()


@pytest.mark.parametrize("how", [Played.FAILED, Played.HUNG])
def test_a_player_that_fails_again_and_again_gives_way_to_the_next(started: list[Sounds], how: Played) -> None:
    """Such as pw-play on a machine whose sound server is another one."""
    broken, working = FakePlayer("broken", always=how), FakePlayer("working")
    sounds = start(started, [broken, working])
    for _ in range(FAILURES_MAX):
        sounds.play(Cue.FOUND)
        broken.next()
    sounds.play(Cue.AWARDED)
    assert working.next() == "awarded"
    assert sounds.finding == SoundFinding(70, "working")


def test_without_a_player_the_bell_rings_and_the_doctor_knows(started: list[Sounds]) -> None:
    """Every cue is the same beep then, which is better than nothing."""
    bell = Bell()
    sounds = start(started, [], bell)
    sounds.play(Cue.FOUND)
    bell.rung()
    sounds.play(Cue.REFUSED)
    bell.rung()
    assert sounds.finding == SoundFinding(70, trouble=SoundTrouble.NO_PLAYER)


def test_when_every_player_fails_the_bell_is_left(started: list[Sounds]) -> None:
    """And the finding says that there are players and that none works."""
    bell, player = Bell(), FakePlayer(always=Played.FAILED)
    sounds = start(started, [player], bell)
    for _ in range(FAILURES_MAX):
        sounds.play(Cue.FOUND)
        player.next()
    sounds.play(Cue.FOUND)
    bell.rung()
    assert sounds.finding == SoundFinding(70, trouble=SoundTrouble.PLAYER_FAILED)


def test_without_a_player_and_a_bell_it_is_silent(started: list[Sounds]) -> None:
    """Cues are still taken, and the till can be closed."""
    sounds = start(started, [])
    sounds.play(Cue.FOUND)
    sounds.stop()
    assert sounds.finding.trouble is SoundTrouble.NO_PLAYER


def test_volume_nought_starts_nothing(started: list[Sounds]) -> None:
    """No thread, no files, no player; a cue is nothing."""
    bell = Bell()
    before = threading.active_count()
    sounds = start(started, [FakePlayer()], bell, volume=0)
    assert threading.active_count() == before
    sounds.play(Cue.FOUND)
    sounds.stop()
    assert bell.is_silent
    assert sounds.finding == SoundFinding(0)


def test_stopping_ends_what_plays_and_takes_the_files_away(started: list[Sounds]) -> None:
    """The last beep of the day keeps nobody at the till; nothing is left in the temporary folder."""
    player = FakePlayer(always=None)
    sounds = start(started, [player])
    sounds.play(Cue.FOUND)
    player.next()
    sounds.play(Cue.AWARDED)  # waits, and is never played
    sounds.stop()
    sounds.stop()
    assert player.began.empty()
    assert player.folder is not None
    assert not player.folder.exists()
    sounds.play(Cue.FOUND)  # after the end: nothing happens


def test_it_can_be_stopped_before_it_was_started() -> None:
    """A till that fails to open closes what it has built."""
    sounds = Sounds(70)
    sounds.play(Cue.FOUND)
    sounds.stop()


def test_it_is_started_once(started: list[Sounds]) -> None:
    """Two threads would play over each other."""
    sounds = start(started, [FakePlayer()])
    with pytest.raises(RuntimeError, match="once"):
        sounds.start()


def test_a_full_disk_leaves_the_bell(started: list[Sounds], monkeypatch: pytest.MonkeyPatch) -> None:
    """The files can't be written; the till sells all the same."""

    def no_room(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", no_room)
    bell = Bell()
    sounds = start(started, [FakePlayer()], bell)
    sounds.play(Cue.FOUND)
    bell.rung()
    assert sounds.finding.trouble is SoundTrouble.NO_ROOM
