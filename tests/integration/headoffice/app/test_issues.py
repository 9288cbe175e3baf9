"""What needs a person is listed with the names people know, until somebody has settled it."""

from __future__ import annotations

import uuid

import pytest

from headoffice.errors import TerminalUnknown
from loyalty.feed import ConflictItem, ConflictKind
from tests.fakes.headoffice import member
from tests.fakes.office import TestedOffice


def test_an_overspending_is_listed_and_settled(office: TestedOffice) -> None:
    """With store, till and card; the till hears that it is settled."""
    till = office.till()
    till.append(till.sale(member(1), 1_000), till.redemption(member(1), 30))
    till.push(2)
    office.edit(till, office.card(member(1)))
    [conflict] = office.head.conflicts()
    assert (conflict.kind, conflict.points, conflict.card_masked) == (ConflictKind.OVERSPENT, 20, "•••• 0018")
    assert (conflict.store, conflict.terminal, conflict.resolved_at_us) == ("Mitte", till.row.name, 0)
    before = office.head.newest()
    assert office.head.resolve_conflict(conflict.conflict_id, by="Ines")
    assert not office.head.resolve_conflict(conflict.conflict_id, by="Bela")
    assert office.head.conflicts() == ()
    [settled] = office.head.conflicts(open_only=False)
    assert (settled.resolved_by, settled.resolved_at_us) == ("Ines", office.clock.now_us())
    items = office.head.changes(till.row, before).items
    assert [item.resolved for item in items if isinstance(item, ConflictItem)] == [True]


def test_a_record_that_can_not_be_read_is_listed_and_put_away(office: TestedOffice) -> None:
    """It never blocks those behind it."""
    till = office.till()
    till.append(b"nonsense", till.sale(member(1), 1_000))
    till.push(2)
    [left_out] = office.head.quarantine()
    assert (left_out.store, left_out.terminal, left_out.seq) == ("Mitte", till.row.name, 2)
    assert office.head.terminals()[0].quarantined == 1
    assert office.head.resolve_quarantine(till.terminal_id, till.epoch, 2)
    assert not office.head.resolve_quarantine(till.terminal_id, till.epoch, 2)
    assert office.head.quarantine() == ()
    assert len(office.head.quarantine(open_only=False)) == 1
    assert office.head.terminals()[0].quarantined == 0
    assert office.balance(member(1)) == 10


def test_a_reversal_waits_until_its_original_is_here(office: TestedOffice) -> None:
    """Nobody has to do anything about it."""
    here, there = office.till(), office.till()
    sale = there.sale(member(1), 1_000)
    there.append(sale)
    here.append(here.reversal(sale))
    here.push(2)
    [waiting] = office.head.waiting()
    assert (waiting.original_id, waiting.terminal) == (sale.record_id, here.row.name)
    there.push(2)
    assert office.head.waiting() == ()
    office.assert_sound()


def test_the_till_that_was_silent_longest_stands_first(office: TestedOffice) -> None:
    """Those that are shut out stand last, and head office's own journal is no till."""
    ids = []
    for hours in (1, 2, 3):
        terminal = office.join(f"Kasse {hours}")
        ids.append(terminal.terminal_id)
        office.clock.advance(hours=hours)
    office.head.revoke(ids[0])
    assert [view.terminal_id for view in office.head.terminals()] == [ids[1], ids[2], ids[0]]


def test_only_a_till_is_shut_out(office: TestedOffice) -> None:
    """Neither nobody nor head office itself."""
    for terminal_id in (uuid.UUID(int=7), office.head.server.server_id):
        for change in (office.head.revoke, office.head.fence):
            with pytest.raises(TerminalUnknown):
                change(terminal_id)
        with pytest.raises(TerminalUnknown):
            office.head.change_scope(terminal_id, "Nord")
