"""A till of a head office whose disk is gone comes back whole: every receipt once, every balance right."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING

from loyalty.directory import Profile
from loyalty.records import EpochStart, Purpose, ReversalReason
from loyalty.reversal import ReversalRequest
from loyalty.sale import RewardRequest
from storage.blackbox import BlackBox
from storage.blackbox_frames import box_name
from storage.files import KEY_BEFORE_JOINING, SHOP_FILES
from terminal.app.close_day import CloseDayCommand, DayClosed, close_day
from terminal.app.consent import ConsentCommand, change_consent
from terminal.app.members import EraseCommand, Erased, erase_member
from terminal.app.redeem import RedeemCommand, Redeemed, redeem
from terminal.app.reverse import ReverseCommand, Reversed, reverse
from terminal.sync.recover import NotRecovered, Recovered, RecoverStep, WhyNot
from tests.fakes.ledger import card_number
from tests.fakes.lost_till import LostTill

if TYPE_CHECKING:
    pass


def test_what_head_office_has_and_what_only_the_box_has_make_one_till(world: LostTill) -> None:
    """Sales acknowledged and gone from the box, acknowledged and still in it, never sent; and another till's since."""
    world.sell(1)
    world.till.round()
    world.sell(1, 2_000)
    world.sell(2)
    world.box.catch_up()
    world.till.round()
    world.sell(1, 500)
    world.sell(3)
    world.box.catch_up()
    world.sell(1, 300, at=world.other)
    world.other.round()
    done = world.recovered()
    assert (done.from_box, done.damaged, done.torn_bytes, done.store) == (5, 0, 0, "Mitte")
    assert [world.account(number).balance for number in (1, 2, 3)] == [38, 10, 10]
    world.assert_once()


def test_nothing_is_shown_before_it_is_right(world: LostTill) -> None:
    """At no moment is there a ledger in the directory but the whole one, and then points are safe to spend at once."""
    world.sell(1, 20_000)
    world.till.round()
    world.sell(1, 5_000)
    world.box.catch_up()
    world.lose()
    steps: list[RecoverStep] = []

    def look(step: RecoverStep, _done: int, _total: int) -> None:
        steps.append(step)
        assert not any((world.directory / name).exists() for name in SHOP_FILES)

    assert isinstance(world.recover(progress=look), Recovered)
    assert list(dict.fromkeys(steps)) == list(RecoverStep)
    till = world.reopened()
    with closing(till.store), till.store.reader() as reader:
        member = reader.card(card_number(1))
        assert member is not None
        known = reader.safe_known(member.member_id)
        assert known is not None
        assert (known.available, known.own_spent, known.caught_up) == (250, 0, True)


def test_records_keep_their_ids_and_bytes_in_an_epoch_that_names_the_lost_ledger(world: LostTill) -> None:
    """Whoever reads the new journal sees what was taken over, and from where; what follows is the till's own."""
    sale = world.sell()
    ledger_id = world.till.ledger.store.shop.terminal_id
    world.box.catch_up()
    world.recovered()
    till = world.reopened()
    with closing(till.store), till.store.reader() as reader:
        stored = reader.record(sale.record_id)
        assert stored is not None
        assert stored.record == sale
        starts = [reader.stored(epoch.first) for epoch in reader.epochs()]
        records = [start.record for start in starts if start is not None]
        taken = [record.taken_from for record in records if isinstance(record, EpochStart)]
        assert taken == [None, None, ledger_id, None]
        assert till.store.shop.terminal_id != ledger_id
    assert not (world.directory / KEY_BEFORE_JOINING).exists()


