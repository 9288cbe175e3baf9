"""The copies of the data at the till: dot, sentence and screen, without a thread and without a window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from msgspec.structs import replace

from loyalty.directory import Role
from loyalty.document import Problem
from storage.types import CashierRow
from terminal.backup.places import Volume
from terminal.backup.status import BackupStatus, BoxStatus, Level, Made, Phase, PlaceStatus, Running, Trouble
from terminal.errors import FileUnwritable, SettingsWrong
from terminal.presenters.backup_words import headline, size_text, trouble_text
from terminal.presenters.states import Notice, Screen, Tone
from tests.fakes.counter import ANNA, Counter
from texts.i18n import Texts

US_PER_DAY = 24 * 3_600_000_000
STICK = Volume(Path("/media/STICK/stammkunde-backups"), "STICK", 28_000_000_000)
EPOCH = UUID(int=7, version=4)


class FakeBackups:
    """Satisfies ``BackupActions``: remembers what was asked for and answers when a test says so."""

    def __init__(self) -> None:
        self.asked = 0
        self.volumes: tuple[Volume, ...] = (STICK,)
        self.used: list[tuple[Path, Callable[[], None], Callable[[Exception], None]]] = []

    def back_up_now(self) -> None:
        self.asked += 1

    def look_for_places(self, done: Callable[[tuple[Volume, ...]], None]) -> None:
        done(self.volumes)

    def use_place(self, folder: Path, done: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        self.used.append((folder, done, failed))


@pytest.fixture
def backups(counter: Counter) -> FakeBackups:
    """What the screen asks."""
    made = FakeBackups()
    counter.around.backup_actions = made
    return made


def made_at(counter: Counter, days: int = 0, records: int = 10) -> Made:
    """A copy of some days ago."""
    return Made("/media/STICK", "x.backup", counter.clock.now_us() - days * US_PER_DAY, records, EPOCH, 4_200_000)


def fine(counter: Counter) -> BackupStatus:
    """A copy here and one elsewhere, both with everything."""
    made = made_at(counter)
    return BackupStatus(
        records=10,
        epoch=EPOCH,
        here=PlaceStatus("/data/backups", made, 3),
        elsewhere=PlaceStatus("/media/STICK", made, 2),
    )


def none_elsewhere(counter: Counter) -> BackupStatus:
    """No copy off this disk."""
    return replace(fine(counter), elsewhere=PlaceStatus())


def keys(counter: Counter) -> list[str]:
    """The buttons of the screen."""
    return [action.key for action in counter.shell.backup.state.actions]


def notes(counter: Counter) -> str:
    """All remarks on the screen."""
    return "\n".join(notice.text for notice in counter.shell.backup.state.notes)


# -- the dot -----------------------------------------------------------------------------------------------------------


def test_there_is_no_dot_before_anything_is_known_and_none_when_all_is_well(counter: Counter) -> None:
    """Quiet is the normal state."""
    assert counter.shell.state.bar.backup is None
    counter.shell.backup_status(fine(counter))
    assert counter.shell.state.bar.backup is None
    assert counter.shell.idle.state.notice is None


def test_the_dot_is_red_with_a_sentence_until_a_copy_is_off_this_disk(counter: Counter) -> None:
    """It is spoken as well, and stands on the start screen with what to do."""
    counter.shell.backup_status(none_elsewhere(counter))
    dot, notice = counter.shell.state.bar.backup, counter.shell.idle.state.notice
    assert dot is not None
    assert (dot.tone, dot.spoken) == (Tone.BAD, "No copy off this disk")
    assert notice is not None
    assert notice.tone is Tone.BAD
    assert "F12" in notice.text
    counter.shell.backup_status(fine(counter))
    assert counter.shell.state.bar.backup is None
    assert counter.shell.idle.state.notice is None


def test_the_dot_is_amber_when_the_copy_is_old_or_none_are_taken_here(counter: Counter) -> None:
    """Each with its own words."""
    old = replace(fine(counter), elsewhere=PlaceStatus("/media/STICK", made_at(counter, days=3, records=9)))
    ailing = replace(fine(counter), here=PlaceStatus("/data/backups", trouble=Trouble.FULL))
    for status, words in ((old, "The last copy elsewhere is old"), (ailing, "Copies are not taken")):
        counter.shell.backup_status(status)
        dot, notice = counter.shell.state.bar.backup, counter.shell.idle.state.notice
        assert dot is not None
        assert (dot.tone, dot.spoken) == (Tone.WARN, words)
        assert notice is not None
        assert notice.tone is Tone.WARN


def test_whoever_has_looked_keeps_the_dot_and_is_spared_the_sentence(counter: Counter) -> None:
    """A shop that wants no second place sees the dot for ever, and its start screen again."""
    counter.shell.backup_status(none_elsewhere(counter))
    counter.shell.key("F12")
    counter.shell.key("Esc")
    assert counter.screen() is Screen.IDLE
    assert counter.shell.idle.state.notice is None
    assert counter.shell.state.bar.backup is not None
    old = replace(fine(counter), elsewhere=PlaceStatus("/media/STICK", made_at(counter, days=3, records=9)))
    counter.shell.backup_status(old)
    assert counter.shell.idle.state.notice is not None, "something else is the matter now"


def test_the_dot_comes_by_itself_when_time_passes(counter: Counter) -> None:
    """Nobody has to do anything for a copy to grow old."""
    counter.shell.backup_status(
        replace(fine(counter), records=11, here=PlaceStatus("/data", made_at(counter, records=11)))
    )
    assert counter.shell.state.bar.backup is None
    counter.clock.advance(days=3)
    counter.shell.tick()
    assert counter.shell.state.bar.backup is not None


# -- the screen --------------------------------------------------------------------------------------------------------


def test_the_screen_opens_over_an_open_sale_and_leads_back_to_it(counter: Counter) -> None:
    """F12 throws nothing away."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("12,50")
    counter.shell.key("F12")
    assert counter.screen() is Screen.BACKUP
    counter.shell.key("Esc")
    assert counter.screen() is Screen.MEMBER
    assert counter.shell.member.state.amount == "12,50"


