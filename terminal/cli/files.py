"""Reading files that people name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from terminal.errors import FileUnreadable

if TYPE_CHECKING:
    from pathlib import Path

TEXT_FILE_LENGTH_MAX: Final = 1024 * 1024
"""The largest text file that is read, in bytes; every document has its own, smaller limit behind it."""


def read_text(path: Path) -> str:
    """Read a UTF-8 text file, with or without a byte order mark.

    Raises:
        FileUnreadable: It is not there, may not be read, is no UTF-8 or too large.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(TEXT_FILE_LENGTH_MAX + 1)
    except OSError as error:
        raise FileUnreadable(path, error.strerror or "") from error
    if len(raw) > TEXT_FILE_LENGTH_MAX:
        raise FileUnreadable(path, f"larger than {TEXT_FILE_LENGTH_MAX} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileUnreadable(path, "not UTF-8 text") from error
