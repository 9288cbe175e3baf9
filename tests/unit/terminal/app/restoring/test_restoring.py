"""Looking around and carrying out, on real damaged directories: nothing is lost on the way, nothing is half done."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from loyalty.directory import Profile
from storage import sqlite
from storage.backup import backup, key_path, tombstones_path
from storage.errors import (
    Busy,
    Damaged,
    DiskFull,
    KeyMissing,
    MissingLedger,
    NewerSchema,
    NotALedger,
    StorageError,
    TillOpen,
)
from storage.files import KEY_FILE, LEDGER_FILE, VAULT_FILE
from storage.rotation import file_name
from storage.store import open_store
from storage.types import CardRow
from storage.verify import verify
from terminal.app.restoring import KEY_ASIDE, carry_out, examine
from terminal.app.restoring_copies import Place, check, find_boxes, find_copies, fitting_key, look_at
from terminal.app.restoring_plans import FromCopy, FromItself, KeyBack, Plan, Restored, Stage, Step, Stopped
from terminal.app.restoring_trouble import Trouble, diagnose
from terminal.settings.backup import BackupSettings
from tests.fakes.damage import DAMAGES, damage_vault, flip_page, lose_key, lose_ledger, lose_log, lose_vault
from tests.fakes.ledger import LedgerOfTests, card_number

SALES = 50


@pytest.fixture
def till(tmp_path: Path) -> LedgerOfTests:
    """A closed till of 102 records with a copy of the first 52."""
    made = LedgerOfTests(tmp_path / "till")
    member = made.member()
    with made.store.unit() as unit:
        unit.put_card(CardRow(made.ids.random_id(), card_number(1), member))
        unit.put_profile(member, Profile("Anna"))
    made.append(*(made.sale(member) for _ in range(SALES)))
    folder = made.directory / "backups"
    folder.mkdir()
    backup(made.directory, folder / file_name(made.store.shop.terminal_id, made.clock.now_us(), 1))
    made.append(*(made.sale(member) for _ in range(SALES)))
    made.close()
    return made


def copy_of(till: LedgerOfTests) -> Path:
    """The till's copy."""
    return next((till.directory / "backups").glob("*.backup"))


def done(
    till: LedgerOfTests, plan: Plan, stop: Callable[[], bool] = lambda: False
) -> tuple[Restored | Stopped, list[Stage]]:
    """Carry a plan out; gives what came of it and the stages it told, each once."""
    steps: list[Step] = []
    outcome = carry_out(plan, till.directory, clock=till.clock, ids=till.ids, tell=steps.append, stop=stop)
    return outcome, list(dict.fromkeys(step.stage for step in steps))


def balance(till: LedgerOfTests) -> int:
    """What Anna has when the till opens."""
    with open_store(till.directory, clock=till.clock, ids=till.ids) as store, store.reader() as reader:
        row = reader.card(card_number(1))
        return reader.account(row.member_id).balance if row else -1


@pytest.mark.parametrize("trouble", DAMAGES)
def test_troubles_are_told_apart(till: LedgerOfTests, trouble: str) -> None:
    """By the files alone, whatever the error's own words."""
    DAMAGES[trouble](till.directory)
    with pytest.raises(StorageError) as caught:
        open_store(till.directory, clock=till.clock, ids=till.ids)
    assert diagnose(till.directory, caught.value) == trouble


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (TillOpen("x"), Trouble.IN_USE),
        (Busy("x"), Trouble.IN_USE),
        (DiskFull("x"), Trouble.DISK_FULL),
        (NewerSchema("x"), Trouble.NEWER),
        (StorageError("x"), Trouble.OTHER),
        (Damaged("found by the proof"), Trouble.DAMAGED),
        (KeyMissing("another shop's"), Trouble.KEY_MISSING),
    ],
    ids=str,
)
def test_what_the_error_says_is_enough(till: LedgerOfTests, error: StorageError, trouble: Trouble) -> None:
    """Nothing is wrong with the files."""
    assert diagnose(till.directory, error) is trouble


def test_a_shop_that_was_here_is_missed(till: LedgerOfTests, tmp_path: Path) -> None:
    """Parts of it, or copies of it, tell; an empty folder is no loss."""
    nothing = MissingLedger("x")
    assert diagnose(tmp_path / "new", nothing) is Trouble.NEW
    assert diagnose(tmp_path / "new", nothing, had_copies=True) is Trouble.MISSING
    assert diagnose(tmp_path / "new", NotALedger("x")) is Trouble.MISSING
    lose_ledger(till.directory)
    assert diagnose(till.directory, nothing) is Trouble.MISSING


