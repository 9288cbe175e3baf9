"""What people at head office do to members: find, look, correct, join, erase."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from headoffice.store.archive import Archive, RecordLine
from headoffice.views import Adjusted, Erased, Merged
from loyalty.bounds import POINTS_MAX
from loyalty.directory import CardStatus
from loyalty.encoding import decode
from loyalty.feed import ProfileField, StatementItem, TombstoneItem
from loyalty.outcomes import Reason, Refused
from loyalty.records import Adjustment
from tests.fakes.headoffice import member
from tests.fakes.office import CARD, OTHER_CARD, TestedOffice


def _archived(office: TestedOffice) -> list[object]:
    lines = Archive(office.data / "archive" / "authority.jsonl").lines()
    return [decode(line.payload) for line in lines if isinstance(line, RecordLine)]


def test_a_correction_moves_the_balance_and_stands_in_journal_and_archive(office: TestedOffice) -> None:
    """Its reason is an erasable text, never part of the record."""
    office.edit(office.till(), office.card(member(1)))
    done = office.head.adjust(CARD, 150, "  Kulanz   für Frau Quast ", by="Ines")
    assert isinstance(done, Adjusted)
    assert (done.member_id, done.points, done.balance) == (member(1), 150, 150)
    [record] = [record for record in _archived(office) if isinstance(record, Adjustment)]
    assert record.points == 150
    assert b"Quast" not in msgspec.json.encode(record)
    found = office.head.member(member(1))
    assert found is not None
    assert found.records[0].text == "Kulanz für Frau Quast (Ines)"
    office.assert_sound()


def test_a_correction_may_leave_a_debt(office: TestedOffice) -> None:
    """It is booked as it was decided."""
    office.edit(office.till(), office.card(member(1)))
    done = office.head.adjust(CARD, -70, "Irrtum", by="Ines")
    assert isinstance(done, Adjusted)
    assert done.balance == -70


def test_a_correction_reaches_the_tills(office: TestedOffice) -> None:
    """With the next pull."""
    till = office.till()
    office.edit(till, office.card(member(1)))
    before = office.head.newest()
    office.head.adjust(CARD, 150, "Kulanz", by="Ines")
    items = office.head.changes(till.row, before).items
    assert [item.balance for item in items if isinstance(item, StatementItem)] == [150]


@pytest.mark.parametrize(
    ("points", "reason", "refused"),
    [
        (0, "Kulanz", Reason.AMOUNT_MISSING),
        (POINTS_MAX + 1, "Kulanz", Reason.AMOUNT_INVALID),
        (10, " \t ", Reason.REASON_MISSING),
    ],
)
def test_a_correction_needs_points_and_a_reason(
    office: TestedOffice, points: int, reason: str, refused: Reason
) -> None:
    """Nothing is booked without."""
    office.edit(office.till(), office.card(member(1)))
    assert office.head.adjust(CARD, points, reason, by="Ines") == Refused(refused)
    assert not [record for record in _archived(office) if isinstance(record, Adjustment)]


def test_only_a_known_living_account_is_corrected(office: TestedOffice) -> None:
    """A wrong number, a blocked card and an erased person say why."""
    till = office.till()
    office.edit(till, office.card(member(1)), office.card(member(2), OTHER_CARD, CardStatus.BLOCKED))
    office.head.adjust(CARD, 1, "Kulanz", by="Ines")
    assert office.head.adjust("2900000000032", 1, "x", by="Ines") == Refused(Reason.CARD_UNKNOWN)
    assert office.head.adjust(OTHER_CARD, 1, "x", by="Ines") == Refused(Reason.CARD_BLOCKED)
    assert office.head.adjust(member(9), 1, "x", by="Ines") == Refused(Reason.MEMBER_UNKNOWN)
    office.head.erase(member(1), by="Ines")
    assert office.head.adjust(member(1), 1, "x", by="Ines") == Refused(Reason.MEMBER_UNKNOWN)


def test_two_cards_accounts_become_one(office: TestedOffice) -> None:
    """Balances add up; a second time there is nothing to join."""
    till = office.till()
    till.append(till.sale(member(1), 5_000), till.sale(member(2), 3_000))
    till.push(2)
    office.edit(till, office.card(member(1)), office.card(member(2), OTHER_CARD))
    done = office.head.merge(OTHER_CARD, CARD, by="Ines")
    assert isinstance(done, Merged)
    assert (done.member_id, done.merged_id, done.balance) == (member(1), member(2), 80)
    assert office.head.merge(OTHER_CARD, CARD, by="Ines") == Refused(Reason.SAME_MEMBER)
    assert office.head.merge("2900000000032", CARD, by="Ines") == Refused(Reason.CARD_UNKNOWN)
    assert office.head.merge(CARD, "2900000000032", by="Ines") == Refused(Reason.CARD_UNKNOWN)
    office.assert_sound()


def test_head_office_erases_a_person_everywhere(office: TestedOffice) -> None:
    """The tills hear it with their next pull; erasing twice is erasing once."""
    till = office.till()
    office.edit(till, office.card(member(1)), office.profile(member(1), "Anna"))
    before = office.head.newest()
    assert office.head.erase(member(1), by="Ines") == Erased((member(1),))
    assert office.head.erase(member(1), by="Ines") == Erased(())
    assert office.head.erase(member(9), by="Ines") == Refused(Reason.MEMBER_UNKNOWN)
    stones = [item for item in office.head.changes(till.row, before).items if isinstance(item, TombstoneItem)]
    assert [stone.member_id for stone in stones] == [member(1)]
    assert office.head.find_members("Anna") == ()


def test_members_are_found_as_people_ask_for_them(office: TestedOffice) -> None:
    """By words of the name in any order and spelling, phone, e-mail, and the end of a card."""
    office.edit(
        office.till(),
        office.profile(member(1), "Jürgen Müller-Lüdenscheidt"),
        office.profile(member(1), "+4940123456", ProfileField.PHONE),
        office.profile(member(1), "J.Mueller@Example.org", ProfileField.EMAIL),
        office.card(member(1)),
        office.profile(member(2), "Jürgen Klein"),
    )
    for text in ("mueller jur", "lüdensch", "j.mueller@ex", "040 1234", "123456", "0018", "2900000000018"):
        assert [hit.member_id for hit in office.head.find_members(text)] == [member(1)], text
    assert [hit.name for hit in office.head.find_members("jurgen")] == ["Jürgen Klein", "Jürgen Müller-Lüdenscheidt"]
    for text in ("", "  ", "018", "%", "_", "xyz", "müller klein"):
        assert office.head.find_members(text) == (), text


def test_a_hit_shows_no_whole_number(office: TestedOffice) -> None:
    """A list over somebody's shoulder tells no phone and no card."""
    office.edit(
        office.till(),
        office.profile(member(1), "Anna"),
        office.profile(member(1), "+4940123456", ProfileField.PHONE),
        office.card(member(1)),
    )
    [hit] = office.head.find_members("Anna")
    assert (hit.card_masked, hit.phone_masked) == ("•••• 0018", "•••• 3456")


