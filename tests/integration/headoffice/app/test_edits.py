"""What tills change about people: each edit once, the last one wins, and the erased stay erased."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import select

from headoffice.store.archive import Archive, RecordLine, TombstoneLine
from headoffice.store.tables import CARD_REF, CASHIER, FREE_TEXT, PROFILE_FIELD, SEARCH_TERM
from loyalty.directory import CardStatus, Profile, Role
from loyalty.feed import CashierItem, EditsRequest, ProfileField
from tests.fakes.headoffice import count, member
from tests.fakes.office import CARD, OTHER_CARD, TestedOffice


def _name(office: TestedOffice, number: int) -> str | None:
    found = office.head.member(member(number))
    return found.profile.name if found and found.profile else None


def test_the_last_value_in_head_offices_order_wins(office: TestedOffice) -> None:
    """Whichever till sent it; other fields stay as they are."""
    one, other = office.till(), office.till()
    office.edit(one, office.profile(member(1), "Anna"), office.profile(member(1), "+4940123456", ProfileField.PHONE))
    office.edit(other, office.profile(member(1), "Anna Lena"))
    found = office.head.member(member(1))
    assert found is not None
    assert found.profile is not None
    assert (found.profile.name, found.profile.phone) == ("Anna Lena", "+4940123456")


def test_an_edit_is_taken_once(office: TestedOffice) -> None:
    """A retry after a lost answer does not undo what was said since."""
    till = office.till()
    first = office.profile(member(1), "Anna")
    office.edit(till, first)
    office.edit(till, office.profile(member(1), "Anna Lena"))
    office.edit(till, first)
    assert _name(office, 1) == "Anna Lena"


def test_the_last_of_one_request_wins_too(office: TestedOffice) -> None:
    """The order inside a request is the order in which the till made them."""
    office.edit(office.till(), office.profile(member(1), "Anna"), office.profile(member(1), "Lena"))
    assert _name(office, 1) == "Lena"


def test_an_empty_value_takes_a_field_away(office: TestedOffice) -> None:
    """And the search forgets it."""
    till = office.till()
    office.edit(till, office.profile(member(1), "Anna"), office.profile(member(1), "a@b.example", ProfileField.EMAIL))
    office.edit(till, office.profile(member(1), "", ProfileField.EMAIL))
    assert office.head.find_members("a@b.example") == ()
    assert [hit.name for hit in office.head.find_members("anna")] == ["Anna"]


def test_people_are_sealed_in_the_database(office: TestedOffice) -> None:
    """A backup of the database does not tell who is a member; only the words of the search are readable."""
    till, text_ref = office.till(), office.ids.random_id()
    office.edit(till, office.profile(member(1), "Anna Quast"), office.text(text_ref, "wegen Frau Quast"))
    with office.head.database.snapshot() as connection:
        rows = [*connection.execute(select(PROFILE_FIELD)), *connection.execute(select(FREE_TEXT))]
    assert rows
    assert b"Quast" not in repr(rows).encode()


def test_a_card_leads_to_its_member_with_its_status(office: TestedOffice) -> None:
    """A blocked card is blocked for all tills."""
    till = office.till()
    office.edit(till, office.card(member(1)), office.card(member(1), OTHER_CARD))
    office.edit(till, office.card(member(1), CARD, CardStatus.BLOCKED))
    found = office.head.member(member(1))
    assert found is not None
    assert [(card.number, card.status) for card in found.cards] == [
        (CARD, CardStatus.BLOCKED),
        (OTHER_CARD, CardStatus.ACTIVE),
    ]
    assert count(office.head.database, CARD_REF) == 3


@pytest.mark.parametrize("status", [CardStatus.BLOCKED, CardStatus.REPLACED])
def test_a_till_that_never_heard_of_a_card_does_not_unblock_it(office: TestedOffice, status: CardStatus) -> None:
    """Whoever found the card used it where nobody knew it yet; only who knows the card may let it work again."""
    knowing, away = office.till(), office.till()
    card = office.card(member(1))
    office.edit(knowing, card)
    office.edit(knowing, msgspec.structs.replace(card, edit_id=office.ids.random_id(), status=status))
    first_use = office.card(member(2))
    office.edit(away, first_use)
    assert _statuses(office) == [status]
    office.edit(away, msgspec.structs.replace(first_use, edit_id=office.ids.random_id()))
    assert _statuses(office) == [CardStatus.ACTIVE]


def _statuses(office: TestedOffice) -> list[CardStatus]:
    found = office.head.member(member(1))
    assert found is not None
    return [card.status for card in found.cards]


def test_what_only_fills_never_overwrites(office: TestedOffice) -> None:
    """A till that holds one region's members can't know what was changed elsewhere; what is lost it gives back."""
    till, away = office.till(), office.till()
    card, mia = office.card(member(1)), office.cashier(member(8), "Mia")
    office.edit(till, card, office.profile(member(1), "Anna Lena"), mia)
    office.edit(till, msgspec.structs.replace(card, edit_id=office.ids.random_id(), status=CardStatus.BLOCKED))
    late = (
        office.card(member(2)),
        office.card(member(2), OTHER_CARD),
        office.profile(member(1), "Anna"),
        office.profile(member(1), "+4940123456", ProfileField.PHONE),
        msgspec.structs.replace(mia, edit_id=office.ids.random_id(), role=Role.MANAGER),
        office.cashier(member(9), "Bo"),
    )
    office.edit(away, *(msgspec.structs.replace(edit, fills=True) for edit in late))
    found = office.head.member(member(1))
    assert found is not None
    assert found.profile == Profile("Anna Lena", "+4940123456")
    assert _statuses(office) == [CardStatus.BLOCKED]
    other = office.head.member(member(2))
    assert other is not None
    assert [held.number for held in other.cards] == [OTHER_CARD]
    items = office.head.changes(away.row, None).items
    cashiers = [item for item in items if isinstance(item, CashierItem)]
    assert {(item.name, item.role) for item in cashiers} == {("Mia", Role.CASHIER), ("Bo", Role.CASHIER)}


def test_what_fills_in_the_same_request_gives_way_too(office: TestedOffice) -> None:
    """Whichever comes first there."""
    first, last = (msgspec.structs.replace(office.profile(member(n), "Anna"), fills=True) for n in (1, 2))
    office.edit(office.till(), first, office.profile(member(1), "Lena"), office.profile(member(2), "Lena"), last)
    assert (_name(office, 1), _name(office, 2)) == ("Lena", "Lena")


def test_what_fills_never_hides_the_name_of_the_account_that_survived(office: TestedOffice) -> None:
    """Two accounts are one person meanwhile, whom head office has a name of."""
    till = office.till()
    office.edit(till, office.card(member(1)), office.card(member(2), OTHER_CARD), office.profile(member(1), "Anna"))
    office.edit(till, office.card(member(2)))
    office.edit(till, msgspec.structs.replace(office.profile(member(2), "A. Quast"), fills=True))
    assert (_name(office, 1), _name(office, 2)) == ("Anna", "Anna")


def test_a_card_of_two_accounts_joins_them(office: TestedOffice) -> None:
    """Two tills that stood alone gave one card two accounts; whoever holds the card is one person with all points."""
    one, other = office.till(), office.till()
    one.append(one.sale(member(1), 5_000))
    other.append(other.sale(member(2), 3_000))
    one.push(2)
    other.push(2)
    office.edit(one, office.card(member(1)), office.profile(member(1), "Anna"))
    office.edit(other, office.card(member(2)), office.profile(member(2), "A. Quast"))
    found = office.head.member(member(2))
    assert found is not None
    assert (found.member_id, found.merged_ids, found.statement.balance) == (member(1), (member(2),), 80)
    assert found.profile is not None
    assert found.profile.name == "Anna"
    office.edit(other, office.card(member(2)))
    assert office.balance(member(1)) == 80
    office.assert_sound()


def test_joining_accounts_for_a_card_is_a_fact_of_head_office(office: TestedOffice) -> None:
    """It stands in its journal and in the archive."""
    till = office.till()
    office.edit(till, office.card(member(1)))
    office.edit(till, office.card(member(2)), office.card(member(3)))
    archive = Archive(office.data / "archive" / "authority.jsonl")
    merges = [line for line in archive.lines() if isinstance(line, RecordLine) and b'"merge"' in line.payload]
    assert len(merges) == 2
    assert office.head.member(member(3)) == office.head.member(member(1))


def test_a_person_of_a_merged_account_is_the_survivors_unless_it_has_one(office: TestedOffice) -> None:
    """The surviving account keeps its person, or gets the other's."""
    till = office.till()
    office.edit(till, office.profile(member(2), "Bela"), office.card(member(1)))
    office.edit(till, office.card(member(2)))
    assert _name(office, 1) == "Bela"
    office.edit(till, office.profile(member(1), "Anna"))
    assert _name(office, 2) == "Anna"


