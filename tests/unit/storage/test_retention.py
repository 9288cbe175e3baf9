"""Who had no sign of life, which notes are old, who left the shop: found on a reader, deleted in small steps."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec
import pytest

from loyalty.directory import Profile, Role
from loyalty.records import CashierSession, Consent, Expiry, Purpose, SessionAction
from storage import retention
from storage.errors import DiskFull
from storage.retention import Idle, forget_cashiers, forget_texts, idle_members, old_cashiers, old_texts
from storage.types import CardRow, CashierRow
from tests.fakes.clock import US_PER_DAY
from tests.fakes.ledger import card_number

if TYPE_CHECKING:
    from uuid import UUID

    from tests.fakes.ledger import LedgerOfTests

START = date(2026, 11, 21)
LATER = date(2030, 1, 1)


def enrolled(ledger: LedgerOfTests, number: int) -> UUID:
    """A member with a name, a card and no booking."""
    member = ledger.member(number)
    with ledger.store.unit() as unit:
        unit.put_card(CardRow(ledger.ids.random_id(), card_number(number), member))
        unit.put_profile(member, Profile("Anna"))
        unit.append(ledger.enrolment(member))
    return member


def idle(ledger: LedgerOfTests, before: date = LATER) -> dict[UUID, Idle]:
    """By account."""
    return {each.member_id: each for each in idle_members(ledger.directory, before)}


def test_every_sign_of_life_counts(ledger: LedgerOfTests) -> None:
    """Enrolment, sale, redemption, correction, consent: the last of them says how long a member was silent."""
    members = [enrolled(ledger, number) for number in range(1, 5)]
    ledger.append(ledger.sale(ledger.member(6), 1_000))  # a card nobody enrolled, and no row of a card either
    ledger.clock.advance(days=800)
    day = ledger.clock.today()
    ledger.append(ledger.sale(members[0]), ledger.adjustment(members[1], 7))
    said = Consent(**ledger.header(members[2]), purpose=Purpose.SMS, text_version="1", granted=False)
    ledger.append(said)
    assert idle(ledger, day) == {members[3]: Idle(members[3], START, 0)}
    assert set(idle(ledger)) == set(members)
    assert idle(ledger)[members[1]] == Idle(members[1], day, 7)
    assert idle(ledger, START) == {}


def test_points_that_expire_are_no_sign_of_life(ledger: LedgerOfTests) -> None:
    """The till writes that by itself, about people who do not come any more."""
    member = enrolled(ledger, 1)
    ledger.append(ledger.adjustment(member, 3))
    ledger.clock.advance(days=800)
    lot = ledger.ids.record_id()
    ledger.append(Expiry(**ledger.header(member), lot_id=lot, points=3, last_day=ledger.clock.today()))
    assert idle(ledger) == {member: Idle(member, START, 0)}


def test_a_card_that_only_collects_is_known_by_its_number(ledger: LedgerOfTests) -> None:
    """Nobody has enrolled it, but its number is written down; after the erasure nothing names anybody."""
    member = ledger.member(1)
    with ledger.store.unit() as unit:
        unit.keep_card(CardRow(ledger.ids.random_id(), card_number(1), member))
        unit.append(ledger.sale(member, 900))
    assert idle(ledger) == {member: Idle(member, START, 9)}
    with ledger.store.unit() as unit:
        unit.erase_member(member)
    assert idle(ledger) == {}


def test_a_card_without_any_booking_is_found(ledger: LedgerOfTests) -> None:
    """Issued, and never used since: there is no day to be counted from."""
    member = ledger.member(1)
    with ledger.store.unit() as unit:
        unit.put_card(CardRow(ledger.ids.random_id(), card_number(1), member))
        unit.append(CashierSession(**ledger.header(member), action=SessionAction.SIGN_IN))
    assert idle(ledger) == {member: Idle(member, None, 0)}


def test_merged_accounts_are_one_member(ledger: LedgerOfTests) -> None:
    """Found once, by the account that stands for both, however the names lie."""
    first, second = enrolled(ledger, 1), ledger.member(2)
    ledger.append(ledger.sale(second, 500), ledger.merge(first, second))
    assert idle(ledger) == {second: Idle(second, START, 5)}


def test_members_are_found_page_by_page(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, one statement gives a few."""
    monkeypatch.setattr(retention, "ROWS_AT_ONCE", 2)
    members = {enrolled(ledger, number) for number in range(1, 6)}
    assert set(idle(ledger)) == members


