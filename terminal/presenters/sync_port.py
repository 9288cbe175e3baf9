"""What the sync screen can ask for. The sync thread's owner satisfies it by shape; the presenters know no thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path
    from uuid import UUID

    from loyalty.outcomes import Refused
    from loyalty.records import Redemption, Sale
    from loyalty.store_day import StoreDay
    from loyalty.wire import RecordReply
    from terminal.sync.outcomes import Declined, Exported, Invited, Joined, Left, Serving


class SyncActions(Protocol):
    """Everything here returns at once; exactly one of ``done`` and ``failed`` is called later, on the painting thread.

    A no is a value for ``done``; ``failed`` gets what broke, a known error of the ledger or a bug.
    """

    def sync_now(self) -> None:
        """Begin a round without waiting for the next one."""
        ...

    def join(
        self,
        url: str,
        code: str,
        done: Callable[[Joined | Declined | Refused], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Belong to the head office at an address, with the one-time code it gave."""
        ...

    def leave(
        self,
        manager_id: UUID | None,
        pin: str,
        done: Callable[[Left | Refused], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Stand alone again; checks the manager's PIN, ``None`` where nobody has one."""
        ...

    def serve(
        self,
        on: bool,  # noqa: FBT001 - a switch's new state
        done: Callable[[Serving | Declined | Refused], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Begin or end to serve the other tills of the shop."""
        ...

    def invite(
        self, name: str, done: Callable[[Invited | Declined | Refused], None], failed: Callable[[Exception], None]
    ) -> None:
        """Make a one-time code for another till of the shop; only while serving."""
        ...

    def export(
        self, path: Path, done: Callable[[Exported | Declined | Refused], None], failed: Callable[[Exception], None]
    ) -> None:
        """Write what head office has not acknowledged to a new file."""
        ...

    def store_day(
        self, day: date, done: Callable[[StoreDay | Declined], None], failed: Callable[[Exception], None]
    ) -> None:
        """Read a business day of the whole store; head office answers within seconds or counts as away."""
        ...

    def record(
        self, record_id: UUID, done: Callable[[RecordReply | Declined], None], failed: Callable[[Exception], None]
    ) -> None:
        """Read a booking of another till; head office answers within seconds or counts as away."""
        ...

    def receipt_code(
        self, record: Sale | Redemption, done: Callable[[str | Declined], None], failed: Callable[[Exception], None]
    ) -> None:
        """Sign a booking of this till for its receipt; empty when it has no code."""
        ...
