"""Who was erased stays erased: whatever is put back, wherever, from whenever, and no byte of any newer file says more.

A copy from before an erasure still holds card numbers and notes until the rotation deletes it; names in it are sealed
with a key that is gone. What is put back from it has forgotten both before anybody can open it.
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from loyalty.cards import account_id
from loyalty.directory import Profile
from storage.backup import backup, key_path, layout_copy, restore, tombstones_path
from storage.errors import Damaged
from storage.store import open_store
from storage.types import CardRow
from storage.verify import verify
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.ledger import card_number
from tests.integration.storage.test_erasing import ANNA, enrolled, traces

if TYPE_CHECKING:
    from uuid import UUID

    from tests.fakes.ledger import LedgerOfTests
    from tests.fakes.ledger_joined import JoinedLedger

LAYOUTS = Path(__file__).with_name("layouts")


def erased(ledger: LedgerOfTests, member: UUID) -> None:
    """Forget a member."""
    with ledger.store.unit() as unit:
        unit.erase_member(member)


def assert_forgotten(ledger: LedgerOfTests, directory: Path, member: UUID, balance: int = 42) -> None:
    """Nobody there finds the person, no byte says anything, and the points are sound all the same."""
    with open_store(directory, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
        assert reader.profile(member) is None
        assert reader.card(card_number(1)) is None
        assert reader.search(ANNA.name) == []
        assert reader.search(card_number(1)) == []
        assert reader.is_erased(member)
        assert reader.account(member).balance == balance
    assert traces(directory) == []
    assert verify(directory).ok


def test_a_copy_made_after_the_erasure_says_nothing(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Neither its pages in use nor its free ones, nor what lies beside it; the erased member's random id does."""
    member = enrolled(ledger)
    for number in range(2, 40):
        enrolled(ledger, number, Profile(f"Otto {number}"))
    with ledger.store.unit() as unit:  # the name was another one before: an old box lies in a page that was used again
        unit.put_profile(member, Profile("Annegret Zzyzxmann-Vorher"))
    erased(ledger, member)
    copies = tmp_path / "copies"
    copies.mkdir()
    backup(ledger.directory, copies / "a.sqlite")
    assert {path.name for path in copies.iterdir()} == {"a.sqlite", "a.sqlite.key", "a.sqlite.tombstones"}
    assert [trace for trace in traces(copies) if not trace.endswith(("qqqxyz", "Brezeln qqqxyz"))] == []
    assert member.bytes in (copies / "a.sqlite").read_bytes()


