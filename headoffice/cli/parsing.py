"""Reading what stands on a command line: ids, days and moments, and files that people name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final
from uuid import UUID

import typer

from headoffice.errors import HeadOfficeError
from texts.i18n import mark

if TYPE_CHECKING:
    from pathlib import Path

    from loyalty.ports import Clock

TEXT_FILE_LENGTH_MAX: Final = 1024 * 1024
"""The largest text file that is read, in bytes; every document has its own, smaller limit behind it."""

NAME_LENGTH_MAX: Final = 80
"""Of a store and a till, in characters, as ``loyalty.feed.Name``."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class FileUnreadable(HeadOfficeError):
    """A file that was named can't be read."""

    code = "file_unreadable"
    sentence = mark("The file can't be read.")


class FileUnwritable(HeadOfficeError):
    """A file that was named can't be written."""

    code = "file_unwritable"
    sentence = mark("The file can't be written.")


def uuid(text: str) -> UUID:
    """Read an id.

    Raises:
        typer.BadParameter: If it is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not an id such as 0198c0de-0000-7000-8000-000000000001") from None


def day(text: str) -> date:
    """Read a day.

    Raises:
        typer.BadParameter: If it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day such as 2026-11-21") from None


def moment(text: str, clock: Clock) -> int:
    """Read a moment as microseconds since 1970 UTC; without an offset it is the shops' time of day.

    Raises:
        typer.BadParameter: If it is none.
    """
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            nearly_us = _microseconds(at.replace(tzinfo=UTC))
            at = at.replace(tzinfo=timezone(timedelta(minutes=clock.utc_offset_min(nearly_us))))
        return _microseconds(at)
    except (ValueError, OverflowError, OSError):  # the last two: a year that time zone tables can't hold
        raise typer.BadParameter(f"{text!r} is not a time such as 2026-12-01T06:00+01:00") from None


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def time_text(at_us: int, clock: Clock) -> str | None:
    """A moment for scripts: ISO 8601 with the shops' offset; ``None`` for never."""
    if not at_us:
        return None
    zone = timezone(timedelta(minutes=clock.utc_offset_min(at_us)))
    return (_EPOCH + timedelta(microseconds=at_us)).astimezone(zone).isoformat()


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
