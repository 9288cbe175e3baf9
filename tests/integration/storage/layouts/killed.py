"""Brings a till of a past layout up to date in processes that are killed, each one statement later than the one before.

    python -m tests.integration.storage.layouts.killed TILL FOLDER STRIDE

copies the directory TILL to FOLDER/1, FOLDER/2 and so on, opens each copy in a process of its own, and kills that at
its n-th statement, n growing by STRIDE; ends when one was not killed any more.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from storage import connection
from storage.store import open_store
from tests.fakes.clock import FakeClock, SeededIds

if TYPE_CHECKING:
    from collections.abc import Sequence


def main() -> None:
    """Make one copy after the other."""
    till, folder, stride = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    for number in count(1):
        directory = folder / str(number)
        shutil.copytree(till, directory)
        process = os.fork()
        if not process:
            _open(directory, 1 + (number - 1) * stride)
            os._exit(0)
        _, status = os.waitpid(process, 0)
        if not os.WIFSIGNALED(status):
            assert status == 0, f"the process ended with {status}"
            return


def _open(directory: Path, killed_at: int) -> None:
    run, done = connection.Database.run, 0

    def counted(self: connection.Database, sql: str, parameters: Sequence[object] = ()) -> int:
        nonlocal done
        done += 1
        if done == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return run(self, sql, parameters)

    connection.Database.run = counted  # type: ignore[method-assign]  # this process only
    clock = FakeClock()
    open_store(directory, clock=clock, ids=SeededIds(1, clock)).close()


if __name__ == "__main__":
    main()
