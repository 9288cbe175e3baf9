"""One round: facts go up, state comes down, and whatever breaks in between is made good by the next round."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from loyalty.feed import StatementItem, TombstoneEdit, TombstoneItem
from loyalty.wire import BATCH_RECORDS_MAX, ProblemCode, Range
from storage.exchange import Again
from terminal.app.members import EraseCommand, erase_member
from terminal.sync.context import Hooks
from terminal.sync.errors import Away, Broken, HeadOfficeSaysNo, Stopped
from terminal.sync.status import SyncTrouble
from tests.fakes.joined_till import JoinedTill, until
from tests.fakes.ledger import card_number


def test_everything_goes_up_and_is_signed_for(till: JoinedTill) -> None:
    """The whole journal from the first record on, in order, and the till keeps head office's signature under it."""
    till.sell()
    result = till.round()
    assert [record.seq for record in till.office.records()] == list(range(1, till.head_seq() + 1))
    assert result.pushed == till.head_seq()
    acked = till.link().acked
    assert acked is not None
    assert acked.seq == till.head_seq()
    assert len(till.link().acked_signature) == 64


def test_a_second_round_sends_nothing_again(till: JoinedTill) -> None:
    """What is acknowledged is done with; a quiet round is a greeting and a look for changes."""
    till.sell()
    till.round()
    till.office.calls.clear()
    assert till.round().pushed == 0
    assert till.office.calls == ["hello", "changes"]


def test_batches_end_at_the_most_records_and_at_an_epoch(till: JoinedTill) -> None:
    """Joining begins an epoch, so the records before it go in a batch of their own."""
    with till.ledger.store.unit() as unit:
        for _ in range(BATCH_RECORDS_MAX + 1):
            unit.append(till.ledger.sale(None, 100))
    till.round()
    assert till.office.calls.count("push") == 3
    assert len(till.office.journal) == 2


def test_a_statement_counts_and_own_sales_since_come_on_top(till: JoinedTill) -> None:
    """Head office's word plus what it does not include yet: the effective balance."""
    till.sell(cents=1_000)
    till.round()
    till.office.feed.append(StatementItem(till.member(), balance=500, sales=3))
    till.sell(cents=700)
    assert till.account().balance == 17
    till.office.fails["push"] = Away("no line")
    with pytest.raises(Away):
        till.round()
    till.round()
    assert till.account().balance == 500  # both own sales are in head office's positions by now
    till.sell(cents=200)
    assert till.account().balance == 502


def test_a_lost_answer_is_made_good_by_the_last_record_alone(till: JoinedTill) -> None:
    """Head office has more than this till has a signature for: one record goes up again, and is a duplicate there."""
    till.round()
    till.sell()
    till.office.loses_answer_of.add("push")
    with pytest.raises(Away):
        till.round()
    assert till.office.records()[-1].seq == till.head_seq()
    result = till.round()
    assert result.pushed == 1
    acked = till.link().acked
    assert acked is not None
    assert acked.seq == till.head_seq()


def test_pages_show_together_or_not_at_all(till: JoinedTill) -> None:
    """A pull that is cut off after a page shows nothing of it; the next one goes on behind that page."""
    till.office.page_rows = 1
    till.office.feed += [StatementItem(till.member(number), balance=number) for number in (1, 2, 3)]
    till.round()
    till.office.feed += [StatementItem(till.member(number), balance=10 * number) for number in (1, 2, 3)]
    with pytest.raises(Stopped):
        till.round(Hooks(stopping=until(2)))
    assert [till.account(number).balance for number in (1, 2, 3)] == [1, 2, 3]
    till.office.calls.clear()
    till.round()
    assert [till.account(number).balance for number in (1, 2, 3)] == [10, 20, 30]
    assert till.office.calls.count("changes") == 1


def test_edits_stay_until_what_became_of_them_has_come_down(till: JoinedTill) -> None:
    """Dropped any earlier, the till would show the old name until the line comes back."""
    till.sell()
    till.office.fails["changes"] = Away("no line")
    with pytest.raises(Away):
        till.round()
    with till.ledger.store.reader() as reader:
        assert reader.edits_waiting() > 0
    taken = len(till.office.edits_taken)
    till.round()
    with till.ledger.store.reader() as reader:
        assert reader.edits_waiting() == 0
    assert len(till.office.edits_taken) == taken


