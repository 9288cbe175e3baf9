"""A till that stands alone comes back from a copy and its black box, record by record where the copy ends."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from loyalty.directory import CardStatus, Profile, Role
from loyalty.records import DayClose
from storage.backup import key_path
from storage.blackbox import BlackBox
from storage.blackbox import key_path as box_key_path
from storage.errors import Damaged, MissingLedger, NotALedger
from storage.store import open_store
from storage.tombstones import Tombstone, write_tombstones
from storage.types import CardRow, CashierRow
from storage.verify import verify
from terminal.sync.recover import NotRecovered, Recovered, WhyNot
from tests.fakes.ledger import LedgerOfTests, card_number

if TYPE_CHECKING:
    from pathlib import Path

    from loyalty.records import AnyRecord
    from storage.store import Reader
    from tests.fakes.lonely_till import LonelyTill


def records(reader: Reader) -> list[bytes]:
    """The journal's payloads."""
    return [row.payload for epoch in reader.epochs() for row in reader.records_after(epoch.first - 1)]


def test_the_box_goes_on_where_the_copy_ends(lonely: LonelyTill) -> None:
    """Record by record with place and hash as they were, day close and all; then a new epoch."""
    lonely.sell(2)
    end = lonely.back_up()
    lonely.sell(3)
    lonely.ledger.append(lonely.ledger.day_close())
    lonely.box.catch_up()
    with lonely.ledger.store.reader() as reader:
        before, hashes = records(reader), [row.hash for row in reader.records_after(0)]
    lonely.lose()
    done = lonely.recover()
    assert isinstance(done, Recovered)
    assert (done.records, done.store, done.waiting) == (len(before) + 1, "", 0)
    assert end < len(before)
    with lonely.opened() as store, store.reader() as reader:
        assert records(reader)[:-1] == before
        assert [row.hash for row in reader.records_after(0)][: len(hashes)] == hashes
        assert reader.account(lonely.ledger.member()).balance == 50
        assert isinstance(reader.stored(len(before)).record, DayClose)  # type: ignore[union-attr]  # it is there
        assert reader.last_close_number() == 1
    assert verify(lonely.ledger.directory).problems == ()


def test_a_box_of_the_whole_journal_needs_no_copy(lonely: LonelyTill) -> None:
    """There never were two copies off the disk, so the box goes back to the first record, with its key."""
    lonely.sell(3)
    lonely.lose()
    assert isinstance(lonely.recover(backup=None), Recovered)
    with lonely.opened() as store, store.reader() as reader:
        assert reader.account(lonely.ledger.member()).balance == 30
        assert (store.shop.name, store.shop.till_name) == ("Bäckerei Morgenrot", "Kasse 1")
        assert store.programme.version == 1
    assert verify(lonely.ledger.directory).problems == ()


def test_a_box_that_does_not_go_back_to_the_first_record_is_not_enough(lonely: LonelyTill) -> None:
    """Nor is one whose key was taken away; both are said, and nothing is left behind."""
    lonely.sell(2)
    lonely.box.close()
    key = box_key_path(lonely.path)
    key.unlink()
    lonely.lose()
    with pytest.raises(Damaged, match="programme key"):
        lonely.recover(backup=None)
    lonely.path.write_bytes(lonely.path.read_bytes()[200:])
    with pytest.raises(Damaged, match="first record"):
        lonely.recover(backup=None)


def test_a_gap_between_copy_and_box_is_said_with_its_ends(lonely: LonelyTill) -> None:
    """There must be a newer copy somewhere; only when somebody says so is the rest taken without what is missing."""
    lonely.sell(2)
    end = lonely.back_up()
    lost = lonely.sell(200)
    newest: list[AnyRecord] = []
    for _ in range(2):
        with lonely.ledger.store.reader() as reader:
            lonely.box.copied_elsewhere(reader.head().seq)
        newest += lonely.sell(1)
    lonely.box.catch_up()
    lonely.lose()
    no = lonely.recover()
    assert no == NotRecovered(WhyNot.RECORDS_MISSING, first=end + 1, last=end + len(lost))
    assert not any(lonely.ledger.directory.glob("*.sqlite"))
    done = lonely.recover(despite_gap=True)
    assert isinstance(done, Recovered)
    with lonely.opened() as store, store.reader() as reader:
        assert all(reader.record(sale.record_id) for sale in newest)
        assert reader.account(lonely.ledger.member()).balance == 20 + 20
    assert verify(lonely.ledger.directory).problems == ()


def test_cards_texts_and_erasures_come_from_the_box(lonely: LonelyTill) -> None:
    """What the side tables got since the copy; whoever was erased since stays so."""
    ledger = lonely.ledger
    anna, berta = ledger.member(1), ledger.member(2)
    card = CardRow(ledger.ids.random_id(), card_number(1), anna, CardStatus.ACTIVE)
    gone = CardRow(ledger.ids.random_id(), card_number(2), berta, CardStatus.ACTIVE)
    with ledger.store.unit() as unit:
        unit.put_card(gone)
        unit.put_profile(berta, Profile("Berta Zabel"))
        unit.append(ledger.sale(berta, card_ref=gone.card_ref))
    lonely.back_up()
    text_ref = ledger.ids.random_id()
    with ledger.store.unit() as unit:
        unit.put_card(card)
        unit.append(ledger.sale(anna, card_ref=card.card_ref))
        unit.append(ledger.sale(berta, card_ref=gone.card_ref))
        unit.put_text(text_ref, "a gift", anna)
        unit.append(ledger.adjustment(anna, 5, text_ref))
    lonely.box.catch_up()
    with ledger.store.unit() as unit:
        unit.erase_member(berta)
    lonely.box.catch_up()
    lonely.lose()
    assert isinstance(lonely.recover(), Recovered)
    with lonely.opened() as store, store.reader() as reader:
        assert reader.card(card.number) == card
        assert reader.text(text_ref) == "a gift"
        assert reader.card(gone.number) is None
        assert reader.is_erased(berta)
        assert reader.account(berta).balance == 20
    assert verify(lonely.ledger.directory).problems == ()


