"""A private PostgreSQL for tests and measurements: a cluster in a folder of its own, reached by a socket in it.

A server outlives the program that started it when that is killed. So a keeper waits beside it for the other end of a
pipe to close, which the kernel does however a program ends; then the server is stopped and its folder deleted.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import select
import shutil
import signal
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import psycopg

INSTALLED: Final = Path("/usr/lib/postgresql")
USER: Final = "stammkunde"
UNPRIVILEGED: Final = ("postgres", "nobody")
"""Who runs the server when the tests run as root, which PostgreSQL refuses; the first of them that exists."""

START_S: Final = 60
FAST: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
"""For tests that never cut the power, and whose plans depend on no statistics of the tests before."""

KEEPER: Final = """
trap "" HUP INT TERM
cat
"$1" -D "$2/data" -m immediate -w stop
rm -rf "$2"
"""
"""A shell's script: who runs the server need not be able to reach this Python. It ends no server but the one whose pid
stands in the folder; one that had not written it yet ends by itself when it finds its folder gone."""


END_OTHERS: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
LAYOUT: Final = """
SELECT version_num, relname, relkind, relhastriggers, attname, atttypid, attnotnull
FROM alembic_version, pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'public'::regnamespace AND attnum > 0 ORDER BY relname, attnum
"""
"""What a test could change of a database beside rows."""

SWEEP: Final = """
DO $$
DECLARE used text;
BEGIN
    SELECT string_agg(format('%I', relname), ', ') INTO used FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
        AND pg_relation_size(oid) > 0;
    IF used IS NOT NULL THEN
        EXECUTE 'TRUNCATE ' || used || ' CASCADE';  -- and not DELETE, whose empty pages change what the planner plans
    END IF;
    PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence;
END $$
"""


class PostgresMissing(RuntimeError):
    """The server programs are not installed."""


def binaries() -> Path:
    """The folder of the newest installed server.

    Raises:
        PostgresMissing: There is none.
    """
    found = sorted(INSTALLED.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("postgres")
    if found:
        return found[-1].parent
    if on_path:
        return Path(on_path).resolve().parent
    raise PostgresMissing(f"No PostgreSQL server under {INSTALLED} or on the path; install the package `postgresql`")


class Postgres:
    """One running cluster.

    Attributes:
        folder: Its data, its socket and its log.
        keeper: Ends it with this process.
    """

    def __init__(self, settings: Mapping[str, str] = FAST, *, standby_of: Postgres | None = None) -> None:
        self._bin = binaries()
        self._run_as = _unprivileged()
        self._names = count(1)
        self._free: dict[str, list[str]] = {}
        self.folder = Path(tempfile.mkdtemp(prefix="stammkunde-pg-"))
        if self._run_as:
            shutil.chown(self.folder, self._run_as, pwd.getpwnam(self._run_as).pw_gid)
        self.keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "keeper", self._bin / "pg_ctl", self.folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the tests, not for those who tidy up after them
            **self._surroundings(),
        )
        self._data = self.folder / "data"
        if standby_of is None:
            self._tool("initdb", "-D", self._data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        else:
            where = ("-h", standby_of.folder, "-U", USER, "-D", self._data)
            self._tool("pg_basebackup", *where, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        with (self.folder / "settings").open("w", encoding="utf-8") as file:
            chosen = {"listen_addresses": "", "unix_socket_directories": str(self.folder), **settings}
            file.writelines(f"{name} = '{value}'\n" for name, value in chosen.items())
        (self.folder / "settings").chmod(0o644)
        self._start()

    def remove(self) -> None:
        """Stop it and delete everything, as the keeper would do later."""
        assert self.keeper.stdin is not None
        self.keeper.stdin.close()
        self.keeper.wait(START_S)
        shutil.rmtree(self.folder, ignore_errors=True)  # in a place that is not for everybody it could only empty it

    def promote(self) -> None:
        """Make a standby the one that takes writes, and wait until it is."""
        self._tool("pg_ctl", "-D", self._data, "-w", "-t", START_S, "promote")

    def cut_off(self) -> None:
        """End every process of it at once, as the loss of its machine does."""
        server = int((self._data / "postmaster.pid").read_text("ascii").split()[0])
        processes = (server, *_children(server))
        watched = [os.pidfd_open(process) for process in processes]
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        for ended in watched:
            select.select([ended], [], [], START_S)
            os.close(ended)

    def url(self, name: str) -> str:
        """Where a database is."""
        return f"postgresql://{USER}@/{name}?host={self.folder}"

    @contextlib.contextmanager
    def lend(self, template: str) -> Iterator[str]:
        """Lend a database like ``template``, which Alembic made and which is empty; gives its name.

        A copy takes far longer than most tests, and deleting hundreds of copies longer still, so one is swept and lent
        again. One whose layout a test has changed is left alone from then on.
        """
        free = self._free.setdefault(template, [])
        name = free.pop() if free else self.create_database(template)
        yield name
        if self._sweep(name, self._layout(template)):
            free.append(name)

    def create_database(self, template: str = "template1") -> str:
        """Make another database, a copy of ``template``; returns its name."""
        from sqlalchemy import create_engine, text

        name = f"test_{next(self._names)}"
        engine = create_engine(self.url("postgres").replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        engine.dispose()
        return name

    def _connect(self, name: str) -> psycopg.Connection[Any]:
        import psycopg

        return psycopg.connect(self.url(name), autocommit=True)

    def _layout(self, name: str) -> list[Any]:
        with self._connect(name) as connection:
            return connection.execute(LAYOUT).fetchall()

    def _sweep(self, name: str, layout: list[Any]) -> bool:
        """Empty all tables and begin all sequences again, unless the layout is another one by now."""
        with self._connect(name) as connection:
            connection.execute(END_OTHERS)
            if connection.execute(LAYOUT).fetchall() != layout:
                return False
            connection.execute(SWEEP)
        return True

    def _start(self) -> None:
        """Start the server and wait until it answers."""
        options = f"-c config_file={self.folder / 'settings'} -c hba_file={self._data / 'pg_hba.conf'}"
        log = self.folder / "log"
        self._tool("pg_ctl", "-D", self._data, "-l", log, "-o", options, "-w", "-t", START_S, "start")

    def _tool(self, name: str, *arguments: object) -> None:
        """Run one of the server's programs, with nothing inherited that would keep this process's files open."""
        with tempfile.TemporaryFile() as output:  # a pipe would stay open as long as the server that was started
            done = subprocess.run(
                [self._bin / name, *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                **self._surroundings(),
            )
            output.seek(0)
            said = output.read().decode(errors="replace")
        if done.returncode:
            log = self.folder / "log"
            said += log.read_text(errors="replace") if log.exists() else ""
            raise RuntimeError(f"{name} failed with {done.returncode}:\n{said}")

    def _surroundings(self) -> dict[str, Any]:
        """Where and as whom the server's programs run."""
        found: dict[str, Any] = {"cwd": self.folder, "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}}
        if self._run_as:
            found |= {"user": self._run_as, "group": pwd.getpwnam(self._run_as).pw_gid, "extra_groups": []}
        return found


def _children(process: int) -> list[int]:
    """The processes that a process of this machine has started."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            parent = int(status.read_text(errors="replace").rpartition(")")[2].split()[1])
            found += [int(status.parent.name)] if parent == process else []
    return found


def _unprivileged() -> str | None:
    """Whom to run as, ``None`` when this process is nobody special."""
    if os.geteuid() != 0:
        return None
    users = {user.pw_name for user in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in users)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One cluster for the whole run, or for each process that runs a part of it."""
    cluster = Postgres()
    yield cluster
    cluster.remove()
