"""Making a search index in a process of its own, beside an open till: ``python -m storage.search_process DIRECTORY``.

It says how far it is, a line at a time: how many profiles were read, and how many there are. When it ends well, the
index lies aside, for the till to take.
"""

from __future__ import annotations

import sys
from pathlib import Path

from storage.errors import StorageError
from storage.search_following import make_aside

FAILED = 1
"""The exit code of a making that failed; why does not matter, the till tries again."""


def main(arguments: list[str]) -> int:
    """Make the index of the directory that is named."""

    def tell(done: int, total: int) -> None:
        sys.stdout.write(f"{done} {total}\n")
        sys.stdout.flush()

    try:
        make_aside(Path(arguments[0]), tell)
    except StorageError:
        return FAILED
    return 0


if __name__ == "__main__":  # pragma: no cover - a test runs it as a process
    raise SystemExit(main(sys.argv[1:]))
