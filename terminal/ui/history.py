"""A member's bookings with running balance and explanation."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from terminal.presenters.states import HistoryState
from terminal.ui import intents, tokens
from terminal.ui.buttons import Button
from terminal.ui.cards import Card
from terminal.ui.labels import RIGHT, Label, Paragraph
from terminal.ui.ledger_rows import LedgerRows
from terminal.ui.scroll import scrolling
from terminal.ui.theme import Theme
from terminal.ui.view import View
from terminal.ui.wording import Wording


class HistoryView(View):
    """The bookings, newest first."""

    def __init__(self, presenter: intents.History, texts: Wording, theme: Theme) -> None:
        super().__init__(texts, theme)
        self._presenter = presenter
        self._name = Label(theme, tokens.TEXT_TITLE, QFont.Weight.Bold, name="memberName", elide=True)
        self._balance = Label(theme, tokens.TEXT_TITLE, QFont.Weight.Bold, name="balance", align=RIGHT)
        self._empty = Paragraph(theme, tokens.TEXT_STRONG + 1, ink=theme.palette.secondary, name="empty")
        self._note = Paragraph(theme, ink=theme.palette.secondary, name="historyNote")
        self._rows = LedgerRows(theme)
        self._more = Button(theme, name="more", icon="keyboard_arrow_down")
        self._cancel = Button(theme, name="cancel", icon="arrow_back", hint="Esc", height=tokens.PRIMARY_MIN)
        self._lay_out(theme)
        self._more.clicked.connect(presenter.more)
        self._cancel.clicked.connect(presenter.cancel)
        presenter.subscribe(self.changed)
        self.retranslate()

    def _lay_out(self, theme: Theme) -> None:
        card = Card(theme)
        box = QVBoxLayout(card)
        box.setContentsMargins(*4 * (tokens.CARD_PADDING,))
        box.setSpacing(tokens.CARD_GAP)
        top = QHBoxLayout()
        top.addWidget(self._name, 1)
        top.addWidget(self._balance)
        box.addLayout(top)
        box.addWidget(self._note)
        box.addWidget(scrolling(self._empty, self._rows, self._more, spacing=tokens.ROW_GAP), 1)
        bottom = QHBoxLayout()
        bottom.addWidget(self._cancel, 0, Qt.AlignmentFlag.AlignLeft)
        box.addLayout(bottom)
        page = QVBoxLayout(self)
        page.setContentsMargins(*4 * (tokens.MARGIN,))
        page.addWidget(card)

    def retranslate(self) -> None:
        """Take the captions from the texts again, then show the state."""
        self._more.show_caption(self.texts._("Older bookings"))
        self._cancel.show_caption(self.texts._("Back"))
        self.refresh()

    def refresh(self) -> None:
        """Show the presenter's state."""
        self.render_state(self._presenter.state)

    def render_state(self, state: HistoryState) -> None:
        """Show a state."""
        self._name.show_text(state.name)
        self._balance.show_text(state.balance)
        self._empty.show_text(state.empty)
        self._empty.setVisible(bool(state.empty))
        self._note.show_text(state.note)
        self._note.setVisible(bool(state.note))
        self._rows.show_lines(state.lines)
        self._rows.setVisible(bool(state.lines))
        self._more.setVisible(bool(state.lines))
