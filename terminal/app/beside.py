"""Work beside a working till: a process of its own, of low priority, watched until it ends or the till does."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
import sys
import time
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

LOW_PRIORITY: Final = 15
POLL_S: Final = 0.2
_NO_ROOM: Final = frozenset({errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE})


def run_beside(
    command: Sequence[str],
    stopping: threading.Event,
    *,
    output: IO[bytes] | None = None,
    timeout_s: float = float("inf"),
) -> int | None:
    """Run a process and wait for it; blocks the calling thread.

    Args:
        command: Program and arguments.
        stopping: Set when the till ends; then the process is ended, too.
        output: Takes what it prints, ``None`` for nobody.
        timeout_s: After how many seconds it is ended.

    Returns:
        Its exit status, or ``None`` when it was ended, or the computer has no room for another process.

    Raises:
        OSError: There is no such program, or it may not be run.
    """
    deadline = time.monotonic() + timeout_s
    sink = subprocess.DEVNULL if output is None else output
    try:
        process = subprocess.Popen(command, stdout=sink, stderr=subprocess.DEVNULL)  # noqa: S603 - ours
    except OSError as error:
        if error.errno in _NO_ROOM:
            return None
        raise
    with process:
        _lower_priority(process.pid)
        while process.poll() is None:
            if stopping.wait(POLL_S) or time.monotonic() > deadline:
                process.terminate()
                return None
        return process.returncode


def _lower_priority(pid: int) -> None:
    """Let a process go behind the till's own work, where that can be said."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, LOW_PRIORITY)
