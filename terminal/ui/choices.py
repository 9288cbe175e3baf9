"""One of several: a round box with words."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QPainter

from terminal.ui import tokens
from terminal.ui.buttons import FOCUS_WIDTH, Button
from terminal.ui.cards import draw_surface
from terminal.ui.theme import Theme, colour

RADIO = 20
INDENT = 16


class ChoiceButton(Button):
    """One of several, as a round box with words."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name=name, height=tokens.FIELD_HEIGHT, chooses=True)
        self.setCheckable(True)

    def nextCheckState(self) -> None:
        """Stay as it is: the presenter chooses."""

    def _content_width(self) -> int:
        return self.theme.px(RADIO) + tokens.ROW_GAP + self._metrics().horizontalAdvance(self._caption) + 2

    def draw(self, painter: QPainter) -> None:
        """Draw the round box and the words."""
        palette = self.theme.palette
        chosen = self.isChecked()
        fill = palette.pressed if self.isDown() else palette.soft.surface if chosen else palette.surface
        line = palette.accent if chosen else palette.control_line
        draw_surface(painter, QRectF(self.rect()), fill, line, tokens.BUTTON_RADIUS, 2.0 if chosen else 1.0)
        size = self.theme.px(RADIO)
        ring = QRectF(INDENT, (self.height() - size) / 2, size, size)
        draw_surface(painter, ring, palette.surface, palette.brand if chosen else palette.muted, size / 2, 2.0)
        if chosen:
            draw_surface(painter, ring.adjusted(5, 5, -5, -5), palette.brand, "", size / 2)
        painter.setFont(self.theme.font(self._size, QFont.Weight.DemiBold))
        painter.setPen(colour(palette.ink))
        left = INDENT + size + tokens.ROW_GAP
        area = QRect(left, 0, self.width() - left, self.height())
        shown = self._metrics().elidedText(self._caption, Qt.TextElideMode.ElideRight, area.width() - INDENT)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)
        if self.hasFocus():
            draw_surface(painter, QRectF(self.rect()), "", palette.focus, tokens.BUTTON_RADIUS, FOCUS_WIDTH)
