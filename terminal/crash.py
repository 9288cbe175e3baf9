"""The last resort for a bug: a traceback in the data directory that names no person."""

from __future__ import annotations

import os
import re
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CRASH_FILE: Final = "crash.log"

CRASH_FILE_LENGTH_MAX: Final = 1024 * 1024
"""When the file has grown beyond it, in bytes, it begins anew."""

HIDDEN: Final = "..."
HIDDEN_LENGTH_MIN: Final = 3
"""Shorter arguments tell nothing and would blot out half the text."""

_VALUES = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|\+?\d[\d .,/-]{2,}\d|[^\s@]+@[^\s@]+")


def crash_text(error: BaseException, arguments: Sequence[str]) -> str:
    """A traceback without values: what a person typed, quoted texts, long numbers and addresses are hidden.

    The places in the code and the kinds of the errors are what support needs; messages of libraries quote data.

    Args:
        error: What was raised.
        arguments: The command line, whose words may be names and card numbers.
    """
    lines: list[str] = []
    each: BaseException | None = error
    while each is not None:
        frames = traceback.format_list(traceback.extract_tb(each.__traceback__))
        lines += [*frames, f"{type(each).__module__}.{type(each).__qualname__}: {_hidden(str(each), arguments)}\n"]
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
        if each is not None:
            lines.append("which came from\n")
    return "".join(lines)


def _hidden(message: str, arguments: Sequence[str]) -> str:
    for word in sorted(arguments, key=len, reverse=True):
        if len(word) >= HIDDEN_LENGTH_MIN:
            message = message.replace(word, HIDDEN)
    return _VALUES.sub(HIDDEN, message)


def write_crash(directory: Path, text: str) -> Path | None:
    """Append to the crash file of a data directory.

    Returns:
        The file, or ``None`` when it can't be written; a crash handler must not crash.
    """
    path = directory / CRASH_FILE
    try:
        mode = "a" if path.exists() and path.stat().st_size < CRASH_FILE_LENGTH_MAX else "w"
        flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if mode == "a" else os.O_TRUNC)
        with os.fdopen(os.open(path, flags, 0o600), mode, encoding="utf-8", errors="replace") as file:
            file.write(f"--- {datetime.now(UTC).isoformat(timespec='seconds')}\n{text}\n")
    except OSError:
        return None
    return path
