"""What an import asks the ledger, for many rows at once: which cards, records and receipts are there already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.encoding import decode
from storage.reads import Reads
from storage.shared_people import read_card

if TYPE_CHECKING:
    from collections.abc import Collection

    from loyalty.records import AnyRecord, UnknownRecord
    from storage.types import CardRow

_CARDS: Final = """
SELECT card_ref, number, member_id, status FROM card WHERE number IN (SELECT value FROM json_each(?))"""
_RECORDS: Final = """
SELECT record_id, payload FROM journal WHERE record_id IN (SELECT unhex(value) FROM json_each(?))"""
_RECEIPTS: Final = """
SELECT booking.receipt, journal.payload FROM booking JOIN journal ON journal.seq = booking.seq
WHERE booking.receipt IN (SELECT value FROM json_each(?)) AND booking.is_open = 1"""

_ENCODER = msgspec.json.Encoder()


class ImportReads(Reads):
    """Reads with many questions in one statement; what is asked for is named by the caller, so it is bounded."""

    __slots__ = ()

    def cards_numbered(self, numbers: Collection[str]) -> dict[str, CardRow]:
        """The cards with these numbers, as far as there are any."""
        rows = self._ledger.all(_CARDS, (_texts(numbers),))
        own = {card.number: card for card in map(read_card, rows)}
        shared = self._shared()
        if shared is None:
            return own
        known = {number: shared.card(number, own.get(number)) for number in numbers}
        return {number: card for number, card in known.items() if card}

    def records_with(self, record_ids: Collection[UUID]) -> dict[UUID, AnyRecord | UnknownRecord]:
        """The records with these ids, as far as the journal has them."""
        rows = self._ledger.all(_RECORDS, (_texts([record_id.hex for record_id in record_ids]),))
        return {UUID(bytes=record_id): decode(payload) for record_id, payload in rows}

    def sales_with(self, receipts: Collection[str]) -> dict[str, AnyRecord | UnknownRecord]:
        """The sales with these registers' receipt numbers; one that was wholly undone has given its number back."""
        return {receipt: decode(payload) for receipt, payload in self._ledger.all(_RECEIPTS, (_texts(receipts),))}

    def anyone_erased(self) -> bool:
        """Whether anybody was ever erased here; else nobody needs to be asked about one by one."""
        return self._shared() is not None or self._ledger.one("SELECT 1 FROM tombstone LIMIT 1") is not None


def _texts(values: Collection[str]) -> str:
    """Values as one parameter, for a statement that is the same however many there are."""
    return _ENCODER.encode(list(values)).decode()