def test_damage_of_names_alone_is_told_from_damage_of_bookings(till: LedgerOfTests) -> None:
    """The proof says "damaged"; the look around finds which file."""
    with (till.directory / "vault.sqlite").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 4096)
    findings = examine(till.directory, BackupSettings(), Damaged("vault.sqlite: row 1"), till.clock.now_us())
    assert findings.trouble is Trouble.VAULT_DAMAGED


def test_what_no_copy_cures_costs_no_look(till: LedgerOfTests) -> None:
    """The other till works on; its file is left alone."""
    findings = examine(till.directory, BackupSettings(), TillOpen("x"), till.clock.now_us())
    assert (findings.trouble, findings.remains.journal.named) == (Trouble.IN_USE, 0)


def test_copies_of_all_places_are_found(till: LedgerOfTests, tmp_path: Path) -> None:
    """Here, in the second place, and what an earlier restoring set aside; never the ledger itself."""
    second = tmp_path / "second"
    second.mkdir()
    shutil.copy(copy_of(till), second / "by-hand")
    done(till, FromCopy(copy_of(till)))
    found = find_copies(till.directory, BackupSettings(second_folder=str(second)))
    assert {each.place for each in found} == {Place.HERE, Place.SECOND, Place.ASIDE}
    assert LEDGER_FILE not in {each.copy.path.name for each in found}
    assert look_at(tmp_path / "none") is None


def test_a_close_look_finds_what_the_list_does_not(till: LedgerOfTests) -> None:
    """And says why, for support."""
    assert check(copy_of(till)).sound
    assert check(copy_of(till)).till_name == "Kasse 1"
    flip_page(copy_of(till).parent.parent)
    assert not check(till.directory / LEDGER_FILE).sound
    assert not check(till.directory / "nothing").sound


def test_a_copy_is_put_back_checked_first_and_proved_last(till: LedgerOfTests) -> None:
    """What stood there is named."""
    flip_page(till.directory)
    outcome, stages = done(till, FromCopy(copy_of(till)))
    assert isinstance(outcome, Restored)
    assert stages == [Stage.CHECKING, Stage.PUTTING, Stage.VERIFYING]
    assert (outcome.records, outcome.newer, outcome.names_lost, outcome.proved, outcome.problems) == (
        SALES + 3,
        0,
        False,
        True,
        (),
    )
    assert len(outcome.aside) == 1
    assert (till.directory / outcome.aside[0]).exists()
    assert balance(till) == SALES * 10


def test_what_was_set_aside_can_be_put_back_again(till: LedgerOfTests) -> None:
    """The wrong copy was chosen: nothing is lost by that."""
    outcome, _ = done(till, FromCopy(copy_of(till)))
    assert isinstance(outcome, Restored)
    assert balance(till) == SALES * 10
    done(till, FromCopy(till.directory / outcome.aside[0]))
    assert balance(till) == 2 * SALES * 10


def test_newer_records_come_along(till: LedgerOfTests) -> None:
    """As whole as before the damage, with key and erasures beside the copy taken along."""
    tombstones_path(copy_of(till)).write_bytes(b"")
    outcome, stages = done(till, FromCopy(copy_of(till), newer=True))
    assert isinstance(outcome, Restored)
    assert (outcome.records, outcome.newer) == (2 * SALES + 3, SALES)
    assert stages[1] is Stage.SAVING
    assert balance(till) == 2 * SALES * 10
    assert not [path.name for path in till.directory.iterdir() if path.name.startswith(".salvaged")]


def test_erasures_beside_the_copy_hold_also_for_what_is_saved(till: LedgerOfTests) -> None:
    """The directory's own list of the erased is lost, the copy's is not: who is in it stays erased."""
    with open_store(till.directory, clock=till.clock, ids=till.ids) as store, store.unit() as unit:
        unit.erase_member(till.member())
    shutil.move(till.directory / "tombstones", tombstones_path(copy_of(till)))
    with tombstones_path(copy_of(till)).open("ab") as file:
        file.write(b'{"torn')
    done(till, FromCopy(copy_of(till)))
    assert balance(till) == -1
    done(till, FromCopy(copy_of(till), newer=True))
    assert balance(till) == -1


def test_a_ledger_is_made_anew_of_itself(till: LedgerOfTests) -> None:
    """After its log was lost: proved, and every name there."""
    lose_log(till.directory)
    outcome, stages = done(till, FromItself())
    assert isinstance(outcome, Restored)
    assert stages == [Stage.SAVING, Stage.PUTTING, Stage.VERIFYING]
    assert balance(till) == 2 * SALES * 10


@pytest.mark.parametrize(("damage", "names_lost"), [(lose_vault, True), (damage_vault, True)])
def test_lost_names_are_told(till: LedgerOfTests, damage: Callable[[Path], None], names_lost: bool) -> None:
    """Points stay; the file of names is empty or what could be saved of it."""
    damage(till.directory)
    outcome, _ = done(till, FromItself())
    assert isinstance(outcome, Restored)
    assert outcome.names_lost is names_lost
    assert balance(till) == 2 * SALES * 10


