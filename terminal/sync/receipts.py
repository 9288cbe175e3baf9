"""The codes of receipts: signed with this till's key, and read with the keys of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty import receipt_code
from loyalty.outcomes import Refused
from loyalty.reversal import reduced
from terminal.app.elsewhere import Elsewhere, told_by_receipt
from terminal.sync.signatures import holds, sign

if TYPE_CHECKING:
    from uuid import UUID

    from loyalty.records import Redemption, Sale
    from storage.store import Reader


def code_of(record: Sale | Redemption, terminal_id: UUID, private_key: bytes) -> str:
    """The code of a booking, empty when it does not fit into one; the booking must be on disk."""
    message = receipt_code.message_of(terminal_id, reduced(record))
    return "" if message is None else receipt_code.write(message, sign(private_key, message))


def read_receipt(reader: Reader, text: str) -> Elsewhere | Refused:
    """The booking that a receipt's code speaks of, when a till of the programme has signed it."""
    found = receipt_code.read(text)
    return found if isinstance(found, Refused) else told_by_receipt(reader, found, holds)
