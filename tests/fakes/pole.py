"""A customer display of two lines for tests: takes the bytes of either command set and says what stands on it."""

from __future__ import annotations

from dataclasses import dataclass, field

COLUMNS = 20
ROWS = 2
TABLES = {0: "cp437", 16: "cp1252", 19: "cp858"}
ESC, US, CLR, CR, HOME = 0x1B, 0x1F, 0x0C, 0x0D, 0x0B


class NotUnderstoodError(Exception):
    """The display was sent what it does not know."""


@dataclass
class FakePole:
    """Reads commands as their manuals describe them, with no code of the sender.

    Attributes:
        protocol: ``escpos`` or ``cd5220``.
        table: The codec of its upper half.
        brightness: 1 to 4, 0 until it was set.
        has_cursor: Whether the cursor blinks.
        is_chosen: Whether it takes what comes, of two devices on one line.
        cleared: How often the whole display was cleared.
    """

    protocol: str = "escpos"
    table: str = "cp437"
    brightness: int = 0
    has_cursor: bool = True
    is_chosen: bool = True
    cleared: int = 0
    _cells: list[list[str]] = field(default_factory=lambda: [[" "] * COLUMNS for _ in range(ROWS)])
    _at: tuple[int, int] = (0, 0)

    @property
    def rows(self) -> tuple[str, str]:
        """What stands there, with every space."""
        upper, lower = ("".join(row) for row in self._cells)
        return upper, lower

    @property
    def is_dark(self) -> bool:
        return not "".join(self.rows).strip()

    def take(self, data: bytes) -> None:
        """Take whole commands.

        Raises:
            NotUnderstoodError: Something is no command and no character.
        """
        rest = memoryview(data)
        while rest:
            read = self._cd5220 if self.protocol == "cd5220" else self._escpos
            rest = rest[read(bytes(rest)) :]

    def _escpos(self, data: bytes) -> int:  # noqa: C901, PLR0911 - a case for each command
        match list(data[:4]):
            case [0x1B, 0x3D, device, *_]:  # ESC = n
                self.is_chosen = device in (2, 3)
                return 3
            case _ if not self.is_chosen:
                return 1
            case [0x1B, 0x40, *_]:  # ESC @
                self._clear()
                self.table = "cp437"
                return 2
            case [0x1B, 0x74, number, *_] if number in TABLES:  # ESC t n
                self.table = TABLES[number]
                return 3
            case [0x1F, 0x24, column, row] if 1 <= column <= COLUMNS and 1 <= row <= ROWS:  # US $ x y
                self._at = (row - 1, column - 1)
                return 4
            case [0x1F, 0x43, on, *_] if on in (0, 1):  # US C n
                self.has_cursor = bool(on)
                return 3
            case [0x1F, 0x58, level, *_] if 1 <= level <= 4:  # US X n
                self.brightness = level
                return 3
            case [0x1F, 0x01, *_]:  # US MD1: overwrite
                return 2
            case [0x0C, *_]:
                self._clear()
                return 1
            case [character, *_] if character >= 0x20:
                self._put(character)
                return 1
        raise NotUnderstoodError(data[:8].hex(" "))

    def _cd5220(self, data: bytes) -> int:
        match list(data[:3]):
            case [0x1B, 0x51, row] if row in (0x41, 0x42):  # ESC Q A or B: a whole line, up to CR
                text, _, _ = data[3:].partition(b"\r")
                if len(text) > COLUMNS or data[3 + len(text) : 4 + len(text)] != b"\r":
                    raise NotUnderstoodError("a line that is too long or has no end")
                self._cells[row - 0x41] = list(text.decode(self.table).ljust(COLUMNS))
                return 4 + len(text)
            case [0x1B, 0x40, *_]:
                self._clear()
                return 2
            case [0x1B, 0x2A, level] if 1 <= level <= 4:  # ESC * n
                self.brightness = level
                return 3
            case [0x1B, 0x5F, on] if on in (0, 1):  # ESC _ n
                self.has_cursor = bool(on)
                return 3
            case [0x0C, *_]:
                self._clear()
                return 1
        raise NotUnderstoodError(data[:8].hex(" "))

    def _clear(self) -> None:
        self.cleared += 1
        self._cells = [[" "] * COLUMNS for _ in range(ROWS)]
        self._at = (0, 0)

    def _put(self, character: int) -> None:
        row, column = self._at
        self._cells[row][column] = bytes([character]).decode(self.table)
        column += 1
        self._at = (row, column) if column < COLUMNS else ((row + 1) % ROWS, 0)
