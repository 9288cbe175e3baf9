"""Reads the bytes for a printer back into what stands on the paper.

Written from the command reference and not from the library that writes the bytes, so that the two can disagree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

ESC, GS, FS, LF = 0x1B, 0x1D, 0x1C, 0x0A

CODE_PAGES: Final = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
    45: "cp1250",
    46: "cp1251",
    47: "cp1253",
    48: "cp1254",
}
"""Numbers of code pages on most printers (ESC t)."""

_DOUBLE_BYTE_CODEC: Final = "gb18030"
_HIGH: Final = 0x80
_PRINTABLE: Final = 0x20
_PULSE_UNIT_MS: Final = 2
_CENTRE: Final = 1
_RASTER_HEADER_BYTES: Final = 8
_CODE_HEADER_BYTES: Final = 5
_QR: Final = 0x31
_QR_SIZE, _QR_LEVEL, _QR_STORE, _QR_PRINT = 0x43, 0x45, 0x50, 0x51
_LEVELS: Final = {0x30: "L", 0x31: "M", 0x32: "Q", 0x33: "H"}
_COMMAND_BYTES_MAX: Final = 3
_PROBLEMS_MAX: Final = 100


class Row(msgspec.Struct, frozen=True):
    """One row of text, without spaces at its end."""

    text: str
    strong: bool = False
    centred: bool = False


class Picture(msgspec.Struct, frozen=True):
    """Dots, row by row from the top, eight to the byte, 1 is black."""

    width_dots: int
    dots: bytes
    centred: bool = False

    @property
    def height_dots(self) -> int:
        """How many rows it has."""
        return len(self.dots) * 8 // self.width_dots


class Code(msgspec.Struct, frozen=True):
    """A QR code that the printer draws."""

    content: str
    dots_per_module: int
    level: str
    centred: bool = False


class Pulse(msgspec.Struct, frozen=True):
    """The drawer's lock was opened."""

    pin: int
    on_ms: int


class Feed(msgspec.Struct, frozen=True):
    """Paper was pushed out."""

    lines: int


class Knife(msgspec.Struct, frozen=True):
    """The paper was cut."""

    partial: bool


class Reset(msgspec.Struct, frozen=True):
    """The printer was put into its first state: a new receipt begins."""


class Question(msgspec.Struct, frozen=True):
    """Something is asked that is answered when everything before it is on paper (GS r)."""

    number: int


Element = Row | Picture | Code | Pulse | Feed | Knife | Reset | Question


