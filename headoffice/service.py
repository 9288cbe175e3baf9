"""The one door to head office: tills' calls and people's commands, each handed to the use case that knows it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from headoffice.app import (
    adjust,
    authenticate,
    edits,
    erase,
    expire,
    hello,
    import_journal,
    issues,
    joining,
    members,
    merge,
    numbers,
    programmes,
    prune,
    pushing,
    records,
    report,
    retention,
    snapshot,
    terminals,
    verify,
)
from headoffice.feed import changes, sequencer
from headoffice.intake import compare
from loyalty.feed import PAGE_MAX
from loyalty.replica import REPLICA_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from headoffice.office import Office
    from headoffice.secrets import Secrets
    from headoffice.store.engine import Database
    from headoffice.store.rows import ServerRow, TerminalRow
    from headoffice.views import (
        Adjusted,
        ConflictView,
        Erased,
        Forgotten,
        IdleMember,
        ImportResult,
        JoinCode,
        MemberHit,
        MemberView,
        Merged,
        ProgrammeView,
        Published,
        QuarantineView,
        StoreDayReport,
        TerminalView,
        VerifyResult,
        WaitingView,
    )
    from loyalty.document import Problem
    from loyalty.feed import ChangesReply, Cursor, EditsReply, EditsRequest, SnapshotInfo
    from loyalty.numbering import NumbersReply, NumbersRequest
    from loyalty.outcomes import Refused
    from loyalty.ports import Clock, Ids
    from loyalty.store_day import StoreDay
    from loyalty.wire import (
        CompareReply,
        CompareRequest,
        HelloReply,
        HelloRequest,
        JoinReply,
        JoinRequest,
        PushReply,
        PushRequest,
        RecordReply,
    )


class HeadOffice:
    """Head office, for whatever talks to it: the API, the web pages, the command line, the simulation.

    Every method may be called from any thread; nothing is kept between calls but what was read at the start. Those a
    till calls raise ``Refusal`` for a no; those people call give a ``Refused`` value.

    Attributes:
        office: The parts it is made of.
    """

    def __init__(self, office: Office) -> None:
        self.office = office

    @property
    def server(self) -> ServerRow:
        """Who this head office is."""
        return self.office.server

    @property
    def database(self) -> Database:
        """Where everything is kept."""
        return self.office.database

    @property
    def secrets(self) -> Secrets:
        """Its keys."""
        return self.office.secrets

    @property
    def clock(self) -> Clock:
        """Time."""
        return self.office.clock

    @property
    def ids(self) -> Ids:
        """Fresh ids."""
        return self.office.ids

    def close(self) -> None:
        """Close the connections; nothing may be called afterwards."""
        self.office.database.close()

    # ----------------------------------------------------------------------------------------- for tills

    def join(self, request: JoinRequest) -> JoinReply:
        """Take a till in that shows an unused code.

        Raises:
            Refusal: ``CODE_INVALID`` or ``PROTOCOL_UNSUPPORTED``.
        """
        return joining.join(self.office, request)

    def authenticate(
        self, terminal_id: UUID, message: bytes, signature: bytes, *, nonce: str, at_us: int, once: bool
    ) -> TerminalRow:
        """Say whose signed request this is.

        Args:
            terminal_id: Who it says it is.
            message: What was signed, see ``loyalty.wire.request_bytes``.
            signature: Ed25519 (RFC 8032).
            nonce: The request's nonce.
            at_us: The till's time in the request.
            once: Whether the nonce is kept, so that the same request is refused the second time.

        Raises:
            Refusal: ``UNKNOWN_TERMINAL``, ``BAD_SIGNATURE``, ``REVOKED``, ``FENCED``, ``CLOCK_OFF`` or ``REPLAYED``.
        """
        return authenticate.authenticate(
            self.office, terminal_id, message, signature, nonce=nonce, at_us=at_us, once=once
        )

    def terminal(self, terminal_id: UUID) -> TerminalRow:
        """A till that may talk to head office.

        Raises:
            Refusal: ``UNKNOWN_TERMINAL``, ``REVOKED`` or ``FENCED``.
        """
        return authenticate.active_terminal(self.office, terminal_id)

    def hello(self, terminal: TerminalRow, request: HelloRequest) -> HelloReply:
        """Tell a till what head office has of it, and notice when there are two of it.

        Raises:
            Refusal: ``FENCED`` or ``PROTOCOL_UNSUPPORTED``.
        """
        return hello.hello(self.office, terminal, request)

    def push(self, terminal: TerminalRow, request: PushRequest) -> PushReply:
        """Take records over, durably, and sign for them.

        Raises:
            Refusal: ``FENCED``.
        """
        return pushing.push(self.office, terminal, request)

    def edits(self, terminal: TerminalRow, request: EditsRequest) -> EditsReply:
        """Take over what a till changed about people, cards, texts and cashiers, each edit once."""
        return edits.take_edits(self.office, terminal, request)

    def changes(self, terminal: TerminalRow, after: Cursor | None, limit: int = PAGE_MAX) -> ChangesReply:
        """One page of what changed since a cursor."""
        office = self.office
        now_us, day_of = office.clock.now_us(), office.clock.business_day
        return changes.changes(office.database, terminal, after, limit, now_us, office.sealer, day_of=day_of)

    def newest(self) -> Cursor:
        """The newest step of the feed, everything committed until now included."""
        sequencer.sequence(self.office.database)
        with self.office.database.snapshot() as connection:
            return sequencer.newest(connection)

    def snapshot(self, terminal: TerminalRow, layout: int = REPLICA_VERSION) -> SnapshotInfo | None:
        """A file with everything a till holds, or ``None`` where pulling page by page is as good."""
        return snapshot.snapshot(self.office, terminal, layout)

    def snapshot_part(self, sha256: str, offset: int, length: int) -> bytes:
        """A part of a snapshot; empty at its end.

        Raises:
            Refusal: ``NOT_FOUND`` when there is no such file any more.
        """
        return snapshot.part(self.office, sha256, offset, length)

    def record(self, terminal: TerminalRow, record_id: UUID) -> RecordReply:
        """A record that some till wrote, with what was undone of it, for a till that is to undo it.

        Raises:
            Refusal: ``NOT_FOUND`` when there is none of a member this till holds.
        """
        return records.record(self.office, terminal, record_id)

    def compare(self, terminal: TerminalRow, request: CompareRequest) -> CompareReply:
        """Which records a till should hand in again, because both sides do not count the same."""
        return compare.compare(self.office.database, terminal, request)

    def store_day(self, terminal: TerminalRow, day: date) -> StoreDay:
        """The day of the till's store, as far as its tills have sent it.

        Raises:
            Refusal: ``BAD_REQUEST`` for a day before any programme.
        """
        return report.store_day(self.office, terminal, day)

    def numbers(self, terminal: TerminalRow, request: NumbersRequest) -> NumbersReply:
        """Note which card numbers a till has, and give it a block for it alone if it asks for one.

        Raises:
            Refusal: ``BAD_REQUEST`` when the id was used for another question.
        """
        return numbers.numbers(self.office, terminal, request)

    # --------------------------------------------------------------------------------- tills, for people

    def enrol_terminal(self, store: str, name: str, *, region: str = "", scope: str = "") -> JoinCode:
        """Make a code with which one till may join once.

        Args:
            store: The store's name; it is made when there is none of that name.
            name: What the till is called there.
            region: The store's region, kept as it is when empty.
            scope: The region whose members the till holds; empty for all.
        """
        return joining.enrol_terminal(self.office, store, name, region=region, scope=scope)

    def terminals(self) -> tuple[TerminalView, ...]:
        """All tills, those first that were silent longest."""
        return terminals.terminals(self.office)

    def stores(self) -> tuple[str, ...]:
        """The names of all stores."""
        return terminals.stores(self.office)

    def revoke(self, terminal_id: UUID) -> None:
        """Shut a till out at once.

        Raises:
            TerminalUnknown: There is none.
        """
        terminals.revoke(self.office, terminal_id)

    def fence(self, terminal_id: UUID) -> None:
        """Shut a till out because there are two of it; both have to join again.

        Raises:
            TerminalUnknown: There is none.
        """
        terminals.fence(self.office, terminal_id)

    def change_scope(self, terminal_id: UUID, scope: str) -> None:
        """Let a till hold the members of another region, or of all when empty; it pulls everything again.

        Raises:
            TerminalUnknown: There is none.
        """
        terminals.change_scope(self.office, terminal_id, scope)

    # ------------------------------------------------------------------------------------------ programmes

    def publish(
        self, document: str, *, starts_at_us: int | None = None, by: str = ""
    ) -> Published | tuple[Problem, ...]:
        """Publish a programme; tills adopt it at its start.

        Args:
            document: TOML. Its version is counted on when it is not above every version known.
            starts_at_us: ``None`` for at once.
            by: Who.

        Returns:
            Under which version, or everything wrong with the document.
        """
        return programmes.publish(self.office, document, starts_at_us=starts_at_us, by=by)

    def programmes(self) -> tuple[ProgrammeView, ...]:
        """All published versions, newest first."""
        return programmes.programmes(self.office)

    # ---------------------------------------------------------------------------------------------- members

    def find_members(self, text: str, limit: int = 20) -> tuple[MemberHit, ...]:
        """Find members by name, phone, e-mail or card, as at the till."""
        return members.find(self.office, text, limit)

    def member(self, member_id: UUID, records: int = 50) -> MemberView | None:
        """One member with the newest records; ``None`` when nothing is known of the account."""
        return members.view(self.office, member_id, records)

    def adjust(self, who: str | UUID, points: int, reason: str, *, by: str) -> Adjusted | Refused:
        """Correct a balance.

        Args:
            who: A card's number or an account.
            points: Signed.
            reason: Why; kept as an erasable text.
            by: Who decided it; kept with the reason.
        """
        return adjust.adjust(self.office, who, points, reason, by=by)

    def merge(self, card: str | UUID, into: str | UUID, *, by: str) -> Merged | Refused:
        """Join the account of one card into that of another."""
        return merge.merge(self.office, card, into, by=by)

    def erase(self, member_id: UUID, *, by: str) -> Erased | Refused:
        """Forget a person, here and at every till."""
        return erase.erase(self.office, member_id, by=by)

    def idle_members(self, years: int, limit: int) -> tuple[IdleMember, ...]:
        """Members without a sign of life for so many whole years after the one of the last."""
        found = retention.idle_members(self.office, retention.idle_before(self.office, years))
        return tuple(islice(found, limit))

    def forget_idle(self, years: int, *, with_points: bool, by: str) -> Forgotten:
        """Forget them, here and at every till; who has points left only when it is said."""
        return retention.forget(self.office, years, with_points=with_points, by=by)

    def old_notes(self, years: int) -> int:
        """How many notes are behind corrections and reversals that were made more than so many whole years ago."""
        return retention.old_notes(self.office, years)

    def forget_notes(self, years: int) -> int:
        """Empty those notes; gives how many there were."""
        return retention.forget_notes(self.office, years)

    # ----------------------------------------------------------------------------------- what needs a person

    def conflicts(self, *, open_only: bool = True, limit: int = 200) -> tuple[ConflictView, ...]:
        """What happened and should not have, newest first."""
        return issues.conflicts(self.office, open_only=open_only, limit=limit)

    def resolve_conflict(self, conflict_id: UUID, *, by: str) -> bool:
        """Mark a conflict as settled; ``False`` when there is no such open one."""
        return issues.resolve_conflict(self.office, conflict_id, by)

    def quarantine(self, *, open_only: bool = True, limit: int = 200) -> tuple[QuarantineView, ...]:
        """Records that could not be read, newest first."""
        return issues.quarantine(self.office, open_only=open_only, limit=limit)

    def resolve_quarantine(self, terminal_id: UUID, epoch: UUID, seq: int) -> bool:
        """Mark a quarantined record as looked at; ``False`` when there is no such open one."""
        return issues.resolve_quarantine(self.office, terminal_id, epoch, seq)

    def waiting(self, limit: int = 200) -> tuple[WaitingView, ...]:
        """Records that wait for the one they undo, oldest first."""
        return issues.waiting(self.office, limit=limit)

    # ------------------------------------------------------------------------------------- reports and upkeep

    def day_report(self, day: date, store: str | None = None) -> StoreDayReport:
        """A store's day beside the same weekday a week before; ``None`` for all stores together."""
        return report.day_report(self.office, day, store)

    def expire_due(self, today: date | None = None) -> int:
        """Write what expired before today (the shop's today unless given); gives how many lots. Safe to repeat."""
        return expire.expire_due(self.office, today)

    def keep_up(self) -> None:
        """What has to be done now and then: write what expired, and delete what nobody can need any more."""
        expire.expire_due(self.office, None)
        prune.prune(self.office)

    def verify(self, progress: Callable[[int, int], None] | None = None) -> VerifyResult:
        """Work everything out again and compare.

        Args:
            progress: Told how many records are done and how many there are.
        """
        return verify.verify(self.office, progress)

    def import_journal(self, path: Path) -> ImportResult:
        """Book the journal file of a till that was shut out.

        Raises:
            FileUnusable: It is no such file, or it was changed.
        """
        return import_journal.import_journal(self.office, path)
