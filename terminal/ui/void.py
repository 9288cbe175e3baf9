"""Undoing a booking: what it was, what a void does, and why."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from terminal.presenters.states import BookingLine, Choice, Field, VoidState
from terminal.presenters.void import RECEIPT, RECEIPT_LENGTH_MAX
from terminal.ui import intents, tokens
from terminal.ui.buttons import Button, Kind
from terminal.ui.cards import Card, NoticeBar, TileRow
from terminal.ui.choices import ChoiceButton
from terminal.ui.enrol import FieldBox
from terminal.ui.fields import LineEdit
from terminal.ui.labels import Label, Paragraph, caption
from terminal.ui.ledger_rows import LedgerRows
from terminal.ui.purchase import PRIMARY_TEXT
from terminal.ui.scroll import scrolling
from terminal.ui.theme import Theme
from terminal.ui.view import View
from terminal.ui.wording import Wording

COLUMNS = 4


def _row() -> tuple[QWidget, QHBoxLayout]:
    """A row of fields or buttons, with nothing in it yet."""
    row, box = QWidget(), QHBoxLayout()
    row.setLayout(box)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(tokens.ROW_GAP)
    return row, box


class VoidView(View):
    """One booking and its void, side by side with the reason."""

    def __init__(self, presenter: intents.Void, texts: Wording, theme: Theme) -> None:
        super().__init__(texts, theme)
        self._presenter = presenter
        self._reason_buttons: dict[str, ChoiceButton] = {}
        self._people_buttons: dict[str, ChoiceButton] = {}
        self._fields: dict[str, FieldBox] = {}
        self._receipt = self._field_box(RECEIPT, partial(presenter.field_typed, RECEIPT))
        self._receipt.edit.setMaxLength(RECEIPT_LENGTH_MAX)
        self._origin = Paragraph(theme, tokens.TEXT_STRONG, ink=theme.palette.secondary, name="origin")
        self._headline = Label(theme, tokens.TEXT_TITLE, QFont.Weight.Bold, name="headline", elide=True)
        self._empty = Paragraph(theme, tokens.TEXT_STRONG + 1, ink=theme.palette.secondary, name="empty")
        self._what = LedgerRows(theme)
        self._preview_caption = caption(theme, "previewCaption")
        self._preview = TileRow(theme)
        self._reasons_caption = caption(theme, "reasonsCaption")
        self._reasons = QGridLayout()
        self._fields_row, self._fields_box = _row()
        self._people_row, self._people_box = _row()
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
        vouched = (self._people_row, self._fields_row)
        booking = (self._empty, self._what, self._origin, self._preview_caption, self._preview)
        parts = (self._receipt, *vouched, *booking, self._reasons_caption, reasons)
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
        self._show_receipt(state.receipt)
        self._show_fields(state.fields, state.secret)
        self._show_people(state.people)
        self._origin.show_text(state.origin)
        self._origin.setVisible(bool(state.origin))
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

    def default_input(self) -> LineEdit | None:
        """The field that is next: of what a manager vouches for, else the one for a receipt on a till that has one."""
        edits = [box.edit for box in self._fields.values() if not box.isHidden()]
        empty = [edit for edit in edits if not edit.text()]
        if edits:
            return empty[0] if empty else edits[-1]
        return None if self._receipt.isHidden() else self._receipt.edit

    def _field_box(self, name: str, typed: Callable[[str], None]) -> FieldBox:
        box = FieldBox(self.theme, name)
        box.edit.typed.connect(typed)
        box.keyboard_wanted.connect(self.keyboard_wanted)
        return box

    def _show_receipt(self, field: Field | None) -> None:
        self._receipt.setVisible(field is not None)
        if field is not None:
            self._receipt.show_field(field, "")

    def _show_fields(self, fields: tuple[Field, ...], secret: str) -> None:
        for field in fields:
            box = self._fields.get(field.name) or self._add_field(field.name, secret=field.name == secret)
            box.show_field(field, "")
        appears = bool(fields) and self._fields_row.isHidden()
        self._fields_row.setVisible(bool(fields))
        names = {field.name for field in fields}
        for name, box in self._fields.items():
            box.setVisible(name in names)
        if appears and self.isVisible():  # else the card is typed behind the number, which is another number then
            self.take_focus()

    def _add_field(self, name: str, *, secret: bool) -> FieldBox:
        box = self._field_box(name, partial(self._presenter.field_typed, name))
        if secret:
            box.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._fields_box.addWidget(box)
        self._fields[name] = box
        return box

    def _show_people(self, people: tuple[Choice, ...]) -> None:
        for person in people:
            button = self._people_buttons.get(person.key) or self._add_person(person.key)
            button.show_caption(person.text)
            if person.chosen != button.isChecked():
                button.setChecked(person.chosen)
        self._people_row.setVisible(bool(people))
        keys = {person.key for person in people}
        for key, button in self._people_buttons.items():
            button.setVisible(key in keys)

    def _add_person(self, key: str) -> ChoiceButton:
        button = ChoiceButton(self.theme, f"person{len(self._people_buttons)}")
        button.clicked.connect(lambda: self._presenter.choose_manager(key))
        self._people_box.addWidget(button)
        self._people_buttons[key] = button
        return button

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
