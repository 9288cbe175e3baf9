"""Joining, leaving, coming back, being put back: what a till brings along and what it must forget."""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from loyalty.directory import CardStatus, Profile, Role
from loyalty.feed import CardEdit, CardItem, CashierEdit, CashierItem, ProfileEdit, TextEdit, TombstoneEdit
from loyalty.records import EpochStart
from storage import joining
from storage.backup import backup, restore
from storage.errors import DiskFailed, DiskFull, StorageError
from storage.exchange import Again, Link
from storage.files import KEY_BEFORE_JOINING, KEY_FILE
from storage.store import create_store, open_store
from storage.types import CardRow, CashierRow
from storage.verify import verify
from tests.fakes.ledger import PROGRAMME, LedgerOfTests, card_number
from tests.fakes.ledger_joined import PROFILE_KEY, PROGRAMME_KEY, JoinedLedger, head_office, sealed

if TYPE_CHECKING:
    from pathlib import Path

    from storage.exchange import HeadOfficeRow
    from storage.store import Store

HERS = UUID(int=0xA)


def busy(ledger: LedgerOfTests, members: int = 3) -> None:
    """A till that stood alone for a while: cards, people, a note, a cashier, and one who wanted to be forgotten."""
    with ledger.store.unit() as unit:
        for number in range(members):
            member = ledger.member(number)
            unit.put_card(CardRow(ledger.ids.random_id(), card_number(number), member))
            unit.put_profile(member, Profile(f"Member {number}"))
            unit.append(ledger.sale(member))
        text_ref = ledger.ids.random_id()
        unit.put_text(text_ref, "Note", ledger.member(0))
        unit.append(ledger.adjustment(ledger.member(0), 5, text_ref))
        unit.put_cashier(CashierRow(UUID(int=3), "Mia", Role.MANAGER, "hash"))
    with ledger.store.unit() as unit:
        unit.erase_member(ledger.member(members - 1))


def join(store: Store, row: HeadOfficeRow | None = None) -> None:
    """Join the head office of the tests."""
    store.join(row or head_office(), programme_key=PROGRAMME_KEY, profile_key=PROFILE_KEY)


def told(store: Store) -> list[str]:
    """What waits for head office."""
    with store.reader() as reader:
        return [type(edit).__name__.removesuffix("Edit") for _, edit in reader.edits_after(0)]


EVERYTHING = ["Tombstone", "Card", "Card", "Profile", "Profile", "Text", "Cashier"]


