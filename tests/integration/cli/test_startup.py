"""The command as people and scripts start it: its own process, and no more loaded than the command needs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.command_line import ANNA
from tests.source import ROOT

ENTRY = "from terminal.main import main; main()"
LOADED = """
import atexit, sys
atexit.register(lambda: print(*sorted(sys.modules), file=sys.stderr))
from terminal.main import main
main()
"""
HEAVY = {"PySide6", "numpy", "pyqtgraph", "escpos", "keyring", "httpx", "litestar", "phonenumbers", "argon2", "serial"}
"""What makes starting slow, and belongs to the window, the devices or single commands."""


def _run(directory: Path, *arguments: str, program: str = ENTRY) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, "--data", str(directory), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory made by the program itself."""
    made = tmp_path_factory.mktemp("startup") / "data"
    assert _run(made, "init", "--shop", "Bäckerei", "--programme", "bakery").returncode == 0
    return made


@pytest.mark.parametrize(
    "command", [["--help"], ["quote", ANNA, "5"], ["earn", ANNA, "5"], ["history", "--help"]], ids=str
)
def test_commands_for_scripts_load_no_window(directory: Path, command: list[str]) -> None:
    """Imports are most of the start-up; a register that asks for a quote waits for none of these."""
    ran = _run(directory, *command, program=LOADED)
    assert ran.returncode == 0, ran.stderr
    loaded = {name.partition(".")[0] for name in ran.stderr.split()}
    assert "typer" in loaded
    assert not loaded & HEAVY


def test_a_sale_in_its_own_process(directory: Path) -> None:
    """One document on standard output, nothing on standard error, exit 0."""
    ran = _run(directory, "--json", "earn", ANNA, "23,45")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["points"] == 23


def test_exit_codes_reach_the_shell(directory: Path) -> None:
    """Refused is 1, usage is 2."""
    assert _run(directory, "earn", ANNA, "0").returncode == 1
    assert _run(directory, "earn").returncode == 2


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell's pipe")
def test_a_reader_that_leaves_early_is_no_bug(directory: Path) -> None:
    """``stammkunde programme show | head -0`` ends without a complaint."""
    command = f'"{sys.executable}" -c "{ENTRY}" --data "{directory}" programme show | exec true'
    ran = subprocess.run(["/bin/sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "Traceback" not in ran.stderr
    assert not list(directory.glob("*.log"))
