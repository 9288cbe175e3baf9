"""The database server that tests start ends with them."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.source import ROOT

PROGRAM = """
import sys
from tests.fakes.postgres import Postgres
cluster = Postgres()
print(cluster.folder, cluster.keeper.pid, flush=True)
sys.stdin.read()
"""
TIDIED_UP_WITHIN_S = 60


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux tells when somebody else's child has ended")
def test_a_server_ends_with_whoever_started_it_even_when_that_is_killed() -> None:
    """Nothing stays behind of a run that was ended hard: neither the processes nor the folder."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline().split()
        folder, keeper = Path(said[0]), os.pidfd_open(int(said[1]))
        server = os.pidfd_open(int((folder / "data" / "postmaster.pid").read_text("ascii").split()[0]))
        process.send_signal(signal.SIGKILL)
    try:
        assert select.select([server], [], [], TIDIED_UP_WITHIN_S)[0], "the server runs on"
        assert select.select([keeper], [], [], TIDIED_UP_WITHIN_S)[0], "its keeper waits for something"
    finally:
        os.close(server)
        os.close(keeper)
    assert not folder.exists()
