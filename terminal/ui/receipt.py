"""A receipt as it lies on the paper: character for character where the printer puts it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hardware.receipt import cells
from terminal.presenters.receipt_states import Paper
from terminal.ui.theme import Theme, colour

FAMILIES = ("DejaVu Sans Mono", "Liberation Mono", "Consolas", "Menlo", "Courier New")
"""Faces with letters of one width, as printers have them; whatever is there, each letter gets its own place."""

TEXT_SIZES = (14, 13, 12)
"""From the largest to the smallest that can be read, in pixels at 100 % text."""
PADDING = 16
LINE_SPACING = 1.3
PAPER, PRINT = "#FFFFFF", "#101828"
"""Paper is white and print is black in every look."""
TEETH = 8
TOOTH = 6
QUIET_ZONE = 4
"""How many squares around a code stay white (ISO/IEC 18004, 9.1)."""
SQUARE_MAX = 4
"""The side of a code's squares, in device-independent pixels; phones read 3 from a screen."""
DARK = "1"
NOTHING = Paper(0, ())


class ReceiptPaper(QWidget):
    """A strip of paper with the lines of a receipt and its code."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._paper = NOTHING
        self.setObjectName("receipt")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._room = QSize()
        self._take_size(TEXT_SIZES[0])

    def text(self) -> str:
        """The receipt as lines of text."""
        return self._paper.text

    def show_paper(self, paper: Paper | None) -> None:
        """Show a receipt; nothing happens when it is already there."""
        paper = paper or NOTHING
        if paper != self._paper:
            self._paper = paper
            self.setAccessibleName(self.text())
            self._fit()

    def fit_into(self, room: QSize) -> None:
        """Write as large as a room allows; a receipt that is longer even in the smallest size is scrolled."""
        if room != self._room:
            self._room = room
            self._fit()

    def _fit(self) -> None:
        """Take the largest size with which the whole receipt is seen, else the smallest."""
        for size in TEXT_SIZES:
            self._take_size(size)
            wanted = self.sizeHint()
            if wanted.height() <= self._room.height() and wanted.width() <= self._room.width():
                break
        self.setFixedSize(self.sizeHint())
        self.update()

    def _take_size(self, size: int) -> None:
        font = QFont(list(FAMILIES))
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPixelSize(self._theme.px(size))
        self.setFont(font)
        self._strong = QFont(font)
        self._strong.setWeight(QFont.Weight.Bold)
        metrics = QFontMetricsF(font)
        self._cell = metrics.horizontalAdvance("0")
        self._letter = metrics.capHeight()
        self._line = round(metrics.height() * LINE_SPACING)

    @property
    def _square(self) -> int:
        """The side of the code's squares: whole pixels, or they would not be equally large."""
        side = len(self._paper.qr) + 2 * QUIET_ZONE
        room = self._cell * self._paper.columns + 2 * PADDING
        return max(1, min(self._theme.px(SQUARE_MAX), int(room / side)))

    def sizeHint(self) -> QSize:
        """As wide as its lines may be, and as high as its lines and its code."""
        paper = self._paper
        height = 2 * PADDING + TOOTH + self._line * len(paper.rows)
        if paper.qr:
            height += self._square * (len(paper.qr) + 2 * QUIET_ZONE) - PADDING
        return QSize(round(self._cell * paper.columns) + 2 * PADDING, height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the paper with its torn edge, then the lines, then the code."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect().adjusted(0, 0, 0, -TOOTH), colour(PAPER))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(PAPER))
        edge = self.height() - TOOTH
        for x in range(0, self.width(), 2 * TEETH):
            painter.drawEllipse(x, edge - TOOTH, 2 * TEETH, 2 * TOOTH)
        painter.setPen(colour(PRINT))
        for index, row in enumerate(self._paper.rows):
            painter.setFont(self._strong if row.strong else self.font())
            self._draw_row(painter, row.text, PADDING + index * self._line)
        self._draw_code(painter)

    def _draw_row(self, painter: QPainter, text: str, top: int) -> None:
        """Draw each letter in its own place: a typeface with letters of several widths must not shift the columns."""
        baseline = top + (self._line + self._letter) / 2
        column = 0
        for letter in text:
            if letter != " ":
                painter.drawText(QPointF(PADDING + column * self._cell, baseline), letter)
            column += cells(letter)

    def _draw_code(self, painter: QPainter) -> None:
        rows, square = self._paper.qr, self._square
        if not rows:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        left = (self.width() - len(rows) * square) // 2
        top = PADDING + self._line * len(self._paper.rows) + QUIET_ZONE * square
        ink = colour("#000000")
        for y, squares in enumerate(rows):
            for x, dark in enumerate(squares):
                if dark == DARK:
                    painter.fillRect(QRect(left + x * square, top + y * square, square, square), ink)