def test_a_restored_till_goes_on_in_a_new_epoch_with_nothing_safe(till: JoinedTill, tmp_path: Path) -> None:
    """Head office knows more of it than its own file: what it lost it can't count on, so nothing counts as known."""
    till.round()
    till.ledger.store.close()
    shutil.copytree(till.ledger.directory, tmp_path / "image")
    till.ledger.store = till.ledger.reopen()
    till.sell()
    till.round()
    till.ledger.store.close()
    shutil.rmtree(till.ledger.directory)
    shutil.copytree(tmp_path / "image", till.ledger.directory)
    till.ledger.reopen()
    epochs = len(till.office.journal)
    result = till.round()
    assert result.began_epoch
    assert len(till.office.journal) == epochs + 1
    till.sell()
    assert not till.round().began_epoch


def test_a_fork_is_shown_to_head_office(till: JoinedTill, tmp_path: Path) -> None:
    """Two copies that both went on: the same position twice. Head office fences, and the till says why it stands."""
    till.round()
    till.ledger.store.close()
    shutil.copytree(till.ledger.directory, tmp_path / "image")
    till.ledger.reopen()
    till.sell()
    till.round()
    till.ledger.store.close()
    shutil.rmtree(till.ledger.directory)
    shutil.copytree(tmp_path / "image", till.ledger.directory)
    till.ledger.reopen()
    till.sell(number=2)
    till.sell(number=2, cents=300)
    with pytest.raises(HeadOfficeSaysNo) as no:
        till.round()
    assert no.value.code is ProblemCode.FENCED
    assert till.link().failure == "fenced"


def test_a_restored_head_office_gets_everything_again_and_erasures_first(till: JoinedTill) -> None:
    """It forgets what people asked to be forgotten before anything else is said."""
    till.sell()
    erase_member(till.till, EraseCommand(card_number(1)))
    till.round()
    till.office.put_back(positions=1, feed=0)
    till.office.calls.clear()
    result = till.round()
    assert result.server_restored
    assert till.office.calls[:3] == ["hello", "edits", "push"]
    assert [edit.member_id for edit in till.office.edits_taken[:1]] == [till.member(1)]  # type: ignore[union-attr]
    assert len(till.office.records()) == till.head_seq()


def test_a_restored_head_office_gets_its_edits_again_under_their_ids(till: JoinedTill) -> None:
    """In the old order, however often the line breaks: it takes what it lost and knows the rest."""
    for number in (1, 2):
        till.sell(number)
        till.round()
    taken = [edit.edit_id for edit in till.office.edits_taken]
    assert len(taken) > 1
    till.office.put_back(positions=1, feed=0)
    till.office.fails["push"] = Away("no line")
    with pytest.raises(Away):
        till.round()
    till.office.loses_answer_of.add("edits")
    with pytest.raises(Away):
        till.round()
    till.office.fails["changes"] = Away("no line")
    with pytest.raises(Away):
        till.round()
    till.round()
    assert [edit.edit_id for edit in till.office.edits_taken][: len(taken)] == taken
    with till.ledger.store.reader() as reader:
        assert reader.again() is Again.NOTHING


def test_another_past_of_the_feed_alone_is_enough_to_repeat_edits(till: JoinedTill) -> None:
    """Nothing of the journal is missing, yet a name may be: the page that begins anew says so."""
    till.office.feed.append(StatementItem(till.member(), balance=1))
    till.sell()
    till.round()
    taken = list(till.office.edits_taken)
    till.round()
    assert till.office.edits_taken == taken
    till.office.edits_taken.clear()
    till.office.feed[0] = StatementItem(till.member(), balance=2)
    till.round()
    assert till.office.edits_taken == taken
    with till.ledger.store.reader() as reader:
        assert reader.again() is Again.NOTHING


def test_kept_edits_go_when_no_backup_can_be_so_old(till: JoinedTill) -> None:
    """A round clears them away in small steps."""
    till.sell()
    till.round()
    with till.ledger.store.reader() as reader:
        assert reader.kept_after(0)
        till.ledger.clock.advance(days=91)
        till.round()
        assert reader.kept_after(0) == []


