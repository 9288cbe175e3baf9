"""Page by page through the restoring window: what is said, what is offered, who decides, what comes of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from storage.backup import backup, key_path
from storage.errors import (
    AffectedSqlite,
    Damaged,
    DiskFailed,
    DiskFull,
    MissingLedger,
    NewerSchema,
    ReadOnlyDisk,
    StorageError,
    TillOpen,
)
from storage.files import LEDGER_FILE
from storage.store import open_store
from terminal.app.restoring_copies import check, look_at
from terminal.app.restoring_plans import Stage, Step
from terminal.app.restoring_trouble import Trouble
from terminal.presenters.restore import RestorePresenter, Ways
from terminal.presenters.restore_states import Page, RestoreState
from terminal.presenters.states import Tone
from terminal.settings.backup import BackupSettings
from terminal.sync.recover import NotRecovered, Recovered, RecoverStep, WhyNot
from tests.fakes.damage import (
    DAMAGES,
    PAGE_BYTES,
    cut_off,
    flip_page,
    lose_key,
    lose_ledger,
    lose_log,
    lose_vault,
    overwrite_page,
)
from tests.fakes.ledger import LedgerOfTests
from tests.fakes.ledger_joined import JoinedLedger
from tests.fakes.restoring import InlineRestoring
from tests.unit.terminal.presenters.restoring.conftest import FIRST, NEWER, PIN, Scene
from texts.i18n import Texts

WHOLE = FIRST + NEWER + 2


def keys(state: RestoreState) -> list[str]:
    """The ways, the best first."""
    return [way.key for way in state.ways]


def at(presenter: RestorePresenter) -> Page:
    """Which page is on."""
    return presenter.state.page


def can_go_on(presenter: RestorePresenter) -> bool:
    """Whether the large button does something."""
    return presenter.state.primary_enabled


def stops(presenter: RestorePresenter) -> list[str]:
    """What can be stopped now."""
    return [action.text for action in presenter.state.others if action.enabled]


def percent(presenter: RestorePresenter) -> int | None:
    """How far the work is."""
    return presenter.state.percent


def notes(state: RestoreState) -> list[str]:
    """What must be thought of."""
    return [note.text for note in state.notes]


CODES = {
    "cut_off": "M-432",
    "damaged": "M-431",
    "missing": "M-430",
    "log_missing": "M-433",
    "vault_missing": "M-434",
    "vault_damaged": "M-434",
    "key_missing": "M-435",
}
ADVISED = {
    "cut_off": "copy",
    "damaged": "copy",
    "missing": "copy",
    "log_missing": "itself",
    "vault_missing": "itself",
    "vault_damaged": "itself",
    "key_missing": "key",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_damage_is_told_apart_and_has_its_cure(scene: Scene, damage: str) -> None:
    """A sentence with a code of its own, what is not lost, and first the way that loses the least."""
    presenter, _ = scene.window(scene.hurt(DAMAGES[damage]))
    state = presenter.state
    assert state.page is Page.TROUBLE
    assert f"({CODES[damage]})" in state.text
    assert state.points
    assert keys(state)[0] == ADVISED[damage]
    assert [way.advised for way in state.ways] == [True] + [False] * (len(state.ways) - 1)
    assert {action.key for action in state.others} == {"again", "support"}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NewerSchema("x"), "M-205"),
        (TillOpen("x"), "M-201"),
        (ReadOnlyDisk("x"), "M-202"),
        (DiskFull("x"), "M-203"),
        (DiskFailed("x"), "M-204"),
        (AffectedSqlite("x"), "M-210"),
    ],
    ids=lambda value: getattr(value, "code", value),
)
def test_what_no_copy_cures_is_offered_none(scene: Scene, error: StorageError, code: str) -> None:
    """It says what cures it instead, and the large button tries again."""
    scene.ledger.close()
    presenter, _ = scene.window(error)
    assert code in presenter.state.text
    assert presenter.state.ways == ()
    presenter.confirm()
    assert scene.opened == ["till"]


def test_where_there_never_was_a_shop_one_may_be_brought(scene: Scene, tmp_path: Path) -> None:
    """A new computer: a copy from a stick, head office, or the command that sets up a new shop."""
    scene.ledger.close()
    presenter, _ = scene.window(MissingLedger("x"), directory=tmp_path / "new")
    assert presenter.state.headline == "There is no shop here yet"
    assert "stammkunde init (M-209)" in presenter.state.text
    assert keys(presenter.state) == ["office", "copy"]


def test_while_it_looks_it_says_so_and_can_be_left(scene: Scene) -> None:
    """The first page comes at once; how far the look is, too."""
    presenter, actions = scene.window(scene.hurt(flip_page), looks=False)
    actions.holds = True
    presenter.look()
    assert (presenter.state.page, presenter.state.progress) == (Page.LOOKING, "Looking …")
    presenter._looked_at(500, 1_000)
    assert (presenter.state.percent, presenter.state.progress) == (50, "500 of 1,000 bookings looked at")
    presenter.back()
    assert scene.opened == ["left"]


def test_the_list_says_what_each_copy_has_and_what_would_be_missing(scene: Scene) -> None:
    """Date, age, bookings, size, place; checked only when somebody has looked at every page."""
    scene.copy_now(2)
    scene.ledger.append(scene.ledger.sale(None))
    presenter, actions = scene.window(scene.hurt(lambda path: flip_page(path, 3)))
    presenter.act("copy")
    first, second = presenter.state.copies
    assert (first.when, first.age) == ("Today 13:00", "just now")
    assert (second.when, second.age) == ("Today 10:00", "3 hours ago")
    assert second.detail.startswith("62 bookings · ")
    assert second.detail.endswith(" KB · this disk")
    assert (first.checked, second.checked) == ("checked: sound", "")
    assert presenter.state.chosen == first.key
    actions.holds = True
    presenter.key("Down")
    assert (presenter.state.chosen, can_go_on(presenter)) == (second.key, False)
    actions.release()
    assert can_go_on(presenter)
    presenter.key("↑ ↓")
    presenter.key("Up")
    presenter.key("Up")
    assert presenter.state.chosen == first.key


def test_newer_bookings_of_the_damaged_file_are_taken_over(scene: Scene) -> None:
    """The copy has 62, the damaged file still proves the 40 behind them: nothing is missing afterwards."""

    def hurt(directory: Path) -> None:
        for page in range(4, 200):
            flip_page(directory, page)
            presenter, _ = scene.window(Damaged("x"))
            if keys(presenter.state)[0] == "copy" and "No booking would be missing." in presenter.state.ways[0].detail:
                return
            shutil.copyfile(scene.folder / "sound", directory / LEDGER_FILE)
        pytest.fail("no page makes such a hole")

    scene.ledger.store.checkpoint(now=True)
    scene.ledger.close()
    shutil.copyfile(scene.directory / LEDGER_FILE, scene.folder / "sound")
    hurt(scene.directory)
    presenter, _ = scene.window(Damaged("x"))
    presenter.act("copy")
    assert "40 newer bookings are taken over from the damaged file." in notes(presenter.state)
    presenter.confirm()
    presenter.field_typed("word", "restore")
    presenter.confirm()
    assert at(presenter) is Page.DONE
    assert presenter.state.points[:2] == (
        "The ledger holds 103 bookings.",
        "40 of them were saved from the damaged file.",
    )


def test_without_anything_to_compare_the_time_says_what_is_missing(scene: Scene) -> None:
    """The ledger is gone: nobody can count what was booked since."""
    presenter, _ = scene.window(scene.hurt(lose_ledger))
    presenter.act("copy")
    assert notes(presenter.state) == ["Missing would be whatever was booked since: Today 10:00."]
    assert presenter.state.copies[0].missing == ""


def test_what_is_missing_at_the_end_is_said_with_care(scene: Scene) -> None:
    """A log that is gone took bookings along that nothing names."""
    presenter, _ = scene.window(scene.hurt(lose_log))
    presenter.confirm()
    assert notes(presenter.state) == ["Nothing is known to be missing; the very newest bookings may be."]
    presenter.back()
    presenter.act("copy")
    assert presenter.state.copies[0].missing == "nothing known to be missing"


def test_a_cut_off_ledger_says_how_much_at_least(scene: Scene) -> None:
    """Counted is what the rest still names."""
    presenter, _ = scene.window(scene.hurt(cut_off))
    own = [way.detail for way in presenter.state.ways if way.key == "itself"]
    assert all("perhaps more that nobody can count" in detail or "very newest" in detail for detail in own)


def test_a_damaged_copy_is_not_put_back(scene: Scene) -> None:
    """The close look finds it; an older one is chosen instead."""
    whole = scene.copy.read_bytes()
    for page in range(1, len(whole) // PAGE_BYTES):
        scene.copy.write_bytes(whole)
        overwrite_page(scene.copy, page)
        if look_at(scene.copy) is not None and not check(scene.copy).sound:
            break
    presenter, _ = scene.window(scene.hurt(lose_ledger))
    presenter.act("copy")
    assert presenter.state.copies[0].checked == "damaged"
    assert not presenter.state.primary_enabled
    assert "(M-436)" in notes(presenter.state)[0]
    presenter.confirm()
    assert at(presenter) is Page.COPIES
    presenter.back()
    assert keys(presenter.state)[0] == "office"


def test_a_chosen_file_joins_the_list(empty: Scene) -> None:
    """From a stick; what is no copy is said."""
    target = empty.folder / "stick"
    backup(empty.directory, target)
    presenter, _ = empty.window(empty.hurt(lose_ledger))
    presenter.act("copy")
    assert presenter.state.empty == "No copy was found."
    assert str(empty.directory / "backups") in presenter.state.text
    presenter.key("Down")
    presenter.file_chosen(empty.folder / "nothing")
    assert "(M-437)" in notes(presenter.state)[0]
    presenter.file_chosen(target)
    assert presenter.state.copies[0].detail.endswith("chosen file")
    assert presenter.state.primary_enabled
    assert dict(presenter.state.facts)["Shop and till"] == "Bäckerei Morgenrot · Kasse 1"


def test_a_copy_of_another_till_is_told(scene: Scene, tmp_path: Path) -> None:
    """In a folder that several tills share; it is never advised."""
    other = LedgerOfTests(tmp_path / "other", seed=5)
    backup(other.directory, tmp_path / "shared")
    other.close()
    presenter, _ = scene.window(scene.hurt(lose_vault))
    presenter.file_chosen(tmp_path / "shared")
    assert presenter.state.copies[0].missing == "another till"
    assert "This copy is of another till." in notes(presenter.state)
    presenter.confirm()
    assert notes(presenter.state)[0].startswith("This copy is of another till. Two tills")


def test_copies_of_the_second_place_are_found(scene: Scene, tmp_path: Path) -> None:
    """Where the settings say."""
    second = tmp_path / "second"
    second.mkdir()
    shutil.move(scene.copy, second / scene.copy.name)
    presenter, _ = scene.window(scene.hurt(lose_ledger), settings=BackupSettings(second_folder=str(second)))
    presenter.act("copy")
    assert presenter.state.copies[0].detail.endswith("second place")


def test_a_manager_decides_with_the_pin(scene: Scene) -> None:
    """Who that is stands in the ledger; wrong PINs cost waiting, and the right one begins."""
    scene.add_manager("Mira")
    scene.add_manager("Olga")
    presenter, actions = scene.window(scene.hurt(lose_vault))
    presenter.confirm()
    state = presenter.state
    assert [person.text for person in state.people] == ["Mira", "Olga"]
    assert [field.name for field in state.fields] == ["pin"]
    assert not state.primary_enabled
    presenter.field_typed("pin", PIN)
    assert not presenter.state.primary_enabled
    presenter.choose(state.people[0].key)
    for _ in range(3):
        presenter.field_typed("pin", "1a357")
        presenter.confirm()
    assert notes(presenter.state)[0] == "Too many wrong PINs. Wait 30 s. (M-151)"
    scene.ledger.clock.advance(minutes=1)
    actions.holds = True
    presenter.field_typed("pin", PIN)
    presenter.confirm()
    assert presenter.state.primary == "Please wait …"
    presenter.choose(state.people[1].key)
    presenter.field_typed("pin", "1")
    presenter.back()
    assert at(presenter) is Page.CONFIRM
    actions.holds = False
    actions.release()
    assert at(presenter) is Page.DONE
    assert PIN not in repr(presenter.state)


def test_a_copys_managers_decide_when_the_ledger_names_nobody(scene: Scene) -> None:
    """The ledger is gone, the copy names Mira: her PIN is asked for."""
    scene.add_manager("Mira")
    scene.copy_now(2)
    presenter, _ = scene.window(scene.hurt(lose_ledger))
    presenter.act("copy")
    presenter.confirm()
    assert [person.text for person in presenter.state.people] == ["Mira"]
    presenter.field_typed("pin", PIN)
    presenter.confirm()
    assert at(presenter) is Page.DONE


def test_where_nobody_can_be_asked_a_word_is_typed(scene: Scene) -> None:
    """Not by accident, and in any case; it says who may decide it."""
    presenter, _ = scene.window(scene.hurt(lose_vault))
    presenter.confirm()
    assert "Only the owner or a manager" in presenter.state.text
    presenter.field_typed("word", "resto")
    presenter.confirm()
    assert at(presenter) is Page.CONFIRM
    presenter.field_typed("word", " Restore ")
    presenter.confirm()
    assert at(presenter) is Page.DONE


def test_lost_names_are_told_before_and_after(scene: Scene) -> None:
    """Who decides knows it, and afterwards what to do about it."""
    presenter, _ = scene.window(scene.hurt(lose_vault))
    presenter.confirm()
    assert any("can't be read afterwards" in note for note in notes(presenter.state))
    presenter.field_typed("word", "restore")
    presenter.confirm()
    assert any("Ask for the name" in note for note in notes(presenter.state))
    assert any(point.startswith("Set aside, not deleted: ledger.before-") for point in presenter.state.points)


def test_the_key_alone_is_put_back(scene: Scene) -> None:
    """It lies beside every copy; nothing else is touched."""
    presenter, _ = scene.window(scene.hurt(lose_key))
    presenter.confirm()
    assert str(key_path(scene.copy)) in presenter.state.points[0]
    presenter.field_typed("word", "restore")
    presenter.confirm()
    assert at(presenter) is Page.DONE
    assert not any(point.startswith("Set aside") for point in presenter.state.points)
    presenter.confirm()
    assert scene.opened == ["till"]


def test_how_far_it_is_and_what_may_be_stopped(scene: Scene) -> None:
    """Until something was changed it stops with nothing changed; the proof at the end may be left out."""
    presenter, actions = scene.window(scene.hurt(lose_vault))
    presenter.confirm()
    actions.holds = True
    presenter.field_typed("word", "restore")
    presenter.confirm()
    assert (presenter.state.page, presenter.state.others, presenter.state.back) == (Page.WORKING, (), "")
    presenter._stepped(Step(Stage.SAVING, 50, 200))
    assert (presenter.state.percent, presenter.state.progress, stops(presenter)) == (25, "50 of 200", ["Stop"])
    presenter._stepped(Step(Stage.PUTTING))
    assert [line.tone for line in presenter.state.stages] == [Tone.GOOD, Tone.INFO, Tone.NEUTRAL]
    assert stops(presenter) == []
    presenter.act("stop")
    presenter._stepped(Step(Stage.VERIFYING, 1, 2))
    assert stops(presenter) == ["Leave the proof out"]
    presenter.back()
    presenter.confirm()
    presenter.act("again")
    assert (actions.stops, scene.opened) == (False, [])
    presenter._stepped(Step(Stage.SAVING, 50, 200))
    presenter.act("stop")
    presenter.act("stop")
    assert (actions.stops, stops(presenter)) == (True, [])
    actions.release()
    assert (presenter.state.page, notes(presenter.state)) == (Page.TROUBLE, ["Stopped. Nothing was changed."])


def test_what_cannot_be_done_is_said_where_it_was_chosen(scene: Scene) -> None:
    """The disk is full: the sentence, the page before, and every way still open."""
    presenter, actions = scene.window(scene.hurt(lose_vault))
    presenter.confirm()
    actions.holds = True
    presenter.field_typed("word", "restore")
    presenter.confirm()
    presenter._not_done(DiskFull("x"))
    assert (presenter.state.page, presenter.state.notes[0].tone) == (Page.TROUBLE, Tone.WARN)
    assert "(M-203)" in notes(presenter.state)[0]


def test_a_mistake_of_the_program_is_written_down(scene: Scene) -> None:
    """And the other ways stay open."""
    presenter, actions = scene.window(scene.hurt(lose_vault), looks=False)
    actions.holds = True
    presenter.look()
    presenter._broke(KeyError("x"))
    assert [type(error) for error in scene.crashes] == [KeyError]
    assert (presenter.state.page, keys(presenter.state)) == (Page.TROUBLE, ["office", "copy"])


def test_the_support_file_says_where_it_is(scene: Scene) -> None:
    """For whoever calls for help."""
    presenter, actions = scene.window(scene.hurt(flip_page))
    presenter.act("support")
    assert len(actions.bundles) == 1
    assert "support.zip" in notes(presenter.state)[0]


def test_an_older_copy_is_warned_of_first(scene: Scene) -> None:
    """Asked for by a manager: what would be missing, and that a single booking is undone otherwise."""
    scene.ledger.close()
    presenter, _ = scene.window(None)
    state = presenter.state
    assert (state.page, state.title) == (Page.COPIES, "Older copy")
    assert notes(state)[0].endswith("A single booking is undone with F6.")
    assert "40 bookings would be missing." in notes(state)
    presenter.back()
    assert scene.opened == ["left"]


def test_head_office_needs_an_address_and_a_code(scene: Scene, tmp_path: Path) -> None:
    """Spaces are read aloud, not typed on; the black box is named, or its absence is told."""
    presenter, actions = scene.window(scene.hurt(lose_ledger))
    presenter.act("office")
    assert not presenter.state.primary_enabled
    presenter.field_typed("url", " https://office.example ")
    presenter.field_typed("code", "ABCD EFGH")
    presenter.confirm()
    assert any("Without the black box" in note for note in notes(presenter.state))
    presenter.back()
    presenter.field_typed("box", str(tmp_path))
    presenter.confirm()
    assert not any("Without the black box" in note for note in notes(presenter.state))
    actions.recovered = Recovered(records=120, from_box=7)
    presenter.field_typed("word", "restore")
    presenter.confirm()
    (command,) = actions.commands
    assert (command.url, command.code, command.black_box) == ("https://office.example", "ABCDEFGH", tmp_path)
    assert command.set_aside
    assert at(presenter) is Page.DONE
    assert presenter.state.points[0] == "The ledger holds 120 bookings."


@pytest.mark.parametrize("why", WhyNot)
def test_why_head_office_did_not_help_is_told(scene: Scene, why: WhyNot) -> None:
    """Back at the form with a sentence; nothing was changed."""
    presenter, actions = scene.window(scene.hurt(lose_ledger))
    presenter.act("office")
    presenter.field_typed("url", "https://office.example")
    presenter.field_typed("code", "ABCD")
    presenter.confirm()
    actions.recovered = NotRecovered(why, first=5, last=7)
    presenter.field_typed("word", "restore")
    presenter.confirm()
    assert at(presenter) is Page.OFFICE
    assert "(M-438)" in notes(presenter.state)[0]


def test_head_offices_steps_are_told(scene: Scene) -> None:
    """Each has its words."""
    presenter, actions = scene.window(scene.hurt(lose_ledger))
    presenter.act("office")
    presenter.field_typed("url", "https://office.example")
    presenter.field_typed("code", "ABCD")
    presenter.confirm()
    actions.holds = True
    presenter.field_typed("word", "restore")
    presenter.confirm()
    assert presenter.state.stages[1].text == "Fetch members, cards and points"
    assert percent(presenter) == 25
    presenter._recovering(RecoverStep.FINISHING, 0, 0)
    assert percent(presenter) is None
    assert [line.tone for line in presenter.state.stages][-1] is Tone.INFO


def test_another_language_is_spoken_at_once(scene: Scene) -> None:
    """On any page; a language nobody has changes nothing."""
    presenter, _ = scene.window(scene.hurt(flip_page))
    presenter.language("xx")
    assert presenter.state.language == "en"
    presenter.language("de")
    assert (presenter.state.language, presenter.texts.language) == ("de", "de")


def test_a_till_that_lost_its_keys_to_head_office_is_told_to_join_again(tmp_path: Path) -> None:
    """It stands alone behind the restoring: without the word nobody would notice for days."""
    joined = JoinedLedger(tmp_path / "joined")
    joined.close()
    lose_vault(joined.directory)
    error = Damaged("x")
    actions = InlineRestoring(joined.directory, error, joined.clock, joined.ids)
    ways = Ways(lambda: None, lambda: None, _raise)
    presenter = RestorePresenter(actions, Texts("en"), joined.clock, Trouble.VAULT_MISSING, error, ways)
    presenter.look()
    presenter.act("itself")
    presenter.field_typed("word", "restore")
    presenter.confirm()
    assert at(presenter) is Page.DONE
    assert any("Join again with F7" in note for note in notes(presenter.state))
    with open_store(joined.directory, clock=joined.clock, ids=joined.ids) as store:
        assert store.head_office is None


def _raise(error: Exception) -> None:
    raise error
