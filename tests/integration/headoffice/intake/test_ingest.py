"""Batches: what is taken, what follows on what, and what a second arrival moves."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import func, select, update

from headoffice.errors import Refusal
from headoffice.feed.sequencer import sequence
from headoffice.intake import ingest, journals
from headoffice.store.engine import Database
from headoffice.store.tables import CONFLICT, ENTRY, FEED, QUARANTINE, RECORD, TERMINAL, TERMINAL_RECORD
from loyalty.chain import chain_hash, columns_of
from loyalty.encoding import body_hash, encode
from loyalty.records import EpochStart
from loyalty.wire import BATCH_RECORDS_MAX, Gap, ProblemCode, PushRequest, Verdict, WireRecord
from tests.fakes.headoffice import PretendTill, count, line_of, member, statement

ANNA = member(1)
BEN = member(2)


def test_a_batch_is_booked_and_acknowledged_up_to_its_last_record(till: PretendTill) -> None:
    """The reply names the head with its hash, what was recorded, and what became of each record."""
    till.append(till.sale(ANNA, 5_000), till.redemption(ANNA, 20))
    outcome = till.push()
    assert outcome.verdicts == (Verdict.BOOKED,) * 3
    assert outcome.head == till.head
    assert outcome.heads == (till.head,)
    assert (outcome.records, outcome.points) == (3, 30)
    assert statement(till.database, ANNA).balance == 30


def test_the_same_batch_again_moves_nothing(till: PretendTill) -> None:
    """A lost reply makes the till send again; every record is a duplicate then."""
    till.append(till.sale(ANNA, 5_000), till.enrolment(ANNA))
    first = till.push()
    again = till.push()
    assert again.verdicts == (Verdict.DUPLICATE,) * 3
    assert (again.head, again.records, again.points) == (first.head, first.records, first.points)
    assert statement(till.database, ANNA).balance == 50
    assert count(till.database, RECORD) == 3


def test_a_batch_that_overlaps_books_only_what_is_new(till: PretendTill) -> None:
    """After a lost reply the till may cut its batches differently."""
    till.append(till.sale(ANNA), till.sale(ANNA))
    till.push(1, 2)
    assert till.push(2).verdicts == (Verdict.DUPLICATE, Verdict.BOOKED)
    assert statement(till.database, ANNA).balance == 20


def test_records_beyond_a_gap_are_not_taken(till: PretendTill) -> None:
    """Nothing is stored; the heads say where to go on."""
    till.append(till.sale(ANNA), till.sale(ANNA))
    till.push(1, 1)
    outcome = till.push(3)
    assert outcome.gap is Gap.RECORDS_MISSING
    assert outcome.verdicts == ()
    assert [head.seq for head in outcome.heads] == [1]
    assert count(till.database, RECORD) == 1


def test_an_epoch_that_begins_in_its_middle_is_not_taken(till: PretendTill) -> None:
    """Of an epoch nobody knows, the first record must come first."""
    till.append(till.sale(ANNA))
    assert till.push(2).gap is Gap.RECORDS_MISSING


def test_positions_inside_a_batch_must_count_up(till: PretendTill) -> None:
    """A batch with a hole is a mistake of the till and refused."""
    till.append(till.sale(ANNA), till.sale(ANNA))
    whole = till.request(1)
    holed = PushRequest(whole.epoch, whole.prev_hash, (whole.records[0], whole.records[2]))
    with pytest.raises(Refusal) as refused:
        ingest.push(till.database, till.row, holed, 0)
    assert refused.value.code is ProblemCode.BAD_REQUEST


def test_a_new_epoch_goes_on_from_a_record_that_is_there(till: PretendTill) -> None:
    """A restored till names the record it goes on from."""
    till.append(till.sale(ANNA))
    till.push()
    till.begin_epoch()
    till.append(till.sale(ANNA))
    outcome = till.push(3)
    assert outcome.gap is None
    assert [(head.epoch, head.seq) for head in outcome.heads] == [(till.records[0][0], 2), (till.epoch, 4)]


def test_a_new_epoch_waits_for_its_parent(till: PretendTill) -> None:
    """Head office must have the record an epoch goes on from."""
    till.append(till.sale(ANNA))
    till.push(1, 1)
    till.begin_epoch()
    assert till.push(3).gap is Gap.PARENT_UNKNOWN


def test_a_restored_till_may_go_on_from_an_older_record(till: PretendTill) -> None:
    """What was lost in the restore stays booked; the new epoch counts on from the record the till still had."""
    till.append(till.sale(ANNA), till.sale(ANNA))
    till.push()
    till.records.pop()
    till.begin_epoch()
    assert till.push(3).verdicts == (Verdict.BOOKED,)
    assert statement(till.database, ANNA).balance == 20


def test_a_new_epoch_on_another_past_is_a_fork(till: PretendTill) -> None:
    """The parent's position is there with another hash."""
    till.append(till.sale(ANNA))
    till.push()
    till.records.pop()
    till.append(till.sale(BEN))
    till.begin_epoch()
    with pytest.raises(Refusal) as refused:
        till.push(3)
    assert refused.value.code is ProblemCode.FENCED


