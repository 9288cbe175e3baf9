"""What an import asks the ledger, for many rows at once: which cards, records and receipts are there already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from loyalty.encoding import decode
from loyalty.records import Sale
from storage.reads import Reads
from storage.shared_people import read_card

if TYPE_CHECKING:
    from collections.abc import Collection

    from storage.types import CardRow

_CARDS: Final = """
SELECT card_ref, number, member_id, status FROM card WHERE number IN (SELECT value FROM json_each(?))"""
_RECEIPTS: Final = """
SELECT booking.receipt, booking.is_open, journal.payload FROM booking JOIN journal ON journal.seq = booking.seq
WHERE booking.receipt IN (SELECT value FROM json_each(?)) ORDER BY booking.seq"""

_ENCODER = msgspec.json.Encoder()


class BookedSale(NamedTuple):
    """A sale in the ledger.

    Attributes:
        record: As booked.
        is_open: Whether something of it is left; else it has given its receipt number back.
    """

    record: Sale
    is_open: bool


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

    def sales_with(self, receipts: Collection[str]) -> dict[str, list[BookedSale]]:
        """The sales with these registers' receipt numbers, as far as there are any, oldest first."""
        found: dict[str, list[BookedSale]] = {}
        for receipt, is_open, payload in self._ledger.all(_RECEIPTS, (_texts(receipts),)):
            record = decode(payload)
            assert isinstance(record, Sale), "only a sale is booked with a receipt"
            found.setdefault(receipt, []).append(BookedSale(record, is_open=bool(is_open)))
        return found

    def anyone_erased(self) -> bool:
        """Whether anybody was ever erased here; else nobody needs to be asked about one by one."""
        return self._shared() is not None or self._ledger.one("SELECT 1 FROM tombstone LIMIT 1") is not None


def _texts(values: Collection[str]) -> str:
    """Values as one parameter, for a statement that is the same however many there are."""
    return _ENCODER.encode(list(values)).decode()
