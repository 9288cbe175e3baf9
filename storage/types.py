"""What the ledger hands out: frozen rows without any driver in them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from loyalty.directory import CardStatus, Profile, Role
from loyalty.masking import Masked
from loyalty.records import AnyRecord, DayTotals, Redemption, Sale, UnknownRecord
from loyalty.report import HourTotals, RewardTotals


class Shop(msgspec.Struct, frozen=True):
    """Whose ledger this is; ``created_at_us`` in microseconds since 1970 UTC."""

    name: str
    till_name: str
    currency: str
    terminal_id: UUID
    created_at_us: int


class CardRow(Masked, frozen=True):
    """A card number and the account it means. The journal knows only ``card_ref``."""

    card_ref: UUID
    number: str
    member_id: UUID
    status: CardStatus = CardStatus.ACTIVE


class AccountRow(msgspec.Struct, frozen=True):
    """One member's account as the journal's records left it.

    Attributes:
        member_id: The account; for a merged one the surviving account.
        balance: Points, negative when in debt.
        sales: Counted sales: those not wholly reversed.
        revenue_cents: What they came to, less what was reversed of them.
        enrolled_day: Business day of the first enrolment, ``None`` for an account nobody has named.
        last_sale_day: Business day of the last counted sale.
        merged_into: The surviving account when the one asked for was merged, else ``None``.
    """

    member_id: UUID
    balance: int = 0
    sales: int = 0
    revenue_cents: int = 0
    enrolled_day: date | None = None
    last_sale_day: date | None = None
    merged_into: UUID | None = None


class KnownCard(msgspec.Struct, frozen=True):
    """What a scan of a card that has a row shows at once.

    Attributes:
        status: What may be done with the card.
        account: The account it means; for a merged one the surviving account.
        profile: The person, ``None`` while nobody has enrolled, after an erasure, or when the key is not on this till.
    """

    status: CardStatus
    account: AccountRow
    profile: Profile | None


class Stored(msgspec.Struct, frozen=True):
    """A record with its place and hash in the journal."""

    seq: int
    record: AnyRecord | UnknownRecord
    hash: bytes


class Reversed(StrEnum):
    """How much of a booking was undone."""

    NO = "no"
    PARTLY = "partly"
    WHOLE = "whole"


class Booking(msgspec.Struct, frozen=True):
    """A sale, redemption, reversal or adjustment as an account's history shows it.

    Attributes:
        seq: Journal position.
        record: The record.
        points: What it moved in sum.
        balance_after: The account behind it, 0 for an anonymous sale; ``None`` on a joined till, whose own bookings
            are not all there are.
        reversed: How much of it was undone since.
    """

    seq: int
    record: AnyRecord
    points: int
    balance_after: int | None
    reversed: Reversed = Reversed.NO

    @property
    def reversible(self) -> bool:
        """Whether something of it can still be undone."""
        return isinstance(self.record, Sale | Redemption) and self.reversed is not Reversed.WHOLE


class Hit(msgspec.Struct, frozen=True):
    """One member a search found; numbers are masked because the screen faces the queue."""

    member_id: UUID
    name: str
    card_masked: str
    phone_masked: str
    balance: int


class Found(msgspec.Struct, frozen=True):
    """What a search gives.

    Attributes:
        hits: Members, the likeliest first.
        more: Whether others fit as well, so that typing on helps.
        complete: Whether everybody could be found; not while an index is being made.
    """

    hits: tuple[Hit, ...] = ()
    more: bool = False
    complete: bool = True


class CashierRow(msgspec.Struct, frozen=True):
    """A person who works at the till; ``locked_until_us`` in microseconds since 1970 UTC."""

    cashier_id: UUID
    name: str
    role: Role
    pin_hash: str
    blocked: bool = False
    failures: int = 0
    locked_until_us: int = 0


class DayReport(msgspec.Struct, frozen=True):
    """A business day.

    Attributes:
        day: Which.
        totals: Its sums, reversals on the day they were made.
        hours: Hours in which something happened, ascending.
        rewards: Rewards taken, by id.
        open_points: All points open at the end of that day; debts count against it.
    """

    day: date
    totals: DayTotals
    hours: tuple[HourTotals, ...] = ()
    rewards: tuple[RewardTotals, ...] = ()
    open_points: int = 0


class BookingDay(msgspec.Struct, frozen=True):
    """The business day a fact must be booked on; ``late`` when its own day is closed already."""

    day: date
    late: bool


class Head(msgspec.Struct, frozen=True):
    """The journal's last record."""

    epoch: UUID
    seq: int
    hash: bytes
