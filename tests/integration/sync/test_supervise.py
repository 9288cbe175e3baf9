"""A till that serves the others: its head office is a process of its own, and ends with the till however that ends."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest
from filelock import FileLock

from headoffice.cli.serve import LOCK_FILE
from terminal.sync.supervise import FOLDER, LOG_FILE, PORT_FILE, SWITCH_FILE, Supervisor, Switch
from tests.fakes.served import document
from tests.source import ROOT

END_S_MAX = 20
"""How long the server may take to end; mostly it takes less than a second."""

START_S_MAX = 60

TILL = """
import sys, threading
from pathlib import Path
from terminal.sync.supervise import Supervisor
serving = Supervisor(Path(sys.argv[1]))
serving.start()
serving._await_ready()
print("ready", flush=True)
threading.Event().wait()
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """The data directory of a till that serves, on a free port of this computer alone."""
    folder = tmp_path / FOLDER
    document(folder, "init", "--name", "Laden")
    (folder / SWITCH_FILE).write_bytes(msgspec.json.encode(Switch("127.0.0.1:0")))
    return tmp_path


def _port(directory: Path) -> int:
    return int((directory / FOLDER / PORT_FILE).read_text("ascii"))


def _assert_ends(directory: Path, port: int) -> None:
    """The lock of the data directory comes free when the process is gone, and nobody answers any more."""
    with FileLock(directory / FOLDER / LOCK_FILE, timeout=END_S_MAX):
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=END_S_MAX)


def test_the_server_ends_with_a_till_that_is_killed(directory: Path) -> None:
    """Nothing runs in a killed process, so it is the system that closes the pipe."""
    with subprocess.Popen(
        [sys.executable, "-c", TILL, str(directory)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as till:
        try:
            watch = threading.Timer(START_S_MAX, till.kill)
            watch.start()
            assert till.stdout is not None
            assert till.stdout.readline() == "ready\n", (directory / FOLDER / LOG_FILE).read_text()
            watch.cancel()
            port = _port(directory)
            socket.create_connection(("127.0.0.1", port), timeout=END_S_MAX).close()
        finally:
            till.kill()
    _assert_ends(directory, port)


def test_the_server_ends_with_a_till_that_is_closed(directory: Path) -> None:
    """It is asked to, and has said in its log where it listened; closing twice is allowed."""
    serving = Supervisor(directory)
    serving.start()
    serving._await_ready()
    port = _port(directory)
    serving.stop()
    _assert_ends(directory, port)
    serving.stop()
    first = (directory / FOLDER / LOG_FILE).read_text("utf-8").splitlines()[0]
    assert json.loads(first)["port"] == port