def test_what_a_till_that_left_head_office_changed_comes_back_as_well(lonely: LonelyTill) -> None:
    """It goes on writing edits, for the day it joins again; recovered alone it follows them itself."""
    ledger = lonely.ledger
    anna = ledger.member(1)
    lonely.back_up()
    _join_and_leave(ledger)
    with ledger.store.unit() as unit:
        unit.put_profile(anna, Profile("Anna Bauer", birthday=ledger.clock.today()))
        unit.put_profile(anna, Profile("Anna Bauer", phone="+491712345678"))
        unit.put_cashier(CashierRow(ledger.ids.random_id(), "Ines", Role.CASHIER, "$argon2id$"))
        unit.append(ledger.sale(anna))
    lonely.box.catch_up()
    lonely.lose()
    done = lonely.recover()
    assert isinstance(done, Recovered)
    assert done.edits > 0
    with lonely.opened() as store, store.reader() as reader:
        assert reader.profile(anna) == Profile("Anna Bauer", phone="+491712345678")
        assert [cashier.name for cashier in reader.cashiers()] == ["Ines"]


def _join_and_leave(ledger: LedgerOfTests) -> None:
    from tests.fakes.ledger_joined import PROFILE_KEY, head_office

    key = ledger.store.programme_key
    ledger.store.join(head_office(), programme_key=key, profile_key=PROFILE_KEY)
    ledger.store.leave()


def test_what_is_left_of_the_old_disk_helps(lonely: LonelyTill) -> None:
    """Its ledger is damaged, but people's keys and erasures are there: names come back from the copy."""
    ledger = lonely.ledger
    anna, berta = ledger.member(1), ledger.member(2)
    with ledger.store.unit() as unit:
        unit.put_profile(anna, Profile("Anna Bauer"))
        unit.put_profile(berta, Profile("Berta Zabel"))
        unit.append(ledger.sale(anna))
    lonely.back_up()
    key_path(lonely.copy).unlink()
    lonely.sell()
    lonely.close()
    write_tombstones(ledger.directory, [Tombstone(berta, 1, "2026-11-21")])
    (ledger.directory / "ledger.sqlite").write_bytes(b"rubbish")
    done = lonely.recover(set_aside=True)
    assert isinstance(done, Recovered)
    assert not done.names_lost
    with lonely.opened() as store, store.reader() as reader:
        assert reader.profile(anna) == Profile("Anna Bauer")
        assert reader.is_erased(berta)
        assert reader.profile(berta) is None
    [aside] = ledger.directory.glob("before-recovery-*")
    assert (aside / "ledger.sqlite").read_bytes() == b"rubbish"


def test_a_copy_that_is_not_there_is_said(lonely: LonelyTill) -> None:
    """And nothing stands in the folder."""
    lonely.sell()
    lonely.lose()
    with pytest.raises(MissingLedger):
        lonely.recover(black_box=None)
    lonely.copy.write_bytes(b"no copy")
    with pytest.raises(NotALedger):
        lonely.recover(url="http://localhost:1", code="not used up")
    shutil.copy(lonely.path, lonely.copy)
    with pytest.raises(NotALedger):
        lonely.recover()
    assert not any(lonely.ledger.directory.glob("*.sqlite"))


def test_a_ledger_saved_from_the_failing_disk_is_as_good_as_a_copy(lonely: LonelyTill) -> None:
    """With the log that its last bookings stand in; what even that lacks comes from the box."""
    lonely.sell(2)
    for name in ("ledger.sqlite", "ledger.sqlite-wal", "programme.key"):
        shutil.copy(lonely.ledger.directory / name, lonely.copy.parent / name)
    lonely.sell(3)
    lonely.lose()
    assert isinstance(lonely.recover(backup=lonely.copy.parent / "ledger.sqlite"), Recovered)
    with lonely.opened() as store, store.reader() as reader:
        assert reader.account(lonely.ledger.member()).balance == 50


def test_a_box_of_two_pasts_is_taken_whole(lonely: LonelyTill, tmp_path: Path) -> None:
    """The ledger was put back once before without its box: what was lost then is booked now, in an epoch of its own."""
    from storage.backup import restore

    lonely.sell(1)
    lonely.back_up()
    first = lonely.sell(2)
    lonely.close()
    ledger = lonely.ledger
    restore(lonely.copy, ledger.directory, clock=ledger.clock, ids=ledger.ids)
    ledger.store = open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids)
    second = lonely.sell(3)
    assert lonely.box.set_aside
    lonely.lose()
    assert isinstance(lonely.recover(), Recovered)
    with lonely.opened() as store, store.reader() as reader:
        assert all(reader.record(sale.record_id) for sale in (*first, *second))
        assert reader.account(ledger.member()).balance == 60
    assert verify(ledger.directory).problems == ()
    with closing(BlackBox(ledger.directory, lonely.folder)) as box:
        box.catch_up()
        assert not box.set_aside
    assert not list(lonely.folder.glob("*.before-*"))
