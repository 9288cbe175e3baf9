"""A receipt as it is going to look on paper."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from terminal.presenters.states import ReceiptText
from terminal.ui.theme import Theme, colour

PAPER_WIDTH = 336
PAPER_PADDING = 20
LINE_HEIGHT = 23
TEXT_SIZE = 14
SMALL_SIZE = 11
PAPER, PRINT = "#FFFFFF", "#101828"
"""Paper is white and print is black in every look."""
TEETH = 8
TOOTH = 6


class ReceiptPaper(QWidget):
    """A strip of paper with the lines of a receipt."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines: tuple[ReceiptText, ...] = ()
        self.setObjectName("receipt")
        self.setFixedWidth(theme.px(PAPER_WIDTH))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Maximum)

    def text(self) -> str:
        """The receipt as lines of text."""
        return "\n".join(f"{line.text} {line.right}".strip() for line in self._lines)

    def show_lines(self, lines: tuple[ReceiptText, ...]) -> None:
        """Show a receipt; nothing happens when it is already there."""
        if lines != self._lines:
            self._lines = lines
            self.setAccessibleName(self.text())
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """As high as its lines."""
        return QSize(self.width(), self._theme.px(LINE_HEIGHT) * len(self._lines) + 2 * PAPER_PADDING + TOOTH)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the paper with its torn edge, then the lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect().adjusted(0, 0, 0, -TOOTH), colour(PAPER))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(PAPER))
        edge = self.height() - TOOTH
        for x in range(0, self.width(), 2 * TEETH):
            painter.drawEllipse(x, edge - TOOTH, 2 * TEETH, 2 * TOOTH)
        painter.setPen(colour(PRINT))
        height = self._theme.px(LINE_HEIGHT)
        for index, line in enumerate(self._lines):
            area = QRect(PAPER_PADDING, PAPER_PADDING + index * height, self.width() - 2 * PAPER_PADDING, height)
            self._draw(painter, area, line)

    def _draw(self, painter: QPainter, area: QRect, line: ReceiptText) -> None:
        if line.rule:
            painter.setPen(Qt.PenStyle.DashLine)
            painter.drawLine(area.left(), area.center().y(), area.right(), area.center().y())
            painter.setPen(colour(PRINT))
            return
        weight = QFont.Weight.Bold if line.strong else QFont.Weight.Normal
        size = SMALL_SIZE if line.small else TEXT_SIZE
        metrics = self._theme.metrics(size, weight)
        painter.setFont(self._theme.font(size, weight))
        middle = Qt.AlignmentFlag.AlignVCenter
        right = metrics.horizontalAdvance(line.right)
        left_area = area.adjusted(0, 0, -right - 8 if right else 0, 0)
        flags = middle | (Qt.AlignmentFlag.AlignHCenter if line.centred else Qt.AlignmentFlag.AlignLeft)
        text = metrics.elidedText(line.text, Qt.TextElideMode.ElideRight, left_area.width())
        painter.drawText(left_area, int(flags), text)
        painter.drawText(area, int(middle | Qt.AlignmentFlag.AlignRight), line.right)
