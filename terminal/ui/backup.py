"""The screen of copies: the state in large words, the places, remarks, facts, and what can be done."""

from __future__ import annotations

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout

from terminal.presenters.backup_states import BackupState
from terminal.presenters.states import Tone
from terminal.ui import intents, tokens
from terminal.ui.actions import ActionColumn
from terminal.ui.buttons import Button
from terminal.ui.cards import Card, TileRow
from terminal.ui.labels import IconLabel, Label, Paragraph, caption
from terminal.ui.scroll import scrolling
from terminal.ui.sync import LEFT_SHARE, RIGHT_SHARE, STATE_ICON, FactRows, NoticeList, ProgressLine
from terminal.ui.theme import Theme
from terminal.ui.view import View
from terminal.ui.wording import Wording


class BackupView(View):
    """The state and the places on the left, what can be done on the right."""

    def __init__(self, presenter: intents.Backup, texts: Wording, theme: Theme) -> None:
        super().__init__(texts, theme)
        self._presenter = presenter
        self._title = caption(theme, "title")
        self._icon = IconLabel(theme, "", STATE_ICON, theme.palette.ink)
        self._headline = Paragraph(theme, tokens.TEXT_TITLE, QFont.Weight.Bold, name="headline")
        self._text = Paragraph(theme, tokens.TEXT_STRONG, name="text")
        self._progress_text = Label(theme, ink=theme.palette.secondary, name="progress", elide=True)
        self._progress = ProgressLine(theme)
        self._tiles = TileRow(theme)
        self._notes = NoticeList(theme)
        self._facts_caption = caption(theme, "factsCaption")
        self._facts = FactRows(theme)
        self._actions = ActionColumn(theme, presenter.act)
        self._back = Button(theme, name="cancel", icon="arrow_back", hint="Esc", height=tokens.PRIMARY_MIN)
        self._lay_out(theme)
        self._back.clicked.connect(presenter.cancel)
        presenter.subscribe(self.changed)
        self.retranslate()

    def _lay_out(self, theme: Theme) -> None:
        page = QHBoxLayout(self)
        page.setContentsMargins(*4 * (tokens.MARGIN,))
        page.setSpacing(tokens.MARGIN)
        left = QVBoxLayout()
        left.setSpacing(tokens.CARD_GAP)
        left.addWidget(self._state_card(theme))
        left.addWidget(scrolling(self._tiles, self._notes, spacing=tokens.CARD_GAP), 1)
        page.addLayout(left, LEFT_SHARE)
        page.addWidget(self._actions_card(theme), RIGHT_SHARE)

    def _state_card(self, theme: Theme) -> Card:
        card = Card(theme)
        box = QVBoxLayout(card)
        box.setContentsMargins(*4 * (tokens.CARD_PADDING,))
        box.setSpacing(tokens.ROW_GAP)
        box.addWidget(self._title)
        line = QHBoxLayout()
        line.setSpacing(tokens.ROW_GAP)
        line.addWidget(self._icon)
        line.addWidget(self._headline, 1)
        box.addLayout(line)
        box.addWidget(self._text)
        box.addWidget(self._progress_text)
        box.addWidget(self._progress)
        card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        return card

    def _actions_card(self, theme: Theme) -> Card:
        card = Card(theme)
        box = QVBoxLayout(card)
        box.setContentsMargins(*4 * (tokens.CARD_PADDING,))
        box.setSpacing(tokens.CARD_GAP)
        box.addWidget(self._facts_caption)
        box.addWidget(scrolling(self._facts), 1)
        self._actions.setSpacing(tokens.GAP)
        box.addLayout(self._actions)
        box.addWidget(self._back)
        return card

    def retranslate(self) -> None:
        """Take the captions from the texts again, then show the state."""
        self._facts_caption.show_text(self.texts._("Details"))
        self._back.show_caption(self.texts._("Back"))
        self.refresh()

    def refresh(self) -> None:
        """Show the presenter's state."""
        self.render_state(self._presenter.state)

    def render_state(self, state: BackupState) -> None:
        """Show a state."""
        palette = self.theme.palette
        ink = palette.brand_text if state.tone is Tone.GOOD else palette.pair(state.tone).text
        self._title.show_text(state.title)
        self._icon.show_icon(state.icon, ink)
        self._headline.show_text(state.headline)
        self._text.show_text(state.text)
        self._progress_text.show_text(state.progress)
        self._progress_text.setVisible(bool(state.progress))
        self._progress.setVisible(state.percent is not None)
        self._progress.show_percent(state.percent or 0)
        self._tiles.show_tiles(state.tiles)
        self._notes.show_notices(state.notes)
        self._facts.show_facts(state.facts)
        self._actions.show_actions(state.actions)