@pytest.mark.parametrize("at_once", [1, 2, 500])
def test_a_till_that_stood_alone_brings_everything(
    ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """Erasures first; its journal goes on in a new epoch; its accounts stay what they were until it is told more."""
    busy(ledger)
    monkeypatch.setattr(joining, "ROWS_AT_ONCE", at_once)
    member = ledger.member(1)
    join(ledger.store)
    assert ledger.store.head_office == head_office()
    assert told(ledger.store) == EVERYTHING
    with ledger.store.reader() as reader:
        assert reader.account(member).balance == 10
        start = reader.stored(reader.head().seq)
        assert start is not None
        assert isinstance(start.record, EpochStart)
        assert start.record.parent_seq == start.seq - 1
        known = reader.safe_known(member)
        assert known is not None
        assert not known.caught_up
    assert verify(ledger.directory).ok
    ledger.reopen()
    assert ledger.store.head_office == head_office()
    assert told(ledger.store) == EVERYTHING


def tell_missing(store: Store) -> None:
    """As a round does, a transaction for every step."""
    more = True
    while more:
        with store.unit() as unit:
            more = unit.tell_missing()


def test_alone_there_is_nobody_to_tell(ledger: LedgerOfTests) -> None:
    """Nothing becomes an edit."""
    busy(ledger)
    assert not ledger.store.tell()
    assert told(ledger.store) == []


def test_a_head_office_that_was_put_back_is_told_what_it_lacks(ledger: LedgerOfTests) -> None:
    """First what it had taken, under the same ids; then rows that it lacks even so become edits, and no others."""
    busy(ledger)
    join(ledger.store)
    with ledger.store.reader() as reader:
        edits = [edit for _, edit in reader.edits_after(0)]
        with ledger.store.unit() as unit:
            unit.drop_edits(len(EVERYTHING))
            unit.tell_again(missing=True)
        assert told(ledger.store) == []
        assert [edit for _, edit in reader.kept_after(0)] == edits
        assert reader.again() is Again.EDITS
        tell_missing(ledger.store)
        assert told(ledger.store) == [], "the state that is here is still the one from before"
        with ledger.store.unit() as unit:
            unit.edits_repeated()
        ledger.reopen()
        assert reader.again() is Again.MISSING, "a round that was cut off is made good by the next one"
        assert not ledger.store.tell()
        tell_missing(ledger.store)
        assert told(ledger.store) == EVERYTHING, "nothing has come down, so all of it is missing"
        assert reader.again() is Again.NOTHING


def test_what_head_office_has_is_not_told_from_older_rows(joined: JoinedLedger) -> None:
    """Its word may be newer than this till's: a card that was blocked elsewhere must not come to life again."""
    first, second = joined.member(1), joined.member(2)
    with joined.store.unit() as unit:
        for number, member in enumerate((first, second), 1):
            unit.put_profile(member, Profile(f"Anna {number}"))
            unit.put_card(CardRow(joined.ids.random_id(), card_number(number), member))
        unit.put_text(joined.ids.random_id(), "Note")
        unit.put_cashier(CashierRow(UUID(int=3), "Mia", Role.MANAGER, "hash"))
        unit.put_cashier(CashierRow(UUID(int=4), "Bo", Role.MANAGER, "hash"))
        unit.drop_edits(2**62)
        unit.tell_again(missing=True)
        unit.edits_repeated()
    joined.pull(
        sealed(first, Profile("Berta")),
        CardItem(card_number(1), joined.ids.random_id(), first, CardStatus.BLOCKED),
        CashierItem(UUID(int=3), "Mia", Role.CASHIER, "hash", blocked=True),
    )
    tell_missing(joined.store)
    with joined.store.reader() as reader:
        edits = [edit for _, edit in reader.edits_after(0)]
    assert [edit.number for edit in edits if isinstance(edit, CardEdit)] == [card_number(2)]
    assert [edit.member_id for edit in edits if isinstance(edit, ProfileEdit)] == [second]
    assert [edit.cashier_id for edit in edits if isinstance(edit, CashierEdit)] == [UUID(int=4)]
    assert [edit.text for edit in edits if isinstance(edit, TextEdit)] == ["Note"]
    assert all(edit.fills for edit in edits if not isinstance(edit, TextEdit | TombstoneEdit)), "what it has, it keeps"


@pytest.mark.parametrize(("named", "missing"), [("surviving", []), ("merged", []), ("nobody", ["Profile"])])
def test_a_person_under_another_account_is_there(joined: JoinedLedger, named: str, missing: list[str]) -> None:
    """After a merge head office keeps one of the two names; when it has neither, it is told this one."""
    with joined.store.unit() as unit:
        unit.put_profile(joined.member(1), Profile("Anna"))
        unit.drop_edits(2**62)
        unit.tell_again(missing=True)
        unit.edits_repeated()
    joined.pull(
        joined.statement(joined.member(1), 0, merged_into=joined.member(2)), joined.statement(joined.member(2), 1)
    )
    if named != "nobody":
        joined.pull(sealed(joined.member(2 if named == "surviving" else 1), Profile("Berta")))
    tell_missing(joined.store)
    assert told(joined.store) == missing


@pytest.mark.parametrize(("failure", "again"), [("unknown_terminal", EVERYTHING), ("fenced", [])])
def test_joining_the_same_head_office_again_tells_it_what_it_lost(
    ledger: LedgerOfTests, failure: str, again: list[str]
) -> None:
    """One that does not know the till any more was put back; one that has fenced it has all its edits."""
    busy(ledger)
    join(ledger.store)
    with ledger.store.unit() as unit:
        unit.drop_edits(len(EVERYTHING))
    with ledger.store.open_replica() as replica:
        replica.put_link(Link(failure=failure))
    join(ledger.store)
    assert told(ledger.store) == []
    with ledger.store.reader() as reader:
        assert reader.again() is Again.EDITS, "it takes each once, so all of them may be repeated"
        assert len(reader.kept_after(0)) == len(EVERYTHING)
    with ledger.store.unit() as unit:
        unit.edits_repeated()
    tell_missing(ledger.store)
    assert told(ledger.store) == again


def test_a_profile_without_its_key_is_not_told(ledger: LedgerOfTests) -> None:
    """It can't be read here either."""
    busy(ledger)
    ledger.store._vault.run("DELETE FROM member_key WHERE member_id = ?", (ledger.member(0).bytes,))
    join(ledger.store)
    assert told(ledger.store).count("Profile") == 1


@pytest.mark.parametrize("error", [DiskFailed, DiskFull])
def test_handing_over_goes_on_after_a_crash(
    ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch, error: type[StorageError]
) -> None:
    """What was made an edit is not made one again; a till that belongs there never hears that nothing was booked."""
    busy(ledger)
    monkeypatch.setattr(joining, "ROWS_AT_ONCE", 1)
    done = 0
    whole = joining.hand_over

    def cut_off(*given: object) -> bool:
        nonlocal done
        done += 1
        if done > 4:
            raise error("no more")
        return whole(*given)  # type: ignore[arg-type]  # passed on as they came

    with monkeypatch.context() as patch:
        patch.setattr(joining, "hand_over", cut_off)
        with pytest.raises(DiskFailed) if error is DiskFailed else nullcontext():
            join(ledger.store)
    assert ledger.store.head_office == head_office()
    assert told(ledger.store) == EVERYTHING[: len(told(ledger.store))]
    assert 0 < len(told(ledger.store)) < len(EVERYTHING)
    ledger.reopen()
    assert told(ledger.store) == EVERYTHING


def test_head_offices_key_takes_the_tills_place(ledger: LedgerOfTests) -> None:
    """The same unknown card means the same account at every till from now on; the old key is kept aside."""
    before = ledger.store.programme_key
    join(ledger.store)
    assert ledger.store.programme_key == PROGRAMME_KEY
    assert (ledger.directory / KEY_FILE).read_bytes() == PROGRAMME_KEY
    assert (ledger.directory / KEY_BEFORE_JOINING).read_bytes() == before
    join(ledger.store)
    assert (ledger.directory / KEY_BEFORE_JOINING).read_bytes() == before
    if os.name != "nt":
        assert all(path.stat().st_mode & 0o077 == 0 for path in ledger.directory.iterdir())
    ledger.reopen()
    assert ledger.store.programme_key == PROGRAMME_KEY


def test_a_failing_disk_leaves_the_till_alone(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing says that it has joined; it can try again after a new start."""

    def failing(*_: object, **__: object) -> None:
        raise DiskFailed("no more")

    with monkeypatch.context() as patch:
        patch.setattr(joining, "put_keys", failing)
        with pytest.raises(DiskFailed):
            join(ledger.store)
    assert ledger.store.head_office is None
    ledger.reopen()
    join(ledger.store)
    assert ledger.store.head_office is not None


def test_joining_again_brings_what_is_new_only(ledger: LedgerOfTests) -> None:
    """A fenced till gets another id, its journal another epoch; old rows must not overwrite what head office knows."""
    busy(ledger)
    join(ledger.store)
    with ledger.store.unit() as unit:
        unit.drop_edits(2**62)
        unit.put_profile(HERS, Profile("Anna"))
    with ledger.store.reader() as reader:
        epochs = len(reader.epochs())
        join(ledger.store, head_office(terminal_id=UUID(int=0x7F)))
        assert len(reader.epochs()) == epochs + 1
    assert told(ledger.store) == ["Profile"]
    assert ledger.store.head_office == head_office(terminal_id=UUID(int=0x7F))


def test_leaving_throws_head_offices_state_away(joined: JoinedLedger) -> None:
    """The till is its own authority again: its own journal says what an account holds."""
    member = joined.member()
    joined.append(joined.sale(member))
    joined.pull(joined.statement(member, 500))
    joined.close_replica()
    joined.store.leave()
    assert joined.store.head_office is None
    assert not list(joined.directory.glob("replica*"))
    assert joined.store.programme_key == PROGRAMME_KEY
    for _ in range(2):
        with joined.store.reader() as reader:
            assert reader.account(member).balance == 10
            assert reader.safe_known(member) is None
            assert reader.bookings(member)[0].balance_after == 10
        joined.reopen()


def test_somebody_who_looks_on_sees_the_joined_till(joined: JoinedLedger) -> None:
    """A command beside the open till, without its lock."""
    member = joined.member()
    joined.pull(joined.statement(member, 500))
    with (
        open_store(joined.directory, clock=joined.clock, ids=joined.ids, writable=False) as beside,
        beside.reader() as reader,
    ):
        assert beside.head_office == head_office()
        assert reader.account(member).balance == 500


def test_a_restored_till_has_to_hear_everything_again(joined: JoinedLedger, tmp_path: Path) -> None:
    """It belongs where it belonged, in a new epoch, and nothing is safe to spend."""
    member = joined.member()
    with joined.store.unit() as unit:
        unit.put_profile(member, Profile("Anna"))
        unit.put_cashier(CashierRow(UUID(int=3), "Mia", Role.MANAGER, "hash"))
        unit.append(joined.sale(member))
    joined.pull(joined.statement(member, 500))
    joined.replica.put_link(Link(joined.acked()))
    backup(joined.directory, tmp_path / "copy.sqlite")
    assert PROFILE_KEY not in b"".join(path.read_bytes() for path in tmp_path.glob("copy.sqlite*"))
    joined.close()
    restore(tmp_path / "copy.sqlite", joined.directory, clock=joined.clock, ids=joined.ids)
    assert not list(joined.directory.glob("replica*"))
    joined.reopen()
    assert joined.store.head_office == head_office()
    assert told(joined.store) == ["Profile", "Cashier"]
    with joined.store.reader() as reader:
        known = reader.safe_known(member)
        assert known is not None
        assert not known.caught_up
        assert reader.account(member).balance == 10


def test_a_copy_on_a_new_machine_stands_alone(joined: JoinedLedger, tmp_path: Path) -> None:
    """The keys stayed behind, and with them people, edits and the right to open head office's answers."""
    with joined.store.unit() as unit:
        unit.put_profile(joined.member(), Profile("Anna"))
        unit.put_cashier(CashierRow(UUID(int=3), "Mia", Role.MANAGER, "hash"))
        unit.append(joined.sale(joined.member()))
    backup(joined.directory, tmp_path / "copy.sqlite")
    restore(tmp_path / "copy.sqlite", tmp_path / "new", clock=joined.clock, ids=joined.ids)
    with open_store(tmp_path / "new", clock=joined.clock, ids=joined.ids) as store:
        assert store.head_office is None
        assert told(store) == []
        join(store)
        assert told(store) == ["Cashier"]
    assert verify(tmp_path / "new").ok


def test_a_lost_vault_key_is_a_till_that_stands_alone(joined: JoinedLedger) -> None:
    """Without the key nothing that head office says of people could be read; it has to join anew."""
    joined.store._vault.run("DELETE FROM till_key")
    joined.reopen()
    assert joined.store.head_office is None


def test_a_ledger_put_back_by_hand_is_found(joined: JoinedLedger) -> None:
    """Verify holds the journal against what head office has acknowledged; a replica that is none says nothing."""
    joined.replica.put_link(Link(joined.acked()))
    assert verify(joined.directory).ok
    link = joined.replica.link()
    assert link.acked is not None
    joined.append(joined.sale(None, 100))
    joined.replica.put_link(Link(joined.acked()))
    joined.close_replica()
    with joined.store.reader() as reader:
        seq = reader.head().seq
    database = joined.store._ledger
    database.run("DROP TRIGGER journal_refuses_delete")
    database.run("DELETE FROM journal WHERE seq = ?", (seq,))
    found = verify(joined.directory).problems
    assert any(problem.startswith(f"journal seq {seq}: head office has acknowledged") for problem in found)
    joined.store.replica_path.write_bytes(b"nothing")
    assert not any("acknowledged" in problem for problem in verify(joined.directory).problems)
    joined.store.replica_path.unlink()
    joined.replica.put_link(Link())
    joined.replica._database.run("PRAGMA user_version = 7")
    assert not any("acknowledged" in problem for problem in verify(joined.directory).problems)


def test_a_new_shop_is_not_made_over_the_state_of_another(joined: JoinedLedger, tmp_path: Path) -> None:
    """What is left of a shop is people's data."""
    joined.replica.put_link(Link())
    joined.close()
    other = tmp_path / "other"
    other.mkdir()
    joined.store.replica_path.rename(other / "replica.sqlite")
    names = {"shop_name": "A", "till_name": "1", "currency": "EUR"}
    with pytest.raises(Exception, match=r"replica\.sqlite"):
        create_store(other, programme_text=PROGRAMME, clock=joined.clock, ids=joined.ids, **names)
