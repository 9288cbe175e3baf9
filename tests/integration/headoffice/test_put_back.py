"""Head office loses its files and goes on from older ones: the tills tell it again what it has lost, and no more."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import msgspec
import pytest

from loyalty.cards import account_id
from loyalty.directory import CardStatus, Profile
from tests.fakes.ledger import card_number
from tests.fakes.office import TestedOffice
from tests.fakes.office_till import OfficeTill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Chain:
    """Two tills of one head office on a file, with a copy of its files made when both had begun."""

    def __init__(self, folder: Path) -> None:
        self._copy = folder / "copy"
        self.office = TestedOffice(folder / "office", None)
        self.office.publish()
        self.one, self.other = (OfficeTill(folder / f"till{seed}", self.office, seed) for seed in (1, 2))
        self.one.enrol(card_number(9), "Doris Alt")
        self.sync()

    def sync(self) -> None:
        """So many rounds that nothing moves any more."""
        for _ in range(2):
            self.one.round()
            self.other.round()

    def back_up(self) -> None:
        """Copy head office's files while it is closed."""
        self.office.head.close()
        shutil.copytree(self.office.data, self._copy)
        self.office.restart()

    def put_back(self) -> None:
        """Put the copy in place of the files."""
        self.office.head.close()
        shutil.rmtree(self.office.data)
        shutil.copytree(self._copy, self.office.data)
        self.office.restart()

    def close(self) -> None:
        self.one.close()
        self.other.close()
        self.office.close()


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    """A chain at work."""
    chain = Chain(tmp_path)
    yield chain
    chain.close()


def test_who_was_enrolled_since_the_copy_is_known_everywhere_again(chain: Chain) -> None:
    """By name and by card, at the till that never met her, though head office had acknowledged her long ago."""
    chain.back_up()
    chain.one.enrol(card_number(1), "Berta Zabel")
    chain.sync()
    assert chain.other.names("Zabel") == ["Berta Zabel"]
    with chain.one.ledger.store.reader() as reader:
        assert reader.edits_waiting() == 0
    chain.put_back()
    assert not chain.office.head.find_members("Zabel", 5)
    assert chain.one.round().server_restored
    chain.sync()
    assert chain.other.names("Zabel") == ["Berta Zabel"]
    assert chain.other.card(card_number(1)) is not None
    assert chain.office.head.find_members("Zabel", 5)
    chain.office.assert_sound()


def test_a_name_changed_since_the_copy_is_changed_again(chain: Chain) -> None:
    """A name is no record, so nothing of the journal is missing; the feed alone tells that there is another past."""
    member = account_id(chain.one.ledger.store.programme_key, card_number(9))
    chain.back_up()
    with chain.one.ledger.store.unit() as unit:
        unit.put_profile(member, Profile("Doris Neu"))
    chain.sync()
    assert chain.other.names("Doris") == ["Doris Neu"]
    chain.put_back()
    chain.sync()
    assert chain.one.names("Doris") == chain.other.names("Doris") == ["Doris Neu"]


def test_what_head_office_still_knows_is_not_overwritten(chain: Chain) -> None:
    """The other till's word was the later one and is in the copy: the first one's older rows must not undo it."""
    member = account_id(chain.one.ledger.store.programme_key, card_number(9))
    card = chain.other.card(card_number(9))
    assert card is not None
    with chain.other.ledger.store.unit() as unit:
        unit.put_profile(member, Profile("Doris Neu"))
        unit.put_card(msgspec.structs.replace(card, status=CardStatus.BLOCKED))
    chain.sync()
    chain.back_up()
    chain.one.enrol(card_number(1), "Berta Zabel")
    chain.sync()
    chain.put_back()
    chain.sync()
    for till in (chain.one, chain.other):
        assert till.names("Doris") == ["Doris Neu"]
        found = till.card(card_number(9))
        assert found is not None
        assert found.status is CardStatus.BLOCKED
        assert till.names("Zabel") == ["Berta Zabel"]


def test_whoever_was_erased_since_the_copy_stays_erased(chain: Chain) -> None:
    """The copy still names her; the till's kept edits about her went with her key."""
    chain.one.enrol(card_number(1), "Berta Zabel")
    chain.sync()
    chain.back_up()
    member = account_id(chain.one.ledger.store.programme_key, card_number(1))
    with chain.one.ledger.store.unit() as unit:
        unit.erase_member(member)
    chain.sync()
    chain.put_back()
    chain.sync()
    assert chain.other.names("Zabel") == []
    assert not chain.office.head.find_members("Zabel", 5)


def test_an_erasure_that_comes_with_a_whole_file_reaches_the_tills_own_tables(chain: Chain) -> None:
    """Nothing is pulled behind the file, and yet the till forgets the person it had enrolled itself."""
    chain.office.head.office.snapshot_members_min = 1
    own = chain.one.card(card_number(9))
    assert own is not None
    chain.office.head.erase(own.member_id, by="Eva")
    for file in chain.one.ledger.store.directory.glob("replica.sqlite*"):
        file.unlink()
    assert chain.one.round().pulled == 0
    with chain.one.ledger.store.reader() as reader:
        assert reader.card(card_number(9)) is None
        assert reader.is_erased(own.member_id)
        assert not reader.adoptions()
    assert chain.one.names("Doris") == []
