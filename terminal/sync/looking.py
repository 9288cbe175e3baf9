"""Looking at the line: what is known of it, put into one value for the pill, the sync screen and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from terminal.app.adopt_pending import why_unreadable
from terminal.sync.status import PendingProgramme, SyncMode, SyncStatus, UnreadableProgramme

if TYPE_CHECKING:
    from loyalty.wire import ProblemCode
    from storage.exchange import HeadOfficeRow
    from storage.store import Reader
    from terminal.sync.status import KeyPlace, Progress, SyncTrouble


class Seen(msgspec.Struct, frozen=True):
    """What only the one who talks to head office knows.

    Attributes:
        mode: How the till stands with head office.
        problem: Why sync stands still.
        progress: The long task that is running.
        key_place: Where the private key lies.
        serving: The address under which this till serves the others.
    """

    mode: SyncMode
    problem: ProblemCode | SyncTrouble | None = None
    progress: Progress | None = None
    key_place: KeyPlace | None = None
    serving: str = ""


def look(reader: Reader, head_office: HeadOfficeRow | None, seen: Seen) -> SyncStatus:
    """How the till stands with head office now.

    Args:
        reader: The ledger.
        head_office: Whom the till has joined.
        seen: What is not in any file.
    """
    if head_office is None:
        return SyncStatus(serving=seen.serving)
    link, state = reader.link(), reader.replica_state()
    acked_seq = link.acked.seq if link.acked else 0
    waiting = reader.head().seq - acked_seq
    oldest = reader.records_after(acked_seq, 1) if waiting else []
    pending, unreadable = _programmes(reader)
    return SyncStatus(
        mode=seen.mode,
        waiting=waiting,
        oldest_us=oldest[0].at_us if oldest else 0,
        acked_seq=acked_seq,
        last_contact_us=link.last_contact_us,
        problem=seen.problem,
        quarantined=link.quarantined,
        conflicts=len(reader.conflicts()),
        store=head_office.store,
        url=head_office.url,
        clock_off_ms=-link.offset_ms,
        progress=seen.progress,
        key_place=seen.key_place,
        pending=pending,
        unreadable=unreadable,
        serving=seen.serving,
        caught_up=state is not None and state.complete,
    )


def _programmes(reader: Reader) -> tuple[PendingProgramme | None, UnreadableProgramme | None]:
    """The next programme that will come into force, and the newest one that can't."""
    pending: PendingProgramme | None = None
    unreadable: UnreadableProgramme | None = None
    ahead = reader.programmes_ahead()
    currency = reader.currency() if ahead else ""
    for item in ahead:
        why = why_unreadable(item.document, currency)
        if why is not None:
            unreadable = UnreadableProgramme(item.version, item.starts_at_us, why)
        elif pending is None:
            pending = PendingProgramme(item.version, item.starts_at_us)
    return pending, unreadable
