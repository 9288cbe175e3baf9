"""A screen that says how something stands: the state in large words, figures, remarks, facts, and what can be done."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from terminal.presenters.states import Notice, Tone
from terminal.presenters.status_states import StatusState
from terminal.ui import intents, tokens
from terminal.ui.actions import ActionColumn
from terminal.ui.buttons import Button
from terminal.ui.cards import Card, NoticeBar, TileRow, draw_surface
from terminal.ui.labels import IconLabel, Label, Paragraph, caption
from terminal.ui.scroll import scrolling
from terminal.ui.theme import Theme
from terminal.ui.view import View
from terminal.ui.wording import Wording

STATE_ICON = 40
LINE_HEIGHT = 10
LEFT_SHARE, RIGHT_SHARE = 60, 40


class ProgressLine(QWidget):
    """How far a long task is; the words stand beside it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._percent = 0
        self.setFixedHeight(LINE_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_percent(self, percent: int) -> None:
        """Show how far it is, from 0 to 100."""
        if percent != self._percent:
            self._percent = percent
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line and the part of it that is done."""
        painter = QPainter(self)
        radius = self.height() / 2
        draw_surface(painter, QRectF(self.rect()), self._theme.palette.line, "", radius)
        done = QRectF(0, 0, self.width() * self._percent / 100, self.height())
        if done.width() >= self.height():
            draw_surface(painter, done, self._theme.palette.accent, "", radius)


class FactRows(QWidget):
    """Captions with their values below them, made when first needed and reused."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: list[tuple[Label, Label]] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(2)

    def show_facts(self, facts: tuple[tuple[str, str], ...]) -> None:
        """Show as many rows as there are facts."""
        while len(self._rows) < len(facts):
            name = Label(self._theme, tokens.TEXT_BODY - 1, ink=self._theme.palette.secondary, name="factCaption")
            value = Label(self._theme, tokens.TEXT_BODY, QFont.Weight.DemiBold, name="fact", elide=True)
            self._box.addWidget(name)
            self._box.addWidget(value)
            self._box.addSpacing(tokens.GAP)
            self._rows.append((name, value))
        for index, (name, value) in enumerate(self._rows):
            if index < len(facts):
                name.show_text(facts[index][0])
                value.show_text(facts[index][1])
                value.setToolTip(facts[index][1])
            for label in (name, value):
                label.setVisible(index < len(facts))


class NoticeList(QWidget):
    """Remarks below each other; the bars are made when first needed and reused."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._bars: list[NoticeBar] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(tokens.GAP)

    def show_notices(self, notices: tuple[Notice, ...]) -> None:
        """Show as many bars as there are remarks."""
        while len(self._bars) < len(notices):
            bar = NoticeBar(self._theme, f"note{len(self._bars)}")
            self._bars.append(bar)
            self._box.addWidget(bar)
        for index, bar in enumerate(self._bars):
            bar.show_notice(notices[index] if index < len(notices) else None)


class Status(intents.Presenter[StatusState], Protocol):
    """How something stands."""

    def act(self, key: str) -> None:
        """Do what a button says."""
        ...

    def cancel(self) -> None:
        """Leave the screen without doing anything."""
        ...


class StatusView(View):
    """The state on the left, what can be done on the right.

    Args:
        extra: Stands above the figures.
    """

    def __init__(self, presenter: Status, texts: Wording, theme: Theme, *extra: QWidget) -> None:
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
        self._lay_out(extra)
        self._back.clicked.connect(presenter.cancel)
        presenter.subscribe(self.changed)
        self.retranslate()

    def _lay_out(self, extra: tuple[QWidget, ...]) -> None:
        page = QHBoxLayout(self)
        page.setContentsMargins(*4 * (tokens.MARGIN,))
        page.setSpacing(tokens.MARGIN)
        left = QVBoxLayout()
        left.setSpacing(tokens.CARD_GAP)
        left.addWidget(self._state_card())
        left.addWidget(scrolling(*extra, self._tiles, self._notes, spacing=tokens.CARD_GAP), 1)
        page.addLayout(left, LEFT_SHARE)
        page.addWidget(self._actions_card(), RIGHT_SHARE)

    def _state_card(self) -> Card:
        card = Card(self.theme)
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

    def _actions_card(self) -> Card:
        card = Card(self.theme)
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
        state = self._presenter.state
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
        self._tiles.setVisible(bool(state.tiles))
        self._notes.show_notices(state.notes)
        self._facts_caption.setVisible(bool(state.facts))
        self._facts.show_facts(state.facts)
        self._actions.show_actions(state.actions)
