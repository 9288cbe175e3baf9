"""A private PostgreSQL for tests and measurements: a cluster in a folder of its own, reached by a socket in it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import create_engine, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

INSTALLED: Final = Path("/usr/lib/postgresql")
USER: Final = "stammkunde"
UNPRIVILEGED: Final = ("postgres", "nobody")
"""Who runs the server when the tests run as root, which PostgreSQL refuses; the first of them that exists."""

START_S: Final = 60
FAST: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests that never cut the power."""


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
    """

    def __init__(self, settings: Mapping[str, str] = FAST) -> None:
        self._bin = binaries()
        self._run_as = _unprivileged()
        self._names = count(1)
        self.folder = Path(tempfile.mkdtemp(prefix="stammkunde-pg-"))
        if self._run_as:
            shutil.chown(self.folder, self._run_as, pwd.getpwnam(self._run_as).pw_gid)
        self._data = self.folder / "data"
        self._tool("initdb", "-D", self._data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        with (self.folder / "settings").open("w", encoding="utf-8") as file:
            chosen = {"listen_addresses": "", "unix_socket_directories": str(self.folder), **settings}
            file.writelines(f"{name} = '{value}'\n" for name, value in chosen.items())
        (self.folder / "settings").chmod(0o644)
        self.start()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = f"-c config_file={self.folder / 'settings'} -c hba_file={self._data / 'pg_hba.conf'}"
        log = self.folder / "log"
        self._tool("pg_ctl", "-D", self._data, "-l", log, "-o", options, "-w", "-t", START_S, "start")

    def stop(self) -> None:
        """Stop it as a crash would, without a checkpoint; only the server whose pid stands in its own folder."""
        self._tool("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def remove(self) -> None:
        """Stop it and delete everything."""
        self.stop()
        shutil.rmtree(self.folder)

    def url(self, name: str) -> str:
        """Where a database is."""
        return f"postgresql://{USER}@/{name}?host={self.folder}"

    def create_database(self, template: str = "template1") -> str:
        """Make another database, a copy of ``template``; returns its name."""
        name = f"test_{next(self._names)}"
        engine = create_engine(self.url("postgres").replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        engine.dispose()
        return name

    def _tool(self, name: str, *arguments: object) -> None:
        """Run one of the server's programs, with nothing inherited that would keep this process's files open."""
        options: dict[str, Any] = {}
        if self._run_as:
            options = {"user": self._run_as, "group": pwd.getpwnam(self._run_as).pw_gid, "extra_groups": []}
        with tempfile.TemporaryFile() as output:  # a pipe would stay open as long as the server that was started
            done = subprocess.run(
                [self._bin / name, *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                cwd=self.folder,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                **options,
            )
            output.seek(0)
            said = output.read().decode(errors="replace")
        if done.returncode:
            log = self.folder / "log"
            said += log.read_text(errors="replace") if log.exists() else ""
            raise RuntimeError(f"{name} failed with {done.returncode}:\n{said}")


def _unprivileged() -> str | None:
    """Whom to run as, ``None`` when this process is nobody special."""
    if os.geteuid() != 0:
        return None
    users = {user.pw_name for user in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in users)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One cluster for the whole run."""
    cluster = Postgres()
    yield cluster
    cluster.remove()