def test_a_copy_from_before_on_a_new_machine(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """The folder of the copies is all that is left; the erasure lies in it since the next copy was made."""
    member = enrolled(ledger)
    copies = tmp_path / "copies"
    copies.mkdir()
    backup(ledger.directory, copies / "before.sqlite", tombstones=copies / "tombstones")
    erased(ledger, member)
    backup(ledger.directory, copies / "after.sqlite", tombstones=copies / "tombstones")
    assert traces(copies), "the older copy still holds the card"
    ledger.close()
    shutil.rmtree(ledger.directory)
    restore(copies / "before.sqlite", tmp_path / "new", clock=ledger.clock, ids=ledger.ids)
    assert_forgotten(ledger, tmp_path / "new", member)
    restore(copies / "after.sqlite", tmp_path / "newer", clock=ledger.clock, ids=ledger.ids)
    assert_forgotten(ledger, tmp_path / "newer", member)


def test_a_copy_from_before_that_was_put_back_twice(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Also from a copy of what was put back, on a third machine: the erasure travels on."""
    member = enrolled(ledger)
    backup(ledger.directory, tmp_path / "before.sqlite")
    erased(ledger, member)
    ledger.close()
    restore(tmp_path / "before.sqlite", ledger.directory, clock=ledger.clock, ids=ledger.ids)
    (tmp_path / "later").mkdir()
    backup(ledger.directory, tmp_path / "later" / "copy.sqlite")
    shutil.copy(tmp_path / "before.sqlite", tmp_path / "later" / "before.sqlite")
    shutil.copy(key_path(tmp_path / "before.sqlite"), key_path(tmp_path / "later" / "before.sqlite"))
    third = tombstones_path(tmp_path / "later" / "copy.sqlite")
    third.rename(tombstones_path(tmp_path / "later" / "before.sqlite"))
    restore(tmp_path / "later" / "before.sqlite", tmp_path / "new", clock=ledger.clock, ids=ledger.ids)
    assert_forgotten(ledger, tmp_path / "new", member)


def test_erasures_beside_a_copy_that_can_not_be_read(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Putting it back would bring back who was erased, so nothing is put back."""
    member = enrolled(ledger)
    backup(ledger.directory, tmp_path / "copy.sqlite")
    erased(ledger, member)
    backup(ledger.directory, tmp_path / "later.sqlite")
    tombstones_path(tmp_path / "copy.sqlite").write_bytes(b"no tombstone\n")
    with pytest.raises(Damaged):
        restore(tmp_path / "copy.sqlite", tmp_path / "new", clock=ledger.clock, ids=ledger.ids)
    assert not (tmp_path / "new" / "ledger.sqlite").exists()


def test_merged_accounts_in_a_copy_from_before_their_merge(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """The copy knows two people; both were one when that one was erased, so both are forgotten."""
    first, second = enrolled(ledger, 1), enrolled(ledger, 2)
    backup(ledger.directory, tmp_path / "before.sqlite")
    ledger.append(ledger.merge(first, second))
    erased(ledger, second)
    ledger.close()
    restore(tmp_path / "before.sqlite", ledger.directory, clock=ledger.clock, ids=ledger.ids)
    (aside,) = ledger.directory.glob("ledger.before-*.sqlite")
    aside.unlink()
    assert_forgotten(ledger, ledger.directory, first)
    with open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids) as store, store.reader() as reader:
        assert reader.profile(second) is None
        assert reader.card(card_number(2)) is None


def test_the_ledger_set_aside_put_back_again(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Somebody thinks better of a restore; the erasure came in between."""
    member = enrolled(ledger)
    backup(ledger.directory, tmp_path / "copy.sqlite")
    ledger.close()
    restore(tmp_path / "copy.sqlite", ledger.directory, clock=ledger.clock, ids=ledger.ids)
    (aside,) = ledger.directory.glob("ledger.before-*.sqlite")
    ledger.store = open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids)
    erased(ledger, member)
    ledger.close()
    restore(aside, ledger.directory, clock=ledger.clock, ids=ledger.ids)
    for each in ledger.directory.glob("ledger.before-*.sqlite"):
        each.unlink()
    assert_forgotten(ledger, ledger.directory, member)


@pytest.mark.parametrize("layout", [1, 2, 3, 4])
def test_a_copy_of_a_past_layout(layout: int, tmp_path: Path) -> None:
    """Updated since, then erased; the copy from before both is put back."""
    directory = tmp_path / "alone"
    directory.mkdir(mode=0o700)
    with zipfile.ZipFile(LAYOUTS / f"till_{layout}.zip") as archive:
        archive.extractall(tmp_path, [name for name in archive.namelist() if name.startswith("alone/")])
    copy = tmp_path / "copy.sqlite"
    shutil.copy(directory / "ledger.sqlite", copy)
    shutil.copy(directory / "programme.key", key_path(copy))
    clock = FakeClock()
    ids = SeededIds(1, clock)
    with open_store(directory, clock=clock, ids=ids) as store:
        member = account_id(store.programme_key, card_number(1))
        with store.unit() as unit:
            unit.erase_member(member)
    restore(copy, directory, clock=clock, ids=ids)
    for each in (*directory.glob("ledger.before-*"), layout_copy(directory, layout)):
        each.unlink(missing_ok=True)
    with open_store(directory, clock=clock, ids=ids) as store, store.reader() as reader:
        assert reader.profile(member) is None
        assert reader.card(card_number(1)) is None
        assert reader.search("mueller") == []
        others = reader.search("schmidt")
        assert [hit.name for hit in others] == ["Ida Schmidt"]
    needles = ["Müller", "aenne@", "49301234567", card_number(1), card_number(1)[::-1]]
    for path in directory.iterdir():
        data = path.read_bytes()
        assert not [needle for needle in needles if needle.encode() in data], path.name


def test_a_joined_till_says_nothing_in_any_byte(joined: JoinedLedger) -> None:
    """What waits for head office is sealed, and goes with its member; so does head office's own word in the replica."""
    member = joined.member(1)
    with joined.store.unit() as unit:
        unit.put_card(CardRow(joined.ids.random_id(), card_number(1), member))
        unit.put_profile(member, ANNA)
        unit.append(joined.enrolment(member))
    joined.pull(joined.statement(member, 0))
    assert traces(joined.directory)
    erased(joined, member)
    joined.close()
    keys_of_the_tests = "3456789"  # they are bytes in a row, the digits among them
    assert [trace for trace in traces(joined.directory) if not trace.endswith(keys_of_the_tests)] == []
