"""Records and edits of a black box in another ledger: as they were written, once, and nothing of the erased."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import pytest

from loyalty.chain import chain_hash
from loyalty.directory import CardStatus, Profile, Role
from loyalty.feed import CardEdit, CashierEdit, Edit, ProfileEdit, ProfileField, TextEdit, TombstoneEdit
from storage.backup import backup
from storage.blackbox import BlackBox
from storage.blackbox_frames import BoxedProgramme
from storage.blackbox_read import BlackBoxContents, black_boxes_in
from storage.blackbox_source import box_key, seal_edit
from storage.errors import Damaged
from storage.taking_over import extend, put_edits, take_box
from storage.verify import verify
from tests.fakes.ledger import LedgerOfTests, card_number
from tests.fakes.ledger_joined import JoinedLedger

if TYPE_CHECKING:
    from pathlib import Path

SECRET = bytes(range(32))


def contents_of(ledger: LedgerOfTests, folder: Path) -> BlackBoxContents:
    """What a box of the ledger holds now."""
    with closing(BlackBox(ledger.directory, folder)) as box:
        box.catch_up()
    return next(found for found in black_boxes_in(folder) if found.ledger_id == ledger.store.shop.terminal_id)


def take(ledger: LedgerOfTests, contents: BlackBoxContents) -> tuple[int, int, int]:
    """Take a box in; gives records, edits and edits that could not be opened."""
    taken = take_box(
        ledger.store, contents, (SECRET,), clock=ledger.clock, ids=ledger.ids, progress=lambda _done, _total: None
    )
    return taken.records, taken.edits, taken.unreadable


def test_a_box_is_taken_once(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Another tills records come in; done again nothing happens, and both its closes and its days stay its own."""
    with closing(LedgerOfTests(tmp_path / "lost", seed=2)) as lost:
        lost.append(lost.sale(lost.member()), lost.sale(None))
        lost.append(lost.day_close())
        contents = contents_of(lost, tmp_path / "stick")
    assert take(ledger, contents) == (4, 0, 0)
    with ledger.store.reader() as reader:
        records = reader.count()
        assert reader.last_close_number() == 0
    assert take(ledger, contents) == (4, 0, 0)
    ledger.append(ledger.sale(ledger.member()))
    ledger.append(ledger.day_close())
    with ledger.store.reader() as reader:
        assert reader.count() == records + 2
        assert reader.last_close_number() == 1
    assert verify(ledger.directory).problems == ()


def test_edits_of_every_kind_wait_under_their_own_ids(joined: JoinedLedger, tmp_path: Path) -> None:
    """Each once, whoever takes them in twice; one that nobody can open is counted."""
    ids = joined.ids
    edits: list[Edit] = [
        ProfileEdit(ids.random_id(), joined.member(1), ProfileField.NAME, "Anna"),
        CardEdit(ids.random_id(), ids.random_id(), card_number(1), joined.member(1), CardStatus.ACTIVE),
        TextEdit(ids.random_id(), ids.random_id(), "a gift"),
        CashierEdit(ids.random_id(), ids.random_id(), "Ines", Role.CASHIER, "$argon2id$", blocked=False),
        TombstoneEdit(ids.random_id(), joined.member(2), 1, joined.clock.today()),
    ]
    sealed = [seal_edit(edit, box_key(SECRET)) for edit in edits]
    sealed.append(seal_edit(edits[0], bytes(32)))
    contents = BlackBoxContents(UUID(int=1), None, (), (), tuple(sealed), (), 0)
    for _ in range(2):
        assert take(joined, contents) == (0, 5, 1)
    with joined.store.reader() as reader:
        assert [edit for _, edit in reader.edits_after(0)] == edits


def test_nothing_of_the_erased_comes_back(ledger: LedgerOfTests) -> None:
    """Not a card, not a field, not a text that a record of theirs names."""
    anna, berta = ledger.member(1), ledger.member(2)
    ids, text_ref, other_ref = ledger.ids, ledger.ids.random_id(), ledger.ids.random_id()
    day = ledger.clock.today()
    ledger.append(ledger.adjustment(anna, 5, text_ref))
    contents = contents_of(ledger, ledger.directory.with_name("stick"))
    known = CardEdit(ids.random_id(), ids.random_id(), card_number(3), berta, CardStatus.ACTIVE)
    edits: list[Edit] = [
        known,
        CardEdit(ids.random_id(), ids.random_id(), card_number(3), anna, CardStatus.ACTIVE),
        CardEdit(ids.random_id(), ids.random_id(), card_number(1), anna, CardStatus.ACTIVE),
        ProfileEdit(ids.random_id(), anna, ProfileField.NAME, "Anna"),
        ProfileEdit(ids.random_id(), berta, ProfileField.NAME, "Berta"),
        ProfileEdit(ids.random_id(), berta, ProfileField.BIRTHDAY, day.isoformat()),
        TextEdit(ids.random_id(), text_ref, "for Anna"),
        TextEdit(ids.random_id(), other_ref, "for nobody"),
        TextEdit(ids.random_id(), other_ref, "another"),
        CardEdit(ids.random_id(), ids.random_id(), card_number(3), berta, CardStatus.BLOCKED),
        CashierEdit(ids.random_id(), ids.random_id(), "Ines", Role.CASHIER, "$argon2id$", blocked=False),
        TombstoneEdit(ids.random_id(), anna, 1, day),
    ]
    with ledger.store.unit() as unit:
        put_edits(unit, contents, edits)
    with ledger.store.reader() as reader:
        assert reader.is_erased(anna)
        assert reader.card(card_number(1)) is None
        assert (reader.text(text_ref), reader.text(other_ref)) == (None, "for nobody")
        assert reader.profile(anna) is None
        assert reader.profile(berta) == Profile("Berta", birthday=day)
        card = reader.card(card_number(3))
        assert card is not None
        assert (card.card_ref, card.status) == (known.card_ref, CardStatus.ACTIVE)


def test_a_chain_that_no_till_wrote_is_damage(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Its hash is right and names the record before it, but its place does not follow on that."""
    copy = tmp_path / "copy.sqlite"
    backup(ledger.directory, copy)
    ledger.append(ledger.sale(ledger.member()))
    contents = contents_of(ledger, tmp_path / "stick")
    last = contents.records[-1]
    moved = msgspec.structs.replace(last, seq=last.seq + 1)
    moved = msgspec.structs.replace(moved, hash=chain_hash(moved.row[:13]))
    with pytest.raises(Damaged, match="the record before it is missing"):
        extend(copy, msgspec.structs.replace(contents, records=(moved,)))
    unread = BoxedProgramme(9, "format = 99\n")
    assert extend(copy, msgspec.structs.replace(contents, programmes=(*contents.programmes, unread))) == 1
