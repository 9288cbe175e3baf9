"""Messages between till and head office: read back as they were, bounded, and signed over everything that counts."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import pytest

from loyalty import feed, wire
from loyalty.directory import CardStatus, Role
from loyalty.replica import REPLICA

ID = UUID(int=7)
HEAD = wire.EpochHead(ID, 3, b"h" * 32)
CURSOR = feed.Cursor(ID, 12, b"t" * 16)

MESSAGES: list[msgspec.Struct] = [
    wire.JoinRequest("CODE", b"k" * 32, "Till 1", ID, 3),
    wire.HelloRequest(HEAD, HEAD, 5, 1),
    wire.HelloReply(1, ID, 2, (HEAD,), CURSOR),
    wire.PushRequest(ID, b"p" * 32, (wire.WireRecord(4, b"\x00{not json", b"h" * 32),)),
    wire.PushReply(ID, (HEAD,), (wire.Verdict.BOOKED,), None, 1, -5, b"s" * 64),
    wire.CompareRequest((wire.EpochFacts(ID, 3, b"h" * 32, 3, -9),)),
    wire.CompareReply((wire.Range(ID, 1, 3),)),
    feed.EditsRequest(
        (
            feed.ProfileEdit(ID, ID, feed.ProfileField.BIRTHDAY, "2000-01-31"),
            feed.CardEdit(ID, ID, "2900000000018", ID, CardStatus.ACTIVE),
            feed.TextEdit(ID, ID, "why"),
            feed.CashierEdit(ID, ID, "Eva", Role.MANAGER, "$argon2id$", False),
            feed.TombstoneEdit(ID, ID, 1, date(2026, 11, 21)),
        )
    ),
    feed.ChangesReply(
        (
            feed.StatementItem(ID, -4, lots=(feed.StatementLot(ID, 1, 5, 2, date(2029, 1, 31)),)),
            feed.CardItem("2900000000018", ID, ID, CardStatus.BLOCKED),
            feed.ProfileItem(ID, b"n", b"b"),
            feed.ProgrammeItem(2, "version = 2", 1),
            feed.CashierItem(ID, "Eva", Role.CASHIER, "$argon2id$", True),
            feed.ConflictItem(ID, feed.ConflictKind.OVERSPENT, ID, ID, 40, 1),
            feed.RemovedItem(ID),
            feed.TombstoneItem(ID, 1, date(2026, 11, 21)),
        ),
        CURSOR,
        more=True,
        positions={ID: 3},
        reset=False,
        server_time_us=9,
    ),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_arrives_as_it_was_sent(message: msgspec.Struct) -> None:
    """Bytes, ids, days and every kind of item survive JSON."""
    assert msgspec.json.decode(msgspec.json.encode(message), type=type(message)) == message


def test_a_full_batch_fits_into_a_body() -> None:
    """So a till never has to guess how much of its outbox a request may carry."""
    each = wire.BATCH_BYTES_MAX // wire.BATCH_RECORDS_MAX
    records = tuple(wire.WireRecord(seq, b"x" * each, b"h" * 32) for seq in range(1, wire.BATCH_RECORDS_MAX + 1))
    assert len(msgspec.json.encode(wire.PushRequest(ID, b"p" * 32, records))) <= wire.BODY_BYTES_MAX


@pytest.mark.parametrize(
    "body",
    [
        b'{"epoch":"00000000-0000-0000-0000-000000000007","prev_hash":"AA==","records":[]}',
        b'{"edits":[]}',
        b'{"edits":[{"type":"money"}]}',
    ],
)
def test_what_is_out_of_bounds_is_no_message(body: bytes) -> None:
    """The boundary refuses it before any code of ours sees it."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=wire.PushRequest | None if b"epoch" in body else feed.EditsRequest)


def test_a_signature_covers_everything_that_decides_what_a_request_does() -> None:
    """Changing any one of them changes the signed bytes."""
    base: dict[str, Any] = {"terminal_id": ID, "nonce": "n", "at_us": 5}
    signed = [
        wire.request_bytes("POST", "/v1/push", b"body", **base),
        wire.request_bytes("PUT", "/v1/push", b"body", **base),
        wire.request_bytes("POST", "/v1/push?x", b"body", **base),
        wire.request_bytes("POST", "/v1/push", b"Body", **base),
        wire.request_bytes("POST", "/v1/push", b"body", **base | {"terminal_id": UUID(int=8)}),
        wire.request_bytes("POST", "/v1/push", b"body", **base | {"nonce": "m"}),
        wire.request_bytes("POST", "/v1/push", b"body", **base | {"at_us": 6}),
        wire.ack_bytes(ID, ID, HEAD),
        wire.ack_bytes(ID, ID, wire.EpochHead(ID, 4, HEAD.hash)),
        wire.snapshot_bytes(ID, "ab", 1, CURSOR),
        wire.snapshot_bytes(ID, "ab", 2, CURSOR),
    ]
    assert all(one != other for one, other in itertools.combinations(signed, 2))


def test_the_replica_is_made_by_statements_of_one_kind() -> None:
    """Every object is created and none is changed, so that the layout can be compared word by word."""
    assert {statement.split()[0] for statement in REPLICA} == {"CREATE"}
