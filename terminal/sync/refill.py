"""Head office's whole state for a till that has no ledger yet: the rules it begins with come from there as well."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, cast

from storage.replica import open_replica
from terminal.sync.context import Round
from terminal.sync.steps.bootstrap import bootstrap
from terminal.sync.steps.pull import pull

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from uuid import UUID

    from loyalty.ports import Clock
    from storage.exchange import HeadOfficeRow
    from terminal.sync.context import Hooks
    from terminal.sync.journal import JournalPort
    from terminal.sync.port import HeadOfficePort


class _NoReader:
    """Of nothing, head office has everything."""

    def position_prefix(self, _positions: Mapping[UUID, int]) -> int:
        return 0


class _NoJournal:
    """As much of a ``JournalPort`` as fetching asks for."""

    def __init__(self, directory: Path, head_office: HeadOfficeRow) -> None:
        self.directory = directory
        self.head_office = head_office
        self.reader = _NoReader()


def refill(
    path: Path, head_office: HeadOfficeRow, profile_key: bytes, port: HeadOfficePort, clock: Clock, hooks: Hooks
) -> None:
    """Fill a replica, or go on filling it where an earlier call was cut off.

    Args:
        path: The replica's file.
        head_office: Whose state.
        profile_key: Opens the people in it.
        port: The line.
        clock: The machine's clock.
        hooks: How it is watched and ended.

    Raises:
        SyncError: Head office is away or says no.
        StorageError: The disk did not take it.
    """
    opened = open_replica(path, server_id=head_office.server_id, profile_key=profile_key, holds=lambda _: False)
    with closing(opened) as replica:
        around = Round(cast("JournalPort", _NoJournal(path.parent, head_office)), replica, port, clock, hooks)
        bootstrap(around)
        pull(around, port.wait(0, 0))
