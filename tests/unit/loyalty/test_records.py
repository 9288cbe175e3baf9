"""Records: the bytes are canonical, wrong types never reach the disk, and unknown kinds are carried on."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.encoding import KINDS, PAYLOAD_LENGTH_MAX, body_hash, command_digest, decode, encode, kind_of
from loyalty.lines import Explanation, RedemptionLine, ReversedLine, SaleLine
from loyalty.records import (
    Adjustment,
    AnyRecord,
    CardAction,
    CardChange,
    CashierSession,
    Consent,
    DayClose,
    DayTotals,
    Enrolment,
    EpochStart,
    Expiry,
    Feedback,
    ProgrammeChange,
    Purpose,
    Reversal,
    ReversalReason,
    Sale,
    SessionAction,
    UnknownRecord,
)
from tests.unit.loyalty.building import DAY, MEMBER, TERMINAL, redemption_of, sale_of, sales

HEAD: dict[str, Any] = {
    "record_id": UUID(int=1),
    "member_id": MEMBER,
    "at_us": 1_795_000_000_000_000,
    "business_day": DAY,
    "utc_offset_min": 60,
    "programme_version": 7,
    "command_digest": "",
}
OTHER = UUID(int=2)

ONE_OF_EACH: list[AnyRecord] = [
    EpochStart(**HEAD, terminal_id=TERMINAL, parent_epoch=OTHER, parent_seq=3, parent_hash="ab"),
    sale_of((SaleLine(1, 345, 0, "deposit"), SaleLine(2, 2000, 20)), (RedemptionLine(3, "off-5", 500, 500, True),)),
    redemption_of(RedemptionLine(1, "coffee", 300, 290, False)),
    Reversal(**HEAD, original_id=OTHER, lines=(ReversedLine(1, 100, 1),), reason=ReversalReason.RETURN),
    Adjustment(**HEAD, points=-50, text_ref=OTHER),
    Expiry(**HEAD, lot_id=OTHER, points=40, last_day=DAY),
    Enrolment(**HEAD, card_ref=OTHER, referred_by=OTHER),
    Consent(**HEAD, purpose=Purpose.EMAIL, text_version="2026-11", granted=True),
    CardChange(**HEAD, action=CardAction.MERGE, into_member_id=OTHER),
    Feedback(**HEAD, booking_id=OTHER, stars=4),
    CashierSession(**HEAD | {"member_id": None, "cashier_id": OTHER}, action=SessionAction.SIGN_IN),
    DayClose(**HEAD | {"member_id": None}, number=1, closed_day=DAY, totals=DayTotals(sales=3), open_points=-7),
    ProgrammeChange(**HEAD | {"member_id": None}, version=8, document_hash="cd"),
]


def changed(record: AnyRecord, **fields: object) -> AnyRecord:
    """The record with other values, unchecked, as a careless caller might build it."""
    return msgspec.structs.replace(record, **fields)


def test_there_is_an_example_of_every_kind() -> None:
    """A new kind has to join the tests of this file."""
    assert {kind_of(record) for record in ONE_OF_EACH} == KINDS


@pytest.mark.parametrize("record", ONE_OF_EACH, ids=kind_of)
def test_what_is_written_is_read_back_the_same(record: AnyRecord) -> None:
    """And its kind stands in the payload."""
    payload = encode(record)
    assert decode(payload) == record
    assert json.loads(payload)["kind"] == kind_of(record)


@given(sales())
def test_any_sale_is_read_back_the_same_to_the_byte(sale: Sale) -> None:
    """The bytes are a function of the record, so their hash can stand for it."""
    payload = encode(sale)
    again = decode(payload)
    assert isinstance(again, Sale)
    assert again == sale
    assert encode(again) == payload


def test_the_bytes_of_a_record_never_change_between_releases() -> None:
    """Sorted keys, no spaces, every field: a known payload and its known hash."""
    payload = encode(Adjustment(**HEAD, points=-50))
    assert payload == (
        b'{"at_us":1795000000000000,"business_day":"2026-11-21","cashier_id":null,"command_digest":"",'
        b'"kind":"adjustment","member_id":"00000000-0000-0000-0000-00000000000a","points":-50,"programme_version":7,'
        b'"record_id":"00000000-0000-0000-0000-000000000001","server_offset_ms":0,"text_ref":null,"utc_offset_min":60}'
    )
    assert body_hash(payload).hex() == "7ec72fdca75254e6d80970c31b06de812bbf6e71137fe6235c9f014e2a422660"


@pytest.mark.parametrize("wrong", [True, 2.0, "7", None, -1, 10**9 + 1, 2**70])
def test_a_wrong_number_of_points_never_reaches_the_disk(wrong: object) -> None:
    """STRICT tables take ``True``, ``2.0`` and ``"7"`` for integers, so the record refuses them before."""
    line = msgspec.structs.replace(SaleLine(1, 2345, 23), points=wrong)
    with pytest.raises(ValueError, match="Not a journal record"):
        encode(sale_of((line,)))


@pytest.mark.parametrize(
    "fields",
    [
        {"at_us": -1},
        {"at_us": 1.0},
        {"utc_offset_min": 2000},
        {"programme_version": True},
        {"command_digest": "not hex"},
        {"member_id": "anna"},
        {"business_day": "21.11.2026"},
        {"currency": "eur"},
        {"currency": "EUR\n"},
        {"receipt": "Anna Schmidt"},
        {"receipt": "R-1\n"},
        {"receipt": "R" * 41},
        {"receipt": "\ud800"},
        {"lines": ()},
        {"lines": (SaleLine(1, 2345, 23, sku="x" * 41),)},
        {"lines": (SaleLine(1, 2345, 23, quantity=0),)},
        {"explain": (Explanation("a sentence", 1),)},
        {"late": 1},
    ],
    ids=str,
)
def test_a_value_out_of_its_range_never_reaches_the_disk(fields: dict[str, object]) -> None:
    """Among them everything that could smuggle personal data into a journal that can't forget."""
    with pytest.raises(ValueError, match=r"record|surrogates"):
        encode(changed(sale_of(), **fields))


