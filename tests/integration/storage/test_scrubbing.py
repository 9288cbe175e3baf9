"""Ledgers that were set aside forget whom the till has forgotten, to the last byte; what is broken is named."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage import scrubbing
from storage.backup import backup, layout_copy, restore
from storage.connection import open_writer
from storage.errors import DiskFull, ReadOnlyDisk
from storage.scrubbing import drop, scrub, set_aside, update_copies
from storage.store import open_store
from storage.verify import verify
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.ledger import card_number
from tests.integration.storage.test_erasing import enrolled, traces

if TYPE_CHECKING:
    from tests.fakes.ledger import LedgerOfTests

LAYOUTS = Path(__file__).with_name("layouts")


def restored(ledger: LedgerOfTests) -> Path:
    """Put a copy back, which sets the ledger aside; gives where that lies."""
    ledger.close()
    copy = ledger.directory.with_name("copy.sqlite")
    backup(ledger.directory, copy)
    started = restore(copy, ledger.directory, clock=ledger.clock, ids=ledger.ids)
    ledger.store = open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids)
    return ledger.directory / f"ledger.before-{started.epoch.hex[:8]}.sqlite"


def test_a_ledger_that_was_set_aside_forgets_too(ledger: LedgerOfTests) -> None:
    """Card, text and sealed profile; its journal stays as it was and can be put back, with one file and no log."""
    member = enrolled(ledger)
    aside = restored(ledger)
    assert scrub(ledger.directory).files == (), "nobody was erased yet"
    with ledger.store.unit() as unit:
        unit.erase_member(member)
    assert any(trace.startswith(aside.name) for trace in traces(ledger.directory))
    assert scrub(ledger.directory).files == (aside,)
    assert traces(ledger.directory) == []
    assert scrub(ledger.directory).files == (), "once is enough"
    assert [path.name for path in ledger.directory.glob(f"{aside.name}?*")] == []
    assert os.name == "nt" or aside.stat().st_mode & 0o077 == 0
    new = ledger.directory.with_name("new")
    shutil.copy(ledger.directory / "programme.key", aside.with_name(f"{aside.name}.key"))
    restore(aside, new, clock=ledger.clock, ids=ledger.ids)
    with open_store(new, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
        assert reader.account(member).balance == 42
        assert reader.card(card_number(1)) is None
    assert verify(new).ok


def test_a_log_beside_a_ledger_that_was_set_aside_is_part_of_it(ledger: LedgerOfTests) -> None:
    """As after a crash: what stands in the log only is forgotten as well."""
    member = enrolled(ledger)
    aside = restored(ledger)
    with ledger.store.unit() as unit:
        unit.erase_member(member)
    shutil.copy(aside, ledger.directory / "crashed.sqlite")
    crashed = open_writer(ledger.directory / "crashed.sqlite")
    crashed.run("INSERT INTO free_text(text_ref, text) VALUES (zeroblob(16), 'noch im Log')")
    for end in ("", "-wal"):
        shutil.copy(ledger.directory / f"crashed.sqlite{end}", f"{aside}{end}")
    crashed.close()
    (ledger.directory / "crashed.sqlite").unlink()
    assert scrub(ledger.directory).files == (aside,)
    assert traces(ledger.directory) == []
    assert b"noch im Log" in aside.read_bytes(), "what is nobody's stays"


@pytest.mark.parametrize("layout", [1, 2, 3, 4])
def test_the_copy_from_before_an_update_forgets(layout: int, tmp_path: Path) -> None:
    """Of every layout, the first one included, which kept no edits."""
    directory = tmp_path / "alone"
    directory.mkdir(mode=0o700)
    with zipfile.ZipFile(LAYOUTS / f"till_{layout}.zip") as archive:
        archive.extractall(tmp_path, [name for name in archive.namelist() if name.startswith("alone/")])
    shutil.copy(directory / "ledger.sqlite", layout_copy(directory, layout))
    clock = FakeClock()
    with open_store(directory, clock=clock, ids=SeededIds(1, clock)) as store:
        with store.reader() as reader:
            known = reader.known_card(card_number(1))
        assert known is not None
        with store.unit() as unit:
            unit.erase_member(known.account.member_id)
    copy = layout_copy(directory, layout)
    assert card_number(1).encode() in copy.read_bytes()
    assert scrub(directory).files == (copy,)
    assert card_number(1).encode() not in copy.read_bytes()
    assert card_number(1)[::-1].encode() not in copy.read_bytes()
    assert card_number(3).encode() in copy.read_bytes()
    restore(copy, tmp_path / "new", clock=clock, ids=SeededIds(2, clock))
    assert verify(tmp_path / "new").ok


def test_a_broken_ledger_that_was_set_aside_is_named(ledger: LedgerOfTests) -> None:
    """It was perhaps set aside because it is broken; a person has to delete it, and the others are scrubbed."""
    member = enrolled(ledger)
    aside = restored(ledger)
    with ledger.store.unit() as unit:
        unit.erase_member(member)
    cut_off = ledger.directory / "ledger.before-00000000.sqlite"
    cut_off.write_bytes(aside.read_bytes()[:5_000])
    no_ledger = ledger.directory / "ledger.before-11111111.sqlite"
    no_ledger.write_bytes(b"something else")
    scrambled = ledger.directory / "ledger.before-22222222.sqlite"
    pages = bytearray(aside.read_bytes())
    pages[4_096:] = b"\x55" * (len(pages) - 4_096)
    scrambled.write_bytes(bytes(pages))
    done = scrub(ledger.directory)
    assert done.files == (aside,)
    assert done.unreadable == (cut_off, no_ledger, scrambled)


def test_a_full_disk_is_no_broken_ledger(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said, and the next time does it."""
    member = enrolled(ledger)
    aside = restored(ledger)
    with ledger.store.unit() as unit:
        unit.erase_member(member)

    def full(*_: object) -> None:
        raise DiskFull("no room")

    with monkeypatch.context() as patch:
        patch.setattr(scrubbing, "erase", full)
        with pytest.raises(DiskFull):
            scrub(ledger.directory)
    assert scrub(ledger.directory).files == (aside,)
    assert traces(ledger.directory) == []


def test_copies_from_before_updates_go_by_their_age(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the ledger that a restored copy took the place of: it may hold records that nobody else has."""
    copies = [layout_copy(ledger.directory, layout) for layout in (1, 2)]
    other = ledger.directory / "ledger.before-00000000.sqlite"
    for age, path in enumerate((*copies, other), start=1):
        path.touch()
        os.utime(path, (age, age))
    assert set_aside(ledger.directory) == [other, *copies]
    assert update_copies(ledger.directory, 2) == copies[:1]
    drop(copies[0])
    drop(copies[0])
    assert set_aside(ledger.directory) == [other, copies[1]]

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.unlink", refuse)
    with pytest.raises(ReadOnlyDisk):
        drop(other)
