"""The process with the library preloaded: reads what to try from standard input and answers on standard output.

``python -m tests.faults.server PAGE ROOT FOLDER``. It forks a process for each trial, so that thousands are cheap.
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from tests.faults.commands import load
from tests.faults.shim import MODES, Page
from tests.faults.trial import Bench, Verdict


class Asked(msgspec.Struct, frozen=True):
    """A trial; with ``fail_at`` 0 only the operations are counted."""

    workload: str
    mode: int
    fail_at: int = 0
    go_on: bool = False


def main() -> None:
    """Answer until standard input ends."""
    page, root, folder = (Path(argument) for argument in sys.argv[1:4])
    load(folder)
    bench = Bench(root, folder, Page(page))
    for line in sys.stdin.buffer:
        asked = msgspec.json.decode(line, type=Asked)
        mode = MODES[asked.mode]
        if asked.fail_at:
            verdict = bench.trial(asked.workload, mode, asked.fail_at, go_on=asked.go_on)
        else:
            verdict = Verdict(bench.count(asked.workload, mode), fired=False, outcome="counted", problems=())
        sys.stdout.buffer.write(msgspec.json.encode(verdict) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
