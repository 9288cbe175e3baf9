"""The journal refuses everything but the next record, and its chain shows every change."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from loyalty.chain import COLUMNS, chain_hash
from loyalty.encoding import decode, encode
from loyalty.lines import SaleLine
from loyalty.records import EpochStart
from storage import sqlite
from storage.errors import Damaged, RecordConflict
from storage.journal import Chain, Link, append, check_tail, head, link_problem, stored

if TYPE_CHECKING:
    from storage.store import Reader
    from tests.fakes.ledger import LedgerOfTests


def test_a_new_journal_begins_with_genesis_and_programme(ledger: LedgerOfTests, reader: Reader) -> None:
    """The first record names the terminal, the second the rules; the chain starts at zeros."""
    genesis, adoption = reader.stored(1), reader.stored(2)
    assert genesis is not None
    assert adoption is not None
    assert isinstance(genesis.record, EpochStart)
    assert genesis.record.terminal_id == ledger.store.shop.terminal_id
    assert genesis.record.parent_epoch is None
    assert reader.head().seq == 2
    assert reader.head().hash == adoption.hash


def test_the_payload_is_the_record_and_nothing_else(ledger: LedgerOfTests, reader: Reader) -> None:
    """What comes back is equal to what was appended, under its id and its position."""
    sale = ledger.sale(ledger.member())
    (appended,) = ledger.append(sale)
    assert reader.record(sale.record_id) == appended
    assert reader.stored(appended.seq) == appended
    assert appended.record == sale
    assert reader.count() == appended.seq == 3
    assert reader.record(ledger.ids.record_id()) is None
    assert reader.stored(99) is None


def test_a_known_record_id_is_refused_and_nothing_is_written(ledger: LedgerOfTests, reader: Reader) -> None:
    """The same id twice is for the caller to answer; append only says so."""
    sale = ledger.sale(ledger.member())
    ledger.append(sale)
    with pytest.raises(RecordConflict) as caught:
        ledger.append(ledger.sale(ledger.member()), sale)
    assert caught.value.record_id == sale.record_id
    assert reader.count() == 3
    assert reader.account(ledger.member()).sales == 1


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("UPDATE journal SET at_us = 0 WHERE seq = 3", "never changed"),
        ("DELETE FROM journal WHERE seq = 3", "never deleted"),
        ("INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 3", "record id exists"),
        ("INSERT OR IGNORE INTO journal SELECT * FROM journal WHERE seq = 3", "record id exists"),
        ("REPLACE INTO journal SELECT 3, epoch, {new}, {rest} FROM journal WHERE seq = 3", "next one"),
        ("INSERT INTO journal SELECT 5, epoch, {new}, {rest} FROM journal WHERE seq = 3", "next one"),
        ("INSERT INTO journal SELECT 4, epoch, {new}, {rest} FROM journal WHERE seq = 3", "last hash"),
        (
            "INSERT INTO journal SELECT 4, randomblob(16), {new}, {body}, hash, hash FROM journal WHERE seq = 3",
            "begins an epoch",
        ),
        ("INSERT INTO journal SELECT '4', epoch, 'x', {rest} FROM journal WHERE seq = 3", None),
    ],
)
def test_the_guards_refuse(ledger: LedgerOfTests, sql: str, message: str | None) -> None:
    """Update, delete, replace, a gap, a fork, a foreign epoch: the file itself says no, even to plain SQL."""
    ledger.append(ledger.sale(ledger.member()))
    body = (
        "kind, member_id, at_us, business_day, utc_offset_min, server_offset_ms, programme_version, payload, body_hash"
    )
    statement = sql.format(new="randomblob(16)", body=body, rest=f"{body}, prev_hash, hash")
    connection = ledger.store._ledger.connection
    with pytest.raises(sqlite.IntegrityError, match=message):
        connection.execute(statement)
    assert connection.execute("SELECT count(*) FROM journal").fetchone() == (3,)


@pytest.mark.parametrize("wrong", [2.0, "7", True])
def test_wrong_types_never_reach_the_disk(ledger: LedgerOfTests, reader: Reader, wrong: object) -> None:
    """STRICT tables take 2.0, "7" and True for an integer; the append does not."""
    bad: Any = SaleLine(1, 700, wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"int|record"):
        ledger.append(ledger.sale(ledger.member(), 700, 7, lines=(bad,)))
    assert reader.count() == 2


def test_points_without_a_member_are_refused(ledger: LedgerOfTests) -> None:
    """A redemption of nobody would vanish from every account."""
    nobody = msgspec.structs.replace(ledger.redemption(ledger.member()), member_id=None)
    with pytest.raises(ValueError, match="member"):
        ledger.append(nobody)


def test_a_closed_day_takes_nothing_more(ledger: LedgerOfTests, reader: Reader) -> None:
    """After the close the day's facts go to the open day and say so."""
    today = ledger.clock.today()
    assert not reader.booking_day(today).late
    ledger.append(ledger.sale(ledger.member()))
    ledger.append(ledger.day_close())
    with pytest.raises(ValueError, match="closed"):
        ledger.append(ledger.sale(ledger.member()))
    open_day = reader.booking_day(today)
    assert open_day.late
    assert open_day.day == today + timedelta(days=1)
    assert not reader.booking_day(open_day.day).late
    assert reader.latest_closed_day() == today


