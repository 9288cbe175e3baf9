"""What people change at a joined till waits, sealed, for head office; at a till that stands alone nothing is kept."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import pytest

from loyalty.directory import CardStatus, Profile, Role
from loyalty.feed import (
    CardEdit,
    CashierEdit,
    Edit,
    ProfileEdit,
    ProfileField,
    TextEdit,
    TombstoneEdit,
)
from storage import unsent
from storage.exchange import Again
from storage.types import CardRow, CashierRow
from tests.fakes.ledger import LedgerOfTests, card_number
from tests.fakes.ledger_joined import JoinedLedger, head_office, sealed

if TYPE_CHECKING:
    from storage.store import Reader

HERS = UUID(int=0xA)
ANNA = Profile("Anna Zabel", "+4930123456", "anna@example.org", date(1990, 5, 4))
MIA = CashierRow(UUID(int=3), "Mia", Role.MANAGER, "hash")


def edits(reader: Reader) -> list[Edit]:
    """All that wait."""
    return [edit for _, edit in reader.edits_after(0)]


def fields(reader: Reader) -> list[tuple[ProfileField, str]]:
    """The waiting edits of persons."""
    return [(edit.field, edit.value) for edit in edits(reader) if isinstance(edit, ProfileEdit)]


def test_a_till_that_stands_alone_keeps_no_edits(ledger: LedgerOfTests, reader: Reader) -> None:
    """It has nobody to tell."""
    with ledger.store.unit() as unit:
        unit.put_card(CardRow(ledger.ids.random_id(), card_number(1), HERS))
        unit.keep_card(CardRow(ledger.ids.random_id(), card_number(2), HERS))
        unit.put_profile(HERS, ANNA)
        unit.put_text(ledger.ids.random_id(), "Note", HERS)
        unit.put_cashier(MIA)
    with ledger.store.unit() as unit:
        unit.erase_member(HERS)
    assert reader.edits_waiting() == 0
    assert reader.head_office() is None


def test_a_person_travels_field_by_field(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Only what is another now, compared with what the till shows, whoever typed that."""
    with joined.store.unit() as unit:
        unit.put_profile(HERS, ANNA)
    assert fields(joined_reader) == [
        (ProfileField.NAME, "Anna Zabel"),
        (ProfileField.PHONE, "+4930123456"),
        (ProfileField.EMAIL, "anna@example.org"),
        (ProfileField.BIRTHDAY, "1990-05-04"),
    ]
    with joined.store.unit() as unit:
        unit.drop_edits(joined_reader.edits_after(0)[-1][0])
    assert edits(joined_reader) == []
    elsewhere = msgspec.structs.replace(ANNA, phone="+4930999")
    joined.pull(sealed(HERS, elsewhere))
    with joined.store.unit() as unit:
        unit.put_profile(HERS, msgspec.structs.replace(elsewhere, email="", birthday=date(1990, 5, 5)))
    assert fields(joined_reader) == [(ProfileField.EMAIL, ""), (ProfileField.BIRTHDAY, "1990-05-05")]


def test_edits_come_in_order_and_a_page_at_a_time(joined: JoinedLedger, joined_reader: Reader) -> None:
    """And a stamp is never given twice, or dropping late would drop what is new."""
    with joined.store.unit() as unit:
        unit.put_profile(HERS, ANNA)
    stamps = [stamp for stamp, _ in joined_reader.edits_after(0)]
    assert stamps == sorted(stamps)
    assert [stamp for stamp, _ in joined_reader.edits_after(stamps[0], 2)] == stamps[1:3]
    with joined.store.unit() as unit:
        unit.drop_edits(stamps[2])
    assert joined_reader.edits_waiting() == 1
    with joined.store.unit() as unit:
        unit.drop_edits(stamps[-1])
        unit.put_cashier(MIA)
    assert joined_reader.edits_after(stamps[-1])[0][0] > stamps[-1]


def test_edits_nobody_can_open_keep_none_behind_them_waiting(joined: JoinedLedger, joined_reader: Reader) -> None:
    """However many there are, and however few are looked at in one go."""
    with joined.store.unit() as unit:
        unit.put_profile(HERS, ANNA)
    joined.store._vault.run("DELETE FROM member_key")
    assert joined_reader.edits_after(0, 1) == []
    with joined.store.unit() as unit:
        unit.put_cashier(MIA)
    assert [edit.name for _, edit in joined_reader.edits_after(0, 1) if isinstance(edit, CashierEdit)] == ["Mia"]


