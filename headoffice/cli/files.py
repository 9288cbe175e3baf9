"""Files that people name on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from headoffice.errors import HeadOfficeError
from texts.i18n import mark

if TYPE_CHECKING:
    from pathlib import Path

TEXT_FILE_LENGTH_MAX: Final = 1024 * 1024
"""The largest text file that is read, in bytes; every document has its own, smaller limit behind it."""


class FileUnreadable(HeadOfficeError):
    """A file that was named can't be read."""

    code = "file_unreadable"
    sentence = mark("The file can't be read.")


class FileUnwritable(HeadOfficeError):
    """A file that was named can't be written."""

    code = "file_unwritable"
    sentence = mark("The file can't be written.")


def check_readable(path: Path) -> None:
    """Look whether a file is there before anything is made of it.

    Raises:
        FileUnreadable: It is not, or may not be read.
    """
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        raise FileUnreadable(f"{path}: {error.strerror}") from error


def read_text(path: Path) -> str:
    """Read a UTF-8 text file, with or without a byte order mark.

    Raises:
        FileUnreadable: It is not there, may not be read, is no UTF-8 or too large.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(TEXT_FILE_LENGTH_MAX + 1)
    except OSError as error:
        raise FileUnreadable(f"{path}: {error.strerror}") from error
    if len(raw) > TEXT_FILE_LENGTH_MAX:
        raise FileUnreadable(f"{path}: larger than {TEXT_FILE_LENGTH_MAX} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileUnreadable(f"{path}: not UTF-8 text") from error


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file that a person named.

    Raises:
        FileUnwritable: The folder is missing, or the disk did not take it.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        raise FileUnwritable(f"{path}: {error.strerror}") from error
