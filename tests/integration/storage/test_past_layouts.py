"""Tills of every layout there was, each made by the code of its time: they open, and are what they were.

The fixtures lie in ``layouts``; the script that made them says how the next one is made.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest

from loyalty.cards import account_id
from loyalty.feed import ProfileEdit
from loyalty.numbering import Series
from loyalty.records import DayTotals
from storage import migrations, sqlite
from storage.backup import key_path, layout_copy, restore
from storage.connection import open_frozen
from storage.errors import DiskFull, NewerSchema
from storage.files import KEY_FILE, LEDGER_FILE, VAULT_FILE, read_header
from storage.rebuild import rebuild
from storage.schema import SCHEMA_VERSION
from storage.store import Store, open_store
from storage.verify import verify
from terminal.sync.recover import RecoverCommand, Recovered, recover
from tests.fakes.clock import START, FakeClock, SeededIds
from tests.fakes.ledger import LedgerOfTests, card_number
from tests.integration.storage.layouts.make import figures_of
from tests.source import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

LAYOUTS: Final = Path(__file__).with_name("layouts")
FIXTURES: Final = {int(path.stem.partition("_")[2]): path for path in LAYOUTS.glob("till_*.zip")}
TILLS: Final = [(layout, name) for layout in sorted(FIXTURES) for name in ("alone", "joined")[: 1 + (layout > 1)]]
"""A head office there is since the second layout."""

FORGETS_OTHERS: Final = {(2, "joined"), (3, "joined"), (4, "joined"), (5, "joined")}
"""Whose replica of head office's state has a layout that is not read any more: it is emptied and pulled anew, and until
then the till knows nothing of another till's sale of 7 euros."""


class PastTill:
    """A till as an earlier version left it.

    Attributes:
        layout: Its layout.
        directory: Its files.
        figures: What is true of it.
    """

    def __init__(self, layout: int, name: str, folder: Path) -> None:
        self.layout = layout
        self.directory = folder / name
        self.directory.mkdir(mode=0o700)
        with zipfile.ZipFile(FIXTURES[layout]) as archive:
            members = [member for member in archive.namelist() if member.startswith(f"{name}/")]
            archive.extractall(folder, members)
        for path in self.directory.iterdir():
            path.chmod(0o600)
        self.figures: dict[str, Any] = msgspec.json.decode(FIXTURES[layout].with_suffix(".json").read_bytes())[name]
        for totals in self.figures["days"].values():
            totals |= {name: 0 for name in DayTotals.__struct_fields__ if name not in totals}  # sums of later layouts
        if (layout, name) in FORGETS_OTHERS:
            for figure, of_others in (("balances", 7), ("sales", 1), ("revenue_cents", 700)):
                self.figures[figure]["1"] -= of_others
        self.fresh = self.figures.pop("fresh", [])
        self.clock = FakeClock(START)
        self.clock.advance(days=1)

    def open(self, *, writable: bool = True, directory: Path | None = None) -> Store:
        """Open it with the code of today."""
        ids = SeededIds(5, self.clock)
        return open_store(directory or self.directory, clock=self.clock, ids=ids, writable=writable)

    def layouts(self) -> set[int]:
        """The layouts of its files."""
        return {read_header(self.directory / name).user_version for name in (LEDGER_FILE, VAULT_FILE)}


@pytest.fixture(params=TILLS, ids=[f"{name}-{layout}" for layout, name in TILLS])
def past(request: pytest.FixtureRequest, tmp_path: Path) -> PastTill:
    """A till of each layout, alone and joined."""
    layout, name = request.param
    return PastTill(layout, name, tmp_path)


@pytest.fixture(params=sorted(FIXTURES))
def alone(request: pytest.FixtureRequest, tmp_path: Path) -> PastTill:
    """A till of each layout that stands alone."""
    return PastTill(request.param, "alone", tmp_path)


def test_every_layout_that_shops_have_has_its_fixture() -> None:
    """Made before the number is raised again: afterwards nobody can make it with the code of the day any more."""
    assert set(FIXTURES) >= set(range(1, SCHEMA_VERSION)), "run python -m tests.integration.storage.layouts.make"
    assert set(FIXTURES) <= set(range(1, SCHEMA_VERSION + 1))


def test_it_opens_for_writing_with_everything_there(past: PastTill) -> None:
    """Balances, people, cards, days: as the code of its time said. The chain's head is the same to the bit."""
    assert past.layouts() == {past.layout}
    with past.open() as store:
        assert figures_of(store) == past.figures
        result = verify(past.directory)
    assert (result.ok, result.problems, result.records) == (True, (), past.figures["records"])
    assert past.layouts() == {SCHEMA_VERSION}


