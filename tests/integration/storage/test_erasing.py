"""An erased member leaves points and nothing else: not in the files' bytes, not after a crash, not after a restore."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest

from loyalty.directory import Profile
from storage.backup import backup, restore
from storage.errors import Damaged
from storage.store import open_store
from storage.tombstones import read_tombstones
from storage.types import CardRow
from storage.verify import verify
from tests.fakes.ledger import card_number

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from tests.fakes.ledger import LedgerOfTests

ANNA = Profile("Annegret Zzyzxmann", "+491719876543", "zzyzx@example.org", date(1971, 2, 3))
NOTE = "wollte lieber Brezeln qqqxyz"


def enrolled(ledger: LedgerOfTests, number: int = 1, profile: Profile = ANNA) -> UUID:
    """A member with card, profile, a free text and points."""
    member, text_ref = ledger.member(number), ledger.ids.random_id()
    with ledger.store.unit() as unit:
        unit.put_card(CardRow(ledger.ids.random_id(), card_number(number), member))
        unit.put_profile(member, profile)
        unit.put_text(text_ref, NOTE)
        unit.append(ledger.enrolment(member))
        unit.append(ledger.adjustment(member, 40, text_ref))
        unit.append(ledger.adjustment(member, 2))
    return member


def traces(directory: Path) -> list[str]:
    """Files whose bytes hold anything of the member."""
    needles = [ANNA.name, "Zzyzxmann", "zzyzx", "9876543", "9876543"[::-1], NOTE, "qqqxyz", card_number(1)]
    needles += [card_number(1)[::-1]]
    found = []
    for path in sorted(directory.rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        found += [f"{path.name}: {needle}" for needle in needles if needle.lower().encode() in data.lower()]
    return found


def test_nothing_of_an_erased_member_is_left_in_any_byte(ledger: LedgerOfTests) -> None:
    """Profile, terms, card, text and key are overwritten in file and log; the points stay, verify is content."""
    member = enrolled(ledger)
    other = enrolled(ledger, 2, Profile("Otto"))
    key = ledger.store._vault.value("SELECT key FROM member_key WHERE member_id = ?", (member.bytes,))
    assert traces(ledger.directory), "the search for traces finds what is there"
    with ledger.store.unit() as unit:
        unit.erase_member(member)
    assert [trace for trace in traces(ledger.directory) if not trace.endswith((NOTE, "qqqxyz"))] == []
    assert key not in b"".join(path.read_bytes() for path in ledger.directory.iterdir())
    with ledger.store.reader() as reader:
        assert reader.profile(member) is None
        assert reader.cards_of(member) == []
        assert reader.search("annegret") == []
        assert reader.account(member).balance == 42
        assert reader.profile(other) == Profile("Otto")
        erased = reader._ledger.all("SELECT member_id, erased_day FROM tombstone")
        assert erased == [(member.bytes, "2026-11-21")]
        assert len(reader._ledger.all("SELECT text_ref FROM free_text")) == 1
    assert verify(ledger.directory).ok


def test_erasing_follows_merges(ledger: LedgerOfTests) -> None:
    """Erasing through either number erases the whole person."""
    first, second = enrolled(ledger, 1), enrolled(ledger, 2)
    ledger.append(ledger.merge(first, second))
    with ledger.store.unit() as unit:
        unit.erase_member(first)
    with ledger.store.reader() as reader:
        assert reader.cards_of(second) == []
        assert reader.profile(first) is reader.profile(second) is None
        assert reader._vault.all("SELECT * FROM member_key") == []
        assert reader.is_erased(first)
        assert reader.is_erased(second)
        assert not reader.is_erased(ledger.member(3))
    assert traces(ledger.directory) == []


def test_an_erasure_that_a_crash_interrupted_is_finished_at_the_next_start(ledger: LedgerOfTests) -> None:
    """The small file is written first: once it names a member, no start shows that member again."""
    member = enrolled(ledger)

    def interrupted() -> None:
        with ledger.store.unit() as unit:
            unit.erase_member(member)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert read_tombstones(ledger.directory) == [], "it was taken back before it was promised"
    ledger.close()
    line = b'{"member_id":"%s","erased_at_us":1,"erased_day":"2026-11-21"}\n' % str(member).encode()
    (ledger.directory / "tombstones").write_bytes(line + b'{"member_id":"cut o')
    with ledger.reopen().reader() as reader:
        assert reader.profile(member) is None
        assert reader.search("annegret") == []
    assert traces(ledger.directory) == []


def test_a_restored_backup_forgets_whom_it_must(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """The copy still holds the card number and the text; the restored ledger does not."""
    member = enrolled(ledger)
    backup(ledger.directory, tmp_path / "copy.sqlite")
    with ledger.store.unit() as unit:
        unit.erase_member(member)
    ledger.close()
    restore(tmp_path / "copy.sqlite", ledger.directory, clock=ledger.clock, ids=ledger.ids)
    with ledger.reopen().reader() as reader:
        assert reader.profile(member) is None
        assert reader.card(card_number(1)) is None
        assert reader.account(member).balance == 42
    assert traces(ledger.directory) == []
    assert verify(ledger.directory).ok


def test_an_erased_person_may_come_back(ledger: LedgerOfTests) -> None:
    """The same card enrolled anew is not erased by the old tombstone at the next start."""
    member = enrolled(ledger)
    with ledger.store.unit() as unit:
        unit.erase_member(member)
    enrolled(ledger)
    with ledger.reopen().reader() as reader:
        assert reader.profile(member) == ANNA
    with ledger.store.unit() as unit:
        unit.erase_member(member)
    assert traces(ledger.directory) == []


def test_a_copy_of_the_directory_without_the_key_is_silent(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Who takes the ledger without the vault, and without the index that finds people, learns no name."""
    member = enrolled(ledger)
    ledger.close()
    shutil.copytree(ledger.directory, tmp_path / "stolen")
    (tmp_path / "stolen" / "vault.sqlite").unlink()
    (tmp_path / "stolen" / "search.sqlite").unlink()
    assert not any("Zzyzxmann" in trace for trace in traces(tmp_path / "stolen"))
    with pytest.raises(Damaged):
        open_store(tmp_path / "stolen", clock=ledger.clock, ids=ledger.ids)
    with ledger.reopen().reader() as reader:
        assert reader.profile(member) == ANNA
