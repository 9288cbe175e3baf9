"""A breakage: covers every screen until somebody has read it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from terminal.presenters.states import Breakage
from terminal.ui import tokens
from terminal.ui.buttons import Button, Kind
from terminal.ui.labels import CENTRE, IconLabel, Paragraph
from terminal.ui.theme import Theme

ICON_SIZE = 96
TEXT_SIZE = 24
TEXT_WIDTH = 820


class FatalOverlay(QWidget):
    """What happened and what to do, in large letters on the colour of its tone.

    Signals:
        dismissed: The cashier has read it.
    """

    dismissed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._icon = IconLabel(theme, "error", ICON_SIZE, "#FFFFFF")
        self._headline = Paragraph(theme, tokens.TEXT_RESULT, QFont.Weight.Bold, name="fatalHeadline", align=CENTRE)
        self._headline.setFixedWidth(TEXT_WIDTH)
        self._text = Paragraph(theme, TEXT_SIZE, QFont.Weight.DemiBold, name="fatal", align=CENTRE)
        self._text.setFixedWidth(TEXT_WIDTH)
        self._dismiss = Button(
            theme,
            Kind.RESULT,
            name="dismiss",
            trailing="keyboard_return",
            size=TEXT_SIZE - 4,
            height=tokens.PRIMARY_MIN,
        )
        self._dismiss.clicked.connect(self.dismissed)
        self.setAutoFillBackground(True)
        box = QVBoxLayout(self)
        box.setSpacing(tokens.MARGIN)
        box.addStretch(1)
        for part in (self._icon, self._headline, self._text, self._dismiss):
            box.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)
        self.hide()

    def show_fatal(self, breakage: Breakage | None) -> None:
        """Cover everything with a breakage, or give the screens back."""
        if breakage is not None:
            pair = tokens.RESULT[breakage.tone]
            palette = self.palette()
            palette.setColor(QPalette.ColorRole.Window, QColor(pair.surface))
            self.setPalette(palette)
            self._icon.show_icon(tokens.TONE_ICON[breakage.tone], pair.text)
            self._headline.show_text(breakage.headline)
            self._text.show_text(breakage.text)
            self._dismiss.show_caption(breakage.action)
            self._headline.set_ink(pair.text)
            self._text.set_ink(pair.text)
            self._dismiss.set_pair(tokens.Pair(pair.surface, pair.text, pair.text))
            self.raise_()
        self.setVisible(breakage is not None)
