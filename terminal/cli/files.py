"""Reading files people name, and writing files so that they are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from terminal.errors import FileUnreadable, FileUnwritable

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def write_file(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, through a temporary one beside it.

    Raises:
        FileUnwritable: The folder is missing, or the disk did not take it; what was there before stays.
    """
    beside: str | None = None
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except OSError as error:
        if beside is not None:
            with contextlib.suppress(OSError):
                Path(beside).unlink()
        raise FileUnwritable(path, error.strerror or "") from error


def write_files(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write several files to a folder, which is made when it is missing.

    Raises:
        FileUnwritable: The folder can't be made, or the disk did not take a file.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FileUnwritable(folder, error.strerror or "") from error
    for name, content in files.items():
        write_file(folder / name, content)
    return [folder / name for name in files]