def test_edits_that_were_taken_are_kept_for_a_time(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Head office may be put back to before it took them; after so long no backup is that old."""
    with joined.store.unit() as unit:
        unit.put_cashier(MIA)
    sent = edits(joined_reader)
    with joined.store.unit() as unit:
        unit.drop_edits(joined_reader.edits_after(0)[-1][0])
    joined.clock.advance(days=90)
    with joined.store.unit() as unit:
        unit.put_cashier(msgspec.structs.replace(MIA, blocked=True))
        unit.drop_edits(2**62)
        unit.put_cashier(msgspec.structs.replace(MIA, name="Maria"))
    assert not joined_reader.has_outdated_edits()
    assert [edit for _, edit in joined_reader.kept_after(0)][:1] == sent
    joined.clock.advance(seconds=1)
    assert joined_reader.has_outdated_edits()
    assert not set(sent) & {edit for _, edit in joined_reader.kept_after(0)}, "too old to be repeated, forgotten or not"
    with joined.store.unit() as unit:
        unit.forget_edits()
    assert not joined_reader.has_outdated_edits()
    assert [edit.blocked for _, edit in joined_reader.kept_after(0) if isinstance(edit, CashierEdit)] == [True]
    assert [edit.name for edit in edits(joined_reader) if isinstance(edit, CashierEdit)] == ["Maria"]


def test_so_many_edits_are_kept_and_no_more(
    joined: JoinedLedger, joined_reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest go first, a few at once; what waits stays, however old it is."""
    monkeypatch.setattr(unsent, "EDITS_KEPT_MAX", 2)
    monkeypatch.setattr(unsent, "FORGOTTEN_AT_ONCE", 1)
    with joined.store.unit() as unit:
        unit.put_profile(HERS, ANNA)
        unit.drop_edits(3)
    steps = 0
    while joined_reader.has_outdated_edits():
        with joined.store.unit() as unit:
            unit.forget_edits()
        steps += 1
    assert steps == 2
    assert [stamp for stamp, _ in joined_reader.kept_after(0)] == [3]
    assert joined_reader.edits_waiting() == 1


def test_erasing_takes_the_kept_edits_along(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Not even head office's misfortune brings an erased person back."""
    with joined.store.unit() as unit:
        unit.put_profile(HERS, ANNA)
        unit.put_cashier(MIA)
        unit.drop_edits(2**62)
    with joined.store.unit() as unit:
        unit.erase_member(HERS)
    assert [type(edit) for _, edit in joined_reader.kept_after(0)] == [CashierEdit]


def test_a_kept_edit_without_its_key_holds_up_nothing(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Its stamp is known all the same, so the reading goes on behind it."""
    with joined.store.unit() as unit:
        unit.put_profile(HERS, Profile("Anna"))
        unit.put_cashier(MIA)
        unit.drop_edits(2**62)
    joined.store._vault.run("DELETE FROM member_key")
    (stamp, gone), (_, cashier) = joined_reader.kept_after(0)
    assert (gone, type(cashier)) == (None, CashierEdit)
    assert joined_reader.kept_after(0, 1) == [(stamp, None)]


def test_another_past_is_told_the_kept_edits_once(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Whether it lost anything can't be told from here; it takes what it lost and ignores the rest."""
    assert joined_reader.again() is Again.NOTHING
    with joined.store.unit() as unit:
        unit.tell_again(missing=False)
    assert joined_reader.again() is Again.EDITS
    with joined.store.unit() as unit:
        unit.edits_repeated()
    assert joined_reader.again() is Again.NOTHING


def test_cards_are_told_once(joined: JoinedLedger, joined_reader: Reader) -> None:
    """A new one when it is used, a changed one always, one that is known everywhere never."""
    new = CardRow(joined.ids.random_id(), card_number(1), HERS)
    with joined.store.unit() as unit:
        unit.keep_card(new)
        unit.keep_card(new)
    with joined.store.unit() as unit:
        card = unit.card(new.number)
        assert card == new
        unit.keep_card(new)
    blocked = msgspec.structs.replace(new, status=CardStatus.BLOCKED)
    with joined.store.unit() as unit:
        unit.put_card(blocked)
        assert unit.card(new.number) == blocked
    found = edits(joined_reader)
    assert [(edit.number, edit.status) for edit in found if isinstance(edit, CardEdit)] == [
        (new.number, CardStatus.ACTIVE),
        (new.number, CardStatus.BLOCKED),
    ]
    assert {edit.card_ref for edit in found if isinstance(edit, CardEdit)} == {new.card_ref}


def test_texts_and_cashiers_are_told(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Wrong PINs are nobody else's business; what is too long for the wire is cut."""
    text_ref, other_ref = joined.ids.random_id(), joined.ids.random_id()
    long_name = msgspec.structs.replace(MIA, name="M" * 100)
    with joined.store.unit() as unit:
        unit.put_text(text_ref, "x" * 3_000, HERS)
        unit.put_text(other_ref, "Kasse")
        unit.put_cashier(MIA)
        unit.put_cashier(msgspec.structs.replace(MIA, failures=2, locked_until_us=9))
        unit.put_cashier(long_name)
    texts = [edit for edit in edits(joined_reader) if isinstance(edit, TextEdit)]
    assert [(edit.text_ref, len(edit.text)) for edit in texts] == [(text_ref, 2_000), (other_ref, 5)]
    cashiers = [edit for edit in edits(joined_reader) if isinstance(edit, CashierEdit)]
    assert [(edit.name, edit.pin_hash, edit.role) for edit in cashiers] == [
        ("Mia", "hash", Role.MANAGER),
        ("M" * 80, "hash", Role.MANAGER),
    ]
    whole = msgspec.json.decode(msgspec.json.encode(edits(joined_reader)), type=list[Edit])
    assert whole == edits(joined_reader), "head office can read them"


def test_nothing_of_an_edit_is_in_the_clear(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Neither in the file nor in its log; not even the till's own people."""
    with joined.store.unit() as unit:
        unit._outbox.card(CardRow(joined.ids.random_id(), card_number(7), HERS))  # type: ignore[union-attr]  # joined
        unit._outbox.profile(HERS, None, ANNA)  # type: ignore[union-attr]  # joined
        unit._outbox.text(joined.ids.random_id(), "Zwiebelkuchen", None)  # type: ignore[union-attr]  # joined
        unit._outbox.cashier(msgspec.structs.replace(MIA, name="Miasanmia"))  # type: ignore[union-attr]  # joined
    assert len(edits(joined_reader)) == 7
    joined.store.checkpoint(now=True)
    data = b"".join(path.read_bytes() for path in joined.directory.glob("ledger.sqlite*"))
    for word in (card_number(7), "Zabel", "4930123456", "example.org", "1990-05-04", "Zwiebelkuchen", "Miasanmia"):
        assert word.encode() not in data, word


def test_erasing_takes_the_waiting_edits_along(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Whatever head office has not heard of a person it never hears; it hears of the erasure."""
    by_member, by_record = joined.ids.random_id(), joined.ids.random_id()
    with joined.store.unit() as unit:
        unit.put_profile(HERS, ANNA)
        unit.keep_card(CardRow(joined.ids.random_id(), card_number(1), HERS))
        unit.put_text(by_member, "Note", HERS)
        unit.put_text(by_record, "Note")
        unit.append(joined.adjustment(HERS, 1, by_record))
        unit.put_cashier(MIA)
    with joined.store.unit() as unit:
        unit.erase_member(HERS)
    left = edits(joined_reader)
    assert [type(edit) for edit in left] == [CashierEdit, TombstoneEdit]
    assert isinstance(left[1], TombstoneEdit)
    assert (left[1].member_id, left[1].erased_day) == (HERS, joined.clock.today())


def test_an_edit_without_its_key_is_left_out(joined: JoinedLedger, joined_reader: Reader) -> None:
    """A vault that was lost must not hold up everything behind it."""
    with joined.store.unit() as unit:
        unit.put_profile(HERS, Profile("Anna"))
        unit.put_cashier(MIA)
    joined.store._vault.run("DELETE FROM member_key")
    assert [type(edit) for edit in edits(joined_reader)] == [CashierEdit]
    joined.store._vault.run("UPDATE till_key SET key = zeroblob(32) WHERE name = 'till'")
    assert edits(joined_reader) == []
    joined.store._vault.run("DELETE FROM till_key WHERE name = 'till'")
    assert edits(joined_reader) == []
    assert joined_reader.edits_waiting() == 2


def test_erasures_can_be_told_again(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Head office was put back to before it had heard of them."""
    with joined.store.unit() as unit:
        unit.erase_member(HERS)
    with joined.store.unit() as unit:
        unit.drop_edits(joined_reader.edits_after(0)[-1][0])
        assert unit.repeat_tombstones() == 1
    assert [edit.member_id for edit in edits(joined_reader) if isinstance(edit, TombstoneEdit)] == [HERS]


def test_a_till_that_has_left_goes_on_keeping_them(joined: JoinedLedger) -> None:
    """It may come back, and must not tell then what is older than what head office knows."""
    with joined.store.unit() as unit:
        unit.put_cashier(MIA)
    joined.store.leave()
    with joined.store.unit() as unit:
        unit.put_profile(HERS, Profile("Anna"))
    joined.reopen()
    with joined.store.unit() as unit:
        unit.put_profile(HERS, Profile("Berta"))
    joined.join()
    with joined.store.reader() as reader:
        assert [type(edit) for edit in edits(reader)] == [CashierEdit, ProfileEdit, ProfileEdit]


def test_another_head_office_is_told_everything(joined: JoinedLedger) -> None:
    """And nothing twice."""
    with joined.store.unit() as unit:
        unit.put_cashier(MIA)
        unit.put_profile(HERS, Profile("Anna"))
    joined.join(head_office(server_id=UUID(int=0x5F)))
    with joined.store.reader() as reader:
        assert sorted(type(edit).__name__ for edit in edits(reader)) == ["CashierEdit", "ProfileEdit"]


@pytest.mark.parametrize("before", [None, ANNA])
def test_an_unchanged_person_is_not_told(joined: JoinedLedger, joined_reader: Reader, before: Profile | None) -> None:
    """A form that was opened and closed."""
    if before:
        joined.pull(sealed(HERS, before))
    with joined.store.unit() as unit:
        unit.put_profile(HERS, before or Profile(""))
    assert edits(joined_reader) == []
