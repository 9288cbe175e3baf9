"""The test's side of the trials: builds the library, starts the process with it, asks and collects."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Self

import msgspec

from tests.faults.server import Asked
from tests.faults.shim import Page, build, environment
from tests.faults.trial import Verdict

if TYPE_CHECKING:
    from types import TracebackType

ROOT = Path(__file__).parents[2]


class Lab:
    """Trials on a disk that fails.

    Args:
        folder: An empty folder of its own.
        variant: A module that is run in place of the server, for controls.
    """

    def __init__(self, folder: Path, variant: str = "tests.faults.server") -> None:
        library, page, root = build(folder), folder / "page", folder / "disk"
        Page(page)
        (folder / "templates").mkdir()
        (root / "tmp").mkdir(parents=True)
        command = [sys.executable, "-m", variant, str(page), str(root), str(folder / "templates")]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(library, page, root),
            cwd=ROOT,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def count(self, workload: str, mode: int) -> int:
        """How many operations there are that could fail."""
        return self._ask(Asked(workload, mode)).count

    def trial(self, workload: str, mode: int, fail_at: int, *, go_on: bool) -> Verdict:
        """Let one fail."""
        return self._ask(Asked(workload, mode, fail_at, go_on))

    def _ask(self, asked: Asked) -> Verdict:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(asked) + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the process with the preloaded library has ended"
        return msgspec.json.decode(line, type=Verdict)