def test_it_opens_for_looking_with_everything_there(past: PastTill) -> None:
    """As for a command that only reads, the first after an update."""
    with past.open(writable=False) as store:
        assert figures_of(store) == past.figures
    assert past.layouts() == {SCHEMA_VERSION}


def test_a_rebuild_gives_the_same(past: PastTill) -> None:
    """So the code of today reads every record of then as the code of then did."""
    with past.open() as store:
        assert rebuild(store) == past.figures["records"]
        assert figures_of(store) == past.figures


def test_it_goes_on(past: PastTill) -> None:
    """A sale, a fresh card number that was not taken before, a person, an erasure."""
    with past.open() as store:
        ledger = LedgerOfTests.__new__(LedgerOfTests)
        ledger.store, ledger.clock, ledger.ids = store, past.clock, SeededIds(6, past.clock)
        member = account_id(store.programme_key, card_number(1))
        with store.unit() as unit:
            before = unit.account(member).balance
            unit.append(ledger.sale(member, 2_000))
            assert unit.account(member).balance == before + 20
            if store.head_office is None:
                numbers = unit.numbers.take(Series.of(store.programme.cards[0]), 5)
                assert isinstance(numbers, list)
                assert not set(numbers) & set(past.fresh)
        with store.unit() as unit:
            unit.erase_member(member)
        with store.reader() as reader:
            assert reader.profile(member) is None
    assert verify(past.directory).ok


def test_the_ledger_as_it_was_is_kept_under_the_name_of_its_layout(past: PastTill) -> None:
    """Private, of the old layout, and good to be put back; none when there was nothing to change."""
    past.open().close()
    kept = sorted(past.directory.glob("ledger.layout-*"))
    if past.layout == SCHEMA_VERSION:
        assert kept == []
        return
    assert kept == [layout_copy(past.directory, past.layout)]
    assert read_header(kept[0]).user_version == past.layout
    assert os.name == "nt" or kept[0].stat().st_mode & 0o077 == 0
    new = past.directory.with_name("put-back")
    restore(kept[0], new, clock=past.clock, ids=SeededIds(8, past.clock))
    with past.open(directory=new) as store, store.reader() as reader:
        own = past.figures["records"]
        assert reader.head().seq == own + 1
    assert verify(new).ok


