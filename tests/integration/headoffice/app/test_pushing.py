"""A batch is taken, and head office signs for it."""

from __future__ import annotations

import pytest

from headoffice.errors import Refusal
from headoffice.signatures import public_key, verified
from loyalty.wire import Gap, HelloRequest, ProblemCode, Verdict, ack_bytes
from tests.fakes.headoffice import member
from tests.fakes.office import TestedOffice


def test_head_office_signs_for_what_it_has_taken(office: TestedOffice) -> None:
    """The till keeps the signature and can show it."""
    till = office.till()
    till.append(till.sale(member(1), 5_000), till.sale(None))
    reply = office.head.push(till.row, till.request(2))
    assert reply.verdicts == (Verdict.BOOKED, Verdict.BOOKED)
    assert (reply.heads, reply.records, reply.points) == ((till.head,), 3, 50)
    signed = ack_bytes(till.terminal_id, office.head.server.epoch, till.head)
    assert verified(public_key(office.head.secrets.signing_key), signed, reply.signature)


def test_nothing_taken_is_nothing_signed(office: TestedOffice) -> None:
    """The heads say where to go on."""
    till = office.till()
    first = till.head
    till.append(till.sale(None), till.sale(None))
    reply = office.head.push(till.row, till.request(3))
    assert (reply.gap, reply.verdicts, reply.signature, reply.heads) == (Gap.RECORDS_MISSING, (), b"", (first,))


def test_a_revoked_till_hands_nothing_in(office: TestedOffice) -> None:
    """Even when it was let in a moment before."""
    till = office.till()
    row = till.row
    till.append(till.sale(None))
    office.head.revoke(till.terminal_id)
    with pytest.raises(Refusal) as refusal:
        office.head.push(row, till.request(2))
    assert refusal.value.code is ProblemCode.REVOKED


def test_what_is_handed_in_is_no_longer_left(office: TestedOffice) -> None:
    """A till says what it has left when it says hello, hands it in, and is closed for the night: nobody is alarmed."""
    till = office.till()
    till.append(*(till.sale(None) for _ in range(3)))
    said = HelloRequest(till.head, backlog=3, oldest_us=office.clock.now_us())
    office.head.hello(till.row, said)
    assert (till.row.backlog, till.row.oldest_us) == (3, office.clock.now_us())
    office.head.push(till.row, till.request(2, 2))
    assert (till.row.backlog, till.row.oldest_us) == (2, office.clock.now_us())
    office.head.push(till.row, till.request(3))
    assert (till.row.backlog, till.row.oldest_us) == (0, 0)
    till.append(till.sale(None))
    office.head.push(till.row, till.request(5))
    assert till.row.backlog == 0
