"""Members of whom no till has told anything for years: shown, then forgotten here and at every till."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from headoffice.app import retention
from headoffice.views import Adjusted, Forgotten, IdleMember
from loyalty.feed import TombstoneItem
from tests.fakes.headoffice import member
from tests.fakes.office import CARD, OTHER_CARD, TestedOffice

if TYPE_CHECKING:
    from uuid import UUID

    from tests.fakes.headoffice import PretendTill

FOUR_YEARS = 4 * 366


def shop(office: TestedOffice) -> PretendTill:
    """One member with a name, one with a card only, one nobody can name, all of one day; two accounts are one."""
    till = office.till()
    till.append(*(till.sale(member(number), 1_000) for number in (1, 2, 3, 4)), till.merge(member(4), member(1)))
    till.append(till.redemption(member(2), 10))
    till.push(2)
    office.edit(till, office.profile(member(4), "Anna"), office.card(member(2)))
    return till


def due(office: TestedOffice, years: int = 3) -> dict[UUID, IdleMember]:
    """Who is due, by account."""
    return {found.member_id: found for found in office.head.idle_members(years, 100)}


def test_nobody_is_due_before_the_years_are_over(office: TestedOffice) -> None:
    """They are counted from the end of the year of the last visit."""
    till = shop(office)
    office.clock.advance(days=3 * 365 + 30)
    assert due(office) == {}
    office.clock.advance(days=30)
    day = date(2026, 11, 21)
    assert due(office) == {
        member(1): IdleMember(member(1), day, 20, ""),
        member(2): IdleMember(member(2), day, 0, f"•••• {CARD[-4:]}"),
    }
    assert due(office, years=5) == {}
    till.clock.at_us = office.clock.at_us
    till.push_all()
    late = till.append(till.adjustment(member(1), 1))
    till.push(late[0])
    assert set(due(office)) == {member(2)}, "a sign of life counts whoever of the family gave it"


def test_forgetting_leaves_those_with_points(office: TestedOffice) -> None:
    """Points are money: who has some is forgotten only when somebody says so. Tills are told."""
    shop(office)
    office.clock.advance(days=FOUR_YEARS)
    assert office.head.forget_idle(3, with_points=False, by="Ines") == Forgotten((member(2),), 1)
    assert office.head.forget_idle(3, with_points=True, by="Ines") == Forgotten((member(1),), 0)
    assert due(office) == {}
    found = office.head.member(member(4))
    assert found is not None
    assert (found.profile, found.statement.balance) == (None, 20)
    other = office.join("Kasse 9")
    told = [item for item in office.head.changes(other, None, 500).items if isinstance(item, TombstoneItem)]
    assert {item.member_id for item in told} == {member(1), member(2), member(4)}
    office.assert_sound()


def test_points_that_expired_are_no_sign_of_life(office: TestedOffice) -> None:
    """Head office writes that by itself, about people who do not come any more."""
    office.publish(1, expiry_months=12)
    till = office.till()
    till.append(till.sale(member(1), 1_000))
    till.push(2)
    office.edit(till, office.card(member(1), OTHER_CARD))
    office.clock.advance(days=FOUR_YEARS)
    assert office.head.expire_due() == 1
    assert due(office)[member(1)].balance == 0


def test_accounts_are_looked_at_page_by_page(office: TestedOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """No question is longer for more members."""
    monkeypatch.setattr(retention, "ACCOUNTS_A_TIME", 1)
    shop(office)
    office.clock.advance(days=FOUR_YEARS)
    assert set(due(office)) == {member(1), member(2)}
    assert len(office.head.idle_members(3, 1)) == 1


def notes(office: TestedOffice) -> list[str]:
    """What is said behind the bookings of a member."""
    found = office.head.member(member(1))
    assert found is not None
    return sorted(record.text for record in found.records if record.text)


def test_notes_go_when_bookings_are_no_vouchers_any_more(office: TestedOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight whole years after the year of the booking; newer ones stay, and what a till tells again stays away."""
    monkeypatch.setattr(retention, "TEXTS_AT_ONCE", 1)
    till = office.till()
    old = [office.ids.random_id() for _ in range(3)]
    till.append(*(till.adjustment(member(1), 5, text_ref=reference) for reference in old))
    till.push(2)
    office.edit(till, office.card(member(1)), *(office.text(each, f"Kulanz {each}") for each in old))
    office.clock.advance(days=9 * 366)
    assert isinstance(office.head.adjust(CARD, 7, "heute", by="Ines"), Adjusted)
    assert len(notes(office)) == 4
    assert (office.head.old_notes(9), office.head.forget_notes(9)) == (0, 0)
    assert (office.head.old_notes(8), office.head.forget_notes(8), office.head.old_notes(8)) == (3, 3, 0)
    assert notes(office) == ["heute (Ines)"]
    office.edit(till, office.text(old[0], "Kulanz noch einmal"))
    assert notes(office) == ["heute (Ines)"]
    office.assert_sound()
