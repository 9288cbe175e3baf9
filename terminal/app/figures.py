"""Keeping the file of figures up to date beside a working till: now and then a process of low priority looks."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Final

from terminal.app.beside import run_beside

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

EVERY_S: Final = 900.0
"""How often somebody looks whether the file is far behind, in seconds; a busy till books some 300 records meanwhile."""


class FiguresService:
    """One thread that starts the process again and again.

    Args:
        command: Brings the file up to date; see ``storage.figures_process``.
        crashed: Takes a mistake of ours, to write it down; any thread may call it.
        every_s: How long to wait between two runs, in seconds.
    """

    def __init__(
        self, command: Sequence[str], crashed: Callable[[Exception], None], *, every_s: float = EVERY_S
    ) -> None:
        self._command = command
        self._crashed = crashed
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="figures")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Leave off; a file that is being made is given up."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stopping.wait(self._every_s):
                self._look()
        except Exception as error:  # noqa: BLE001 - written down there; the till sells without figures
            self._crashed(error)

    def _look(self) -> None:
        """Let the process do it; how it ends does not matter, the next one tries again."""
        run_beside(self._command, self._stopping)


def figures_command(directory: Path) -> list[str]:
    """The command that brings the file of figures up to date."""
    return [sys.executable, "-m", "storage.figures_process", str(directory)]