def test_an_id_is_written_one_way_only() -> None:
    """Text that stands for the same id in capitals would give other bytes and another hash."""
    with pytest.raises(ValueError, match="not written as its type is"):
        encode(changed(sale_of(), member_id=str(MEMBER).upper()))


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (changed(sale_of(), amount_cents=1), "do not sum"),
        (sale_of((SaleLine(2, 100, 1),)), "numbered"),
        (sale_of((SaleLine(1, 100, 1),), (RedemptionLine(1, "coffee", 1, 0, False),)), "numbered"),
        (sale_of((SaleLine(1, 100, 1),), (RedemptionLine(2, "off-5", 1, 101, True),)), "taken off"),
        (sale_of((SaleLine(1, 100, 1, "deposit"),)), "excluded"),
        (sale_of(member_id=None), "without a member"),
        (Reversal(**HEAD, original_id=OTHER, reason=ReversalReason.OTHER), "undoes nothing"),
        (
            Reversal(
                **HEAD,
                original_id=OTHER,
                lines=(ReversedLine(1, 1, 0),),
                redemptions=(ReversedLine(1, 1, 0),),
                reason=ReversalReason.OTHER,
            ),
            "line twice",
        ),
        (CardChange(**HEAD, action=CardAction.MERGE), "surviving"),
        (CardChange(**HEAD, action=CardAction.BLOCK, card_ref=OTHER, into_member_id=OTHER), "surviving"),
    ],
)
def test_a_record_that_contradicts_itself_never_reaches_the_disk(record: AnyRecord, message: str) -> None:
    """Each would make the ledger's sums disagree with one another for ever."""
    with pytest.raises(ValueError, match=message):
        encode(record)


def test_an_anonymous_sale_that_moves_no_points_is_a_sale() -> None:
    """It counts for the member share."""
    assert decode(encode(sale_of((SaleLine(1, 100, 0),), member_id=None))) is not None


