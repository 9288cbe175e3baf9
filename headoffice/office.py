"""What every use case of head office stands on, made once by the composition root."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from headoffice.people.sealing import Sealer

if TYPE_CHECKING:
    from pathlib import Path

    from headoffice.secrets import Secrets
    from headoffice.store.archive import Archive
    from headoffice.store.engine import Database
    from headoffice.store.rows import ServerRow
    from loyalty.ports import Clock, Ids

SNAPSHOT_MEMBERS_MIN: Final = 2_000
"""From how many members on a till is offered a file; fewer are pulled page by page as fast."""


class Office:
    """The parts of one head office.

    Attributes:
        database: Where everything is kept.
        secrets: Its keys.
        sealer: Seals and opens with the profile key.
        clock: Time.
        ids: Fresh ids.
        archive: Head office's own records, kept beside the database too.
        server: Who it is.
        snapshots: The folder of files that tills download.
        snapshot_members_min: From how many members on such a file is made.
    """

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
        self.sealer = Sealer(secrets.profile_key)
        self.clock = clock
        self.ids = ids
        self.archive = archive
        self.server = server
        self.snapshots = snapshots
        self.snapshot_members_min = SNAPSHOT_MEMBERS_MIN
