"""Page by page through the restoring window: what is said, what is offered, who decides, what comes of it."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from storage import sqlite
from storage.backup import backup
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
from terminal.presenters.restore_states import Page
from terminal.settings.backup import BackupSettings
from tests.fakes.damage import (
    DAMAGES,
    PAGE_BYTES,
    cut_off,
    flip_page,
    lose_ledger,
    lose_log,
    lose_vault,
    overwrite_page,
)
from tests.fakes.ledger import LedgerOfTests
from tests.unit.terminal.presenters.restoring.conftest import (
    Scene,
    at,
    can_go_on,
    keys,
    notes,
)

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


def test_what_a_copy_tells_better_is_taken_from_it(scene: Scene) -> None:
    """Every booking is there, so the ledger mends itself; of what no journal proves, the copy has what was written."""
    name = scene.ledger.store.shop.name

    def change(directory: Path) -> None:
        with closing(sqlite.connect(directory / LEDGER_FILE, isolation_level=None)) as ledger:
            ledger.execute("UPDATE shop SET name = name || 'x'")

    presenter, _ = scene.window(scene.hurt(change))
    assert keys(presenter.state)[0] == "itself"
    presenter.confirm()
    presenter.field_typed("word", "restore")
    presenter.confirm()
    assert at(presenter) is Page.DONE
    with open_store(scene.directory, clock=scene.ledger.clock, ids=scene.ledger.ids) as store:
        assert store.shop.name == name


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
