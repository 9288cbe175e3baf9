"""The keys, and what to do when something is odd."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from terminal.presenters.states import HelpState, KeyHint
from terminal.ui import intents, tokens
from terminal.ui.buttons import Button
from terminal.ui.cards import Card
from terminal.ui.keycaps import KeyCapLine
from terminal.ui.labels import Label, Paragraph, caption
from terminal.ui.scroll import scrolling
from terminal.ui.theme import Theme
from terminal.ui.view import View
from terminal.ui.wording import Wording

COLUMNS = 2


class HelpView(View):
    """One page of help."""

    def __init__(self, presenter: intents.Help, texts: Wording, theme: Theme) -> None:
        super().__init__(texts, theme)
        self._presenter = presenter
        self._title = Label(theme, tokens.TEXT_TITLE, QFont.Weight.Bold, name="headline")
        self._keys_caption = caption(theme)
        self._lines: list[KeyCapLine] = []
        self._grid = QGridLayout()
        self._texts_caption = caption(theme)
        self._texts = Paragraph(theme, tokens.TEXT_STRONG, name="texts")
        self._back = Button(theme, name="cancel", icon="arrow_back", hint="Esc", height=tokens.PRIMARY_MIN)
        card = Card(theme)
        box = QVBoxLayout(card)
        box.setContentsMargins(*4 * (tokens.CARD_PADDING,))
        box.setSpacing(tokens.CARD_GAP)
        keys = QWidget()
        keys.setLayout(self._grid)
        self._grid.setContentsMargins(0, 0, 0, tokens.CARD_GAP)
        self._grid.setSpacing(tokens.GAP)
        box.addWidget(self._title)
        parts = (self._keys_caption, keys, self._texts_caption, self._texts)
        box.addWidget(scrolling(*parts, spacing=tokens.ROW_GAP), 1)
        box.addWidget(self._back, 0, Qt.AlignmentFlag.AlignLeft)
        page = QHBoxLayout(self)
        page.setContentsMargins(*4 * (tokens.MARGIN,))
        page.addWidget(card)
        self._back.clicked.connect(presenter.cancel)
        presenter.subscribe(self.changed)
        self.retranslate()

    def retranslate(self) -> None:
        """Take the captions from the texts again, then show the state."""
        self._keys_caption.show_text(self.texts._("Keys"))
        self._texts_caption.show_text(self.texts._("When something is odd"))
        self._back.show_caption(self.texts._("Back"))
        self.refresh()

    def refresh(self) -> None:
        """Show the presenter's state."""
        self.render_state(self._presenter.state)

    def render_state(self, state: HelpState) -> None:
        """Show a state."""
        self._title.show_text(state.title)
        self._show_keys(state.keys)
        self._texts.show_text("\n\n".join(state.texts))
        self._texts_caption.setVisible(bool(state.texts))

    def _show_keys(self, keys: tuple[KeyHint, ...]) -> None:
        while len(self._lines) < len(keys):
            line = KeyCapLine(self.theme)
            index = len(self._lines)
            self._grid.addWidget(line, index // COLUMNS, index % COLUMNS)
            self._lines.append(line)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)
        for index, line in enumerate(self._lines):
            if index < len(keys):
                line.show_key(keys[index])
            line.setVisible(index < len(keys))
