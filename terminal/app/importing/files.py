"""A file as somebody exported it: which characters its bytes are, and its lines, none of them too long for memory.

The whole file is looked at once before anything is read from it, because the one letter that tells the encoding may
stand in its last line. What can't be told for certain is refused in words: a wrong guess would be in every receipt.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from io import TextIOWrapper
from typing import TYPE_CHECKING, Final, NamedTuple, TextIO

from terminal.app.importing.flaws import Bad, Wrong
from terminal.errors import FileUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CHUNK_BYTES: Final = 1024 * 1024
LINE_CHARACTERS_MAX: Final = 65_536
"""The longest line, in characters; longer than any row, and short enough for any memory."""

LINES_MAX: Final = 50_000_000
"""The most lines of one file."""

PROGRESS_LINES: Final = 5_000
"""How often progress is told, in lines."""

ENCODINGS: Final = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "cp850": "DOS 850",
    "iso8859-15": "ISO 8859-15",
    "mac-roman": "Mac Roman",
}
"""Python's names of the encodings that can be asked for, and what people call them."""

_SPREADSHEETS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf", b"%PDF")
"""How the files of spreadsheets, and other files that are no text, begin."""

_DOUBTFUL: Final = re.compile(rb"[\x81-\x84\x86-\x89\x8b\x8d\x8f\x90\x93-\x95\x98\x99\x9b\x9d]|[\xc2\xc3][\x80-\xbf]")
"""Bytes that stand for umlauts in DOS and on old Macs, and for nothing or quotation marks in Windows-1252; and the two
bytes that stand for one in UTF-8, in a file of which another part is not UTF-8."""


class TextFile(NamedTuple):
    """A file whose encoding is known.

    Attributes:
        path: Where.
        encoding: Python's name of it.
        bytes: How long the file is.
        sha256: Of its bytes, in hex.
    """

    path: Path
    encoding: str
    bytes: int
    sha256: str

    @property
    def encoding_name(self) -> str:
        """The encoding as people call it."""
        return ENCODINGS[self.encoding]


def examine(path: Path, asked: str | None = None) -> TextFile | tuple[int, Bad]:
    """Look at all of a file's bytes.

    Args:
        path: The file.
        asked: The encoding that somebody says it has, one of ``ENCODINGS``.

    Returns:
        The file, or on which line it can't be read as text, and why.

    Raises:
        FileUnreadable: The operating system does not give it.
    """
    look = _Look(asked)
    size = 0
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                if size == 0 and chunk.startswith(_SPREADSHEETS):
                    return 0, Bad(Wrong.SPREADSHEET)
                size += len(chunk)
                digest.update(chunk)
                if bad := look.at(chunk):
                    return bad
    except OSError as error:
        raise FileUnreadable(path, error.strerror or "") from error
    if size == 0:
        return 0, Bad(Wrong.EMPTY_FILE)
    found = look.end()
    return TextFile(path, found, size, digest.hexdigest()) if isinstance(found, str) else found


class _Look:
    """What the bytes of a file say of its encoding, chunk by chunk."""

    def __init__(self, asked: str | None) -> None:
        self._asked = asked
        self._decoder: codecs.IncrementalDecoder | None = None
        self._encoding = ""
        self._lines = 0
        self._not_utf8_line = 0
        self._doubtful_line = 0

    def at(self, chunk: bytes) -> tuple[int, Bad] | None:
        """Look at the next bytes; gives what is wrong with them."""
        if self._decoder is None:
            self._begin(chunk)
        assert self._decoder is not None, "it was just made"
        if self._encoding != "utf-16" and (nul := chunk.find(0)) >= 0:
            return self._line_of(chunk, nul), Bad(Wrong.NUL_BYTES)
        if not self._not_utf8_line:
            try:
                self._decoder.decode(chunk)
            except UnicodeDecodeError as error:
                line = self._line_of(chunk, max(0, min(error.start, len(chunk) - 1)))
                if self._asked or self._encoding != "utf-8":
                    return line, Bad(Wrong.ENCODING_UNKNOWN, {"encoding": ENCODINGS[self._encoding]})
                self._not_utf8_line = line
        if not self._doubtful_line and (found := _DOUBTFUL.search(chunk)):
            self._doubtful_line = self._line_of(chunk, found.start())
        self._lines += _line_ends(chunk)
        return None

    def end(self) -> str | tuple[int, Bad]:
        """The encoding, or why it can't be told."""
        assert self._decoder is not None, "an empty file has been refused"
        if not self._not_utf8_line:
            try:
                self._decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                if self._asked or self._encoding != "utf-8":
                    return self._lines + 1, Bad(Wrong.ENCODING_UNKNOWN, {"encoding": ENCODINGS[self._encoding]})
                self._not_utf8_line = self._lines + 1
        if not self._not_utf8_line:
            return self._encoding
        if self._doubtful_line:
            return self._doubtful_line, Bad(Wrong.ENCODING_DOUBTFUL)
        return "cp1252"

    def _begin(self, chunk: bytes) -> None:
        if self._asked and self._asked != "utf-8":
            self._encoding = self._asked
        elif chunk.startswith(codecs.BOM_UTF8):
            self._encoding = "utf-8-sig"
        elif chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            self._encoding = "utf-16"
        else:
            self._encoding = "utf-8"
        self._decoder = codecs.getincrementaldecoder(self._encoding.removesuffix("-sig"))()

    def _line_of(self, chunk: bytes, place: int) -> int:
        return self._lines + _line_ends(chunk[:place]) + 1


def _line_ends(data: bytes) -> int:
    """How many lines end in some bytes: LF, CRLF or, where there is no LF at all, CR."""
    return data.count(b"\n") or data.count(b"\r")


def lines(file: TextFile, stopped: Callable[[int, Bad], None], progress: Callable[[int, int], None]) -> Iterator[str]:
    """The lines of a file with their ends, so that a field may hold a line break.

    Args:
        file: The file.
        stopped: Told when nothing behind a line can be read, and why.
        progress: Told how many bytes were read of how many.

    Raises:
        FileUnreadable: The operating system does not give it any more.
    """
    try:
        with file.path.open("rb") as raw, TextIOWrapper(raw, file.encoding, newline="") as opened:
            yield from _bounded(opened, stopped, lambda: progress(min(raw.tell(), file.bytes), file.bytes))
            progress(file.bytes, file.bytes)
    except (OSError, UnicodeError) as error:  # the latter: somebody writes to it meanwhile
        raise FileUnreadable(file.path, getattr(error, "strerror", None) or str(type(error).__name__)) from error


def _bounded(opened: TextIO, stopped: Callable[[int, Bad], None], progress: Callable[[], None]) -> Iterator[str]:
    number = 0
    while line := opened.readline(LINE_CHARACTERS_MAX):
        number += 1
        if len(line) == LINE_CHARACTERS_MAX and line[-1] not in "\r\n":
            stopped(number, Bad(Wrong.LINE_TOO_LONG, {"max": LINE_CHARACTERS_MAX}))
            return
        if number > LINES_MAX:
            stopped(number, Bad(Wrong.LINES_TOO_MANY, {"max": LINES_MAX}))
            return
        if number % PROGRESS_LINES == 0:
            progress()
        yield line
