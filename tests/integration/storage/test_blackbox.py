"""The black box: what only this disk has, on another one, whatever becomes of the stick or the ledger."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from loyalty.directory import CardStatus, Profile
from loyalty.feed import CardEdit, ProfileEdit, TextEdit, TombstoneEdit
from storage.blackbox import PRUNE_BYTES_MIN, BlackBox, key_path
from storage.exchange import Link
from storage.types import CardRow
from tests.fakes.boxed import acknowledge, boxed, edits_of, path_of, sell, seqs
from tests.fakes.ledger import PROGRAMME, LedgerOfTests, card_number
from tests.fakes.ledger_joined import PROFILE_KEY, JoinedLedger

if TYPE_CHECKING:
    pass


def test_a_till_that_stands_alone_boxes_its_whole_journal(ledger: LedgerOfTests, box: BlackBox, folder: Path) -> None:
    """Byte by byte, with its heading, its rules and its key: there is no other copy."""
    sell(ledger, 3)
    assert box.catch_up() == 5
    assert box.catch_up() == 0
    sell(ledger)
    assert box.catch_up() == 1
    contents = boxed(folder)
    assert box.boxed_seq == contents.records[-1].seq == 6
    with ledger.store.reader() as reader:
        assert [record.payload for record in contents.records] == [row.payload for row in reader.records_after(0)]
    assert contents.heading is not None
    assert (contents.heading.till_name, contents.heading.currency) == ("Kasse 1", "EUR")
    assert [programme.version for programme in contents.programmes] == [1]
    assert (contents.damage, contents.torn_bytes) == ((), 0)
    assert key_path(path_of(ledger, folder)).read_bytes() == ledger.store.programme_key


def test_the_box_goes_back_to_the_last_copy_but_one(ledger: LedgerOfTests, box: BlackBox, folder: Path) -> None:
    """The newest copy may be the one that can't be read; the key goes when the copies have it."""
    sell(ledger, 200)
    box.catch_up()
    box.copied_elsewhere(150)
    box.catch_up()
    assert seqs(folder)[0] == 1
    assert key_path(path_of(ledger, folder)).exists()
    box.copied_elsewhere(202)
    box.catch_up()
    assert seqs(folder) == list(range(151, 203))
    assert not key_path(path_of(ledger, folder)).exists()
    contents = boxed(folder)
    assert contents.heading is not None
    assert contents.heading.copied == (150, 202)
    assert [programme.version for programme in contents.programmes] == [1]
    with closing(BlackBox(ledger.directory, folder)) as again:
        assert again.catch_up() == 0
        again.close()
    assert seqs(folder) == list(range(151, 203))


def test_a_till_of_a_head_office_boxes_what_that_has_not_acknowledged(
    joined: JoinedLedger, joined_box: BlackBox, folder: Path
) -> None:
    """Acknowledged records are gone on from, and go when it is worth it."""
    sell(joined)
    acknowledge(joined)
    sell(joined, 2)
    assert joined_box.catch_up() == 2
    assert seqs(folder) == [joined.head().seq - 1, joined.head().seq]
    acknowledge(joined)
    assert joined_box.catch_up() == 0
    sell(joined)
    assert joined_box.catch_up() == 1
    assert not key_path(path_of(joined, folder)).exists()


def test_what_is_acknowledged_goes_when_it_is_worth_writing_anew(
    joined: JoinedLedger, joined_box: BlackBox, folder: Path
) -> None:
    """The file shrinks to its heading and rules."""
    sell(joined, 150)
    joined_box.catch_up()
    before = path_of(joined, folder).stat().st_size
    assert before > PRUNE_BYTES_MIN
    acknowledge(joined)
    joined_box.catch_up()
    assert seqs(folder) == []
    assert path_of(joined, folder).stat().st_size < before // 10
    sell(joined)
    assert joined_box.catch_up() == 1


def test_a_head_office_that_was_put_back_gets_its_records_from_the_box_again(
    joined: JoinedLedger, joined_box: BlackBox, folder: Path
) -> None:
    """What it has forgotten is boxed once more; what it acknowledged can't be read counts as nothing."""
    sell(joined, 2)
    early = joined.acked()
    sell(joined, 2)
    acknowledge(joined)
    joined_box.catch_up()
    assert seqs(folder) == []
    joined.replica.put_link(Link(acked=early))
    joined_box.catch_up()
    assert seqs(folder) == [early.seq + 1, early.seq + 2]
    joined.close_replica()
    joined.store.replica_path.write_bytes(b"no database")
    for leftover in joined.directory.glob("replica.sqlite-*"):
        leftover.unlink()
    joined_box.catch_up()
    assert seqs(folder)[0] == 1