def test_a_cursor_of_another_past_repeats_every_erasure(till: JoinedTill) -> None:
    """Head office was put back with its archive, so its epoch is the same, and this till had sold nothing since."""
    till.sell()
    till.round()
    erase_member(till.till, EraseCommand(card_number(1)))
    till.office.feed += [StatementItem(till.member(number)) for number in (1, 2)]
    till.round()
    with till.ledger.store.unit() as unit:  # kept edits are forgotten after a while, erasures never are
        unit._ledger.run("DELETE FROM edit")
    till.office.edits_taken.clear()
    del till.office.feed[:]
    till.office.feed.append(StatementItem(till.member(3), sales=7))
    till.office.fails["edits"] = Away("no line")
    with pytest.raises(Away):
        till.round()
    assert till.account(3).sales == 0
    till.office.calls.clear()
    assert not till.round().server_restored
    assert till.account(3).sales == 7
    assert till.member(1) in [edit.member_id for edit in till.office.edits_taken if isinstance(edit, TombstoneEdit)]


def test_an_erasure_elsewhere_is_one_here(till: JoinedTill) -> None:
    """The person is gone from this till as well, and the sum stays."""
    till.sell()
    till.round()
    member = till.member()
    till.office.feed.append(TombstoneItem(member, 1, till.ledger.clock.today()))
    till.round()
    with till.ledger.store.reader() as reader:
        assert reader.is_erased(member)
        assert reader.edits_waiting() == 0


def test_differing_facts_are_handed_in_again(till: JoinedTill) -> None:
    """Head office names what it misses or counts otherwise; the till repeats it and nothing is overwritten."""
    till.round()
    epoch = next(iter(till.office.journal))
    till.office.ranges = [(Range(epoch, 1, 2),), ()]
    till.sell()
    assert till.round().repaired == 2


def test_facts_that_go_on_differing_are_for_people(till: JoinedTill) -> None:
    """Repeating did not help, so sync says so instead of trying for ever."""
    till.round()
    epoch = next(iter(till.office.journal))
    till.office.ranges = [(Range(epoch, 1, 2),), (Range(epoch, 1, 2),)]
    till.sell()
    with pytest.raises(Broken) as broken:
        till.round()
    assert broken.value.why is SyncTrouble.FACTS_DIFFER


def test_an_acknowledgement_nobody_signed_is_not_taken(till: JoinedTill) -> None:
    """Whoever answers in head office's place can't make the till believe that its records are safe."""
    till.office._key = type(till.office)(till.ledger.clock, seed=99)._key
    with pytest.raises(Broken):
        till.round()
    assert till.link().acked is None


def test_what_head_office_can_t_read_is_counted(till: JoinedTill) -> None:
    """It is stored there and shown here, and does not hold up what comes behind it."""
    till.office.quarantines.add(2)
    assert till.round().quarantined == 1
    assert till.link().quarantined == 1
    acked = till.link().acked
    assert acked is not None
    assert acked.seq == till.head_seq()


def test_the_clock_is_compared(till: JoinedTill) -> None:
    """The round says by how much head office's clock is ahead."""
    skewed = FakeHeadOfficeClock(till)
    till.office._clock = skewed
    assert till.round().offset_ms == 90_000
    assert till.link().offset_ms == 90_000


class FakeHeadOfficeClock:
    """Head office's clock, a minute and a half ahead of the till's."""

    def __init__(self, till: JoinedTill) -> None:
        self._till = till

    def now_us(self) -> int:
        return self._till.ledger.clock.now_us() + 90_000_000

    def utc_offset_min(self, at_us: int) -> int:
        return self._till.ledger.clock.utc_offset_min(at_us)

    def business_day(self, at_us: int) -> date:
        return self._till.ledger.clock.business_day(at_us)


def test_records_name_their_members_to_head_office(till: JoinedTill) -> None:
    """What is pushed are the journal's own bytes."""
    sale = till.sell()
    till.round()
    payloads = b"".join(record.payload for record in till.office.records())
    assert str(sale.record_id).encode() in payloads
    assert isinstance(sale.member_id, UUID)
