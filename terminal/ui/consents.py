"""A consent as a box to tick, with the whole sentence as the target for a finger."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy

from terminal.presenters.states import ConsentBox
from terminal.ui import tokens
from terminal.ui.buttons import FOCUS_WIDTH, Button
from terminal.ui.cards import draw_surface
from terminal.ui.theme import Theme, colour

BOX = 24
INDENT = 14
TEXT_FLAGS = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)


class ConsentButton(Button):
    """A box with a sentence that wraps; ticked only when the presenter says so."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name=name, chooses=True)
        self._metrics_body = theme.metrics(tokens.TEXT_BODY)
        self.setCheckable(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def nextCheckState(self) -> None:
        """Stay as it is: the presenter ticks."""

    def show_consent(self, consent: ConsentBox) -> None:
        """Show a consent."""
        self.show_caption(consent.text)
        if consent.ticked != self.isChecked():
            self.setChecked(consent.ticked)

    def hasHeightForWidth(self) -> bool:
        """The sentence wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height that shows the whole sentence."""
        area = QRect(0, 0, width - self._text_left() - INDENT, 0)
        needed = self._metrics_body.boundingRect(area, TEXT_FLAGS, self._caption).height()
        return max(tokens.CONTROL_MIN + 4, needed + 2 * tokens.ROW_GAP)

    def sizeHint(self) -> QSize:
        """The card decides the width."""
        width = max(self.width(), 4 * tokens.CONTROL_MIN)
        return QSize(4 * tokens.CONTROL_MIN, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """One line of the least height."""
        return QSize(4 * tokens.CONTROL_MIN, tokens.CONTROL_MIN + 4)

    def clipped(self) -> tuple[str, ...]:
        """The sentence when it cannot be read as a whole."""
        return () if self.heightForWidth(self.width()) <= self.height() else (self._caption,)

    def _text_left(self) -> int:
        return INDENT + self.theme.px(BOX) + tokens.ROW_GAP + 2

    def draw(self, painter: QPainter) -> None:
        """Draw box, tick and sentence."""
        palette = self.theme.palette
        ticked = self.isChecked()
        fill = palette.pressed if self.isDown() else palette.soft.surface if ticked else palette.surface
        draw_surface(painter, QRectF(self.rect()), fill, palette.accent if ticked else palette.control_line, 10)
        size = self.theme.px(BOX)
        box = QRect(INDENT, (self.height() - size) // 2, size, size)
        line = palette.brand if ticked else palette.muted
        draw_surface(painter, QRectF(box), palette.brand if ticked else palette.surface, line, 5, 2.0)
        if ticked:
            tick = self.theme.icons.pixmap("check", size, palette.on_brand, self.devicePixelRatioF())
            painter.drawPixmap(box, tick)
        painter.setFont(self.theme.font(tokens.TEXT_BODY))
        painter.setPen(colour(palette.ink))
        left = self._text_left()
        area = QRect(left, 0, self.width() - left - INDENT, self.height())
        painter.drawText(area, TEXT_FLAGS, self._caption)
        if self.hasFocus():
            draw_surface(painter, QRectF(self.rect()), "", palette.focus, tokens.BUTTON_RADIUS, FOCUS_WIDTH)
