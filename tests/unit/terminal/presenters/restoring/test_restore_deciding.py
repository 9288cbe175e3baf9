"""Who decides, how far it is, what came of it, and head office."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.backup import key_path
from storage.errors import Damaged, DiskFull
from storage.store import open_store
from terminal.app.restoring_plans import Stage, Step
from terminal.app.restoring_trouble import Trouble
from terminal.presenters.restore import RestorePresenter, Ways
from terminal.presenters.restore_states import Page
from terminal.presenters.states import Tone
from terminal.sync.recover import NotRecovered, Recovered, RecoverStep, WhyNot
from tests.fakes.damage import flip_page, lose_key, lose_ledger, lose_vault
from tests.fakes.ledger_joined import JoinedLedger
from tests.fakes.restoring import InlineRestoring
from tests.unit.terminal.presenters.restoring.conftest import (
    PIN,
    Scene,
    at,
    keys,
    notes,
    percent,
    stops,
)
from texts.i18n import Texts


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


def test_a_sound_copy_that_names_no_manager_is_no_riddle(scene: Scene) -> None:
    """Nothing is unreadable there: nobody has a PIN in this shop, and the word keeps accidents away."""
    presenter, _ = scene.window(scene.hurt(lose_ledger))
    presenter.act("copy")
    presenter.confirm()
    assert presenter.state.text.startswith("No manager of this till has a PIN.")
    assert [field.name for field in presenter.state.fields] == ["word"]


def test_only_what_is_there_is_set_aside(scene: Scene) -> None:
    """Where the file is gone nobody is told that it is kept; an older copy instead of a sound ledger keeps it."""
    presenter, _ = scene.window(None)
    presenter.confirm()
    assert any("is set aside under another name" in point for point in presenter.state.points)
    presenter, _ = scene.window(scene.hurt(lose_ledger))
    presenter.act("copy")
    presenter.confirm()
    assert at(presenter) is Page.CONFIRM
    assert not any("set aside" in point for point in presenter.state.points)


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
