"""Two processes on one directory; damaged, newer and read-only directories: one message, nothing changed."""

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.store import open_store
from tests.fakes.command_line import ANNA, BEN, SPARE, CommandLine
from tests.source import ROOT

WRITING = [
    ["earn", ANNA, "5"],
    ["redeem", ANNA, "coffee"],
    ["adjust", ANNA, "5", "--reason", "gift"],
    ["member", "add", "--name", "Ben", "--card", BEN],
    ["member", "erase", ANNA],
    ["member", "merge", ANNA, BEN],
    ["card", "block", ANNA],
    ["card", "replace", ANNA, SPARE],
    ["cashier", "block", "Berta"],
    ["day", "close"],
    ["ledger", "rebuild"],
]
READING = [
    ["quote", ANNA, "5"],
    ["history", ANNA],
    ["member", "show", ANNA],
    ["member", "find", "anna"],
    ["programme", "show"],
    ["cashier", "list"],
    ["report", "day"],
    ["report", "period", "--from", "2026-11-01", "--to", "2026-11-30"],
    ["ledger", "verify"],
]

HOLD = """
import sys
from pathlib import Path
from storage.store import open_store
from terminal.app.system import SystemClock, SystemIds
with open_store(Path(sys.argv[1]), clock=SystemClock(), ids=SystemIds()):
    print("open", flush=True)
    sys.stdin.readline()
"""
"""Another process with the till open, until it is told to end."""

NOBODY = 65_534
AS_NOBODY = f"""
import contextlib, io, os, sys
from pathlib import Path
from terminal.app.system import SystemClock, SystemIds
from terminal.cli import Programs, execute
directory, twin, *command = sys.argv[1:]
programs = Programs(SystemClock(), SystemIds(), None, None, lambda: Path(directory))
if os.geteuid() == 0:
    with contextlib.redirect_stdout(io.StringIO()):
        for each in (["quote", "{ANNA}", "5"], ["earn", "{ANNA}", "5"]):
            execute(programs, ["--data", twin, "--json", *each])  # nobody may not read this interpreter's library
    os.setgid({NOBODY})
    os.setuid({NOBODY})
sys.exit(execute(programs, ["--json", *command]))
"""
"""The command line as somebody who owns nothing."""

VERSION_OFFSET = 60
"""Where SQLite keeps ``user_version`` in its header, in bytes (sqlite.org/fileformat2.html, 1.3)."""