def test_a_kind_of_a_newer_version_is_carried_raw() -> None:
    """Its bytes come out as they went in, whatever its fields."""
    payload = b'{"kind":"stamp","whatever":[1,{"a":null}]}'
    assert decode(payload) == UnknownRecord("stamp", payload)


def test_a_field_of_a_newer_version_does_not_hide_a_known_record() -> None:
    """A till can read what its successor wrote."""
    payload = encode(sale_of())
    assert decode(payload.replace(b'{"', b'{"added_later":1,"', 1)) == sale_of()


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{}",
        b"null",
        b"[]",
        b'{"kind":7}',
        b'{"kind":"sale"}',
        b'{"kind":"sale"',
        b'{"kind":"\xff"}',
        b'{"kind":"stamp","x":' + b"[" * 100_000,
        b'{"kind":"stamp","x":"' + b"x" * PAYLOAD_LENGTH_MAX + b'"}',
        encode(sale_of()).replace(b"2345", b"2345.0"),
        encode(sale_of()).replace(b'"points":23', b'"points":"23"'),
        encode(sale_of()).replace(b'"points":23', b'"points":true'),
        encode(sale_of())[:-1],
    ],
    ids=lambda payload: repr(payload[:24]),
)
def test_bytes_that_are_no_record_raise_one_known_error(payload: bytes) -> None:
    """Damage is a ``ValueError`` that verify can report, never another exception."""
    with pytest.raises(ValueError, match="record"):
        decode(payload)


@given(st.binary(max_size=100))
def test_any_bytes_are_a_record_or_one_known_error(payload: bytes) -> None:
    """Fuzzed."""
    try:
        decode(payload)
    except ValueError:
        return


@given(st.data())
def test_a_damaged_payload_never_raises_anything_else(data: st.DataObject) -> None:
    """One byte of a real sale changed to any other."""
    payload = bytearray(encode(ONE_OF_EACH[1]))
    payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    try:
        decode(bytes(payload))
    except ValueError:
        return


def test_a_record_too_large_for_the_journal_is_refused_on_writing() -> None:
    """Not when a sync batch turns out too long."""
    lines = tuple(SaleLine(number, 1, 0, category="🥐" * 40, sku="🥖" * 40) for number in range(1, 501))
    assert len(encode(sale_of(lines))) <= PAYLOAD_LENGTH_MAX
    explain = (Explanation("rule", 0, {f"number{number:034}": 10**18 for number in range(20)}),) * 100
    with pytest.raises(ValueError, match="limit"):
        encode(changed(sale_of(lines), explain=explain))


def test_sums_of_a_record_are_what_its_lines_say() -> None:
    """Points, redeemed points, money off and what is left to pay; a reversal's points both ways and its cents."""
    sale = sale_of(
        (SaleLine(1, 345, 0, "deposit"), SaleLine(2, 2000, 20)),
        (RedemptionLine(3, "off-5", 500, 500, True), RedemptionLine(4, "coffee", 300, 290, False)),
    )
    assert (sale.points, sale.points_redeemed, sale.money_off_cents, sale.to_pay_cents) == (20, 800, 500, 1845)
    reversal = Reversal(
        **HEAD,
        original_id=OTHER,
        lines=(ReversedLine(1, 345, 0), ReversedLine(2, 1000, 10)),
        redemptions=(ReversedLine(3, 250, 250),),
        reason=ReversalReason.RETURN,
    )
    assert (reversal.takes_back, reversal.returns, reversal.cents) == (10, 250, 1345)


def test_the_same_command_has_the_same_digest_and_another_has_not() -> None:
    """A retry is told from a new command by what was asked, and the digest tells nothing without the key."""
    key = bytes(32)
    asked = ("earn", MEMBER, 1250, None)
    assert command_digest(key, *asked) == command_digest(key, *asked)
    digests = {
        command_digest(key, *asked),
        command_digest(key, "earn", MEMBER, 1251, None),
        command_digest(key, "earn", MEMBER, "1250", None),
        command_digest(key, "earn", MEMBER, True, None),
        command_digest(key, asked),
        command_digest(bytes(range(32)), *asked),
    }
    assert len(digests) == 6
