"""Finding a member by name, phone or card."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from terminal.presenters.states import Candidate, FindState
from terminal.ui import intents, tokens
from terminal.ui.buttons import Button, Kind
from terminal.ui.candidates import CandidateRow
from terminal.ui.cards import Card
from terminal.ui.fields import LineEdit, SearchField
from terminal.ui.labels import CENTRE, Label, Paragraph
from terminal.ui.purchase import PRIMARY_TEXT
from terminal.ui.scroll import scrolling
from terminal.ui.theme import Theme
from terminal.ui.view import View
from terminal.ui.wording import Wording

STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class FindView(View):
    """One field and the hits below it. Up and down move the selection while the focus stays in the field."""

    def __init__(self, presenter: intents.Find, texts: Wording, theme: Theme) -> None:
        super().__init__(texts, theme)
        self._presenter = presenter
        self._headline = Label(theme, tokens.TEXT_TITLE, QFont.Weight.Bold, name="headline")
        self._query = SearchField(theme, "query")
        self._message = Paragraph(
            theme, tokens.TEXT_STRONG + 1, ink=theme.palette.secondary, name="message", align=CENTRE
        )
        self._rows: list[CandidateRow] = []
        self._list = QWidget()
        self._list_box = QVBoxLayout(self._list)
        self._list_box.setContentsMargins(0, 0, 0, 0)
        self._list_box.setSpacing(tokens.GAP)
        self._scroll = scrolling(self._message, self._list)
        self._choose = Button(
            theme, Kind.PRIMARY, name="choose", trailing="keyboard_return", size=PRIMARY_TEXT, height=tokens.PRIMARY_MIN
        )
        self._cancel = Button(theme, name="cancel", hint="Esc", height=tokens.PRIMARY_MIN)
        self._lay_out(theme)
        self._query.edit.typed.connect(presenter.query_typed)
        self._query.keyboard_wanted.connect(self.keyboard_wanted)
        self._choose.clicked.connect(lambda: presenter.choose(None))
        self._cancel.clicked.connect(presenter.cancel)
        presenter.subscribe(self.changed)
        self.retranslate()

    def _lay_out(self, theme: Theme) -> None:
        card = Card(theme)
        box = QVBoxLayout(card)
        box.setContentsMargins(*4 * (tokens.CARD_PADDING,))
        box.setSpacing(tokens.CARD_GAP)
        box.addWidget(self._headline)
        box.addWidget(self._query)
        box.addWidget(self._scroll, 1)
        actions = QHBoxLayout()
        actions.setSpacing(tokens.GAP)
        actions.addWidget(self._cancel, 1)
        actions.addWidget(self._choose, 2)
        box.addLayout(actions)
        page = QVBoxLayout(self)
        page.setContentsMargins(*4 * (tokens.MARGIN,))
        page.addWidget(card)

    def retranslate(self) -> None:
        """Take the captions from the texts again, then show the state."""
        translate = self.texts._
        self._headline.show_text(translate("Find a member"))
        hint = translate("Name, phone or card number")
        self._query.show_captions(hint, hint, translate("Keyboard on the screen"))
        self._choose.show_caption(translate("Open"))
        self._cancel.show_caption(translate("Cancel"))
        self.refresh()

    def default_input(self) -> LineEdit:
        """The search field."""
        return self._query.edit

    def refresh(self) -> None:
        """Show the presenter's state."""
        self.render_state(self._presenter.state)

    def render_state(self, state: FindState) -> None:
        """Show a state."""
        self._query.edit.show_text(state.query)
        self._message.show_text(state.message)
        self._message.setVisible(bool(state.message))
        self._show_hits(state.hits, state.selected)
        self._choose.set_active(bool(state.hits))

    def _show_hits(self, hits: tuple[Candidate, ...], selected: int) -> None:
        while len(self._rows) < len(hits):
            self._add_row()
        for index, row in enumerate(self._rows):
            if index < len(hits):
                row.show_candidate(hits[index], selected=index == selected)
            row.setVisible(index < len(hits))
        if selected < len(hits):
            self._scroll.ensureWidgetVisible(self._rows[selected], 0, tokens.GAP)

    def _add_row(self) -> None:
        row = CandidateRow(self.theme, f"hit{len(self._rows)}")
        row.clicked.connect(lambda: self._presenter.choose(row.candidate.member_id))
        self._rows.append(row)
        self._list_box.addWidget(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the selection; everything else goes on to the window."""
        step = STEPS.get(Qt.Key(event.key()))
        if step is None:
            event.ignore()
        else:
            self._presenter.move(step)