def test_unsent_edits_are_sealed_and_go_when_they_were_taken(
    joined: JoinedLedger, joined_box: BlackBox, folder: Path
) -> None:
    """The file names nobody; head office's profile key opens it, and nothing else does."""
    member = joined.member()
    with joined.store.unit() as unit:
        unit.put_profile(member, Profile("Anna Bauer"))
    joined_box.catch_up()
    assert b"Anna" not in path_of(joined, folder).read_bytes()
    [edit] = edits_of(folder, PROFILE_KEY)
    assert isinstance(edit, ProfileEdit)
    assert (edit.member_id, edit.value) == (member, "Anna Bauer")
    assert edits_of(folder, bytes(32)) == []
    with closing(BlackBox(joined.directory, folder)) as again:
        again.catch_up()
    assert len(boxed(folder).edits) == 1
    with joined.store.unit() as unit:
        for number in range(300):
            unit.put_profile(member, Profile(f"Anna {number} Bauer"))
    joined_box.catch_up()
    assert len(boxed(folder).edits) == 301
    with joined.store.unit() as unit:
        unit.drop_edits(2**40)
    joined_box.catch_up()
    assert boxed(folder).edits == ()


def test_an_erased_member_leaves_the_box_at_once(joined: JoinedLedger, joined_box: BlackBox, folder: Path) -> None:
    """Only that somebody was erased stays in it, for whoever recovers."""
    member = joined.member()
    with joined.store.unit() as unit:
        unit.put_profile(member, Profile("Anna Bauer"))
    joined_box.catch_up()
    with joined.store.unit() as unit:
        unit.erase_member(member)
    joined_box.catch_up()
    [edit] = edits_of(folder, PROFILE_KEY)
    assert isinstance(edit, TombstoneEdit)
    assert edit.member_id == member


def test_cards_and_texts_of_boxed_records_come_along(ledger: LedgerOfTests, box: BlackBox, folder: Path) -> None:
    """A backup before them has no such rows, and a till that stands alone tells nobody of them."""
    member = ledger.member()
    card = CardRow(ledger.ids.random_id(), card_number(1), member, CardStatus.ACTIVE)
    text_ref = ledger.ids.random_id()
    with ledger.store.unit() as unit:
        unit.put_card(card)
        unit.append(ledger.sale(member, card_ref=card.card_ref))
        unit.append(ledger.sale(member, card_ref=ledger.ids.random_id()))
        unit.put_text(text_ref, "too much", member)
        unit.append(ledger.adjustment(member, 5, text_ref))
        unit.append(ledger.adjustment(member, 6, ledger.ids.random_id()))
    box.catch_up()
    found = edits_of(folder, ledger.store.programme_key)
    assert [type(edit) for edit in found] == [CardEdit, TextEdit]
    assert (found[0].number, found[1].text) == (card.number, "too much")  # type: ignore[union-attr]  # as just seen
    with ledger.store.unit() as unit:
        unit.erase_member(member)
    box.catch_up()
    [edit] = edits_of(folder, ledger.store.programme_key)
    assert isinstance(edit, TombstoneEdit)
    sell(ledger)
    box.catch_up()
    assert len(boxed(folder).edits) == 1


def test_a_head_office_on_the_same_disk_is_no_second_copy(
    joined: JoinedLedger, joined_box: BlackBox, folder: Path
) -> None:
    """A till that serves the others of the shop loses both together: its box is that of a till that stands alone."""
    sell(joined)
    acknowledge(joined)
    joined_box.catch_up()
    assert seqs(folder) == []
    (joined.directory / "headoffice").mkdir()
    joined_box.catch_up()
    assert seqs(folder)[0] == 1
    assert key_path(path_of(joined, folder)).exists()


def test_a_newer_programme_is_boxed(ledger: LedgerOfTests, box: BlackBox, folder: Path) -> None:
    """The rules under which the newest records were made come with them."""
    box.catch_up()
    with ledger.store.unit() as unit:
        newer = msgspec.structs.replace(ledger.store.programme, version=2)
        unit.put_programme(newer, PROGRAMME.replace("version = 1\n", "version = 2\n", 1))
        unit.append(ledger.sale(None))
    box.catch_up()
    assert [programme.version for programme in boxed(folder).programmes] == [1, 2]
