"""The till as its use cases see it: one open store, a clock and fresh ids."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol, TypedDict
from uuid import UUID

from loyalty import cards
from loyalty.directory import CardStatus
from loyalty.outcomes import Reason, Refused
from storage.types import CardRow
from terminal.app.system import CorrectedClock

if TYPE_CHECKING:
    from loyalty.cards import MemberCard
    from loyalty.ports import Clock, Ids
    from loyalty.programme import Programme
    from storage.store import Reader, Store, Unit
    from storage.types import AccountRow, Stored


@dataclass(frozen=True, slots=True)
class Till:
    """What every use case needs."""

    store: Store
    clock: Clock
    ids: Ids

    @property
    def programme(self) -> Programme:
        """The rules in force."""
        return self.store.programme

    @property
    def server_offset_ms(self) -> int:
        """By how much its clock is corrected, in milliseconds."""
        return self.clock.offset_ms if isinstance(self.clock, CorrectedClock) else 0


class Header(TypedDict):
    """What every record says, ready to be unpacked into one; see ``loyalty.records.Record``."""

    record_id: UUID
    member_id: UUID | None
    at_us: int
    business_day: date
    utc_offset_min: int
    server_offset_ms: int
    programme_version: int
    command_digest: str
    cashier_id: UUID | None


class Asked(Protocol):
    """What the commands of all use cases share."""

    @property
    def record_id(self) -> UUID:
        """Minted before the work; every retry carries the same."""
        ...

    @property
    def cashier_id(self) -> UUID | None:
        """Who asked, when a cashier was signed in."""
        ...


def header(
    till: Till, reader: Reader, command: Asked, member_id: UUID | None, digest: str, *, at_us: int | None = None
) -> Header:
    """Stamp a fact with its id, its member, the shop's time and the rules in force.

    A closed day takes nothing more: what comes after the close, or is entered late for it, counts on the next open day.
    """
    moment = till.clock.now_us() if at_us is None else at_us
    day = reader.booking_day(till.clock.business_day(moment)).day
    return Header(
        record_id=command.record_id,
        member_id=member_id,
        at_us=moment,
        business_day=day,
        utc_offset_min=till.clock.utc_offset_min(moment),
        server_offset_ms=till.server_offset_ms,
        programme_version=till.programme.version,
        command_digest=digest,
        cashier_id=command.cashier_id,
    )


def read_card(programme: Programme, text: str, symbology: str | None = None) -> MemberCard | Refused:
    """Say whether a scanned or typed text is a member card of this programme."""
    found = cards.classify(text, programme.cards, symbology=symbology)
    match found:
        case cards.MemberCard():
            return found
        case cards.NotOurs.PAYMENT_CARD:
            return Refused(Reason.PAYMENT_CARD)
        case cards.NotOurs.CHECK_DIGIT:
            return Refused(Reason.CARD_CHECK_DIGIT)
        case cards.NotOurs.PRODUCT:
            return Refused(Reason.NOT_A_MEMBER_CARD)
        case _:
            return Refused(Reason.CARD_INVALID)


def usable_card(reader: Reader, number: str) -> CardRow | Refused | None:
    """The directory's card for a number: ``None`` when nobody has used it yet, a refusal when it is out of use."""
    row = reader.card(number)
    return row if row is None else out_of_use(row.status) or row


def out_of_use(status: CardStatus) -> Refused | None:
    """Why a card with this status is not to be used, if it is not."""
    if status is CardStatus.ACTIVE:
        return None
    return Refused(Reason.CARD_REPLACED if status is CardStatus.REPLACED else Reason.CARD_BLOCKED)


def account_of_new_card(reader: Reader, programme_key: bytes, number: str) -> UUID:
    """The account of a card that has no row: the same on every till that knows the same erasures."""
    accounts = (cards.account_id(programme_key, number, generation) for generation in itertools.count())
    return next(member_id for member_id in accounts if not reader.is_erased(member_id))


def card_for_booking(till: Till, reader: Reader, text: str) -> CardRow | Refused:
    """The card a booking names; for a valid card nobody has used yet, the row it will get.

    Nothing is written here, so a later refusal leaves no trace; ``keep_card`` writes the row together with the record.
    """
    card = read_card(till.programme, text)
    if isinstance(card, Refused):
        return card
    row = usable_card(reader, card.number)
    return _new_card(till, reader, card.number) if row is None else row


def account_for_booking(till: Till, reader: Reader, text: str) -> tuple[CardRow, AccountRow] | Refused:
    """The card a booking names, like ``card_for_booking``, and the account it means."""
    card = read_card(till.programme, text)
    if isinstance(card, Refused):
        return card
    found = reader.card_with_account(card.number)
    if found is not None:
        return out_of_use(found[0].status) or found
    row = _new_card(till, reader, card.number)
    return row, reader.account(row.member_id)


def _new_card(till: Till, reader: Reader, number: str) -> CardRow:
    member_id = account_of_new_card(reader, till.store.programme_key, number)
    return CardRow(till.ids.random_id(), number, member_id, CardStatus.ACTIVE)


def keep_card(unit: Unit, card: CardRow) -> None:
    """Write the row of a card that is used for the first time."""
    unit.keep_card(card)


def earlier(unit: Reader, record_id: UUID, digest: str) -> Stored | Refused | None:
    """What a record id already means: nothing yet, a retry of the same command, or an error that names both."""
    stored = unit.record(record_id)
    if stored is None:
        return None
    if getattr(stored.record, "command_digest", "") == digest:
        return stored
    return Refused(Reason.ID_USED_FOR_ANOTHER_COMMAND, {"record_id": str(record_id)})
