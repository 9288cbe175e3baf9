"""Waiting for a card."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from terminal.presenters.idle import QUERY_LENGTH_MAX
from terminal.presenters.states import IdleState
from terminal.ui import intents, tokens
from terminal.ui.buttons import Button
from terminal.ui.cards import NoticeBar, TileRow, draw_surface
from terminal.ui.fields import LineEdit, SearchField
from terminal.ui.labels import CENTRE, Label
from terminal.ui.theme import Theme, colour
from terminal.ui.view import View
from terminal.ui.wording import Wording

FIELD_WIDTH = 524
PICTURE_WIDTH, PICTURE_HEIGHT = 300, 132
ROOMY_HEIGHT = 520
BARS = "3112213112132113211231121311223112"
"""Widths of bars and gaps in turn; a picture of a code, not a code."""


class CardPicture(QWidget):
    """A card with a bar code between the marks of a finder: what to hold in front of the scanner."""

    MARK = 26
    INSET = 34

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(PICTURE_WIDTH, PICTURE_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw marks and bars."""
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = painter.pen()
        pen.setColor(colour(palette.accent))
        pen.setWidthF(4.0)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        left, top, right, bottom = 3, 3, self.width() - 3, self.height() - 3
        for corner, across in ((left, self.MARK), (right, -self.MARK)):
            for y, down in ((top, self.MARK), (bottom, -self.MARK)):
                painter.drawLine(corner, y, corner + across, y)
                painter.drawLine(corner, y, corner, y + down)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        units = sum(int(width) for width in BARS)
        unit = (self.width() - 2 * self.INSET) / units
        x = float(self.INSET)
        for index, width in enumerate(BARS):
            if index % 2 == 0:
                area = QRectF(x, 26, int(width) * unit, self.height() - 52)
                painter.fillRect(area, colour(palette.brand_text))
            x += int(width) * unit
        draw_surface(painter, QRectF(14, self.height() / 2 - 1.5, self.width() - 28, 3), palette.accent, "", 1.5)


class IdleView(View):
    """The screen between two customers."""

    def __init__(self, presenter: intents.Idle, texts: Wording, theme: Theme) -> None:
        super().__init__(texts, theme)
        self._presenter = presenter
        self._headline = Label(theme, tokens.TEXT_RESULT, QFont.Weight.Bold, name="headline", align=CENTRE)
        self._query = SearchField(theme, "query")
        self._query.edit.setMaxLength(QUERY_LENGTH_MAX)
        self._query.setFixedWidth(FIELD_WIDTH)
        self._notice = NoticeBar(theme)
        self._notice.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._notice.setMinimumWidth(FIELD_WIDTH)
        self._picture = CardPicture(theme)
        self._undo = Button(theme, name="undo", icon="undo", hint="F9")
        self._tiles = TileRow(theme)
        self._lay_out(theme)
        self._query.edit.typed.connect(presenter.query_typed)
        self._query.keyboard_wanted.connect(self.keyboard_wanted)
        self._undo.clicked.connect(presenter.undo_last)
        presenter.subscribe(self.changed)
        self.retranslate()

    def _lay_out(self, theme: Theme) -> None:
        page = QVBoxLayout(self)
        page.setContentsMargins(*4 * (tokens.MARGIN,))
        page.setSpacing(tokens.CARD_GAP)
        page.addStretch(3)
        page.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        page.addWidget(self._headline, 0, Qt.AlignmentFlag.AlignHCenter)
        page.addWidget(self._query, 0, Qt.AlignmentFlag.AlignHCenter)
        page.addWidget(self._notice, 0, Qt.AlignmentFlag.AlignHCenter)
        page.addWidget(self._undo, 0, Qt.AlignmentFlag.AlignHCenter)
        page.addStretch(4)
        page.addWidget(self._tiles)

    def resizeEvent(self, _event: object) -> None:
        """With the keyboard on the screen there is room for what is being typed into and nothing else."""
        roomy = self.height() >= self.theme.px(ROOMY_HEIGHT)
        self._picture.setVisible(roomy)
        self._tiles.setVisible(roomy)

    def retranslate(self) -> None:
        """Take the captions from the texts again, then show the state."""
        translate = self.texts._
        self._headline.show_text(translate("Scan a card"))
        hint = translate("Card number, name or phone")
        self._query.show_captions(hint, hint, translate("Keyboard on the screen"))
        self._undo.show_caption(translate("Undo the last booking"))
        self.refresh()

    def default_input(self) -> LineEdit:
        """The field for a code, a name or a phone number."""
        return self._query.edit

    def refresh(self) -> None:
        """Show the presenter's state."""
        self.render_state(self._presenter.state)

    def render_state(self, state: IdleState) -> None:
        """Show a state."""
        self._query.edit.show_text(state.query)
        self._notice.show_notice(state.notice)
        self._undo.setVisible(state.can_undo)
        self._tiles.show_tiles(state.tiles)
