"""A valid card nobody has enrolled yet: award to it, enrol its owner, or leave it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from terminal.presenters.states import UnknownState
from terminal.ui import intents, tokens
from terminal.ui.buttons import Button, Kind
from terminal.ui.cards import Card
from terminal.ui.labels import CENTRE, IconLabel, Label, Paragraph
from terminal.ui.purchase import PRIMARY_TEXT
from terminal.ui.theme import Theme
from terminal.ui.view import View
from terminal.ui.wording import Wording

CARD_WIDTH = 640
ICON_SIZE = 72


class UnknownView(View):
    """Three ways to go on, the quickest one first."""

    def __init__(self, presenter: intents.Unknown, texts: Wording, theme: Theme) -> None:
        super().__init__(texts, theme)
        self._presenter = presenter
        secondary = theme.palette.secondary
        self._headline = Label(theme, 34, QFont.Weight.Bold, name="headline", align=CENTRE)
        self._card = Label(theme, tokens.TEXT_STRONG + 2, ink=secondary, name="card", align=CENTRE)
        self._text = Paragraph(theme, tokens.TEXT_STRONG + 1, ink=secondary, name="text", align=CENTRE)
        self._balance = Label(
            theme, tokens.TEXT_STRONG + 2, QFont.Weight.Bold, ink=theme.palette.soft.text, name="balance", align=CENTRE
        )
        self._award = Button(
            theme,
            Kind.PRIMARY,
            name="awardOnly",
            trailing="keyboard_return",
            size=PRIMARY_TEXT,
            height=tokens.PRIMARY_MAX,
        )
        self._enrol = Button(theme, name="enrol", icon="person_add", hint="F2", height=tokens.PRIMARY_MIN)
        self._cancel = Button(theme, name="cancel", hint="Esc", height=tokens.PRIMARY_MIN)
        self._lay_out(theme)
        self._award.clicked.connect(presenter.award_only)
        self._enrol.clicked.connect(presenter.enrol)
        self._cancel.clicked.connect(presenter.cancel)
        presenter.subscribe(self.changed)
        self.retranslate()

    def _lay_out(self, theme: Theme) -> None:
        card = Card(theme)
        card.setFixedWidth(CARD_WIDTH)
        box = QVBoxLayout(card)
        box.setContentsMargins(*4 * (2 * tokens.CARD_GAP,))
        box.setSpacing(tokens.ROW_GAP)
        icon = IconLabel(theme, "credit_card", ICON_SIZE, theme.palette.brand_text)
        box.addWidget(icon, 0, Qt.AlignmentFlag.AlignHCenter)
        for part in (self._headline, self._card, self._balance, self._text):
            box.addWidget(part)
        box.addSpacing(tokens.MARGIN)
        box.addWidget(self._award)
        others = QHBoxLayout()
        others.setSpacing(tokens.GAP)
        others.addWidget(self._enrol, 1)
        others.addWidget(self._cancel, 1)
        box.addLayout(others)
        page = QVBoxLayout(self)
        page.setContentsMargins(*4 * (tokens.MARGIN,))
        page.addStretch(1)
        page.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        page.addStretch(1)

    def retranslate(self) -> None:
        """Take the captions from the texts again, then show the state."""
        translate = self.texts._
        self._award.show_caption(translate("Award to the card only"))
        self._enrol.show_caption(translate("Enrol now"))
        self._cancel.show_caption(translate("Cancel"))
        self.refresh()

    def refresh(self) -> None:
        """Show the presenter's state."""
        self.render_state(self._presenter.state)

    def render_state(self, state: UnknownState) -> None:
        """Show a state."""
        self._headline.show_text(state.headline)
        self._card.show_text(state.card)
        self._text.show_text(state.text)
        self._balance.show_text(state.balance)
        self._balance.setVisible(bool(state.balance))
