"""The void screen and a receipt of this till: what other tills undid of it is asked, where somebody answers."""

from __future__ import annotations

from uuid import UUID

import pytest

from loyalty.encoding import encode
from loyalty.records import Sale
from loyalty.wire import ProblemCode, RecordReply, UndoneLine
from terminal.presenters.states import Screen
from terminal.presenters.void import RECEIPT
from terminal.sync.outcomes import Declined
from terminal.sync.status import SyncMode, SyncTrouble
from tests.fakes.counter import BEN, Counter
from tests.fakes.sync_line import FakeSyncActions, hear, said

OWN_TILL = UUID(int=0xA, version=4)


def reply(sale: Sale, *undone: UndoneLine) -> RecordReply:
    """Head office's answer about a booking of this till."""
    return RecordReply(encode(sale), OWN_TILL, "Kasse 1", "Laden", undone, {})


def notice(counter: Counter) -> str:
    """What the screen says."""
    return said(counter.shell.void.state.notice)


def type_receipt(counter: Counter, text: str) -> None:
    """Type a booking's number and press Enter."""
    counter.shell.show_void(None)
    counter.shell.void.field_typed(RECEIPT, text)
    counter.shell.key("Enter")


def test_what_others_undid_of_an_own_booking_is_asked_and_not_undone_again(
    counter: Counter, line: FakeSyncActions
) -> None:
    """The customer took half of it to another till; this one gives back the other half, and only once."""
    hear(counter)
    own = counter.earn(BEN, 500).record
    assert isinstance(own, Sale)
    type_receipt(counter, str(own.record_id))
    assert line.asked == [("record", own.record_id)]
    line.answer(reply(own, UndoneLine(1, 300, 3)))
    assert counter.shell.void.state.origin == ""
    assert [tile.value for tile in counter.shell.void.state.preview][:1] == ["−2"]
    counter.shell.key("Enter")
    assert counter.screen() is Screen.DONE
    assert "A preview until head office has booked it." not in counter.shell.done.state.details
    type_receipt(counter, str(own.record_id))
    line.answer(reply(own, UndoneLine(1, 300, 3)))
    assert "undone already" in notice(counter)


def test_an_own_booking_that_another_till_undid_is_refused(counter: Counter, line: FakeSyncActions) -> None:
    """Nothing is written: the money is not given twice."""
    hear(counter)
    own = counter.earn(BEN, 500).record
    assert isinstance(own, Sale)
    type_receipt(counter, str(own.record_id))
    line.answer(reply(own, UndoneLine(1, 500, 5)))
    assert "(M-129)" in notice(counter)
    assert not counter.shell.void.state.preview


@pytest.mark.parametrize("why", [SyncTrouble.UNREACHABLE, ProblemCode.NOT_FOUND])
def test_an_own_booking_needs_no_answer(
    counter: Counter, line: FakeSyncActions, why: ProblemCode | SyncTrouble
) -> None:
    """Head office is silent or has not got it yet: the till knows what it wrote."""
    hear(counter)
    own = counter.earn(BEN, 500).record
    type_receipt(counter, str(own.record_id))
    line.answer(Declined(why))
    assert counter.shell.void.state.origin == ""
    assert counter.shell.void.state.primary_enabled


def test_an_own_booking_is_undone_offline_without_asking(counter: Counter, line: FakeSyncActions) -> None:
    """Nobody would answer."""
    hear(counter, mode=SyncMode.OFFLINE)
    own = counter.earn(BEN, 500).record
    type_receipt(counter, str(own.record_id))
    assert not line.asked
    assert counter.shell.void.state.primary_enabled