@pytest.mark.parametrize("first", [2, 3], ids=["the position itself", "the hash before the next one"])
def test_two_copies_of_a_till_are_both_shut_out(till: PretendTill, first: int) -> None:
    """One position with two contents: the till is fenced, people are told, and nothing of the batch is booked."""
    till.append(till.sale(ANNA))
    till.push()
    till.records.pop()
    till.append(till.sale(BEN), till.sale(BEN))
    with pytest.raises(Refusal) as refused:
        till.push(first)
    assert refused.value.code is ProblemCode.FENCED
    assert till.row.status == "fenced"
    assert count(till.database, ENTRY) == 1
    with till.database.snapshot() as connection:
        assert connection.scalars(select(CONFLICT.c.kind)).all() == ["forked"]


def test_a_second_genesis_under_one_id_is_a_fork(till: PretendTill) -> None:
    """Another journal must join as another till."""
    till.push()
    till.records.clear()
    till.epoch = till.ids.random_id()
    till.append(EpochStart(**till.header(None), terminal_id=till.ids.random_id()))
    with pytest.raises(Refusal) as refused:
        till.push()
    assert refused.value.code is ProblemCode.FENCED


@pytest.mark.parametrize(("status", "code"), [("revoked", ProblemCode.REVOKED), ("fenced", ProblemCode.FENCED)])
def test_a_till_that_is_shut_out_hands_nothing_in(till: PretendTill, status: str, code: ProblemCode) -> None:
    """Unless a person does it with a file."""
    row, request = till.row, till.request(1)
    with till.database.write() as connection:
        connection.execute(update(TERMINAL).values(status=status))
    with pytest.raises(Refusal) as refused:
        ingest.push(till.database, row, request, 0)
    assert refused.value.code is code
    assert ingest.push(till.database, row, request, 0, by_hand=True).verdicts == (Verdict.BOOKED,)


def test_an_unknown_till_is_refused(till: PretendTill) -> None:
    """Even if its signature was checked a moment ago."""
    stranger = msgspec.structs.replace(till.row, terminal_id=till.ids.random_id())
    with pytest.raises(Refusal) as refused:
        ingest.push(till.database, stranger, till.request(1), 0)
    assert refused.value.code is ProblemCode.UNKNOWN_TERMINAL


def test_a_record_known_from_another_till_is_a_duplicate(till: PretendTill, other_till: PretendTill) -> None:
    """A till that joins again pushes its journal under a new id; identity is the record's id and body."""
    sale = till.sale(ANNA, 5_000)
    till.append(sale)
    till.push()
    other_till.append(sale)
    outcome = other_till.push()
    assert outcome.verdicts == (Verdict.BOOKED, Verdict.DUPLICATE)
    assert (outcome.records, outcome.points) == (2, 50)  # as recorded, not as applied
    assert statement(till.database, ANNA).balance == 50


def test_a_duplicate_sends_the_statement_out_anew(till: PretendTill, other_till: PretendTill) -> None:
    """Else the till that handed it in would wait for a statement that covers its position."""
    sale = till.sale(ANNA)
    till.append(sale)
    till.push()
    sequence(till.database)
    with till.database.snapshot() as connection:
        before = connection.scalar(select(FEED.c.n).where(FEED.c.key == str(ANNA)))
    other_till.append(sale)
    other_till.push()
    assert before is not None
    assert sequence(till.database) > before
    with till.database.snapshot() as connection:
        assert (connection.scalar(select(FEED.c.n).where(FEED.c.key == str(ANNA))) or 0) > before


def test_another_record_with_a_known_id_is_quarantined(till: PretendTill, other_till: PretendTill) -> None:
    """It is acknowledged, kept for people to see, and blocks nothing."""
    sale = till.sale(ANNA, 5_000)
    till.append(sale)
    till.push()
    other_till.append(msgspec.structs.replace(sale, receipt="other"), other_till.sale(BEN))
    assert other_till.push().verdicts == (Verdict.BOOKED, Verdict.QUARANTINED, Verdict.BOOKED)
    assert statement(till.database, ANNA).balance == 50
    assert line_of(till.database, QUARANTINE)["reason"] == "id_reused"
    assert other_till.push().verdicts == (Verdict.DUPLICATE, Verdict.QUARANTINED, Verdict.DUPLICATE)


def test_one_id_twice_in_a_batch_is_booked_once(till: PretendTill) -> None:
    """A journal can't hold it; whoever sends it anyway gains nothing."""
    sale = till.sale(ANNA, 5_000)
    till.append(sale, sale, msgspec.structs.replace(sale, receipt="other"))
    assert till.push().verdicts == (Verdict.BOOKED, Verdict.BOOKED, Verdict.DUPLICATE, Verdict.QUARANTINED)
    assert statement(till.database, ANNA).balance == 50


