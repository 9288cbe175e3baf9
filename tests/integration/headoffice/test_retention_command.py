"""``stammkunde-headoffice retention``: shows who is due and changes nothing, unless it is told to."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from loyalty.directory import CardStatus
from loyalty.feed import CardEdit, EditsRequest
from tests.fakes.command_line import ANNA, BEN
from tests.fakes.headoffice import PretendTill, member, open_store
from tests.fakes.office_command_line import OfficeCommandLine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def office(tmp_path: Path) -> OfficeCommandLine:
    """A head office that knows two cards: one with points, one without; four years later."""
    made = OfficeCommandLine(tmp_path / "office")
    with closing(made.open(made.directory, None)) as head_office:
        open_store(head_office.office.database)
        till = PretendTill(head_office.office.database, seed=2)
        till.append(till.sale(member(1), 1_000), till.sale(member(2), 1_000), till.redemption(member(2), 10))
        till.push_all()
        cards = [
            CardEdit(UUID(int=10 + number), UUID(int=20 + number), card, member(number), CardStatus.ACTIVE)
            for number, card in ((1, ANNA), (2, BEN))
        ]
        assert head_office.edits(till.row, EditsRequest(tuple(cards))).taken == 2
    made.clock.advance(days=4 * 366)
    return made


def test_who_is_due_is_shown_and_stays(office: OfficeCommandLine) -> None:
    """By a masked card, since when, and with how many points; a longer period finds nobody."""
    due = {each["card"][-4:]: each for each in office.done("retention")["due"]}
    assert {card: each["balance"] for card, each in due.items()} == {ANNA[-4:]: 10, BEN[-4:]: 0}
    assert due[ANNA[-4:]]["last_active_on"] == "2026-11-21"
    assert len(office.done("retention")["due"]) == 2
    assert office.done("retention", "--years", "10") == {"due": [], "texts": 0}
    shown = office.said("retention").out
    assert ANNA[-4:] in shown
    assert "--with-points" in shown
    assert "Nobody is due." in office.said("retention", "--years", "10").out


def test_forgetting_has_to_be_said(office: OfficeCommandLine) -> None:
    """And losing points once more."""
    assert office("retention", "--with-points").code == 2
    done = office.done("retention", "--yes")
    assert (done["erased"], done["kept_for_points"]) == ([str(member(2))], 1)
    assert "Kept because of their points" in office.said("retention", "--yes").out
    assert office.done("retention", "--yes", "--with-points")["erased"] == [str(member(1))]
    assert "Members forgotten" in office.said("retention", "--yes").out
    assert office.done("verify")["ok"] is True


def test_old_notes_are_counted_and_deleted(office: OfficeCommandLine) -> None:
    """Those of bookings that are no vouchers any more; counted for Germany, deleted only when the years are named."""
    with closing(office.open(office.directory, None)) as head_office:
        head_office.adjust(ANNA, 5, "Kulanz", by="Ines")
    office.clock.advance(days=3 * 366)
    assert office.done("retention")["texts"] == 0
    assert office.done("retention", "--vouchers-years", "1")["texts"] == 1
    shown = office.said("retention", "--vouchers-years", "1").out
    assert "1 old note is due." in shown
    assert "--vouchers-years" in shown
    office.clock.advance(days=6 * 366)
    assert office.done("retention")["texts"] == 1
    assert office.done("retention", "--yes")["texts"] == 0
    assert "Notes deleted" in office.said("retention", "--yes", "--vouchers-years", "8").out
    assert office.done("retention")["texts"] == 0
    assert office("retention", "--vouchers-years", "0").code == 2