def test_a_merged_member_is_found_once(office: TestedOffice) -> None:
    """Under the surviving account."""
    till = office.till()
    office.edit(till, office.profile(member(1), "Anna"), office.profile(member(2), "Anna"))
    till.append(till.merge(member(2), member(1)))
    till.push(2)
    assert [hit.member_id for hit in office.head.find_members("Anna")] == [member(1)]


def test_a_member_is_shown_with_the_newest_records_of_all_accounts(office: TestedOffice) -> None:
    """Newest first, with where it happened."""
    till = office.till()
    till.append(till.sale(member(1), 5_000))
    till.clock.advance(hours=1)
    till.append(till.sale(member(2), 3_000))
    till.clock.advance(hours=1)
    till.append(till.merge(member(2), member(1)))
    till.push(2)
    found = office.head.member(member(2), records=2)
    assert found is not None
    assert [record.kind for record in found.records] == ["card_change", "sale"]
    assert (found.records[1].store, found.records[1].terminal) == ("Mitte", till.row.name)
    assert (found.records[1].points, found.records[1].amount_cents) == (30, 3_000)


def test_nobody_is_shown_of_an_account_that_nothing_is_known_of(office: TestedOffice) -> None:
    """Not even an empty page."""
    assert office.head.member(member(1)) is None


def test_a_birthday_is_shown_when_it_is_one(office: TestedOffice) -> None:
    """A value that is no day is shown to nobody."""
    till = office.till()
    for text, shown in (("1990-12-24", date(1990, 12, 24)), ("24.12.1990", None)):
        office.edit(till, office.profile(member(1), text, ProfileField.BIRTHDAY), office.profile(member(1), "Anna"))
        found = office.head.member(member(1))
        assert found is not None
        assert found.profile is not None
        assert found.profile.birthday == shown
