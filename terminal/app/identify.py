"""Who is at the counter? Reads only, so it runs on the thread that paints."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from loyalty.directory import Profile
from loyalty.masking import Masked
from loyalty.outcomes import Refused
from storage.types import AccountRow
from terminal.app.till import account_of_new_card, out_of_use, read_card

if TYPE_CHECKING:
    from loyalty.programme import Programme
    from storage.store import Reader


class Identified(Masked, frozen=True):
    """A card in use.

    Attributes:
        number: The card's number.
        member_id: The account it means.
        account: Balance and activity.
        profile: The person, ``None`` while nobody has enrolled the card.
    """

    number: str
    member_id: UUID
    account: AccountRow
    profile: Profile | None


class UnknownCard(Masked, frozen=True):
    """A well-formed card of this programme that was never used here."""

    number: str
    member_id: UUID


def identify(
    reader: Reader, programme: Programme, programme_key: bytes, text: str, symbology: str | None = None
) -> Identified | UnknownCard | Refused:
    """Find the account behind a scanned or typed text.

    Args:
        reader: Where to look.
        programme: The rules, for the card numbers.
        programme_key: The secret that gives unknown cards their account.
        text: What was read.
        symbology: The barcode kind the scanner reported, if any.

    Returns:
        The account, or that the card is valid and new, or why it is refused.
    """
    card = read_card(programme, text, symbology)
    if isinstance(card, Refused):
        return card
    known = reader.known_card(card.number)
    if known is None:
        return UnknownCard(card.number, account_of_new_card(reader, programme_key, card.number))
    return out_of_use(known.status) or Identified(card.number, known.account.member_id, known.account, known.profile)