def test_closes_are_numbered_and_go_forward(ledger: LedgerOfTests) -> None:
    """A close with a number or a day that was closed before is a bug of the caller."""
    close = ledger.day_close()
    ledger.append(close)
    again = msgspec.structs.replace(close, record_id=ledger.ids.record_id())
    with pytest.raises(ValueError, match="last close"):
        ledger.append(again)
    with pytest.raises(ValueError, match="last close"):
        ledger.append(msgspec.structs.replace(again, number=2))
    ledger.append(msgspec.structs.replace(again, number=2, closed_day=date(2026, 11, 22)))


def test_no_line_is_reversed_beyond_what_it_was(ledger: LedgerOfTests) -> None:
    """The append checks the sum of all reversals once more, whatever a use case computed."""
    sale = ledger.sale(ledger.member(), 1_000, 10)
    ledger.append(sale, ledger.reversal(sale, 600, 6))
    for cents, points in ((401, 4), (400, 5)):
        with pytest.raises(ValueError, match="less left"):
            ledger.append(ledger.reversal(sale, cents, points))
    other = ledger.sale(ledger.member(), lines=(SaleLine(1, 1, 0),), cents=1)
    ledger.append(other)
    wrong_line = ledger.reversal(sale, 1, 0)
    moved = msgspec.structs.replace(wrong_line.lines[0], line=2)
    with pytest.raises(ValueError, match="less left"):
        ledger.append(msgspec.structs.replace(wrong_line, lines=(moved,)))
    ledger.append(ledger.reversal(sale, 400, 4))
    correction = ledger.adjustment(ledger.member(), 5)
    ledger.append(correction)
    with pytest.raises(ValueError, match="less left"):
        ledger.append(msgspec.structs.replace(wrong_line, original_id=correction.record_id))


def test_an_epoch_start_and_only_it_brings_an_epoch(ledger: LedgerOfTests) -> None:
    """A unit of work can't begin an epoch; that is a restore's business."""
    database = ledger.store._ledger
    with pytest.raises(ValueError, match="epoch"):
        append(database, ledger.sale(None), epoch=ledger.ids.random_id())
    genesis = ledger.store.reader().stored(1)
    assert genesis is not None
    before = head(database)
    start = msgspec.structs.replace(
        genesis.record,
        record_id=ledger.ids.record_id(),
        parent_epoch=before.epoch,
        parent_seq=before.seq,
        parent_hash=before.hash.hex(),
    )
    assert isinstance(start, EpochStart)
    with pytest.raises(ValueError, match="epoch"):
        append(database, start)
    with database.transaction():
        begun = append(database, start, epoch=ledger.ids.random_id())
    after = head(database)
    assert after.seq == begun.seq == before.seq + 1
    assert after.epoch != before.epoch
    check_tail(database)


def test_a_cloned_till_goes_on_in_a_new_epoch(ledger: LedgerOfTests, reader: Reader) -> None:
    """The store begins it on demand; the chain and the accounts run on."""
    ledger.append(ledger.sale(ledger.member()))
    before = reader.head()
    begun = ledger.store.begin_epoch()
    assert isinstance(begun.record, EpochStart)
    assert (begun.record.parent_epoch, begun.record.parent_seq) == (before.epoch, before.seq)
    assert begun.record.parent_hash == before.hash.hex()
    assert reader.head().epoch != before.epoch
    assert reader.account(ledger.member()).balance == 10
    check_tail(ledger.store._ledger)
    ledger.store._ledger.run("DELETE FROM shop")
    with pytest.raises(Damaged, match="shop"):
        ledger.store.begin_epoch()


def test_other_broken_rules_of_the_file_are_bugs(ledger: LedgerOfTests) -> None:
    """Only the repeated id is a known error; any other refusal of the guards goes its own way."""
    database = ledger.store._ledger
    database.run("DROP TRIGGER journal_checks_insert")
    database.run("CREATE TRIGGER t BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'other'); END")
    with pytest.raises(sqlite.IntegrityError, match="other"):
        ledger.append(ledger.sale(None))


def test_the_hash_tells_columns_apart() -> None:
    """Moving a byte from one column to the next, or a type from text to bytes, gives another hash."""
    rows: list[tuple[Any, ...]] = [
        ("ab", "c"),
        ("a", "bc"),
        (b"ab", "c"),
        ("ab", None),
        ("ab", ""),
        (1, "c"),
        ("1", "c"),
    ]
    assert len({chain_hash(row) for row in rows}) == len(rows)


