"""Bookings with their explanation and the balance behind each of them."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from terminal.presenters.states import BookingLine, Sent
from terminal.ui import tokens
from terminal.ui.rows import LEFT_MIDDLE, RIGHT_MIDDLE, tone_ink
from terminal.ui.theme import Theme, colour

ROW_HEIGHT = 58
WHEN_WIDTH = 150
POINTS_WIDTH = 92
BALANCE_WIDTH = 100
LINE_HEIGHT = 22
MARK_WIDTH = 34
MARK_SIZE = 20


class LedgerRow(QWidget):
    """When, what with its why, points, balance, and whether head office has it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.line = BookingLine("", "", "")
        self.setFixedHeight(theme.px(ROW_HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_line(self, line: BookingLine) -> None:
        """Show a booking; nothing happens when it is already there."""
        if line != self.line:
            self.line = line
            parts = (line.when, line.what, line.why, line.points, line.balance, line.sent_text)
            self.setAccessibleName(", ".join(part for part in parts if part))
            self.setToolTip(line.sent_text)
            self.update()

    def clipped(self) -> tuple[str, ...]:
        """Numbers that cannot be read as a whole."""
        strong = self._theme.metrics(tokens.TEXT_STRONG, QFont.Weight.DemiBold)
        columns = ((self.line.points, POINTS_WIDTH), (self.line.balance, BALANCE_WIDTH))
        return tuple(text for text, width in columns if strong.horizontalAdvance(text) > self._theme.px(width))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the columns with a line below them."""
        palette, theme = self._theme.palette, self._theme
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, colour(palette.line))
        elide = Qt.TextElideMode.ElideRight
        body, strong = theme.metrics(tokens.TEXT_BODY), theme.metrics(tokens.TEXT_STRONG, QFont.Weight.DemiBold)
        when_width = theme.px(WHEN_WIDTH)
        edge = self._draw_mark(painter, self.width() - tokens.GAP)
        right = edge - (theme.px(BALANCE_WIDTH) if self.line.balance else 0)
        painter.setFont(theme.font(tokens.TEXT_BODY))
        painter.setPen(colour(palette.secondary))
        when = body.elidedText(self.line.when, elide, when_width - 8)
        painter.drawText(QRect(0, 0, when_width, self.height()), LEFT_MIDDLE, when)
        painter.drawText(QRect(right, 0, edge - right, self.height()), RIGHT_MIDDLE, self.line.balance)
        width = right - when_width - theme.px(POINTS_WIDTH)
        line, middle = theme.px(LINE_HEIGHT), self.height() // 2
        if self.line.why:
            why = body.elidedText(self.line.why, elide, width)
            painter.drawText(QRect(when_width, middle, width, line), LEFT_MIDDLE, why)
            what_area = QRect(when_width, middle - line, width, line)
        else:
            what_area = QRect(when_width, 0, width, self.height())
        painter.setFont(theme.font(tokens.TEXT_STRONG, QFont.Weight.DemiBold))
        painter.setPen(colour(palette.ink))
        painter.drawText(what_area, LEFT_MIDDLE, strong.elidedText(self.line.what, elide, width))
        painter.setPen(colour(tone_ink(theme, self.line.tone)))
        area = QRect(right - theme.px(POINTS_WIDTH), 0, theme.px(POINTS_WIDTH), self.height())
        painter.drawText(area, RIGHT_MIDDLE, self.line.points)

    def _draw_mark(self, painter: QPainter, edge: int) -> int:
        """Draw at the right edge whether head office has it; gives the edge that is left for the numbers."""
        palette, theme = self._theme.palette, self._theme
        marks = {Sent.SENT: ("cloud_done", palette.accent), Sent.WAITING: ("sync", palette.amber.text)}
        mark = marks.get(self.line.sent)
        if mark is None:
            return edge
        size = theme.px(MARK_SIZE)
        pixmap = theme.icons.pixmap(mark[0], size, mark[1], self.devicePixelRatioF())
        painter.drawPixmap(edge - size, (self.height() - size) // 2, pixmap)
        return edge - theme.px(MARK_WIDTH)


class LedgerRows(QWidget):
    """Rows below each other, made when first needed and reused."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: list[LedgerRow] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)

    def show_lines(self, lines: tuple[BookingLine, ...]) -> None:
        """Show the lines."""
        while len(self._rows) < len(lines):
            row = LedgerRow(self._theme)
            self._rows.append(row)
            self._box.addWidget(row)
        for index, row in enumerate(self._rows):
            if index < len(lines):
                row.show_line(lines[index])
            row.setVisible(index < len(lines))