class PaperReader:
    """Takes bytes in any pieces and gives what they print."""

    def __init__(self, columns: int, *, double_byte: bool = False) -> None:
        """Start as a printer does that was just switched on.

        Args:
            columns: Characters to the line; longer rows are broken, as printers break them.
            double_byte: Whether it takes two bytes for one character until told otherwise.
        """
        self._columns = columns
        self._starts_double_byte = double_byte
        self._buffer = bytearray()
        self._found: list[Element] = []
        self.problems: list[str] = []
        """What no printer would understand, for tests."""
        self._simple: dict[bytes, tuple[int, Callable[[bytes], None]]] = {
            b"\x1b@": (0, lambda _: self._reset()),
            b"\x1bt": (1, self._choose_page),
            b"\x1bE": (1, self._emphasise),
            b"\x1ba": (1, self._align),
            b"\x1bR": (1, self._ignore),
            b"\x1bd": (1, self._feed_lines),
            b"\x1bp": (3, self._pulse),
            b"\x1dV": (1, self._cut),
            b"\x1dr": (1, self._ask),
            b"\x1c.": (0, lambda _: self._set_double_byte(on=False)),
            b"\x1c&": (0, lambda _: self._set_double_byte(on=True)),
        }
        self._row = ""
        self._row_is_strong = self._is_strong = self._is_centred = False
        self._codec = CODE_PAGES[0]
        self._is_double_byte = double_byte
        self._code_content, self._code_size, self._code_level = "", 3, "L"

    def feed(self, data: bytes) -> list[Element]:
        """What the bytes complete; the rest waits for more."""
        self._buffer += data
        while self._buffer and (used := self._step()):
            del self._buffer[:used]
        found, self._found = self._found, []
        return found

    def power_cycle(self) -> None:
        """Forget what was begun, as a printer does that is switched off and on."""
        self._buffer.clear()
        self._reset()
        self._found.clear()

    def _step(self) -> int:
        """Take one command or character; 0 when more bytes are needed."""
        first = self._buffer[0]
        if first in {ESC, GS, FS}:
            return self._command()
        if first == LF:
            self._end_row()
            return 1
        if first < _PRINTABLE:
            self._complain(f"control character {first:#04x}")
            return 1
        if first >= _HIGH and self._is_double_byte:
            if len(self._buffer) < 2:  # noqa: PLR2004 - two bytes, as the name says
                return 0
            self._put(bytes(self._buffer[:2]).decode(_DOUBLE_BYTE_CODEC, "replace"))
            return 2
        self._put(bytes([first]).decode(self._codec, "replace"))
        return 1

    def _command(self) -> int:
        name = bytes(self._buffer[:2])
        if len(name) < 2:  # noqa: PLR2004 - a command's name is two bytes
            return 0
        if name in self._simple:
            length, act = self._simple[name]
            if len(self._buffer) < 2 + length:
                return 0
            act(bytes(self._buffer[2 : 2 + length]))
            return 2 + length
        name = bytes(self._buffer[:_COMMAND_BYTES_MAX])
        if name == b"\x1dv0":
            return self._raster()
        if name == b"\x1d(k":
            return self._code()
        if len(name) < _COMMAND_BYTES_MAX and name in {b"\x1dv", b"\x1d("}:
            return 0
        self._complain(f"unknown command {name[:2].hex(' ')}")
        return 1

    def _raster(self) -> int:
        """GS v 0 m xL xH yL yH, then the dots."""
        if len(self._buffer) < _RASTER_HEADER_BYTES:
            return 0
        width = int.from_bytes(self._buffer[4:6], "little")
        height = int.from_bytes(self._buffer[6:8], "little")
        end = _RASTER_HEADER_BYTES + width * height
        if len(self._buffer) < end:
            return 0
        dots = bytes(self._buffer[_RASTER_HEADER_BYTES:end])
        self._found.append(Picture(width * 8, dots, self._is_centred))
        return end

    def _code(self) -> int:
        """GS ( k pL pH cn fn, then as many parameters as pL and pH say."""
        if len(self._buffer) < _CODE_HEADER_BYTES:
            return 0
        end = _CODE_HEADER_BYTES + int.from_bytes(self._buffer[3:5], "little")
        if len(self._buffer) < end:
            return 0
        kind, function, *rest = self._buffer[_CODE_HEADER_BYTES:end]
        if kind != _QR:
            self._complain(f"unknown kind of code {kind:#04x}")
        elif function == _QR_SIZE:
            self._code_size = rest[0]
        elif function == _QR_LEVEL:
            self._code_level = _LEVELS.get(rest[0], "?")
        elif function == _QR_STORE:
            self._code_content = bytes(rest[1:]).decode("utf-8", "replace")
        elif function == _QR_PRINT:
            code = Code(self._code_content, self._code_size, self._code_level, self._is_centred)
            self._found.append(code)
        return end

    def _put(self, character: str) -> None:
        if len(self._row) >= self._columns:
            self._end_row()
        self._row += character
        self._row_is_strong = self._row_is_strong or (self._is_strong and character != " ")

    def _end_row(self) -> None:
        self._found.append(Row(self._row.rstrip(" "), self._row_is_strong, self._is_centred))
        self._row, self._row_is_strong = "", False

    def _reset(self) -> None:
        self._row, self._row_is_strong = "", False
        self._is_strong = self._is_centred = False
        self._codec = CODE_PAGES[0]
        self._is_double_byte = self._starts_double_byte
        self._found.append(Reset())

    def _choose_page(self, rest: bytes) -> None:
        if rest[0] in CODE_PAGES:
            self._codec = CODE_PAGES[rest[0]]
        else:
            self._complain(f"unknown code page {rest[0]}")

    def _emphasise(self, rest: bytes) -> None:
        self._is_strong = bool(rest[0] & 1)

    def _align(self, rest: bytes) -> None:
        self._is_centred = rest[0] & 3 == _CENTRE

    def _feed_lines(self, rest: bytes) -> None:
        if self._row:
            self._end_row()
        self._found.append(Feed(rest[0]))

    def _pulse(self, rest: bytes) -> None:
        self._found.append(Pulse(5 if rest[0] & 1 else 2, rest[1] * _PULSE_UNIT_MS))

    def _cut(self, rest: bytes) -> None:
        self._found.append(Knife(partial=bool(rest[0] & 1)))

    def _ask(self, rest: bytes) -> None:
        self._found.append(Question(rest[0]))

    def _set_double_byte(self, *, on: bool) -> None:
        self._is_double_byte = on

    def _ignore(self, rest: bytes) -> None:
        """A setting that nothing here depends on."""

    def _complain(self, problem: str) -> None:
        if len(self.problems) < _PROBLEMS_MAX:
            self.problems.append(problem)
