"""How much room head office's records take in PostgreSQL, for sizing: ``python -m benchmarks.room [BATCHES]``.

Rows are those of ``benchmarks.ingest``: sales of four stores, every tenth without a card, every twentieth with a
reward. The feed is written too. Sizes are a table with its indexes; the write-ahead log is what a standby receives.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, text

from benchmarks.ingest import CONNECTIONS, make_tills, push_all
from benchmarks.sync import fill_head_office
from headoffice.feed.sequencer import sequence
from headoffice.main import assemble
from headoffice.people import directory
from headoffice.store.tables import ACCOUNT
from loyalty.feed import ProfileField
from loyalty.wire import BATCH_RECORDS_MAX
from tests.fakes.headoffice import PretendTill, open_store
from tests.fakes.ledger import PROGRAMME
from tests.fakes.postgres import Postgres

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from headoffice.store.engine import Database

BATCHES: Final = 40
MEMBERS: Final = 20_000
MEMBERS_A_STEP: Final = 1_000
_SIZES: Final = text(
    "SELECT relname, pg_total_relation_size(relid), n_live_tup FROM pg_stat_user_tables"
    " WHERE n_live_tup > 500 ORDER BY 2 DESC"
)


def main() -> None:
    """Measure and print two tables."""
    batches = int(sys.argv[1]) if len(sys.argv) > 1 else BATCHES
    cluster = Postgres({})
    try:
        with tempfile.TemporaryDirectory(prefix="stammkunde-room-") as folder:
            _measure_records(Path(folder) / "records", cluster.url(cluster.create_database()), batches)
            _measure_members(Path(folder) / "members", cluster.url(cluster.create_database()))
    finally:
        cluster.remove()


def _measure_records(folder: Path, url: str, batches: int) -> None:
    """What sales add."""
    with closing(assemble(folder, url, name="Bench")) as head:
        database = head.database
        open_store(database)
        tills = make_tills(database, batches)
        with database.snapshot() as connection:
            before = _log_position(connection)
        push_all(database, tills)
        sequence(database)
        with database.snapshot() as connection:
            written = _log_position(connection) - before
        records = CONNECTIONS * batches * BATCH_RECORDS_MAX
        print(f"{records:,} records, write-ahead log {written / records:,.0f} bytes a record")
        _print_sizes(database, records, "record")


def _measure_members(folder: Path, url: str) -> None:
    """What enrolled members are, with a card, a name, a phone number, an e-mail address and one booking each."""
    with closing(assemble(folder, url, name="Bench")) as head:
        head.publish(PROGRAMME, by="benchmark")
        fill_head_office(head, MEMBERS)
        with head.database.write() as connection:
            members = connection.scalars(select(ACCOUNT.c.member_id)).all()
            for start in range(0, len(members), MEMBERS_A_STEP):
                some = list(enumerate(members[start : start + MEMBERS_A_STEP], start))
                fields = {(member, ProfileField.PHONE): f"+4915100{number:06d}" for number, member in some}
                fields |= {(member, ProfileField.EMAIL): f"name{number}@example.org" for number, member in some}
                directory.put_fields(connection, head.office.sealer, fields)
        sequence(head.database)
        print(f"{MEMBERS:,} members")
        _print_sizes(head.database, MEMBERS, "member")
        terminal = PretendTill(head.database, 1).row
        info = head.snapshot(terminal)
        if info is not None:
            print(f"{'file for new tills':<34} {info.size / MEMBERS:>24,.0f} bytes a member")


def _print_sizes(database: Database, count: int, what: str) -> None:
    with database.write() as connection:
        connection.execute(text("ANALYZE"))
    with database.snapshot() as connection:
        for name, size, rows in connection.execute(_SIZES):
            print(f"{name:<18}{rows:>10,} rows {size / rows:>7,.0f} bytes a row {size / count:>7,.0f} bytes a {what}")


def _log_position(connection: Connection) -> int:
    return int(connection.scalar(text("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")) or 0)


if __name__ == "__main__":
    main()
