"""The first call of a round: what head office has, and whether there are two of a till."""

from __future__ import annotations

import pytest

from headoffice.errors import Refusal
from headoffice.views import TerminalStatus
from loyalty.feed import ConflictKind
from loyalty.wire import EpochHead, HelloRequest, ProblemCode
from tests.fakes.headoffice import member
from tests.fakes.office import TestedOffice


def test_a_till_hears_what_is_taken_of_its_journal(office: TestedOffice) -> None:
    """By epoch, with the hash, so that it notices when either side was put back."""
    till = office.till()
    till.append(till.sale(member(1)), till.sale(member(2)))
    till.push(2, 2)
    reply = office.head.hello(till.row, HelloRequest(till.head))
    assert reply.heads == (EpochHead(till.epoch, 2, till.records[1][1].hash),)
    assert reply.newest == office.head.newest()
    assert reply.newest.n > 0


def test_what_a_till_says_of_itself_is_shown(office: TestedOffice) -> None:
    """People see backlog, age and version without asking the till."""
    till = office.till()
    office.clock.advance(hours=1)
    office.head.hello(till.row, HelloRequest(till.head, backlog=12, oldest_us=34, software="1.2"))
    [view] = office.head.terminals()
    shown = (view.backlog, view.oldest_us, view.software, view.last_contact_us, view.records)
    assert shown == (12, 34, "1.2", office.clock.now_us(), 1)


@pytest.mark.parametrize("said", ["head", "acked"])
def test_a_position_with_two_contents_fences_the_till(office: TestedOffice, said: str) -> None:
    """Two copies are running; neither may go on, and somebody is told."""
    till = office.till()
    wrong = EpochHead(till.epoch, 1, bytes(32))
    request = HelloRequest(wrong) if said == "head" else HelloRequest(EpochHead(till.epoch, 9, bytes(32)), acked=wrong)
    with pytest.raises(Refusal) as refusal:
        office.head.hello(till.row, request)
    assert refusal.value.code is ProblemCode.FENCED
    assert till.row.status is TerminalStatus.FENCED
    assert [conflict.kind for conflict in office.head.conflicts()] == [ConflictKind.FORKED]
    with pytest.raises(Refusal):
        office.head.hello(till.row, HelloRequest(till.head))


def test_what_head_office_does_not_have_is_no_fork(office: TestedOffice) -> None:
    """A till is ahead most of the time."""
    till = office.till()
    till.append(till.sale(None))
    assert office.head.hello(till.row, HelloRequest(till.head)).heads[0].seq == 1


def test_a_till_of_another_protocol_is_told(office: TestedOffice) -> None:
    """It must be updated before it can go on."""
    till = office.till()
    with pytest.raises(Refusal) as refusal:
        office.head.hello(till.row, HelloRequest(till.head, protocol_min=8, protocol_max=9))
    assert refusal.value.code is ProblemCode.PROTOCOL_UNSUPPORTED
