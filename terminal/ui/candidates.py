"""People to choose from: search hits and possible duplicates."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QSizePolicy

from terminal.presenters.states import Candidate
from terminal.ui import tokens
from terminal.ui.buttons import FOCUS_WIDTH, Button
from terminal.ui.cards import draw_surface
from terminal.ui.theme import Theme, colour

ROW_HEIGHT = 64
INDENT = 18
NAME_SIZE = 17
LEFT_MIDDLE = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT_MIDDLE = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class CandidateRow(Button):
    """A person as one wide button: name, what tells the person apart, balance."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name=name, height=theme.px(ROW_HEIGHT), chooses=True)
        self.candidate = Candidate("", "", "")
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def nextCheckState(self) -> None:
        """Stay as it is: who is selected is decided by the presenter."""

    def show_candidate(self, candidate: Candidate, *, selected: bool) -> None:
        """Show a person; nothing happens when it is already so."""
        if candidate == self.candidate and selected == self.isChecked():
            return
        self.candidate = candidate
        self._caption = candidate.name
        parts = (candidate.name, candidate.detail, candidate.balance)
        self.setAccessibleName(", ".join(part for part in parts if part))
        self.setChecked(selected)
        self.update()

    def sizeHint(self) -> QSize:
        """The list decides the width."""
        return QSize(4 * tokens.CONTROL_MIN, self.minimumHeight())

    def clipped(self) -> tuple[str, ...]:
        """Nothing: names and details come from people and may be shortened."""
        return ()

    def look(self) -> tuple[object, ...]:
        """The same, and what it shows."""
        return (*super().look(), self.candidate)

    def draw(self, painter: QPainter) -> None:
        """Draw name and detail at the left, balance at the right."""
        palette, theme = self.theme.palette, self.theme
        selected = self.isChecked()
        fill = palette.soft.surface if selected else palette.pressed if self.isDown() else palette.surface
        line = palette.accent if selected else palette.line
        draw_surface(painter, QRectF(self.rect()), fill, line, tokens.BUTTON_RADIUS, 2.0 if selected else 1.0)
        strong = theme.metrics(NAME_SIZE, QFont.Weight.DemiBold)
        area = self.rect().adjusted(INDENT, 0, -INDENT, 0)
        balance = strong.horizontalAdvance(self.candidate.balance)
        width = area.width() - balance - INDENT
        middle, line_height = self.height() // 2, theme.px(22)
        elide = Qt.TextElideMode.ElideRight
        painter.setFont(theme.font(NAME_SIZE, QFont.Weight.DemiBold))
        painter.setPen(colour(palette.ink))
        name = strong.elidedText(self.candidate.name, elide, width)
        painter.drawText(QRect(INDENT, middle - line_height, width, line_height), LEFT_MIDDLE, name)
        painter.drawText(area, RIGHT_MIDDLE, self.candidate.balance)
        painter.setFont(theme.font(tokens.TEXT_BODY))
        painter.setPen(colour(palette.secondary))
        detail = theme.metrics(tokens.TEXT_BODY).elidedText(self.candidate.detail, elide, width)
        painter.drawText(QRect(INDENT, middle, width, line_height), LEFT_MIDDLE, detail)
        if self.hasFocus():
            draw_surface(painter, QRectF(self.rect()), "", palette.focus, tokens.BUTTON_RADIUS, FOCUS_WIDTH)