def test_rewards_reversals_and_consents_come_back(world: LostTill) -> None:
    """Every kind of receipt, booked as it was."""
    sale = world.sell(1, 60_000)
    world.till.round()
    till = world.till.till
    ids = world.till.ledger.ids
    command = RedeemCommand(ids.record_id(), card_number(1), RewardRequest("off-5"))
    assert isinstance(redeem(till, command), Redeemed)
    undo = ReverseCommand(ids.record_id(), ReversalRequest(sale.record_id, amount_cents=1_000), ReversalReason.MISTAKE)
    assert isinstance(reverse(till, undo), Reversed)
    world.till.enrol(card_number(2), "Berta Zabel")
    change_consent(till, ConsentCommand(ids.record_id(), card_number(2), Purpose.EMAIL, granted=True))
    world.booked += [command.record_id, undo.record_id]
    world.box.catch_up()
    world.recovered()
    assert world.account(1).balance == 600 - 500 - 10
    world.assert_once()
    world.other.round()
    assert world.other.names("Zabel") == ["Berta Zabel"]


def test_a_day_close_of_the_lost_till_is_handed_in_and_freezes_nothing_here(world: LostTill) -> None:
    """It is of days in a journal that is gone; the new till counts its own closes, from the first."""
    world.sell()
    world.till.round()
    world.sell()
    closed = close_day(world.till.till, CloseDayCommand())
    assert isinstance(closed, DayClosed)
    world.booked += [close.record_id for close in closed.closes]
    world.box.catch_up()
    world.recovered()
    world.assert_once()
    till = world.reopened()
    with closing(till.store):
        again = close_day(till, CloseDayCommand())
        assert isinstance(again, DayClosed)
        assert [close.number for close in again.closes] == [1]
    world.assert_whole()


def test_changes_of_people_come_from_the_box(world: LostTill) -> None:
    """A name that head office never heard of is known everywhere."""
    world.till.round()
    world.till.enrol(card_number(1), "Anna Bauer")
    world.box.catch_up()
    done = world.recovered()
    assert done.edits > 0
    assert done.unreadable_edits == 0
    world.other.round()
    assert world.other.names("Bauer") == ["Anna Bauer"]
    till = world.reopened()
    with closing(till.store), till.store.reader() as reader:
        assert [hit.name for hit in reader.search("Bauer")] == ["Anna Bauer"]
        assert reader.edits_waiting() == 0


def test_an_erasure_that_was_never_sent_comes_from_the_box(world: LostTill) -> None:
    """The member is gone at head office and at the other till."""
    world.till.enrol(card_number(1), "Anna Bauer")
    for till in (world.till, world.other):
        till.round()
    assert world.other.names("Bauer") == ["Anna Bauer"]
    assert isinstance(erase_member(world.till.till, EraseCommand(card_number(1))), Erased)
    world.box.catch_up()
    world.recovered()
    world.other.round()
    assert world.other.names("Bauer") == []
    assert not world.office.head.find_members("Bauer", 5)


def test_who_was_erased_meanwhile_does_not_come_back_from_the_box(world: LostTill) -> None:
    """Another till forgot her while the box still had her new name."""
    world.till.enrol(card_number(1), "Anna Bauer")
    for till in (world.till, world.other):
        till.round()
    with world.till.ledger.store.unit() as unit:
        unit.put_profile(world.till.ledger.member(1), Profile("Anna Auer"))
    world.box.catch_up()
    assert isinstance(erase_member(world.other.till, EraseCommand(card_number(1))), Erased)
    world.other.round()
    world.recovered()
    again = world.reopened()
    with closing(again.store), again.store.reader() as reader:
        assert reader.search("Auer") == []
        assert reader.search("Bauer") == []
    world.other.round()
    assert world.other.names("Auer") == []
    world.office.assert_sound()


def test_without_a_box_the_till_has_what_head_office_has(world: LostTill) -> None:
    """The programme, members and points; what was never sent is lost."""
    world.sell(1)
    world.till.round()
    lost = world.sell(1)
    done = world.recovered(black_box=None)
    assert (done.from_box, done.former_terminal, done.former_is_active) == (0, None, False)
    assert world.account(1).balance == 10
    assert lost.record_id not in world.at_head_office()


