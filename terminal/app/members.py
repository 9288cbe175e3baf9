"""A member as a person sees one: found, shown, erased, or joined with another account."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.consent import ConsentState
from loyalty.directory import Profile
from loyalty.encoding import command_digest
from loyalty.masking import Masked
from loyalty.outcomes import Reason, Refused
from loyalty.records import CardAction, CardChange
from loyalty.statement import Lot
from storage.types import AccountRow, CardRow
from terminal.app.cards import card_in_use
from terminal.app.till import earlier, header

if TYPE_CHECKING:
    from loyalty.programme import Programme
    from storage.store import Reader
    from terminal.app.till import Till

CLIENT_SALES_MIN: Final = 2
"""From the second purchase on a customer is a client."""


class Stage(StrEnum):
    """Where a member stands on the ladder; derived, never typed in. An advocate needs referrals and ratings."""

    SUSPECT = "suspect"
    PROSPECT = "prospect"
    CUSTOMER = "customer"
    CLIENT = "client"


class Member(msgspec.Struct, frozen=True):
    """Everything the till knows of an account.

    Attributes:
        account: Balance and activity.
        profile: The person, ``None`` while nobody has enrolled the card, or after an erasure.
        cards: All cards, those out of use included.
        lots: Points that are left, oldest first.
        consents: What the member agreed to or withdrew, each purpose at most once.
    """

    account: AccountRow
    profile: Profile | None
    cards: tuple[CardRow, ...]
    lots: tuple[Lot, ...]
    consents: tuple[ConsentState, ...] = ()

    @property
    def stage(self) -> Stage:
        """Where the member stands on the ladder."""
        if self.account.enrolled_day is None:
            return Stage.SUSPECT
        if self.account.sales >= CLIENT_SALES_MIN:
            return Stage.CLIENT
        return Stage.CUSTOMER if self.account.sales else Stage.PROSPECT


class EraseCommand(Masked, frozen=True):
    """Which member to forget."""

    card: str


class Erased(msgspec.Struct, frozen=True):
    """A member whose personal data is gone; the points history stays, under a random id."""

    member_id: UUID


class MergeCommand(Masked, frozen=True):
    """Two accounts of one person or household: ``card``'s goes into ``into``'s."""

    record_id: UUID
    card: str
    into: str
    cashier_id: UUID | None = None


class Merged(msgspec.Struct, frozen=True):
    """A join that is on disk.

    Attributes:
        member_id: The surviving account.
        merged_id: The account that went into it.
        balance: Of both together.
    """

    member_id: UUID
    merged_id: UUID
    balance: int
    repeated: bool = False


def show_member(reader: Reader, programme: Programme, text: str) -> Member | Refused:
    """Look at the account behind a card."""
    row = card_in_use(reader, programme, text)
    if isinstance(row, Refused):
        return row
    account = reader.account(row.member_id)
    return Member(
        account=account,
        profile=reader.profile(account.member_id),
        cards=tuple(reader.cards_of(account.member_id)),
        lots=reader.lots(account.member_id),
        consents=reader.consents(account.member_id),
    )


def erase_member(till: Till, command: EraseCommand) -> Erased | Refused:
    """Forget a person: profile, free texts, card numbers and key are gone when this returns.

    Raises:
        StorageError: If the disk did not take it.
    """
    with till.store.unit() as unit:
        row = card_in_use(unit, till.programme, command.card)
        if isinstance(row, Refused):
            return row
        member_id = unit.account(row.member_id).member_id
        unit.erase_member(member_id)
    return Erased(member_id)


def merge_members(till: Till, command: MergeCommand) -> Merged | Refused:
    """Join two accounts; points, history and cards are the surviving account's from then on.

    Who has joined a head office leaves it to that: another till may be joining one of the accounts with a third.

    The surviving account keeps its profile, and gets the other's when it has none.

    Raises:
        StorageError: If the disk did not take it.
    """
    digest = command_digest(till.store.programme_key, "merge", command.card, command.into)
    with till.store.unit() as unit:
        before = earlier(unit, command.record_id, digest)
        if isinstance(before, Refused):
            return before
        if before is not None and isinstance(before.record, CardChange):
            return _merged_before(unit, before.record)
        if till.store.head_office is not None:
            return Refused(Reason.HEAD_OFFICE_DECIDES)
        card = card_in_use(unit, till.programme, command.card)
        if isinstance(card, Refused):
            return card
        into_card = card_in_use(unit, till.programme, command.into)
        if isinstance(into_card, Refused):
            return into_card
        account, into = unit.account(card.member_id), unit.account(into_card.member_id)
        if account.member_id == into.member_id:
            return Refused(Reason.SAME_MEMBER)
        profile = unit.profile(account.member_id)
        if profile is not None and unit.profile(into.member_id) is None:
            unit.put_profile(into.member_id, profile)
        unit.append(
            CardChange(
                **header(till, unit, command, account.member_id, digest),
                action=CardAction.MERGE,
                into_member_id=into.member_id,
            )
        )
        balance = unit.account(into.member_id).balance
    return Merged(into.member_id, account.member_id, balance)


def _merged_before(reader: Reader, record: CardChange) -> Merged | Refused:
    if record.member_id is None or record.into_member_id is None:
        return Refused(Reason.ID_USED_FOR_ANOTHER_COMMAND, {"record_id": str(record.record_id)})
    account = reader.account(record.into_member_id)
    return Merged(account.member_id, record.member_id, account.balance, repeated=True)