@pytest.mark.parametrize("trouble", list(Trouble))
def test_every_trouble_is_told_with_what_to_do(counter: Counter, trouble: Trouble) -> None:
    """By place, and with a code where something is wrong."""
    place = PlaceStatus("/media/STICK", made_at(counter), trouble=trouble)
    counter.shell.backup_status(replace(fine(counter), elsewhere=place))
    counter.shell.key("F12")
    assert f"Second place: {trouble_text(Texts('en'), trouble)}" in notes(counter)
    assert ("(M-4" in notes(counter)) is (trouble is not Trouble.BUSY)


def test_every_level_has_its_words_and_icon(counter: Counter) -> None:
    """No two alike."""
    texts = counter.around.texts
    assert len({headline(texts, level) for level in Level}) == len(Level)
    for status in (BackupStatus(), fine(counter), none_elsewhere(counter)):
        counter.shell.backup_status(status)
        counter.shell.key("F12")
        assert counter.shell.backup.state.text
        assert counter.shell.backup.state.icon.startswith("backup")


def test_the_places_say_what_their_newest_copy_lacks(counter: Counter) -> None:
    """In bookings, which people can count."""
    lacking = replace(fine(counter), records=13)
    counter.shell.backup_status(lacking)
    counter.shell.key("F12")
    here, elsewhere = counter.shell.backup.state.tiles
    assert here.value.startswith("Today")
    assert elsewhere.detail == "lacks 3 bookings"
    counter.shell.backup_status(replace(lacking, epoch=UUID(int=8, version=4)))
    assert "before the data was put back" in counter.shell.backup.state.tiles[0].detail
    counter.shell.backup_status(none_elsewhere(counter))
    assert counter.shell.backup.state.tiles[1].value == "none"


def test_the_black_box_says_how_far_it_is_and_what_is_wrong(counter: Counter) -> None:
    """On the till's own disk it is of no use; what it has besides the till is worth knowing."""
    box = BoxStatus("/media/BOX", 12, same_disk=True, set_aside=True, trouble=Trouble.FULL)
    counter.shell.backup_status(replace(fine(counter), box=box))
    counter.shell.key("F12")
    told = notes(counter)
    assert "Black box: " in told
    assert "lost with it" in told
    assert "put back" in told
    assert ("Black box filled up to booking", "12") in counter.shell.backup.state.facts


def test_copies_that_turned_bad_are_told(counter: Counter) -> None:
    """With the advice to replace what loses bytes."""
    counter.shell.backup_status(replace(fine(counter), here=PlaceStatus("/data", made_at(counter), damaged=("a", "b"))))
    counter.shell.key("F12")
    assert "This disk: 2 older copies have turned bad" in notes(counter)


def test_a_copy_is_taken_by_hand_and_followed(counter: Counter, backups: FakeBackups) -> None:
    """The button is grey while one is on its way."""
    counter.shell.backup_status(fine(counter))
    counter.shell.key("F12")
    counter.shell.backup.act("now")
    assert backups.asked == 1
    counter.shell.backup_status(replace(fine(counter), running=Running(Phase.COPYING, 42), asked=True))
    state = counter.shell.backup.state
    assert (state.percent, state.progress) == (42, "The ledger is copied: 42%")
    counter.shell.backup.act("now")
    assert backups.asked == 1
    counter.shell.backup_status(replace(fine(counter), running=Running(Phase.CARRYING)))
    assert counter.shell.backup.state.percent is None
    assert "checked" in counter.shell.backup.state.progress