def test_the_next_update_leaves_the_copies_of_those_before(alone: PastTill, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each says its layout, so a till that was updated twice can go back to either."""
    alone.open().close()
    before = {path: path.read_bytes() for path in alone.directory.glob("ledger.layout-*")}
    _plan(monkeypatch, "CREATE TABLE more(x INTEGER) STRICT")
    alone.open().close()
    copies = set(alone.directory.glob("ledger.layout-*"))
    assert copies == before.keys() | {layout_copy(alone.directory, SCHEMA_VERSION)}
    assert {path: path.read_bytes() for path in before} == before


def test_what_a_joined_till_had_not_told_is_told_after_the_update(tmp_path: Path) -> None:
    """The edits wait still, and still open with their keys."""
    for layout in sorted(FIXTURES)[1:]:
        folder = tmp_path / str(layout)
        folder.mkdir()
        past = PastTill(layout, "joined", folder)
        with past.open() as store, store.reader() as reader:
            waiting = [edit for _, edit in reader.edits_after(0)]
            assert len(waiting) == past.figures["edits_waiting"]
            assert [edit.value for edit in waiting if isinstance(edit, ProfileEdit)] == ["Ida Meier"]
            assert store.head_office is not None


def test_a_past_replica_is_read_or_emptied_for_the_next_pull(tmp_path: Path) -> None:
    """Nothing of another layout is ever taken for head office's word, and nothing that can be read is pulled again."""
    for layout in sorted(FIXTURES)[1:]:
        folder = tmp_path / str(layout)
        folder.mkdir()
        with (
            PastTill(layout, "joined", folder).open() as store,
            closing(store.open_replica()),
            store.reader() as reader,
        ):
            state = reader.replica_state()
            assert (state is None) == ((layout, "joined") in FORGETS_OTHERS)


# ------------------------------------------------------------------------------------------ what goes wrong


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes that can be killed at a statement")
@pytest.mark.parametrize("name", ["alone", "joined"])
def test_killed_anywhere_in_an_update_it_opens(name: str, tmp_path: Path) -> None:
    """``kill -9`` at every few statements of the longest way there is: old or new, and nothing in between."""
    past = PastTill(1 if name == "alone" else 2, name, tmp_path)
    folder = tmp_path / "killed"
    folder.mkdir()
    script = "tests.integration.storage.layouts.killed"
    subprocess.run([sys.executable, "-m", script, past.directory, folder, STRIDE], cwd=ROOT, check=True)
    killed = sorted(folder.iterdir(), key=lambda path: int(path.name))
    assert len(killed) > KILLS_MIN
    for directory in killed:
        with past.open(directory=directory) as store:
            assert figures_of(store) == past.figures, directory.name
    assert verify(killed[-2]).ok


STRIDE: Final = "5"
"""How many statements lie between two kills."""

KILLS_MIN: Final = 5
"""Fewer would mean that the way is not walked any more."""


def test_an_update_that_fails_leaves_the_files_as_they_were(alone: PastTill, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in a step is one of ours: nothing of it stays, and the version before opens the till again."""
    _open_and_close(alone)
    before = _contents(alone.directory)
    with monkeypatch.context() as patch:
        _plan(patch, "CREATE TABLE more(x INTEGER) STRICT", "CREATE TABLE journal(x INTEGER) STRICT")
        with pytest.raises(sqlite.OperationalError):
            alone.open()
    assert _contents(alone.directory) == before
    with alone.open() as store:
        assert figures_of(store) == alone.figures


def test_without_room_for_the_copy_nothing_is_changed(alone: PastTill, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy comes first; a full disk is said in plain words, and the old version still opens the till."""
    if alone.layout == SCHEMA_VERSION:
        _plan(monkeypatch, "CREATE TABLE more(x INTEGER) STRICT")
    before = _contents(alone.directory)

    def full(*_: object, **__: object) -> None:
        raise DiskFull("no room")

    with monkeypatch.context() as patch:
        patch.setattr("storage.backup._copy", full)
        with pytest.raises(DiskFull):
            alone.open()
    assert _contents(alone.directory) == before
    assert alone.layouts() == {alone.layout}
    assert list(alone.directory.glob("*.part*")) == []


@pytest.mark.parametrize("known", range(1, SCHEMA_VERSION))
@pytest.mark.parametrize("look", [lambda past: past.open(), lambda past: verify(past.directory)])
def test_an_older_program_refuses_what_a_newer_one_has_made(
    known: int, look: Callable[[PastTill], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In plain words, before anything is opened for writing; the files stay as they are, to the byte."""
    past = PastTill(max(FIXTURES), "alone", tmp_path)
    past.open().close()
    before = {path: path.read_bytes() for path in past.directory.iterdir()}
    monkeypatch.setattr("storage.files.SCHEMA_VERSION", known)
    with pytest.raises(NewerSchema) as refused:
        look(past)
    assert "newer version" in refused.value.cashier
    assert f"layout {SCHEMA_VERSION}, this program knows {known}" in refused.value.support
    assert {path: path.read_bytes() for path in past.directory.iterdir()} == before


def _open_and_close(past: PastTill) -> None:
    """Bring it to the layout of today, with nothing left in a log."""
    past.open().close()


def _plan(monkeypatch: pytest.MonkeyPatch, *statements: str) -> None:
    """Let the program know one layout more, with these statements as its step."""
    now = migrations.LEDGER_LAYOUT
    steps = (*now.steps, migrations.Step("9999_more", statements))
    newer = msgspec.structs.replace(now, version=now.version + 1, steps=steps)
    for module in ("storage.migrations", "storage.checks"):
        monkeypatch.setattr(f"{module}.LEDGER_LAYOUT", newer)


def _contents(directory: Path) -> dict[str, list[object]]:
    """Layout and every object and row of both files."""
    found: dict[str, list[object]] = {}
    for name in (LEDGER_FILE, VAULT_FILE):
        with closing(open_frozen(directory / name)) as database:
            tables = database.all("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            found[name] = [database.value("PRAGMA user_version"), tables]
            found[name] += [database.all(f"SELECT * FROM {table}") for table, _ in tables]  # noqa: S608 - the file's own
    return found


def test_a_shop_of_any_layout_can_be_set_aside(past: PastTill, tmp_path: Path) -> None:
    """People's keys are taken from it, in the layout of their time; the ledger beside them is damaged."""
    copy = tmp_path / "nas" / "till.backup"
    copy.parent.mkdir()
    for name, target in ((LEDGER_FILE, copy), (KEY_FILE, key_path(copy))):
        shutil.copy(past.directory / name, target)
    (past.directory / LEDGER_FILE).write_bytes(b"rubbish")
    command = RecoverCommand(backup=copy, set_aside=True)
    done = recover(past.directory, command, clock=past.clock, ids=SeededIds(7, past.clock))
    assert isinstance(done, Recovered)
    with past.open() as store, store.reader() as reader:
        assert [hit.name for hit in reader.search("änne")] == ["Änne Müller"]
    assert verify(past.directory).ok
