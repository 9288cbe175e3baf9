"""Undoing a booking: what it was, what a void does, and why."""

from __future__ import annotations

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from terminal.presenters.states import BookingLine, Choice, VoidState
from terminal.ui import intents, tokens
from terminal.ui.buttons import Button, Kind
from terminal.ui.cards import Card, NoticeBar, TileRow
from terminal.ui.choices import ChoiceButton
from terminal.ui.labels import Label, Paragraph, caption
from terminal.ui.ledger_rows import LedgerRows
from terminal.ui.purchase import PRIMARY_TEXT
from terminal.ui.scroll import scrolling
from terminal.ui.theme import Theme
from terminal.ui.view import View
from terminal.ui.wording import Wording

COLUMNS = 4


class VoidView(View):
    """One booking and its void, side by side with the reason."""

    def __init__(self, presenter: intents.Void, texts: Wording, theme: Theme) -> None:
        super().__init__(texts, theme)
        self._presenter = presenter
        self._reason_buttons: dict[str, ChoiceButton] = {}
        self._headline = Label(theme, tokens.TEXT_TITLE, QFont.Weight.Bold, name="headline", elide=True)
        self._empty = Paragraph(theme, tokens.TEXT_STRONG + 1, ink=theme.palette.secondary, name="empty")
        self._what = LedgerRows(theme)
        self._preview_caption = caption(theme, "previewCaption")
        self._preview = TileRow(theme)
        self._reasons_caption = caption(theme, "reasonsCaption")
        self._reasons = QGridLayout()
        self._notice = NoticeBar(theme)
        self._primary = Button(
            theme, Kind.DANGER, name="primary", trailing="keyboard_return", size=PRIMARY_TEXT, height=tokens.PRIMARY_MAX
        )
        self._cancel = Button(theme, name="cancel", hint="Esc", height=tokens.PRIMARY_MAX)
        self._lay_out(theme)
        self._primary.clicked.connect(presenter.confirm)
        self._cancel.clicked.connect(presenter.cancel)
        presenter.subscribe(self.changed)
        self.retranslate()

    def _lay_out(self, theme: Theme) -> None:
        card = Card(theme)
        box = QVBoxLayout(card)
        box.setContentsMargins(*4 * (tokens.CARD_PADDING,))
        box.setSpacing(tokens.CARD_GAP)
        reasons = QWidget()
        reasons.setLayout(self._reasons)
        self._reasons.setContentsMargins(0, 0, 0, 0)
        self._reasons.setSpacing(tokens.GAP)
        box.addWidget(self._headline)
        parts = (self._empty, self._what, self._preview_caption, self._preview, self._reasons_caption, reasons)
        box.addWidget(scrolling(*parts, spacing=tokens.ROW_GAP), 1)
        box.addWidget(self._notice)
        actions = QHBoxLayout()
        actions.setSpacing(tokens.GAP)
        actions.addWidget(self._cancel, 1)
        actions.addWidget(self._primary, 2)
        box.addLayout(actions)
        page = QVBoxLayout(self)
        page.setContentsMargins(*4 * (tokens.MARGIN,))
        page.addWidget(card)

    def retranslate(self) -> None:
        """Take the captions from the texts again, then show the state."""
        translate = self.texts._
        self._preview_caption.show_text(translate("What the void does"))
        self._reasons_caption.show_text(translate("Reason"))
        self._cancel.show_caption(translate("Cancel"))
        self.refresh()

    def refresh(self) -> None:
        """Show the presenter's state."""
        self.render_state(self._presenter.state)

    def render_state(self, state: VoidState) -> None:
        """Show a state."""
        self._headline.show_text(state.headline)
        self._empty.show_text(state.empty)
        self._empty.setVisible(bool(state.empty))
        self._show_what(state.what)
        self._preview.show_tiles(state.preview)
        for part in (self._preview_caption, self._preview):
            part.setVisible(bool(state.preview))
        self._show_reasons(state.reasons)
        self._notice.show_notice(state.notice)
        self._primary.show_caption(state.primary)
        self._primary.setVisible(bool(state.primary))
        self._primary.show_trailing("sync" if state.busy else "keyboard_return")
        self._primary.set_active(state.primary_enabled and not state.busy)

    def _show_what(self, lines: tuple[BookingLine, ...]) -> None:
        self._what.show_lines(lines)
        self._what.setVisible(bool(lines))

    def _show_reasons(self, reasons: tuple[Choice, ...]) -> None:
        self._reasons_caption.setVisible(bool(reasons))
        for reason in reasons:
            button = self._reason_buttons.get(reason.key) or self._add_reason(reason.key)
            button.show_caption(reason.text)
            if reason.chosen != button.isChecked():
                button.setChecked(reason.chosen)
        keys = {reason.key for reason in reasons}
        for key, button in self._reason_buttons.items():
            button.setVisible(key in keys)

    def _add_reason(self, key: str) -> ChoiceButton:
        index = len(self._reason_buttons)
        button = ChoiceButton(self.theme, f"reason{index}")
        button.clicked.connect(lambda: self._presenter.choose_reason(key))
        self._reasons.addWidget(button, index // COLUMNS, index % COLUMNS)
        for column in range(COLUMNS):
            self._reasons.setColumnStretch(column, 1)
        self._reason_buttons[key] = button
        return button
