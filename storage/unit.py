"""The reading side of one thread, and the unit of work: the same reads inside one transaction, plus every write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

import msgspec

from storage import incoming, joining, journal
from storage.edits import EditReads, Outbox
from storage.finding import SearchReads
from storage.importing import ImportReads
from storage.known_cards import KnownCardReads
from storage.numbers import NumberReads, Numbers
from storage.outgoing import OutgoingReads
from storage.replica_reads import ReplicaReads
from storage.reports import ReportReads
from storage.tombstones import Tombstone, erase
from storage.types import KnownCard
from storage.unsent import drop_edits, forget_edits
from storage.vault import key_for, make_keys, seal

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from loyalty.directory import Profile
    from loyalty.feed import CardItem, CashierItem, TombstoneItem
    from loyalty.ports import Clock, Ids
    from loyalty.programme import Programme
    from loyalty.records import AnyRecord, Sale
    from storage.connection import Database, Row
    from storage.exchange import Adoptions
    from storage.replica_view import ReplicaView
    from storage.search_index import SearchView
    from storage.types import AccountRow, CardRow, CashierRow, Stored


_LOCAL_CARD = "SELECT 1 FROM card WHERE number = ? AND member_id = ?"
_PUT_CARD = "INSERT INTO card(card_ref, number, number_reversed, member_id, status) VALUES (?, ?, ?, ?, ?)"


class Reader(
    KnownCardReads, SearchReads, ReportReads, OutgoingReads, EditReads, ReplicaReads, NumberReads, ImportReads
):
    """Every read of the ledger, on connections of its own that can't write. Belongs to the thread that asked for it."""

    __slots__ = ()

    def close(self) -> None:
        """Close its connections."""
        self._ledger.close()
        self._vault.close()
        assert self._replica is not None, "a store gives one to every reader"
        self._replica.close()
        assert self._search is not None, "as above"
        self._search.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Unit(Reader):
    """One transaction: what is read is what was there before, what is written is there together or not at all.

    Attributes:
        appended: How many records it has appended.
        profiles_changed: Whether search terms have to follow.
        programme_changed: Whether the programme in force may be another one afterwards.
        tip: What the next record goes on from, ``None`` while the journal has to be asked.
        tombstones: Whom it erases.
    """

    __slots__ = (
        "_card_read",
        "_clock",
        "_outbox",
        "appended",
        "profiles_changed",
        "programme_changed",
        "tip",
        "tombstones",
    )

    def __init__(
        self,
        ledger: Database,
        vault: Database,
        replica: ReplicaView,
        clock: Clock,
        ids: Ids,
        search: SearchView,
        tip: journal.Tip | None,
    ) -> None:
        super().__init__(ledger, vault, replica, search)
        self._clock = clock
        self._outbox = Outbox(ledger, vault, ids) if replica.belonging.telling else None
        self._card_read: CardRow | None = None
        self.tip = tip
        self.appended = 0
        self.profiles_changed = False
        self.programme_changed = False
        self.tombstones: list[Tombstone] = []

    def close(self) -> None:
        """A unit ends with its block; the connections are the store's."""
        raise ValueError("A unit of work is ended by its block")

    def append(self, record: AnyRecord, *, keeps_day: bool = False) -> Stored:
        """Append one record to the journal and update every projection.

        Args:
            record: The fact.
            keeps_day: It is taken over from an old programme and counts on its own day, although that may be closed.

        Raises:
            RecordConflict: The journal holds a record with this id; a retry is answered from ``record()``.
            ValueError: The record's types or bounds are wrong, its day is closed, or it reverses more than is left.
        """
        before = self.tip or journal.tip(self._ledger)
        self.tip = None  # known again when the record is in
        stored = journal.append(self._ledger, record, last=before, keeps_day=keeps_day)
        self.tip = before.behind(stored)
        self.appended += 1
        return stored

    def append_sales(self, sales: Sequence[Sale]) -> None:
        """Append an old programme's purchases, in which no reward was taken; they keep their own days.

        Raises:
            RecordConflict: The journal holds a record with the id of one of them.
            ValueError: The types or bounds of one are wrong.
        """
        before = self.tip or journal.tip(self._ledger)
        self.tip = None
        self.tip = journal.append_sales(self._ledger, sales, before)
        self.appended += len(sales)

    def make_keys(self, members: Collection[UUID]) -> None:
        """Make the keys that this transaction will need for so many people, with one wait for the disk."""
        make_keys(self._vault, members)

    @property
    def tells(self) -> bool:
        """Whether what is changed besides the journal becomes edits for head office, sealed with members' keys."""
        return self._outbox is not None

    def latest_closed_day(self) -> date | None:
        """The last business day that was closed; read with the journal's tip, as an append mostly follows."""
        self.tip = self.tip or journal.tip(self._ledger)
        return self.tip.closed_day

    def known_card(self, number: str) -> KnownCard | None:
        """The same as a reader's, statement by statement: the writing connection has no second file attached."""
        shared = self._shared()
        card = self.card(number)
        if shared:
            return shared.known_card(card)
        if card is None:
            return None
        account = self.account(card.member_id)
        return KnownCard(card.status, account, self.profile(account.member_id))

    def card(self, number: str) -> CardRow | None:
        """The card with this number; remembered for ``keep_card``."""
        self._card_read = super().card(number)
        return self._card_read

    def card_with_account(self, number: str) -> tuple[CardRow, AccountRow] | None:
        """The card with this number, remembered for ``keep_card``, and the account it means."""
        found = super().card_with_account(number)
        self._card_read = found[0] if found else None
        return found

    def keep_card(self, card: CardRow) -> None:
        """Write the row of a card that may be used for the first time; a number that has a row keeps it.

        On a joined till a card that only head office knew gets its row, so that receipts and undo find its number, and
        one that nobody knew becomes an edit.
        """
        if self._outbox is None:
            if card != self._card_read:
                self._ledger.run(f"{_PUT_CARD} ON CONFLICT(number) DO NOTHING", _card_row(card))
            return
        known = self._card_read if card == self._card_read else self.card(card.number)
        if known is None:
            self._outbox.card(card)
        if self._ledger.one(_LOCAL_CARD, (card.number, card.member_id.bytes)) is None:
            self._write_card(known or card)

    def keep_cards(self, cards: Collection[CardRow]) -> None:
        """Write the rows of many cards that may be used for the first time; see ``keep_card``."""
        if self._outbox is None:
            self._ledger.many(f"{_PUT_CARD} ON CONFLICT(number) DO NOTHING", map(_card_row, cards))
        else:
            for card in cards:
                self.keep_card(card)

    def put_card(self, card: CardRow) -> None:
        """Write a card or change its account or status; a number belongs to one card only."""
        if self._outbox:
            self._outbox.card(card)
            self._write_card(card)
        else:
            self._ledger.run(
                f"{_PUT_CARD} ON CONFLICT(card_ref) DO UPDATE SET"
                " member_id = excluded.member_id, status = excluded.status",
                _card_row(card),
            )
        self._card_read = None

    def _write_card(self, card: CardRow) -> None:
        """Write a card over whatever row there was; the number may have meant a member who was erased elsewhere."""
        self._ledger.run("DELETE FROM card WHERE number = ?", (card.number,))
        self._ledger.run(_PUT_CARD, _card_row(card))

    def put_profile(self, member_id: UUID, profile: Profile) -> None:
        """Write who a member is, encrypted; the member's key is on disk before this transaction can commit."""
        if self._outbox:
            self._outbox.profile(member_id, self.profile(member_id), profile)
        nonce, box = seal(profile, key_for(self._vault, member_id), member_id)
        self._ledger.run(
            "INSERT INTO member_profile(member_id, nonce, box) VALUES (?1, ?2, ?3)"
            " ON CONFLICT(member_id) DO UPDATE SET nonce = ?2, box = ?3",
            (member_id.bytes, nonce, box),
        )
        self._ledger.run("INSERT INTO profile_change(member_id) VALUES (?)", (member_id.bytes,))
        self.profiles_changed = True

    def put_text(self, text_ref: UUID, text: str, member_id: UUID | None = None) -> None:
        """Write a free text that a record of this transaction names by its random reference.

        Args:
            text_ref: The reference.
            text: The text.
            member_id: Whom the record moves; the text can't be read any more when that member is erased.
        """
        if self._outbox:
            self._outbox.text(text_ref, text, member_id)
        self._ledger.run("INSERT INTO free_text(text_ref, text) VALUES (?, ?)", (text_ref.bytes, text))

    def erase_member(self, member_id: UUID) -> None:
        """Erase profile, card numbers, texts and key of a member. The records stay; they name nobody."""
        now_us = self._clock.now_us()
        tombstone = Tombstone(member_id, now_us, self._clock.business_day(now_us).isoformat())
        before = len(self.tombstones)
        self._erase(tombstone)
        if self._outbox:  # each of the accounts, as a start that finishes the erasure does
            for each in self.tombstones[before:]:
                self._outbox.tombstone(each)

    def _erase(self, tombstone: Tombstone) -> None:
        """Erase a person under all accounts that are one on either side."""
        named: set[bytes] = set()
        for member in self._own(tombstone.member_id):
            named.update(erase(self._ledger, msgspec.structs.replace(tombstone, member_id=UUID(bytes=member))))
        self.tombstones += [
            msgspec.structs.replace(tombstone, member_id=UUID(bytes=member)) for member in sorted(named)
        ]
        self._card_read = None
        self.profiles_changed = True

    @property
    def numbers(self) -> Numbers:
        """Fresh card numbers, taken in this transaction."""
        return Numbers(self._ledger, self)

    def put_programme(self, programme: Programme, document: str) -> None:
        """Keep the document of a programme version; a version once written stays as it is."""
        self._ledger.run("INSERT INTO programme(version, document) VALUES (?, ?)", (programme.version, document))
        self.programme_changed = True

    def put_cashier(self, cashier: CashierRow) -> None:
        """Write or change a person who works at the till."""
        if self._outbox and incoming.cashier_differs(self.cashier(cashier.cashier_id), cashier):
            self._outbox.cashier(cashier)
        self._ledger.run(
            "INSERT INTO cashier(cashier_id, name, role, pin_hash, blocked, failures, locked_until_us)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(cashier_id) DO UPDATE SET name = ?2, role = ?3,"
            " pin_hash = ?4, blocked = ?5, failures = ?6, locked_until_us = ?7",
            (
                cashier.cashier_id.bytes,
                cashier.name,
                cashier.role.value,
                cashier.pin_hash,
                int(cashier.blocked),
                cashier.failures,
                cashier.locked_until_us,
            ),
        )

    def drop_edits(self, stamp: int) -> None:
        """Take the edits up to a stamp from what waits; they are kept for a head office that is put back.

        To be called when head office has taken them *and* a pull that began afterwards was published: until then the
        till shows its own rows because of them, and dropping them earlier would bring the old ones back for a moment.
        """
        drop_edits(self._ledger, stamp, self._clock.now_us())

    def forget_edits(self) -> None:
        """Delete some of the kept edits that are too old or too many, few enough for a sale to wait."""
        forget_edits(self._ledger, self._clock.now_us())

    def tell_again(self, *, missing: bool) -> None:
        """Head office was put back: remember to tell it again what it had taken.

        Args:
            missing: And then whatever it lacks even so, as far as this till is told of its state; of what it has
                nevertheless, because it is another region's, it keeps its own.
        """
        if missing:
            joining.begin_anew(self._ledger)
        else:
            joining.repeat_edits(self._ledger)
        self.numbers.tell_again()

    def edits_repeated(self) -> None:
        """Head office has taken the kept edits again."""
        joining.edits_repeated(self._ledger)

    def tell_missing(self) -> bool:
        """Make edits of some rows that head office's whole state does not have; gives whether more wait."""
        assert self._outbox is not None, "only a joined till is asked to"
        return joining.hand_over(self._ledger, self._vault, self._outbox, self._shared())

    def repeat_tombstones(self) -> int:
        """Tell head office of every erasure again, because it was put back to an older state; gives their number."""
        assert self._outbox is not None, "only a joined till is asked to"
        return incoming.repeat_tombstones(self._ledger, self._outbox)

    def take_over(self, adoptions: Adoptions) -> bool:
        """Let the own tables follow head office; gives whether there was anything to do.

        Cards first: one that was handed on is not its former member's any more when that member is erased.
        """
        self.take_cards(adoptions.cards)
        self.take_cashiers(adoptions.cashiers)
        self.take_tombstones(adoptions.tombstones)
        return bool(adoptions)

    def take_tombstones(self, items: Sequence[TombstoneItem]) -> None:
        """Erase members who were erased elsewhere; at most ``incoming.ROWS_MAX`` at once."""
        for tombstone in incoming.new_tombstones(self._ledger, items):
            self._erase(tombstone)

    def take_cards(self, items: Sequence[CardItem]) -> None:
        """Let own rows of cards mean what head office says, but for those it has not heard of yet."""
        incoming.take_cards(self._ledger, items)
        self._card_read = None

    def take_cashiers(self, items: Sequence[CashierItem]) -> None:
        """Take over people who work at the tills, but for those head office has not heard of yet."""
        incoming.take_cashiers(self._ledger, items)


def _card_row(card: CardRow) -> Row:
    return (card.card_ref.bytes, card.number, card.number[::-1], card.member_id.bytes, card.status.value)
