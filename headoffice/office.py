"""What every use case of head office stands on, made once by the composition root."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from headoffice.archive import Archive
    from headoffice.rows import ServerRow
    from headoffice.secrets import Secrets
    from headoffice.store.engine import Database
    from loyalty.ports import Clock, Ids


class Office:
    """The parts of one head office.

    Attributes:
        database: Where everything is kept.
        secrets: Its keys.
        clock: Time.
        ids: Fresh ids.
        archive: Head office's own records, kept beside the database too.
        server: Who it is.
        snapshots: The folder of files that tills download.
    """

    __slots__ = ("archive", "clock", "database", "ids", "secrets", "server", "snapshots")

    def __init__(
        self,
        *,
        database: Database,
        secrets: Secrets,
        clock: Clock,
        ids: Ids,
        archive: Archive,
        server: ServerRow,
        snapshots: Path,
    ) -> None:
        self.database = database
        self.secrets = secrets
        self.clock = clock
        self.ids = ids
        self.archive = archive
        self.server = server
        self.snapshots = snapshots
