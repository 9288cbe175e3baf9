"""What head office keeps beside the facts: the people side that tills edit, and the feed of what changed.

Edits go up (``EditsRequest``), changes come down (``ChangesReply``); see ``loyalty.wire`` for the rest of the protocol.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from loyalty.bounds import TIME_MAX_US, Position, Version
from loyalty.cards import CARD_LENGTH_MAX
from loyalty.consent import ConsentState
from loyalty.directory import CardStatus, Role
from loyalty.replica import REPLICA_VERSION_UNSAID

EDITS_MAX: Final = 500
"""The most edits in one request."""

EDITS_KEPT_US: Final = 90 * 24 * 60 * 60 * 1_000_000
"""How long a till keeps an edit that head office has taken, and repeats it to one that was put back, in microseconds;
backups older than that are no backups."""

PAGE_MAX: Final = 500
"""The most feed rows that one page of changes covers."""

TEXT_MAX: Final = 2_000
VALUE_MAX: Final = 320
"""The longest free text and profile value, in characters; 320 is what an e-mail address may have (RFC 3696)."""

Hash = Annotated[bytes, Meta(min_length=32, max_length=32)]
Signature = Annotated[bytes, Meta(min_length=64, max_length=64)]
Moment = Annotated[int, Meta(ge=0, le=TIME_MAX_US)]
Name = Annotated[str, Meta(min_length=1, max_length=80)]
Number = Annotated[str, Meta(min_length=1, max_length=CARD_LENGTH_MAX)]


class Cursor(msgspec.Struct, frozen=True):
    """How far a till has read the feed.

    Attributes:
        epoch: The server's epoch.
        n: The last step read; 0 before the first.
        token: That step's random token. A step of the same number in another past has another one, so a till notices
            that head office was put back even when its numbers have grown past the till's since.
    """

    epoch: UUID
    n: Position
    token: Annotated[bytes, Meta(max_length=16)] = b""


# --------------------------------------------------------------------------------------------- edits


class ProfileField(StrEnum):
    """What is known of a person; each field travels and is merged by itself."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    BIRTHDAY = "birthday"


class ProfileEdit(msgspec.Struct, frozen=True, tag="profile", omit_defaults=True):
    """One field of one member has a new value; empty takes it away.

    Attributes:
        fills: It was no change: the till told what head office seemed to have lost. Head office keeps what it has.
    """

    edit_id: UUID
    member_id: UUID
    field: ProfileField
    value: Annotated[str, Meta(max_length=VALUE_MAX)]
    fills: bool = False


class CardEdit(msgspec.Struct, frozen=True, tag="card", omit_defaults=True):
    """A card number with the account it means and what may be done with it; ``fills`` as for ``ProfileEdit``."""

    edit_id: UUID
    card_ref: UUID
    number: Number
    member_id: UUID
    status: CardStatus
    fills: bool = False


class TextEdit(msgspec.Struct, frozen=True, tag="text"):
    """A free text that a record names by its reference."""

    edit_id: UUID
    text_ref: UUID
    text: Annotated[str, Meta(max_length=TEXT_MAX)]


class CashierEdit(msgspec.Struct, frozen=True, tag="cashier", omit_defaults=True):
    """A person who works at the tills; the PIN as an argon2id hash; ``fills`` as for ``ProfileEdit``."""

    edit_id: UUID
    cashier_id: UUID
    name: Name
    role: Role
    pin_hash: Annotated[str, Meta(max_length=200)]
    blocked: bool
    fills: bool = False


class TombstoneEdit(msgspec.Struct, frozen=True, tag="tombstone"):
    """A member was erased; ``member_id`` is one account, and all accounts merged with it are meant."""

    edit_id: UUID
    member_id: UUID
    erased_at_us: Moment
    erased_day: date


Edit = ProfileEdit | CardEdit | TextEdit | CashierEdit | TombstoneEdit


class EditsRequest(msgspec.Struct, frozen=True):
    """Edits in the order in which they were made. Each is taken once, by its id."""

    edits: Annotated[tuple[Edit, ...], Meta(min_length=1, max_length=EDITS_MAX)]


class EditsReply(msgspec.Struct, frozen=True):
    """All edits of the request are durably taken, or dropped because their member was erased."""

    taken: int


# ------------------------------------------------------------------------------------------- changes


class StatementLot(msgspec.Struct, frozen=True):
    """Points earned together; ``last_day`` is the last day they can be spent, ``None`` for ever."""

    record_id: UUID
    earned_at_us: Moment
    points: int
    left: int
    last_day: date | None = None