def test_what_nothing_proves_is_told(till: LedgerOfTests) -> None:
    """The till sells again; somebody has to look at what stands there now."""
    with closing(sqlite.connect(till.directory / LEDGER_FILE, isolation_level=None)) as ledger:
        ledger.execute("UPDATE shop SET till_name = till_name || 'x'")
    outcome, _ = done(till, FromItself())
    assert isinstance(outcome, Restored)
    assert outcome.problems == ("ledger.sqlite: shop: a row is not as it was written",)
    assert verify(till.directory).ok


def test_a_changed_key_is_told_and_the_till_is_proved(till: LedgerOfTests) -> None:
    """One name is lost; that it can't be read is no reason to restore again and again."""
    with closing(sqlite.connect(till.directory / VAULT_FILE, isolation_level=None)) as vault:
        vault.execute("UPDATE member_key SET key = zeroblob(32)")
    error = Damaged(verify(till.directory).problems[0])
    assert examine(till.directory, BackupSettings(), error, till.clock.now_us()).trouble is Trouble.VAULT_DAMAGED
    outcome, _ = done(till, FromItself())
    assert isinstance(outcome, Restored)
    assert (outcome.names_lost, outcome.problems) == (True, ())
    assert balance(till) == 2 * SALES * 10


def test_a_key_beside_a_copy_is_found_and_put_back(till: LedgerOfTests) -> None:
    """Only one that the journal was written with; the ledger is not touched."""
    ledger = till.directory / LEDGER_FILE
    before = ledger.read_bytes()
    lose_key(till.directory)
    found = find_copies(till.directory, BackupSettings())
    key = fitting_key(ledger, found)
    assert key == key_path(copy_of(till))
    outcome, _ = done(till, KeyBack(key))
    assert (isinstance(outcome, Restored), ledger.read_bytes() == before) == (True, True)
    key.write_bytes(bytes(32))
    assert fitting_key(ledger, found) is None


def test_a_key_that_does_not_fit_is_set_aside(till: LedgerOfTests) -> None:
    """Nothing is destroyed, not even what is of no use."""
    (till.directory / KEY_FILE).write_bytes(bytes(32))
    done(till, FromItself(key_path(copy_of(till))))
    assert (till.directory / KEY_ASIDE).read_bytes() == bytes(32)
    assert (till.directory / KEY_FILE).read_bytes() == till.store.programme_key


@pytest.mark.parametrize("plan", ["copy", "newer", "itself"])
def test_stopped_before_anything_was_changed(till: LedgerOfTests, plan: str) -> None:
    """Every file is as it was, and no other is left."""
    before = {path.name: path.read_bytes() for path in till.directory.iterdir() if path.is_file()}
    plans: dict[str, Plan] = {
        "copy": FromCopy(copy_of(till)),
        "newer": FromCopy(copy_of(till), newer=True),
        "itself": FromItself(),
    }
    outcome, _ = done(till, plans[plan], stop=lambda: True)
    assert outcome == Stopped()
    assert {path.name: path.read_bytes() for path in till.directory.iterdir() if path.is_file()} == before


def test_the_proof_may_be_left_out(till: LedgerOfTests) -> None:
    """Once the ledger is in its place only the proof can be stopped; the till makes it by itself within a day."""
    stops = False

    def tell(step: Step) -> None:
        nonlocal stops
        stops = step.stage is Stage.PUTTING

    outcome = carry_out(
        FromCopy(copy_of(till)), till.directory, clock=till.clock, ids=till.ids, tell=tell, stop=lambda: stops
    )
    assert isinstance(outcome, Restored)
    assert not outcome.proved
    assert balance(till) == SALES * 10


def test_what_is_no_copy_is_refused(till: LedgerOfTests, tmp_path: Path) -> None:
    """The ledger stays."""
    (tmp_path / "letter").write_text("Dear Sir")
    with pytest.raises(StorageError):
        done(till, FromCopy(tmp_path / "letter"))
    assert balance(till) == 2 * SALES * 10


def test_an_open_till_is_never_restored(till: LedgerOfTests) -> None:
    """The lock decides, for every plan."""
    with open_store(till.directory, clock=till.clock, ids=till.ids):
        for plan in (FromCopy(copy_of(till)), KeyBack(key_path(copy_of(till)))):
            with pytest.raises(TillOpen):
                done(till, plan)


def test_a_black_box_that_is_away_is_no_box(tmp_path: Path) -> None:
    """The stick is unplugged: nothing is offered, nothing breaks."""
    assert find_boxes("") == {}
    assert find_boxes(str(tmp_path / "unplugged")) == {}
