"""Cards, profiles, texts, cashiers and programme versions: the side tables that are not derived from the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from loyalty.directory import Profile, Role
from loyalty.programme import Programme, parse_programme
from storage.errors import Damaged, as_written
from storage.projections import root_of
from storage.reads import Reads
from storage.shared_people import read_card
from storage.types import CardRow, CashierRow
from storage.vault import key_of, unseal

if TYPE_CHECKING:
    from storage.connection import Row

_CARD = """SELECT card_ref, number, member_id, status, number_reversed,
  EXISTS (SELECT 1 FROM card AS same INDEXED BY card_by_member
    WHERE same.member_id = card.member_id AND same.card_ref = card.card_ref)
FROM card WHERE number = ?"""
_ONLY_BY_END = """SELECT 1 FROM card INDEXED BY card_by_end WHERE number_reversed = ?
AND NOT EXISTS (SELECT 1 FROM card WHERE number = ? AND status <> '')"""  # the row itself: its index may lead to none
_CASHIERS = "SELECT cashier_id, name, role, pin_hash, blocked, failures, locked_until_us FROM cashier"
_PROFILE = """SELECT nonce, box, member_id FROM member_profile
WHERE member_id = ifnull((SELECT merged_into FROM account WHERE member_id = ?1), ?1)"""


_NAMELESS = """SELECT 1 FROM account WHERE enrolled_day IS NOT NULL AND merged_into IS NULL
AND NOT EXISTS (SELECT 1 FROM tombstone WHERE tombstone.member_id = account.member_id)
AND NOT EXISTS (SELECT 1 FROM member_profile WHERE member_profile.member_id = account.member_id)
AND NOT EXISTS (SELECT 1 FROM account other JOIN member_profile USING (member_id)
  WHERE other.merged_into = account.member_id) LIMIT 1"""


class DirectoryReads(Reads):
    """Reads of the side tables."""

    __slots__ = ()

    def lacks_names(self) -> bool:
        """Whether somebody was enrolled and not erased, and no name of them can be read in the till's own rows."""
        return self._ledger.one(_NAMELESS) is not None

    @as_written("card")
    def card(self, number: str) -> CardRow | None:
        """The card with this number."""
        row = self._ledger.one(_CARD, (number,))
        own: CardRow | None = None
        if row is None:
            self._check_unknown(number)
        else:
            check_card(number, row[4], is_indexed=row[5])
            own = read_card(row[:4])
        shared = self._shared()
        return shared.card(number, own) if shared else own

    def _check_unknown(self, number: str) -> None:
        """A card that nobody knows must be unknown from its end as well, or its member would begin anew at nothing.

        Asked in one statement, because somebody may have issued it meanwhile.

        Raises:
            Damaged: It is known from its end.
        """
        if self._ledger.one(_ONLY_BY_END, (number[::-1], number)) is not None:
            raise Damaged("card: a number stands in one index and not in another")

    @as_written("card_by_ref")
    def card_by_ref(self, card_ref: UUID) -> CardRow | None:
        """The card a record names."""
        row = self._ledger.one(
            "SELECT card_ref, number, member_id, status FROM card WHERE card_ref = ?", (card_ref.bytes,)
        )
        return read_card(row) if row else None

    @as_written("cards_of")
    def cards_of(self, member_id: UUID) -> list[CardRow]:
        """All cards of an account, those of accounts merged into it included."""
        shared = self._shared()
        if shared:
            return shared.cards_of(shared.family(member_id))
        rows = self._ledger.all(
            "SELECT card_ref, number, member_id, status FROM card WHERE member_id IN"
            " (SELECT ?1 UNION SELECT member_id FROM account WHERE merged_into = ?1) ORDER BY number",
            (root_of(self._ledger, member_id),),
        )
        return [read_card(row) for row in rows]

    @as_written("profile")
    def profile(self, member_id: UUID) -> Profile | None:
        """Who a member is; ``None`` when nobody has enrolled, the member was erased, or the key is not on this till."""
        shared = self._shared()
        return shared.profile(member_id) if shared else self._own_profile(member_id)

    def _own_profile(self, member_id: UUID) -> Profile | None:
        row = self._ledger.one(_PROFILE, (member_id.bytes,))
        if row is None:
            return None
        key = key_of(self._vault, UUID(bytes=row[2]))
        return unseal(row[0], row[1], key, row[2]) if key else None

    def text(self, text_ref: UUID) -> str | None:
        """A free text a record refers to; ``None`` when it was erased."""
        text: str | None = self._ledger.value("SELECT text FROM free_text WHERE text_ref = ?", (text_ref.bytes,))
        return text

    @as_written("cashiers")
    def cashiers(self) -> list[CashierRow]:
        """Everybody who works at the till, by name."""
        return [_cashier(row) for row in self._ledger.all(f"{_CASHIERS} ORDER BY name, cashier_id")]

    @as_written("cashier")
    def cashier(self, cashier_id: UUID) -> CashierRow | None:
        """One person who works at the till."""
        row = self._ledger.one(f"{_CASHIERS} WHERE cashier_id = ?", (cashier_id.bytes,))
        return _cashier(row) if row else None

    def programme_at(self, version: int) -> Programme | None:
        """The rules of one version; reading them parses their document."""
        document = self.programme_document(version)
        return None if document is None else read_programme(document)

    def programme_document(self, version: int) -> str | None:
        """One version as its shop wrote it."""
        document: str | None = self._ledger.value("SELECT document FROM programme WHERE version = ?", (version,))
        return document


def check_card(number: str, reversed_number: object, *, is_indexed: bool) -> None:
    """Compare a card's row with what else the file says of it, so that no damaged one leads to another's points.

    Args:
        number: What was asked for.
        reversed_number: What the row says backwards.
        is_indexed: Whether its account leads to it, too.

    Raises:
        Damaged: They differ.
    """
    if reversed_number != number[::-1] or not is_indexed:
        raise Damaged("card: a row is not what its indexes say")


def read_programme(document: str) -> Programme:
    """Parse a programme document that was checked before it was stored.

    Raises:
        Damaged: It can't be read any more.
    """
    programme = parse_programme(document)
    if isinstance(programme, Programme):
        return programme
    raise Damaged(f"A stored programme can't be read: {programme[0].path}: {programme[0].message}")


def _cashier(row: Row) -> CashierRow:
    cashier_id, name, role, pin_hash, blocked, failures, locked_until_us = row
    return CashierRow(UUID(bytes=cashier_id), name, Role(role), pin_hash, bool(blocked), failures, locked_until_us)
