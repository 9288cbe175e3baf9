"""A member's cards: a further one, a new one for a lost one, one out of use and back again."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from loyalty.directory import CardStatus
from loyalty.encoding import command_digest
from loyalty.masking import Masked
from loyalty.outcomes import Reason, Refused
from loyalty.records import CardAction, CardChange
from storage.types import CardRow
from terminal.app.card_numbers import fresh_number
from terminal.app.till import earlier, header, read_card, usable_card

if TYPE_CHECKING:
    from loyalty.programme import Programme
    from storage.store import Reader, Unit
    from terminal.app.till import Till


class CardCommand(Masked, frozen=True):
    """What to do with a card.

    Attributes:
        record_id: Minted before the work; every retry carries the same.
        action: Issue, replace, block or unblock.
        card: A card of the member; the one that is replaced or blocked.
        new_card: The card that is handed out, for issue and replace; empty for one with a fresh number.
        cashier_id: Who.
    """

    record_id: UUID
    action: CardAction
    card: str
    new_card: str = ""
    cashier_id: UUID | None = None


class CardsChanged(msgspec.Struct, frozen=True):
    """A change that is on disk, with all cards of the member behind it."""

    member_id: UUID
    cards: tuple[CardRow, ...]
    repeated: bool = False


def card_in_use(reader: Reader, programme: Programme, text: str) -> CardRow | Refused:
    """The directory's row of a card, also of one out of use: looking at a member must work with an old card too."""
    card = read_card(programme, text)
    if isinstance(card, Refused):
        return card
    return reader.card(card.number) or Refused(Reason.CARD_UNKNOWN)


def change_card(till: Till, command: CardCommand) -> CardsChanged | Refused:
    """Issue, replace, block or unblock a card.

    Returns:
        The member's cards once COMMIT has returned, or why nothing was written.

    Raises:
        StorageError: If the disk did not take it.
    """
    digest = command_digest(till.store.programme_key, "card", command.action, command.card, command.new_card)
    with till.store.unit() as unit:
        before = earlier(unit, command.record_id, digest)
        if isinstance(before, Refused):
            return before
        row = card_in_use(unit, till.programme, command.card)
        if isinstance(row, Refused):
            return row
        if before is not None:
            return _changed(unit, row, repeated=True)
        changed = _rows(till, unit, command, row)
        if isinstance(changed, Refused):
            return changed
        for card in changed:
            unit.put_card(card)
        subject = changed[-1] if changed else row
        member_id = unit.account(row.member_id).member_id
        stamp = header(till, unit, command, member_id, digest)
        if changed:
            unit.append(CardChange(**stamp, action=command.action, card_ref=subject.card_ref))
        return _changed(unit, row, repeated=not changed)


def _rows(till: Till, unit: Unit, command: CardCommand, row: CardRow) -> tuple[CardRow, ...] | Refused:
    """The rows to write: the old card first, the new one last; none when the card is in that state already."""
    match command.action:
        case CardAction.ISSUE:
            usable = usable_card(unit, row.number)
            return usable if isinstance(usable, Refused) else _new_card(till, unit, command, row)
        case CardAction.REPLACE:
            if row.status is CardStatus.REPLACED:
                return Refused(Reason.CARD_REPLACED)
            new = _new_card(till, unit, command, row)
            return new if isinstance(new, Refused) else (_with_status(row, CardStatus.REPLACED), *new)
        case CardAction.BLOCK:
            return () if row.status is not CardStatus.ACTIVE else (_with_status(row, CardStatus.BLOCKED),)
        case _:
            if row.status is CardStatus.REPLACED:
                return Refused(Reason.CARD_REPLACED)
            return () if row.status is CardStatus.ACTIVE else (_with_status(row, CardStatus.ACTIVE),)


def _new_card(till: Till, unit: Unit, command: CardCommand, row: CardRow) -> tuple[CardRow, ...] | Refused:
    if command.new_card:
        new = read_card(till.programme, command.new_card)
        number = new if isinstance(new, Refused) else new.number
    else:
        number = fresh_number(till, unit)
    if isinstance(number, Refused):
        return number
    if unit.card(number) is not None:
        return Refused(Reason.CARD_TAKEN)
    return (CardRow(till.ids.random_id(), number, unit.account(row.member_id).member_id),)


def _with_status(row: CardRow, status: CardStatus) -> CardRow:
    return msgspec.structs.replace(row, status=status)


def _changed(unit: Unit, row: CardRow, *, repeated: bool) -> CardsChanged:
    member_id = unit.account(row.member_id).member_id
    return CardsChanged(member_id, tuple(unit.cards_of(member_id)), repeated)