def noted(ledger: LedgerOfTests, note: str, *, reversal: bool = False) -> UUID:
    """A booking with a note behind it; gives the note's reference."""
    text_ref = ledger.ids.random_id()
    with ledger.store.unit() as unit:
        unit.put_text(text_ref, note)
        if reversal:
            sale = ledger.sale(ledger.member(1))
            unit.append(sale)
            unit.append(msgspec.structs.replace(ledger.reversal(sale), text_ref=text_ref))
        else:
            unit.append(ledger.adjustment(ledger.member(1), 5, text_ref))
    return text_ref


def test_notes_go_when_their_bookings_are_no_vouchers_any_more(
    ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind corrections and reversals; a note that is gone already is not found again, the newer ones stay."""
    monkeypatch.setattr(retention, "ROWS_AT_ONCE", 1)
    old = [noted(ledger, "Zettel qqx"), noted(ledger, "Ware zurück qqx", reversal=True)]
    ledger.append(ledger.adjustment(ledger.member(1), 1))
    ledger.clock.advance(days=30)
    new = noted(ledger, "von heute")
    today = ledger.clock.today()
    assert list(old_texts(ledger.directory, START)) == []
    found = list(old_texts(ledger.directory, today))
    assert found == old
    forget_texts(ledger.store, found)
    ledger.store.checkpoint(now=True)
    assert list(old_texts(ledger.directory, today)) == []
    with ledger.store.reader() as reader:
        assert [reader.text(text) for text in (*old, new)] == [None, None, "von heute"]
    assert not any(b"qqx" in path.read_bytes() for path in ledger.directory.iterdir() if path.is_file())


def test_people_who_left_the_shop_are_forgotten(ledger: LedgerOfTests) -> None:
    """Blocked, and no record of theirs for so long; whoever still works, or did lately, keeps the name."""
    people = [CashierRow(ledger.ids.random_id(), name, Role.CASHIER, "x") for name in ("Mia", "Ben", "Kai", "Ute")]
    with ledger.store.unit() as unit:
        for person in people:
            unit.put_cashier(person)
            header = ledger.header(None, cashier_id=person.cashier_id)
            unit.append(CashierSession(**header, action=SessionAction.SIGN_IN))
    ledger.clock.advance(days=100)
    moment_us = ledger.clock.now_us() - 50 * US_PER_DAY
    with ledger.store.unit() as unit:
        for person in people[:2]:
            unit.put_cashier(msgspec.structs.replace(person, blocked=True))
        header = ledger.header(None, cashier_id=people[1].cashier_id)
        unit.append(CashierSession(**header, action=SessionAction.SIGN_OUT))
    assert old_cashiers(ledger.directory, 0) == []
    assert old_cashiers(ledger.directory, moment_us) == [people[0].cashier_id]
    forget_cashiers(ledger.store, [people[0].cashier_id, people[2].cashier_id])
    with ledger.store.reader() as reader:
        assert {person.name for person in reader.cashiers()} == {"Ben", "Kai", "Ute"}, "who was not blocked stays"


def test_what_the_disk_does_not_take_is_still_there(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step is one transaction."""
    texts = [noted(ledger, "eins"), noted(ledger, "zwei")]

    def full(*_: object) -> None:
        raise DiskFull("no room")

    monkeypatch.setattr(retention, "drop_edits_of", full)
    with pytest.raises(DiskFull):
        forget_texts(ledger.store, texts)
    with ledger.store.reader() as reader:
        assert [reader.text(text) for text in texts] == ["eins", "zwei"]