class StatementItem(msgspec.Struct, frozen=True, tag="statement"):
    """Head office's word on one member.

    Attributes:
        balance: Points, negative when in debt.
        sales: Counted sales.
        revenue_cents: What they came to.
        merged_into: The surviving account; the rest is empty then.
        lots: What is left of earned points, soonest to be used first.
        consents: What the member agreed to or withdrew, each purpose at most once.
    """

    member_id: UUID
    balance: int = 0
    sales: int = 0
    revenue_cents: int = 0
    enrolled_day: date | None = None
    last_sale_day: date | None = None
    merged_into: UUID | None = None
    lots: tuple[StatementLot, ...] = ()
    consents: tuple[ConsentState, ...] = ()


class CardItem(msgspec.Struct, frozen=True, tag="card"):
    """A card as all tills know it."""

    number: Number
    card_ref: UUID
    member_id: UUID
    status: CardStatus


class ProfileItem(msgspec.Struct, frozen=True, tag="profile"):
    """A person, sealed with the profile key (AES-256-GCM, bound to the member's id); both empty when there is none."""

    member_id: UUID
    nonce: bytes = b""
    box: bytes = b""


class ProgrammeItem(msgspec.Struct, frozen=True, tag="programme"):
    """A version of the rules that comes into force at ``starts_at_us``."""

    version: Version
    document: str
    starts_at_us: Moment


class CashierItem(msgspec.Struct, frozen=True, tag="cashier"):
    """A person who works at the tills."""

    cashier_id: UUID
    name: Name
    role: Role
    pin_hash: str
    blocked: bool


class ConflictKind(StrEnum):
    """What people have to look at."""

    OVERSPENT = "overspent"
    REVERSED_TWICE = "reversed_twice"
    FORKED = "forked"


class ConflictItem(msgspec.Struct, frozen=True, tag="conflict"):
    """Something that happened and should not have; booked, and listed for people.

    Attributes:
        record_id: The record that came second.
        points: Points beyond what there was.
    """

    conflict_id: UUID
    kind: ConflictKind
    member_id: UUID | None
    record_id: UUID | None
    points: int
    at_us: Moment
    resolved: bool = False


class RemovedItem(msgspec.Struct, frozen=True, tag="removed"):
    """A member this till no longer holds."""

    member_id: UUID


class TombstoneItem(msgspec.Struct, frozen=True, tag="tombstone"):
    """A member was erased: profile, cards and texts are gone everywhere, and later edits are dropped."""

    member_id: UUID
    erased_at_us: Moment
    erased_day: date


class TillItem(msgspec.Struct, frozen=True, tag="till"):
    """A till of the programme, so that the others can tell whether a receipt is really one of its own.

    Attributes:
        public_key: Its Ed25519 key, raw.
        last_day: The last business day whose receipts count, once it was shut out; ``None`` while it may talk.
    """

    terminal_id: UUID
    name: str
    store: str
    public_key: Annotated[bytes, Meta(min_length=32, max_length=32)]
    last_day: date | None = None


Item = (
    StatementItem
    | CardItem
    | ProfileItem
    | ProgrammeItem
    | CashierItem
    | ConflictItem
    | RemovedItem
    | TombstoneItem
    | TillItem
)


class ChangesReply(msgspec.Struct, frozen=True):
    """One page of what changed since a cursor, latest state only.

    Attributes:
        items: What to know.
        cursor: Behind the last of them.
        more: Whether another page follows; everything is published together once there is none.
        positions: By epoch of this terminal, up to which position its own records are in these statements; read in the
            same snapshot as they are.
        reset: The cursor is of another past or scope: these items begin at the very start, and what the till holds
            beside them is to go when they are published.
        server_time_us: Head office's clock.
    """

    items: tuple[Item, ...]
    cursor: Cursor
    more: bool
    positions: dict[UUID, int]
    reset: bool
    server_time_us: int


class SnapshotInfo(msgspec.Struct, frozen=True):
    """A replica file (see ``loyalty.replica``) that can be downloaded in parts.

    Attributes:
        sha256: Of the whole file, in hex; parts of another file are never mixed in.
        size: In bytes.
        cursor: Where pulling goes on.
        signature: Head office's signature under ``snapshot_bytes``.
        layout: The file's ``REPLICA_VERSION``; a till with another one pulls from the start instead.
    """

    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    size: Position
    cursor: Cursor
    signature: Signature
    layout: Position = REPLICA_VERSION_UNSAID
