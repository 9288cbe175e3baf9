"""The sync screen: how the till stands with head office, and the joining code for another one."""

from __future__ import annotations

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QVBoxLayout

from terminal.ui import intents, tokens
from terminal.ui.cards import Card
from terminal.ui.labels import Paragraph
from terminal.ui.status import StatusView
from terminal.ui.theme import Theme
from terminal.ui.wording import Wording

CODE_SIZE = 24


class SyncView(StatusView):
    """A state with a code, while one is to be shown."""

    def __init__(self, presenter: intents.Sync, texts: Wording, theme: Theme) -> None:
        self._sync = presenter
        self._code_caption = Paragraph(theme, ink=theme.palette.secondary, name="codeCaption")
        self._code = Paragraph(theme, CODE_SIZE, QFont.Weight.Bold, name="code")
        self._code_card = Card(theme, fill=theme.palette.soft.surface, line=theme.palette.soft.line)
        box = QVBoxLayout(self._code_card)
        box.setContentsMargins(tokens.CARD_PADDING, tokens.CARD_GAP, tokens.CARD_PADDING, tokens.CARD_GAP)
        box.setSpacing(tokens.GAP)
        box.addWidget(self._code_caption)
        box.addWidget(self._code)
        super().__init__(presenter, texts, theme, self._code_card)

    def refresh(self) -> None:
        """Show the presenter's state."""
        super().refresh()
        state = self._sync.state
        self._code_caption.show_text(state.code_caption)
        self._code.show_text(state.code)
        self._code_card.setVisible(bool(state.code))
