"""One booking as one painted line."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from terminal.presenters.states import BookingLine, Tone
from terminal.ui import tokens
from terminal.ui.theme import Theme, colour

ROW_HEIGHT = 29
COLUMN_GAP = 12
LEFT_MIDDLE = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT_MIDDLE = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class BookingRow(QWidget):
    """When, what and how many points."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._when_width = 0
        self.line = BookingLine("", "", "")

    def when_width(self) -> int:
        """How much room the date needs."""
        return self._theme.width(self.line.when, tokens.TEXT_BODY)

    def show_line(self, line: BookingLine) -> None:
        """Show a booking; nothing happens when it is already there."""
        if line != self.line:
            self.line = line
            self.setAccessibleName(f"{line.when}, {line.what}, {line.points}")
            self.update()

    def align(self, when_width: int) -> None:
        """Begin the second column behind the widest date of all rows."""
        if when_width != self._when_width:
            self._when_width = when_width
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw three columns."""
        palette = self._theme.palette
        painter = QPainter(self)
        area = self.rect()
        points_width = self._theme.width(self.line.points, tokens.TEXT_BODY, QFont.Weight.DemiBold)
        painter.setFont(self._theme.font(tokens.TEXT_BODY))
        painter.setPen(colour(palette.secondary))
        painter.drawText(area, LEFT_MIDDLE, self.line.when)
        left = self._when_width + COLUMN_GAP if self.line.when else 0
        what_area = QRect(left, 0, area.width() - left - points_width - COLUMN_GAP, area.height())
        what = self.line.what
        if self._theme.width(what, tokens.TEXT_BODY) > what_area.width():
            what = self._theme.metrics(tokens.TEXT_BODY).elidedText(
                what, Qt.TextElideMode.ElideRight, what_area.width()
            )
        painter.setPen(colour(palette.ink))
        painter.drawText(what_area, LEFT_MIDDLE, what)
        painter.setFont(self._theme.font(tokens.TEXT_BODY, QFont.Weight.DemiBold))
        painter.setPen(colour(tone_ink(self._theme, self.line.tone)))
        painter.drawText(area, RIGHT_MIDDLE, self.line.points)


class BookingRows(QWidget):
    """Rows below each other, made once and reused; as many as fit are shown."""

    def __init__(self, theme: Theme, rows_max: int) -> None:
        super().__init__()
        self._theme = theme
        self._rows = [BookingRow(theme) for _ in range(rows_max)]
        self._count = 0
        for row in self._rows:
            row.setParent(self)
            row.hide()

    def show_lines(self, lines: tuple[BookingLine, ...]) -> None:
        """Show the first lines."""
        self._count = min(len(lines), len(self._rows))
        width = 0
        for row, line in zip(self._rows, lines, strict=False):
            row.show_line(line)
            width = max(width, row.when_width())
        for row in self._rows[: self._count]:
            row.align(width)
        self.place()

    def place(self) -> None:
        """Show the rows that fit, whole."""
        height = self._theme.px(ROW_HEIGHT)
        for index, row in enumerate(self._rows):
            row.setGeometry(0, index * height, self.width(), height)
            row.setVisible(index < self._count and (index + 1) * height <= self.height())

    def resizeEvent(self, _event: object) -> None:
        """Place the rows anew."""
        self.place()


def tone_ink(theme: Theme, tone: Tone) -> str:
    """The colour of points; the sign in front of them says the same."""
    return theme.palette.ink if tone is Tone.NEUTRAL else theme.palette.pair(tone).text
