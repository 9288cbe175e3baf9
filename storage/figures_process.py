"""Making the file of figures in a process beside an open till: ``python -m storage.figures_process DIRECTORY``.

Nothing waits for it and nothing depends on it: without the file, or with one that is behind, figures only take longer.
"""

from __future__ import annotations

import sys
from pathlib import Path

from storage.errors import StorageError
from storage.figures_build import renew_figures

FAILED = 1
"""The exit code of a making that failed; it is tried again at the next time."""


def main(arguments: list[str]) -> int:
    """Bring the file of the directory that is named up to date, if it is far behind."""
    try:
        renew_figures(Path(arguments[0]))
    except StorageError:
        return FAILED
    return 0


if __name__ == "__main__":  # pragma: no cover - a test runs it as a process
    raise SystemExit(main(sys.argv[1:]))
