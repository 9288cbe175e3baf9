"""What head office shows to people: tills, conflicts, members, programmes and results, as plain frozen values."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from loyalty.directory import Profile
from loyalty.feed import CardItem, ConflictKind, StatementItem

if TYPE_CHECKING:
    from loyalty.report import DayFigures


class TerminalStatus(StrEnum):
    """Whether a till may talk to head office."""

    ACTIVE = "active"
    REVOKED = "revoked"
    FENCED = "fenced"


class JoinCode(msgspec.Struct, frozen=True):
    """A code with which one till may join once.

    Attributes:
        code: As people type it, without the part that names the certificate.
        store: The store the till will belong to.
        name: What the till will be called.
        expires_at_us: Until when it is good.
    """

    code: str
    store: str
    name: str
    expires_at_us: int


class TerminalView(msgspec.Struct, frozen=True):
    """A till as people at head office see it; the times in microseconds since 1970 UTC, 0 for never.

    Attributes:
        scope: The region whose members it holds, empty for all.
        backlog: Records it had not handed in when it last said so.
        oldest_us: When the oldest of them was made.
        clock_off_ms: How far its clock was off at the last signed call.
        records: How many records it has handed in.
        quarantined: How many of them could not be read and are not looked at yet.
    """

    terminal_id: UUID
    store: str
    name: str
    status: TerminalStatus
    scope: str
    joined_at_us: int
    last_contact_us: int
    backlog: int
    oldest_us: int
    clock_off_ms: int
    protocol: int
    software: str
    records: int
    quarantined: int


class Published(msgspec.Struct, frozen=True):
    """A programme version that tills will adopt at its start."""

    version: int
    starts_at_us: int


class ProgrammeState(StrEnum):
    """Where a version stands now."""

    PENDING = "pending"
    IN_FORCE = "in_force"
    REPLACED = "replaced"


class ProgrammeView(msgspec.Struct, frozen=True):
    """A published version.

    Attributes:
        overtaken_by: Of a version whose day has not come, the higher one that starts no later: tills never go back to a
            lower number, so this one will not start. 0 when there is none.
    """

    version: int
    name: str
    state: ProgrammeState
    starts_at_us: int
    published_at_us: int
    published_by: str
    document: str
    overtaken_by: int = 0


class Adjusted(msgspec.Struct, frozen=True):
    """A correction that is booked and archived."""

    record_id: UUID
    member_id: UUID
    points: int
    balance: int


class Merged(msgspec.Struct, frozen=True):
    """Two accounts that are one now."""

    record_id: UUID
    member_id: UUID
    merged_id: UUID
    balance: int


class Erased(msgspec.Struct, frozen=True):
    """A person who is forgotten, under all accounts of theirs."""

    member_ids: tuple[UUID, ...]


class IdleMember(msgspec.Struct, frozen=True):
    """A member without a sign of life for long.

    Attributes:
        last_day: The last day of which a till told anything; ``None`` when none ever did.
        balance: Points that are left; negative when in debt.
        card_masked: A card of the member, empty when there is none.
    """

    member_id: UUID
    last_day: date | None
    balance: int
    card_masked: str


class Forgotten(msgspec.Struct, frozen=True):
    """Who was forgotten, and how many were not because of their points."""

    member_ids: tuple[UUID, ...]
    with_points: int


class ConflictView(msgspec.Struct, frozen=True):
    """Something that happened and should not have.

    Attributes:
        card_masked: A card of the member, empty when there is none.
        store: Where it happened, empty when unknown.
        terminal: The till's name there.
        points: Points beyond what there was.
        resolved_at_us: 0 while nobody has settled it.
    """

    conflict_id: UUID
    kind: ConflictKind
    member_id: UUID | None
    card_masked: str
    record_id: UUID | None
    store: str
    terminal: str
    points: int
    at_us: int
    resolved_at_us: int
    resolved_by: str


class QuarantineView(msgspec.Struct, frozen=True):
    """A record that could not be read or verified; it was stored and acknowledged."""

    terminal_id: UUID
    store: str
    terminal: str
    epoch: UUID
    seq: int
    reason: str
    detail: str
    at_us: int
    resolved_at_us: int


class WaitingView(msgspec.Struct, frozen=True):
    """A reversal whose original has not arrived; it is booked with it."""

    record_id: UUID
    original_id: UUID
    member_id: UUID | None
    store: str
    terminal: str
    at_us: int


class MemberHit(msgspec.Struct, frozen=True):
    """A member a search found."""

    member_id: UUID
    name: str
    card_masked: str
    phone_masked: str
    balance: int


class RecordView(msgspec.Struct, frozen=True):
    """A line of a member's history.

    Attributes:
        points: What it moved in sum, as booked.
        amount_cents: The purchase, 0 for anything else.
        waiting: Whether it waits for the record it undoes.
        text: The free text behind it, empty when there is none or it was erased.
    """

    record_id: UUID
    kind: str
    at_us: int
    business_day: date
    store: str
    terminal: str
    points: int
    amount_cents: int
    waiting: bool
    text: str


class MemberView(msgspec.Struct, frozen=True):
    """All of one member.

    Attributes:
        member_id: The surviving account.
        merged_ids: The accounts that went into it.
        profile: ``None`` when nobody enrolled or the person was erased.
        erased_day: When the person was erased, ``None`` otherwise.
        records: The newest ones, newest first.
    """

    member_id: UUID
    merged_ids: tuple[UUID, ...]
    profile: Profile | None
    erased_day: date | None
    cards: tuple[CardItem, ...]
    statement: StatementItem
    records: tuple[RecordView, ...]


class TerminalDay(msgspec.Struct, frozen=True):
    """One till's share of a store's day.

    Attributes:
        store: In which store it stands now; empty for head office's own journal.
    """

    terminal_id: UUID
    name: str
    figures: DayFigures
    store: str = ""


class StoreDayReport(msgspec.Struct, frozen=True):
    """A store's day.

    Attributes:
        store: The store's name, ``None`` for all stores together.
        day: The business day.
        figures: All tills together.
        week_before: The same weekday of the week before.
        terminals: Each till, by store and name; head office's own corrections and expiries are one of them.
    """

    store: str | None
    day: date
    figures: DayFigures
    week_before: DayFigures
    terminals: tuple[TerminalDay, ...]


class Finding(msgspec.Struct, frozen=True):
    """What verify found wrong, and where.

    Attributes:
        check: Which rule is broken: ``chain``, ``registry``, ``account``, ``entry``, ``consent``,
            ``day_total`` or ``feed``.
        where: Ids and positions, no personal data.
        message: What is wrong, in English.
    """

    check: str
    where: str
    message: str


class VerifyResult(msgspec.Struct, frozen=True):
    """What verify says; ``ok`` when there is no problem."""

    ok: bool
    records: int
    problems: tuple[Finding, ...]


class ImportResult(msgspec.Struct, frozen=True):
    """What became of the records of a till's journal file, and how many edits of people and cards it held."""

    terminal_id: UUID
    records: int
    booked: int
    duplicates: int
    conflicts: int
    waiting: int
    quarantined: int
    edits: int = 0
