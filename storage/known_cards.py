"""Cards with the accounts they mean, in one statement each: between a scan and the picture, and inside a sale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from loyalty.directory import CardStatus
from storage.directory import DirectoryReads, check_card
from storage.errors import as_written
from storage.shared_people import read_card
from storage.statements import StatementReads, agreed_balance, day_of
from storage.types import AccountRow, KnownCard
from storage.vault import unseal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.connection import Row
    from storage.types import CardRow

_INDEXES: Final = """card.number_reversed,
  EXISTS (SELECT 1 FROM card AS same INDEXED BY card_by_member
    WHERE same.member_id = card.member_id AND same.card_ref = card.card_ref)"""
_ACCOUNT: Final = """account.balance, account.sales, account.revenue_cents, account.enrolled_day, account.last_sale_day,
  (SELECT balance_after FROM booking WHERE booking.member_id = card.member_id ORDER BY seq DESC LIMIT 1)"""
_CARD_WITH_ACCOUNT: Final = f"""
SELECT {_INDEXES}, account.merged_into, card.card_ref, card.number, card.member_id, card.status, {_ACCOUNT}
FROM card LEFT JOIN account ON account.member_id = card.member_id
WHERE card.number = ?"""  # noqa: S608 - constant names
_KNOWN_CARD: Final = f"""
SELECT {_INDEXES}, account.merged_into, card.member_id, card.status, member_profile.nonce, member_profile.box,
  vault.member_key.key, {_ACCOUNT}
FROM card
LEFT JOIN account ON account.member_id = card.member_id
LEFT JOIN member_profile ON member_profile.member_id = card.member_id
LEFT JOIN vault.member_key ON vault.member_key.member_id = card.member_id
WHERE card.number = ?"""  # noqa: S608 - constant names


class KnownCardReads(StatementReads, DirectoryReads):
    """Cards with what they lead to."""

    __slots__ = ()

    def known_card(self, number: str) -> KnownCard | None:
        """A card with its account and its person, for the moment between a scan and the picture.

        One statement for a till that stands alone; it needs the vault attached to the ledger's connection.

        Returns:
            ``None`` for a number without a row.
        """
        shared = self._shared()
        if shared:
            return shared.known_card(self.card(number))
        row = self._card_row(_KNOWN_CARD, number)
        if row is None:
            return None
        _, _, merged_into, member, status, nonce, box, key, *account = row
        member_id = UUID(bytes=member)
        if merged_into is not None:
            surviving = self.account(member_id)
            return KnownCard(CardStatus(status), surviving, self.profile(surviving.member_id))
        own = _own_account(member_id, account)
        if account[0] is None:
            return KnownCard(CardStatus(status), own, self.profile(member_id))
        return KnownCard(CardStatus(status), own, unseal(nonce, box, key, member) if key and box else None)

    @as_written("card_with_account")
    def card_with_account(self, number: str) -> tuple[CardRow, AccountRow] | None:
        """A card and the account it means; for a merged one the surviving account.

        Returns:
            ``None`` for a number without a row.
        """
        if self._shared():
            shared = self.card(number)
            return None if shared is None else (shared, self.account(shared.member_id))
        row = self._card_row(_CARD_WITH_ACCOUNT, number)
        if row is None:
            return None
        card = read_card(row[3:7])
        if row[2] is not None:
            return card, self.account(card.member_id)
        return card, _own_account(card.member_id, row[7:])

    def _card_row(self, sql: str, number: str) -> Row | None:
        """A row that begins with what the indexes say of the card, compared with the number that was asked for."""
        row = self._ledger.one(sql, (number,))
        if row is None:
            self._check_unknown(number)
        else:
            check_card(number, row[0], is_indexed=row[1])
        return row


def _own_account(member_id: UUID, columns: Sequence[Any]) -> AccountRow:
    """An account that was not merged, from the columns of ``_ACCOUNT``; without a row it is empty."""
    balance, sales, revenue_cents, enrolled_day, last_sale_day, last_balance = columns
    agreed_balance(member_id.bytes, balance, last_balance)
    if balance is None:
        return AccountRow(member_id)
    return AccountRow(member_id, balance, sales, revenue_cents, day_of(enrolled_day), day_of(last_sale_day))
