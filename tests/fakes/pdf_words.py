"""What a PDF of fpdf2 says, read the way a viewer does when somebody copies its text."""

from __future__ import annotations

import re
import zlib
from typing import Final

_STREAM: Final = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_LETTER: Final = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]{4})>")
_STEP: Final = re.compile(rb"/F(\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", re.DOTALL)
_ESCAPE: Final = re.compile(rb"\\(.)", re.DOTALL)
_CONTROL: Final = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages_of(pdf: bytes) -> int:
    """How many pages it has."""
    return len(re.findall(rb"/Type /Page\b", pdf))


def streams_of(pdf: bytes) -> list[bytes]:
    """Its streams as they were before they were packed: pages, fonts, and what fonts say of letters."""
    return [_unpacked(stream) for stream in _STREAM.findall(pdf)]


def words_of(pdf: bytes) -> list[str]:
    """Every text in the order of writing; glyphs become letters by the fonts' own tables (ISO 32000-2, 9.10.3)."""
    streams = streams_of(pdf)
    fonts = [dict(_LETTER.findall(stream)) for stream in streams if b"beginbfchar" in stream]
    found: list[str] = []
    for stream in streams:
        font: dict[bytes, bytes] = {}
        for number, text in _STEP.findall(stream) if b"BT " in stream else ():
            if number:
                font = fonts[int(number) - 1]
            else:
                found.append(_text(font, text))
    return found


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def _text(font: dict[bytes, bytes], written: bytes) -> str:
    raw = _ESCAPE.sub(lambda match: _CONTROL.get(match[1], match[1]), written)
    glyphs = [raw[index : index + 2].hex().upper().encode() for index in range(0, len(raw), 2)]
    return "".join(chr(int(font[glyph], 16)) for glyph in glyphs)