@pytest.mark.parametrize("column", range(14))
def test_every_column_is_under_the_hash(ledger: LedgerOfTests, column: int) -> None:
    """A change of any one column breaks the link."""
    ledger.append(ledger.sale(ledger.member()))
    sql = f"SELECT {COLUMNS}, hash FROM journal WHERE seq IN (2, 3) ORDER BY seq"  # noqa: S608 - planted faults
    first, row = ledger.store._ledger.all(sql)
    before = Link(first[0], first[1], first[13])
    assert link_problem(row, before) is None
    value = row[column]
    if isinstance(value, bytes):
        changed: object = value[:-1] + bytes([value[-1] ^ 1])
    else:
        changed = value + 1 if isinstance(value, int) else value[:-1] + "~"
    problem = link_problem((*row[:column], changed, *row[column + 1 :]), before)
    assert problem is not None
    assert problem.startswith("journal seq")


def forged(row: tuple[Any, ...], payload: bytes) -> tuple[Any, ...]:
    """A row with another payload whose own hashes hold."""
    columns = (*row[:10], payload, hashlib.sha256(payload).digest(), row[12])
    return (*columns, chain_hash(columns))


@pytest.mark.parametrize("field", ["parent_epoch", "parent_seq", "parent_hash", "nothing", "another kind"])
def test_an_epoch_goes_on_from_the_record_before_it(ledger: LedgerOfTests, field: str) -> None:
    """What the first record of an epoch says of its parent is compared with the parent, and a genesis has none."""
    ledger.store.begin_epoch()
    sql = f"SELECT {COLUMNS}, hash FROM journal ORDER BY seq"  # noqa: S608 - constant names
    genesis, parent, row = ledger.store._ledger.all(sql)
    before = Link(parent[0], parent[1], parent[13])
    assert link_problem(genesis, None) is link_problem(row, before) is None
    start, first = decode(row[10]), decode(genesis[10])
    assert isinstance(start, EpochStart)
    assert isinstance(first, EpochStart)
    other: dict[str, Any] = {"parent_epoch": start.record_id, "parent_seq": 1, "parent_hash": "00" * 32}
    if field in other:
        payload = encode(msgspec.structs.replace(start, **{field: other[field]}))
        orphan = encode(msgspec.structs.replace(first, **{field: other[field]}))
    else:
        payload = orphan = b"{}" if field == "nothing" else encode(ledger.sale(None))
    problem = link_problem(forged(row, payload), before)
    assert problem is not None
    assert "parent" in problem
    assert link_problem(forged(genesis, orphan), None) is not None


def test_the_tail_is_checked_across_its_first_link(ledger: LedgerOfTests) -> None:
    """In a long journal the oldest checked record is tied to the one before it."""
    ledger.append(*(ledger.sale(None) for _ in range(120)))
    database = ledger.store._ledger
    check_tail(database)
    database.run("DROP TRIGGER journal_refuses_update")
    database.run("UPDATE journal SET prev_hash = zeroblob(32) WHERE seq = 23")
    with pytest.raises(Damaged, match="seq 23"):
        check_tail(database)


def test_an_empty_journal_is_damage(ledger: LedgerOfTests) -> None:
    """Every ledger is born with a record, so none at all means they are gone."""
    database = ledger.store._ledger
    database.run("DROP TRIGGER journal_refuses_delete")
    database.run("DELETE FROM journal")
    with pytest.raises(Damaged, match="empty"):
        head(database)
    with pytest.raises(Damaged, match="empty"):
        check_tail(database)


def test_a_payload_that_can_not_be_read_is_damage() -> None:
    """A row whose bytes are no record names its position."""
    with pytest.raises(Damaged, match="Record 7"):
        stored((7, b"{", b""))


def test_a_payload_that_is_not_the_hashed_one_is_damage(ledger: LedgerOfTests) -> None:
    """A changed amount in a record that reads well is not decided upon."""
    payload = encode(ledger.sale(None))
    body = hashlib.sha256(payload).digest()
    assert encode(stored((7, payload, b"", body)).record) == payload  # type: ignore[arg-type]  # a known kind
    with pytest.raises(Damaged, match="seq 7: body_hash"):
        stored((7, payload.replace(b":1", b":2", 1), b"", body))


def test_encoding_is_canonical(ledger: LedgerOfTests) -> None:
    """The stored bytes are exactly the canonical ones, which verify relies on."""
    sale = ledger.sale(ledger.member())
    ledger.append(sale)
    payload = ledger.store._ledger.value("SELECT payload FROM journal WHERE seq = 3")
    assert payload == encode(sale)
    assert decode(payload) == sale


def test_a_walk_over_nothing_finds_nothing(ledger: LedgerOfTests) -> None:
    """And goes on behind it from the start; a row that is looked at in the second group has one before it."""
    ledger.append(ledger.sale(ledger.member()), ledger.sale(None))
    rows = ledger.store._ledger.all(f"SELECT {COLUMNS}, hash FROM journal ORDER BY seq")  # noqa: S608 - constant names
    chain = Chain()
    assert chain.problems([]) == []
    assert chain.problems(rows[:2]) == []
    assert chain.problems(rows[2:]) == []
    gap = Chain()
    assert gap.problems(rows[:2]) == []
    assert gap.problems(rows[3:]) == ["journal seq 4: the record before it is missing"]