def test_who_the_lost_till_was_is_said_until_head_office_shuts_it_out(world: LostTill) -> None:
    """Its disk may be in somebody's hands."""
    former = world.till.row.terminal_id
    world.sell()
    world.box.catch_up()
    done = world.recovered()
    assert (done.former_terminal, done.former_is_active) == (former, True)
    world.office.head.revoke(former)
    shutil.rmtree(world.directory)
    again = world.recover()
    assert isinstance(again, Recovered)
    assert (again.former_terminal, again.former_is_active) == (former, False)
    world.assert_once()


def test_the_old_box_goes_when_the_new_till_has_one(world: LostTill) -> None:
    """The same stick may stay in: the next loss finds one box, of the till that was lost then."""
    world.sell()
    world.till.enrol(card_number(2), "Berta Zabel")
    world.box.catch_up()
    [old] = world.folder.glob("*.blackbox")
    world.recovered()
    with closing(BlackBox(world.directory, world.folder)) as box:
        box.catch_up()
        assert not box.set_aside
    assert not old.exists()
    assert len(list(world.folder.glob("*.blackbox"))) == 1


# ------------------------------------------------------------------------------------------------ the box


def test_a_torn_box_gives_what_was_written_whole(world: LostTill) -> None:
    """Power went while the last booking was written to the stick."""
    world.sell(1)
    world.sell(2)
    world.box.catch_up()
    path = world.folder / box_name(world.till.ledger.store.shop.terminal_id)
    torn = world.booked.pop()
    with path.open("rb+") as file:
        file.truncate(path.read_bytes().index(torn.bytes))
    done = world.recovered()
    assert done.torn_bytes > 0
    assert torn not in world.at_head_office()
    world.assert_once()


def test_damage_in_the_middle_costs_what_stood_there(world: LostTill) -> None:
    """What is before and behind it is taken, and people are told that something is missing."""
    for _ in range(3):
        world.sell()
    world.box.catch_up()
    path = world.folder / box_name(world.till.ledger.store.shop.terminal_id)
    raw = bytearray(path.read_bytes())
    middle = raw.index(world.booked[1].bytes)
    raw[middle] ^= 1
    path.write_bytes(raw)
    del world.booked[1]
    done = world.recovered()
    assert done.damaged == 1
    world.assert_once()
    assert world.account().balance == 20


def test_one_box_of_several_has_to_be_named(world: LostTill) -> None:
    """Tills share a stick; whose it was is said by name."""
    world.sell()
    world.box.catch_up()
    with closing(BlackBox(world.other.ledger.directory, world.folder)) as others:
        others.catch_up()
    ledger_id = world.till.ledger.store.shop.terminal_id
    world.lose()
    no = world.recover()
    assert isinstance(no, NotRecovered)
    assert no.why is WhyNot.SEVERAL_TILLS
    assert {till.ledger_id for till in no.tills} >= {ledger_id}
    assert {till.till_name for till in no.tills} == {"Kasse 1"}
    assert world.inside.asked == 0
    assert isinstance(world.recover(world.command(ledger_id=ledger_id)), Recovered)
    world.assert_once()


def test_edits_sealed_for_another_head_office_are_counted(world: LostTill) -> None:
    """Head office was set up anew and has other keys: bookings come back, changes of people don't."""
    world.till.enrol(card_number(1), "Anna Bauer")
    world.sell()
    world.box.catch_up()
    world.lose()
    fresh = LostTill(world.root / "fresh")
    with closing(fresh):
        fresh.lose()
        done = fresh.recover(fresh.command(black_box=world.folder))
        assert isinstance(done, Recovered)
        assert (done.edits, done.unreadable_edits > 0) == (0, True)
        assert set(world.booked) <= set(fresh.at_head_office())
        with closing(BlackBox(fresh.directory, world.folder)) as box:
            box.catch_up()
        assert len(list(world.folder.glob("*.blackbox"))) == 2, "somebody may still find the other keys"
