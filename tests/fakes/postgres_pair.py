"""A PostgreSQL with a standby that can take its place, as a chain would run it."""

from __future__ import annotations

from typing import Final

import psycopg
import tenacity

from tests.fakes.postgres import USER, Postgres

SHARED: Final = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}
"""Nobody cuts the power of a machine whose processes are killed."""

PRIMARY: Final = SHARED | {"synchronous_standby_names": "*"}
"""From the first commit on, each waits until the standby has it."""

END_S: Final = 20


class PostgresPair:
    """A primary and its synchronous standby.

    Attributes:
        primary: Takes writes until it is lost.
        standby: Has everything that was acknowledged.
    """

    def __init__(self) -> None:
        """Start both."""
        self.primary = Postgres(PRIMARY)
        try:
            self.standby = Postgres(SHARED, standby_of=self.primary)
        except BaseException:
            self.primary.remove()
            raise

    def remove(self) -> None:
        """Stop both and delete everything."""
        self.standby.remove()
        self.primary.remove()

    def url(self, name: str) -> str:
        """A database at whichever of the two takes writes (PostgreSQL manual, 34.1.1.3)."""
        hosts = f"{self.primary.folder},{self.standby.folder}"
        return f"postgresql://{USER}@/{name}?host={hosts}&target_session_attrs=read-write"

    def wait_for_nobody(self, name: str) -> None:
        """Let commits to a database no longer wait for the standby: the mistake that the proof must notice."""
        with psycopg.connect(self.primary.url("postgres"), autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = local")

    def cut_the_line(self) -> None:
        """The standby hears no more of the primary, as when the network between the two fails."""
        with psycopg.connect(self.standby.url("postgres"), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET primary_conninfo = ''")
            connection.execute("SELECT pg_reload_conf()")
            for attempt in tenacity.Retrying(stop=tenacity.stop_after_delay(END_S), wait=tenacity.wait_fixed(0.02)):
                with attempt:
                    assert connection.execute("SELECT 1 FROM pg_stat_wal_receiver").fetchone() is None

    def catch_up(self) -> None:
        """Wait until the standby shows what the primary has."""
        with psycopg.connect(self.primary.url("postgres")) as connection:
            newest = connection.execute("SELECT pg_current_wal_lsn()").fetchone()
        assert newest is not None
        with psycopg.connect(self.standby.url("postgres"), autocommit=True) as connection:
            for attempt in tenacity.Retrying(stop=tenacity.stop_after_delay(END_S), wait=tenacity.wait_fixed(0.02)):
                with attempt:
                    assert connection.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", newest).fetchone() == (
                        True,
                    )

    def fail_over(self) -> None:
        """The standby takes the place of a primary that was cut off."""
        self.standby.promote()