def test_a_stick_is_found_and_made_the_second_place(counter: Counter, backups: FakeBackups) -> None:
    """One tap: it is written into the settings, and the button goes."""
    counter.shell.backup_status(none_elsewhere(counter))
    counter.shell.key("F12")
    assert keys(counter) == ["now", f"use:{STICK.folder}"]
    counter.shell.backup.act(f"use:{STICK.folder}")
    ((folder, done, _),) = backups.used
    assert folder == STICK.folder
    assert not any(action.enabled for action in counter.shell.backup.state.actions)
    done()
    assert "from now on" in notes(counter)
    counter.shell.backup_status(replace(fine(counter), elsewhere=PlaceStatus(str(STICK.folder))))
    assert keys(counter) == ["now"]


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (FileUnwritable(Path("settings.toml"), "full"), "can't be written"),
        (SettingsWrong(Path("settings.toml"), [Problem("backup", "odd")]), "has mistakes"),
    ],
)
def test_settings_that_cant_be_written_are_told_on_the_screen(
    counter: Counter, backups: FakeBackups, error: Exception, word: str
) -> None:
    """And the button may be pressed again."""
    counter.shell.backup_status(none_elsewhere(counter))
    counter.shell.key("F12")
    counter.shell.backup.act(f"use:{STICK.folder}")
    backups.used[0][2](error)
    assert word in notes(counter)
    assert all(action.enabled for action in counter.shell.backup.state.actions)


def test_a_bug_while_choosing_reaches_the_crash_handler(counter: Counter, backups: FakeBackups) -> None:
    """Like everywhere else."""
    counter.shell.key("F12")
    counter.shell.backup.act(f"use:{STICK.folder}")
    backups.used[0][2](ValueError("ours"))
    assert [type(error) for error in counter.crashes] == [ValueError]


def test_only_a_manager_decides_where_copies_with_card_numbers_go(counter: Counter, backups: FakeBackups) -> None:
    """A cashier may take a copy into the places that are set, and no more."""
    counter.around.cashier = CashierRow(UUID(int=1, version=4), "Mira", Role.CASHIER, "")
    counter.around.can_restore = True
    counter.shell.backup_status(none_elsewhere(counter))
    counter.shell.key("F12")
    assert keys(counter) == ["now"]
    assert "A manager has to sign in" in counter.shell.backup.state.text, "it must not name a button that is not there"
    counter.shell.backup.act(f"use:{STICK.folder}")
    assert backups.used == []
    counter.around.cashier = CashierRow(UUID(int=2, version=4), "Chef", Role.MANAGER, "")
    counter.shell.key("Esc")
    counter.shell.key("F12")
    assert keys(counter) == ["now", f"use:{STICK.folder}", "restore"]
    assert "choose it here; " in counter.shell.backup.state.text


def test_putting_a_copy_back_leads_where_it_is_done(counter: Counter, backups: FakeBackups) -> None:
    """The button is there when there is such a place."""
    del backups
    opened: list[bool] = []
    counter.around.can_restore = True
    counter.around.open_restore = lambda: opened.append(True)
    counter.shell.key("F12")
    counter.shell.backup.act("restore")
    assert opened == [True]


def test_the_demo_takes_no_copies_and_says_so(counter: Counter) -> None:
    """The button shows what a shop would have."""
    counter.around.is_demo = True
    counter.shell.key("F12")
    assert "demo" in counter.shell.backup.state.text
    assert "a shop of your own" in notes(counter)
    assert [action.enabled for action in counter.shell.backup.state.actions] == [False]
    counter.shell.backup.act("now")


def test_a_sentence_for_the_screen_stands_above_the_others(counter: Counter) -> None:
    """Whoever says something is heard where people look."""
    counter.shell.key("F12")
    counter.shell.say(Notice("Read this.", Tone.INFO))
    assert counter.shell.backup.state.notes[0].text == "Read this."


def test_another_language_reaches_the_screen(counter: Counter) -> None:
    """Also while it is shown."""
    counter.shell.key("F12")
    before = counter.shell.backup.state.facts
    counter.shell.language("de")
    assert counter.shell.backup.state.facts is not before


def test_sizes_are_rounded_up_in_the_units_of_disks() -> None:
    """A stick that has 28 GB says 28 GB; a copy is as large on the screen of copies as in the list to restore from."""
    texts = Texts("en")
    assert size_text(texts, 1) == "1 KB"
    assert size_text(texts, 999_001) == "1,000 KB"
    assert size_text(texts, 1_000_000) == "1 MB"
    assert size_text(texts, 4_200_000) == "5 MB"
    assert size_text(texts, 28_000_000_000) == "28 GB"