def test_a_tombstone_deletes_everything_and_drops_what_comes_later(office: TestedOffice) -> None:
    """Whatever a till that was away still has to say."""
    till = office.till()
    reversal = till.reversal(sale := till.sale(member(1), 5_000))
    reversal = type(reversal)(
        **{name: getattr(reversal, name) for name in reversal.__struct_fields__ if name != "text_ref"},
        text_ref=office.ids.random_id(),
    )
    till.append(sale, reversal)
    till.push(2)
    assert reversal.text_ref is not None
    office.edit(
        till,
        office.profile(member(1), "Anna"),
        office.card(member(1)),
        office.text(reversal.text_ref, "wollte Anna nicht"),
        office.tombstone(member(1)),
        office.profile(member(1), "Anna wieder"),
    )
    office.edit(till, office.profile(member(1), "Anna"), office.card(member(1)), office.text(reversal.text_ref, "Anna"))
    found = office.head.member(member(1))
    assert found is not None
    assert (found.profile, found.cards, found.erased_day) == (None, (), office.clock.today())
    assert [record.text for record in found.records] == ["", ""]
    for table in (PROFILE_FIELD, SEARCH_TERM, CARD_REF):
        assert count(office.head.database, table) == 0
    office.assert_sound()


def test_a_text_about_somebody_erased_meanwhile_is_not_kept(office: TestedOffice) -> None:
    """A till that was away hands in its record, and then what was typed about the person; only the record stays."""
    till, text_ref = office.till(), office.ids.random_id()
    till.append(sale := till.sale(member(1), 5_000))
    till.push(1)
    office.edit(till, office.tombstone(member(1)))
    till.append(msgspec.structs.replace(till.reversal(sale), text_ref=text_ref))
    till.push(1)
    other_ref = office.ids.random_id()
    office.edit(till, office.text(text_ref, "Anna wollte es nicht"), office.text(other_ref, "Kasse klemmt"))
    with office.head.database.snapshot() as connection:
        boxes = {row.text_ref: row.box for row in connection.execute(select(FREE_TEXT))}
    assert boxes[text_ref] == b""
    assert boxes[other_ref]
    office.edit(till, office.text(text_ref, "Anna wollte es nicht"))
    with office.head.database.snapshot() as connection:
        assert connection.scalar(select(FREE_TEXT.c.box).where(FREE_TEXT.c.text_ref == text_ref)) == b""


