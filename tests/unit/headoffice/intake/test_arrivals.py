"""Reading what arrives: chains, hashes, unknown kinds, and what is wrong with a record."""

from __future__ import annotations

import msgspec
import pytest

from headoffice.intake.arrivals import DETAIL_MAX, Flaw, read_all
from loyalty.chain import FIRST_PREV_HASH, chain_hash, columns_of
from loyalty.encoding import body_hash, encode
from loyalty.lines import SaleLine
from loyalty.records import Sale, UnknownRecord
from loyalty.totals import hour_of
from loyalty.wire import WireRecord
from tests.fakes.clock import FakeClock, SeededIds

CLOCK = FakeClock()
IDS = SeededIds(1, CLOCK)
EPOCH = IDS.random_id()


def sale() -> Sale:
    """A purchase of ten euro for ten points."""
    now_us = CLOCK.now_us()
    return Sale(
        record_id=IDS.record_id(),
        member_id=IDS.random_id(),
        at_us=now_us,
        business_day=CLOCK.today(),
        utc_offset_min=60,
        programme_version=1,
        command_digest="",
        currency="EUR",
        amount_cents=1_000,
        lines=(SaleLine(1, 1_000, 10),),
    )


def wire(record: Sale, payload: bytes | None = None, prev: bytes = FIRST_PREV_HASH, seq: int = 1) -> WireRecord:
    """A record with the hash that its till would give it."""
    payload = encode(record) if payload is None else payload
    columns = (seq, EPOCH.bytes, *columns_of(record), payload, body_hash(payload), prev)
    return WireRecord(seq, payload, chain_hash(columns))


def test_a_sound_record_is_read_with_what_it_moves() -> None:
    """Nothing is wrong, and everything that booking needs is at hand."""
    record = sale()
    (arrived,) = read_all(EPOCH, FIRST_PREV_HASH, [wire(record)])
    assert (arrived.flaw, arrived.record, arrived.points) == (None, record, 10)
    assert (arrived.record_id, arrived.member_id, arrived.kind) == (record.record_id, record.member_id, "sale")
    assert arrived.hour == hour_of(record)


def test_each_record_is_chained_to_the_one_before() -> None:
    """A record that was taken out leaves the next one without its hash."""
    first = wire(sale())
    second = wire(sale(), prev=first.hash, seq=2)
    assert [item.flaw for item in read_all(EPOCH, FIRST_PREV_HASH, [first, second])] == [None, None]
    assert [item.flaw for item in read_all(EPOCH, FIRST_PREV_HASH, [second])] == [Flaw.WRONG_HASH]


def test_a_flaw_does_not_spoil_what_follows() -> None:
    """The chain goes on from the hash as it stands."""
    broken = WireRecord(1, b"{}", b"\7" * 32)
    after = wire(sale(), prev=broken.hash, seq=2)
    assert [item.flaw for item in read_all(EPOCH, FIRST_PREV_HASH, [broken, after])] == [Flaw.UNREADABLE, None]


def test_a_record_that_contradicts_itself_is_told() -> None:
    """Its lines must sum to its amount."""
    record = msgspec.structs.replace(sale(), amount_cents=999)
    payload = msgspec.json.encode(record, order="sorted")
    (arrived,) = read_all(EPOCH, FIRST_PREV_HASH, [wire(record, payload)])
    assert (arrived.flaw, arrived.detail) == (Flaw.CONTRADICTION, "its lines do not sum to its amount")


def test_an_unknown_kind_is_checked_by_its_header() -> None:
    """Its hash covers the same columns as that of any record."""
    record = sale()
    payload = msgspec.json.encode(msgspec.to_builtins(record) | {"kind": "hologram"})
    columns = [*columns_of(record)]
    columns[1] = "hologram"
    digest = chain_hash((1, EPOCH.bytes, *columns, payload, body_hash(payload), FIRST_PREV_HASH))
    (arrived,) = read_all(EPOCH, FIRST_PREV_HASH, [WireRecord(1, payload, digest)])
    assert arrived.record == UnknownRecord("hologram", payload)
    assert (arrived.flaw, arrived.kind, arrived.points) == (None, "hologram", 0)
    assert (arrived.record_id, arrived.member_id) == (record.record_id, record.member_id)
    assert arrived.hour == hour_of(record)


@pytest.mark.parametrize("payload", [b"", b"[]", b'{"kind":"' + b"x" * 500 + b'"}', b'{"kind":"a\\u0000b"}'])
def test_why_a_record_cannot_be_read_is_short_and_can_be_stored(payload: bytes) -> None:
    """The reason is for support; what the record said stays in its payload."""
    (arrived,) = read_all(EPOCH, FIRST_PREV_HASH, [WireRecord(1, payload, bytes(32))])
    assert arrived.flaw is Flaw.UNREADABLE
    assert 0 < len(arrived.detail) <= DETAIL_MAX
    assert "\x00" not in arrived.detail
    assert (arrived.record_id, arrived.member_id, arrived.kind, arrived.hour) == (None, None, "", 0)