@pytest.fixture(scope="module")
def open_elsewhere(annas: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """Anna's shop, whose till another process has open; one for all tests, because none of them can change it."""
    anna = CommandLine(Path(shutil.copytree(annas, tmp_path_factory.mktemp("open") / "data")), seed=4)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(anna.directory)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield anna
        process.communicate("end\n")
        assert process.returncode == 0


@pytest.mark.parametrize("command", WRITING, ids=" ".join)
def test_writing_beside_an_open_till_is_refused(open_elsewhere: CommandLine, command: list[str]) -> None:
    """Two writers would be two truths."""
    assert open_elsewhere(*command).error == "till_open"


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_reading_beside_an_open_till_works(open_elsewhere: CommandLine, command: list[str]) -> None:
    """The office looks at figures while the shop sells."""
    open_elsewhere.done(*command)


def test_backup_and_export_beside_an_open_till(open_elsewhere: CommandLine, tmp_path: Path) -> None:
    """Both read only."""
    open_elsewhere.done("ledger", "backup", str(tmp_path / "copy"))
    open_elsewhere.done("member", "export", ANNA, "--out", str(tmp_path))


def test_restoring_over_an_open_till_is_refused(open_elsewhere: CommandLine, tmp_path: Path) -> None:
    """Nobody pulls the ledger from under a running till."""
    open_elsewhere.done("ledger", "backup", str(tmp_path / "copy"))
    assert open_elsewhere("ledger", "restore", str(tmp_path / "copy")).error == "till_open"


def test_what_the_open_till_books_is_seen_at_once(anna: CommandLine) -> None:
    """A reading command sees every sale the till has acknowledged."""
    with open_store(anna.directory, clock=anna.clock, ids=anna.ids) as store, store.unit() as unit:
        row = unit.card(ANNA)
        assert row is not None
        assert anna.done("history", ANNA)["balance"] == unit.account(row.member_id).balance


def _newer(directory: Path) -> None:
    """A ledger of a later version of the program."""
    _patch(directory / "ledger.sqlite", VERSION_OFFSET, struct.pack(">I", 99))


def _cut(directory: Path) -> None:
    """A ledger whose second half is gone."""
    file = directory / "ledger.sqlite"
    os.truncate(file, file.stat().st_size // 2)


def _overwritten(directory: Path) -> None:
    """A ledger that something else wrote over."""
    (directory / "ledger.sqlite").write_bytes(b"Dear bakery, " * 2_000)


def _without_key(directory: Path) -> None:
    """Without its key every card would mean another account."""
    (directory / "programme.key").unlink()


def _patch(file: Path, offset: int, content: bytes) -> None:
    with file.open("r+b") as opened:
        opened.seek(offset)
        opened.write(content)


BROKEN = [
    (_newer, "newer_schema"),
    (_cut, "damaged"),
    (_overwritten, "not_a_ledger"),
    (_without_key, "damaged"),
]


@pytest.mark.parametrize(("breaks", "code"), BROKEN, ids=["newer", "cut", "overwritten", "without key"])
@pytest.mark.parametrize(
    "command", [["earn", ANNA, "5"], ["history", ANNA], ["init", "--shop", "X"]], ids=lambda c: c[0]
)
def test_a_broken_directory_is_told_and_left_as_it_is(
    anna: CommandLine, breaks: Callable[[Path], None], code: str, command: list[str]
) -> None:
    """One plain message, exit 1, and not one byte changed: it is evidence."""
    breaks(anna.directory)
    before = _contents(anna.directory)
    ran = anna(*command)
    assert ran.error == ("already_exists" if command[0] == "init" else code)
    assert ran.err == ""
    assert _contents(anna.directory) == before


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
@pytest.mark.parametrize(
    ("command", "error"),
    [
        (["earn", ANNA, "5"], "read_only_disk"),
        (["day", "close"], "read_only_disk"),
        (["init", "--shop", "X"], "already_exists"),
        (["history", ANNA], "read_only_disk"),
        (["quote", ANNA, "5"], "read_only_disk"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else value,
)
def test_a_read_only_directory_is_told_and_left_as_it_is(anna: CommandLine, command: list[str], error: str) -> None:
    """A stick with its lock on: one plain message, and not one byte changes.

    Readers are told so too: SQLite needs to write beside a ledger with a log to read it (sqlite.org/wal.html, 5).
    """
    before = _contents(anna.directory)
    twin = shutil.copytree(anna.directory, anna.directory.with_name("twin"))
    _hand_over_read_only(anna.directory)
    ran = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(anna.directory), str(twin), *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stderr == ""
    assert json.loads(ran.stdout)["error"]["code"] == error
    assert ran.returncode == 1
    anna.directory.chmod(0o700)
    assert _contents(anna.directory) == before


def _hand_over_read_only(directory: Path) -> None:
    """Take every right to write; the superuser has it anyway, so the directory goes to nobody, who runs the command."""
    for path in (*directory.iterdir(), directory):
        path.chmod(0o500 if path.is_dir() else 0o400)
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)
    if os.geteuid() == 0:
        for above in directory.parents[: len(directory.relative_to(tempfile.gettempdir()).parts) - 1]:
            above.chmod(0o755)


def test_a_copied_directory_is_the_same_shop(anna: CommandLine, tmp_path: Path) -> None:
    """A shop moves to another machine by copying its folder."""
    anna.directory = Path(shutil.copytree(anna.directory, tmp_path / "moved"))
    assert anna.done("member", "show", ANNA)["balance"] == 500


def _contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir() if path.is_file()}