@pytest.mark.parametrize(
    "payload",
    [b"", b"\xff\x00", b'{"kind":"sale"}', b'{"kind":"Newer kind"}', b'{"kind":"newer","record_id":"x"}'],
    ids=["empty", "no text", "a sale without anything", "a kind nobody may use", "no header"],
)
def test_what_cannot_be_read_is_kept_and_blocks_nothing(till: PretendTill, payload: bytes) -> None:
    """It is acknowledged all the same, or the till would send it for ever."""
    till.append(payload, till.sale(ANNA))
    outcome = till.push()
    assert outcome.verdicts == (Verdict.BOOKED, Verdict.QUARANTINED, Verdict.BOOKED)
    assert outcome.records == 3
    kept = line_of(till.database, QUARANTINE)
    assert (kept["reason"], kept["payload"], kept["seq"]) == ("unreadable", payload, 2)


def test_a_record_whose_hash_does_not_cover_it_is_quarantined(till: PretendTill) -> None:
    """Somebody changed it behind the till's back; what follows is chained to the hash as it stands."""
    till.append(till.sale(ANNA, 5_000))
    epoch, wire = till.records.pop()
    till.records.append((epoch, WireRecord(wire.seq, wire.payload.replace(b"5000", b"9000"), wire.hash)))
    till.append(till.sale(ANNA, 100))
    assert till.push().verdicts == (Verdict.BOOKED, Verdict.QUARANTINED, Verdict.BOOKED)
    assert line_of(till.database, QUARANTINE)["reason"] == "wrong_hash"
    assert statement(till.database, ANNA).balance == 1


def test_a_kind_of_a_newer_till_is_stored_and_moves_nothing(till: PretendTill) -> None:
    """A till may be newer than head office; its records are filed whole for the day head office knows them."""
    header = msgspec.to_builtins(till.sale(ANNA)) | {"kind": "hologram", "glow": 7}
    payload = msgspec.json.encode(header)
    till.append_raw(payload)
    assert till.push().verdicts == (Verdict.BOOKED, Verdict.BOOKED)
    with till.database.snapshot() as connection:
        row = connection.execute(select(RECORD).where(RECORD.c.kind == "hologram")).one()
    assert (row.payload, row.member_id, row.state) == (payload, ANNA, "booked")
    assert count(till.database, ENTRY) == 0


def test_a_position_that_was_lost_here_is_filled_in_again(till: PretendTill) -> None:
    """Comparing finds it, the till hands it in again, and it counts once more as recorded."""
    till.append(till.sale(ANNA), till.sale(BEN))
    before = till.push()
    with till.database.write() as connection:
        connection.execute(TERMINAL_RECORD.delete().where(TERMINAL_RECORD.c.seq == 2))
    outcome = till.push(2, 2)
    assert outcome.verdicts == (Verdict.DUPLICATE,)
    assert outcome.head == before.head
    assert count(till.database, TERMINAL_RECORD) == 3


def test_the_first_record_of_all_follows_on_nothing(till: PretendTill) -> None:
    """A genesis with a hash before it is no genesis."""
    before = b"\1" * 32
    start = EpochStart(**till.header(None), terminal_id=till.ledger_id)
    payload = encode(start)
    digest = chain_hash((1, till.epoch.bytes, *columns_of(start), payload, body_hash(payload), before))
    request = PushRequest(till.epoch, before, (WireRecord(1, payload, digest),))
    with pytest.raises(Refusal) as refused:
        ingest.push(till.database, till.row, request, 0)
    assert refused.value.code is ProblemCode.BAD_REQUEST


def test_a_full_batch_is_taken_in_one_transaction(till: PretendTill) -> None:
    """The largest batch there is, over many members."""
    till.append(*(till.sale(member(number % 50)) for number in range(BATCH_RECORDS_MAX - 1)))
    outcome = till.push()
    assert len(outcome.verdicts) == outcome.records == BATCH_RECORDS_MAX
    with till.database.snapshot() as connection:
        assert connection.scalar(select(func.sum(ENTRY.c.points))) == (BATCH_RECORDS_MAX - 1) * 10


def test_what_is_refused_leaves_nothing_behind(till: PretendTill, database: Database) -> None:
    """A fork in the middle of a batch books nothing of the records before it."""
    till.append(till.sale(ANNA), till.sale(ANNA))
    till.push(1, 2)
    till.records.pop(1)
    till.records.pop()
    till.append(till.sale(BEN), till.sale(BEN))
    with pytest.raises(Refusal):
        till.push(1)
    with database.snapshot() as connection:
        assert journals.epochs(connection, till.terminal_id)[till.epoch].seq == 2
    assert statement(database, BEN).balance == 0