def test_a_tombstone_means_all_accounts_of_the_person(office: TestedOffice) -> None:
    """Also those that were merged, and edits under their names are dropped too."""
    till = office.till()
    till.append(till.sale(member(1)), till.sale(member(2)), till.merge(member(2), member(1)))
    till.push(2)
    office.edit(till, office.profile(member(1), "Anna"), office.profile(member(2), "Anna"))
    office.edit(till, office.tombstone(member(2)))
    office.edit(till, office.profile(member(1), "Anna"), office.profile(member(2), "Anna"))
    assert _name(office, 1) is None
    assert count(office.head.database, PROFILE_FIELD) == 0


def test_an_erasure_is_archived_once(office: TestedOffice) -> None:
    """A restored database is told; a second tombstone says nothing new."""
    till = office.till()
    office.edit(till, office.profile(member(1), "Anna"), office.tombstone(member(1)))
    office.edit(till, office.tombstone(member(1)))
    archive = Archive(office.data / "archive" / "authority.jsonl")
    stones = [line for line in archive.lines() if isinstance(line, TombstoneLine)]
    assert [stone.member_id for stone in stones] == [member(1)]


def test_cashiers_are_told_to_all_tills(office: TestedOffice) -> None:
    """A blocked one is blocked everywhere."""
    one, other, cashier_id = office.till(), office.till(), office.ids.random_id()
    office.edit(one, office.cashier(cashier_id, "Ines"))
    office.edit(one, office.cashier(cashier_id, "Ines", blocked=True))
    items = office.head.changes(other.row, None).items
    assert next(item for item in items if isinstance(item, CashierItem)).blocked
    assert count(office.head.database, CASHIER) == 1


def test_what_changed_goes_down_to_every_till(office: TestedOffice) -> None:
    """Also under the name of an account that was merged since."""
    till = office.till()
    till.append(till.sale(member(1)), till.sale(member(2)), till.merge(member(2), member(1)))
    till.push(2)
    before = office.head.newest()
    office.edit(till, office.profile(member(2), "Anna"))
    reply = office.head.changes(till.row, before)
    assert {item.member_id for item in reply.items if hasattr(item, "member_id")} == {member(1), member(2)}


def test_a_full_request_is_one_transaction(office: TestedOffice) -> None:
    """Five hundred edits are taken together, whatever they are."""
    till = office.till()
    edits = tuple(
        office.profile(member(number), f"Person {number}") if number % 2 else office.card(member(number), f"29{number}")
        for number in range(500)
    )
    assert office.head.edits(till.row, EditsRequest(edits)).taken == 500
    assert len(office.head.find_members("person", 100)) == 100
    office.assert_sound()
