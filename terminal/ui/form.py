"""One short form: what will happen, one or two fields, perhaps a manager's PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from terminal.presenters.form_states import FormState
from terminal.presenters.states import Choice, Field
from terminal.ui import intents, tokens
from terminal.ui.buttons import Button, Kind
from terminal.ui.cards import Card, NoticeBar
from terminal.ui.choices import ChoiceButton
from terminal.ui.enrol import FieldBox
from terminal.ui.fields import LineEdit
from terminal.ui.labels import Label, Paragraph
from terminal.ui.purchase import PRIMARY_TEXT
from terminal.ui.scroll import scrolling
from terminal.ui.theme import Theme
from terminal.ui.view import View
from terminal.ui.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable

WIDE_FIELDS, WIDE = frozenset({"code", "folder"}), 2
"""The longest inputs: a joining code with its certificate part, and a path."""


class ChoiceRow(QWidget):
    """Some of which one is chosen, side by side; hidden while there are none.

    Args:
        theme: The look.
        name: What their object names begin with.
        choose: Takes the key of the one that was touched.
    """

    def __init__(self, theme: Theme, name: str, choose: Callable[[str], None]) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self._choose = choose
        self._buttons: dict[str, ChoiceButton] = {}
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(tokens.ROW_GAP)

    def show_choices(self, choices: tuple[Choice, ...]) -> None:
        """Show what there is, and which one is chosen."""
        for choice in choices:
            button = self._buttons.get(choice.key) or self._add(choice.key)
            button.show_caption(choice.text)
            if choice.chosen != button.isChecked():
                button.setChecked(choice.chosen)
        self.setVisible(bool(choices))
        keys = {choice.key for choice in choices}
        for key, button in self._buttons.items():
            button.setVisible(key in keys)

    def _add(self, key: str) -> ChoiceButton:
        button = ChoiceButton(self._theme, f"{self._name}{len(self._buttons)}")
        button.clicked.connect(lambda: self._choose(key))
        self._box.addWidget(button)
        self._buttons[key] = button
        return button


class FormView(View):
    """Fields and choices are made once per name; the button that can't be undone is a red one."""

    def __init__(self, presenter: intents.Form, texts: Wording, theme: Theme) -> None:
        super().__init__(texts, theme)
        self._presenter = presenter
        self._fields: dict[str, FieldBox] = {}
        self._people = ChoiceRow(theme, "person", presenter.choose)
        self._offers = ChoiceRow(theme, "offer", self._fill)
        self._fills = ""
        self._headline = Label(theme, tokens.TEXT_TITLE, QFont.Weight.Bold, name="headline", elide=True)
        self._keyboard = Button(theme, name="keyboard", icon="keyboard")
        self._text = Paragraph(theme, tokens.TEXT_STRONG, ink=theme.palette.secondary, name="text")
        self._warning = NoticeBar(theme, "warning")
        self._fields_box = QHBoxLayout()
        self._notice = NoticeBar(theme)
        self._primary = self._main_button(Kind.PRIMARY, "primary")
        self._danger = self._main_button(Kind.DANGER, "danger")
        self._cancel = Button(theme, name="cancel", hint="Esc", height=tokens.PRIMARY_MIN)
        self._lay_out(theme)
        self._keyboard.clicked.connect(self.want_keyboard)
        for button in (self._primary, self._danger):
            button.clicked.connect(presenter.confirm)
        self._cancel.clicked.connect(presenter.cancel)
        presenter.subscribe(self.changed)
        self.retranslate()

    def _main_button(self, kind: Kind, name: str) -> Button:
        return Button(
            self.theme, kind, name=name, trailing="keyboard_return", size=PRIMARY_TEXT, height=tokens.PRIMARY_MIN
        )

    def _lay_out(self, theme: Theme) -> None:
        card = Card(theme)
        box = QVBoxLayout(card)
        box.setContentsMargins(tokens.CARD_PADDING, tokens.CARD_GAP, tokens.CARD_PADDING, tokens.MARGIN)
        box.setSpacing(tokens.ROW_GAP)
        top = QHBoxLayout()
        top.addWidget(self._headline, 1)
        top.addWidget(self._keyboard)
        box.addLayout(top)
        fields = QWidget()
        fields.setLayout(self._fields_box)
        self._fields_box.setContentsMargins(0, 0, 0, 0)
        self._fields_box.setSpacing(tokens.ROW_GAP)
        parts = (self._notice, self._warning, self._text, self._offers, self._people, fields)
        self._scroll = scrolling(*parts, spacing=tokens.CARD_GAP)
        box.addWidget(self._scroll, 1)
        actions = QHBoxLayout()
        actions.setSpacing(tokens.GAP)
        actions.addWidget(self._cancel, 1)
        actions.addWidget(self._primary, 2)
        actions.addWidget(self._danger, 2)
        box.addLayout(actions)
        page = QVBoxLayout(self)
        page.setContentsMargins(*4 * (tokens.MARGIN,))
        page.addWidget(card)

    def retranslate(self) -> None:
        """Take the captions from the texts again, then show the state."""
        keyboard = self.texts._("Keyboard on the screen")
        self._keyboard.setAccessibleName(keyboard)
        self._keyboard.setToolTip(keyboard)
        self.refresh()

    def default_input(self) -> LineEdit | None:
        """The first field that is empty, else the last one."""
        edits = [box.edit for box in self._fields.values() if not box.isHidden()]
        empty = [edit for edit in edits if not edit.text()]
        return empty[0] if empty else edits[-1] if edits else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the field that is typed into in sight; the keyboard on the screen takes half of the room."""
        super().resizeEvent(event)
        focused = self.focusWidget()
        if isinstance(focused, LineEdit):
            QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(focused))  # once it has its new place

    def refresh(self) -> None:
        """Show the presenter's state."""
        self.render_state(self._presenter.state)

    def render_state(self, state: FormState) -> None:
        """Show a state."""
        self._headline.show_text(state.headline)
        self._text.show_text(state.text)
        self._warning.show_notice(state.warning)
        self._notice.show_notice(state.notice)
        self._cancel.show_caption(state.cancel or self.texts._("Cancel"))
        self._keyboard.setVisible(bool(state.fields))
        self._people.show_choices(state.people)
        self._fills = state.fills
        self._offers.show_choices(state.offers)
        self._show_fields(state.fields, state.secret)
        self._primary.setVisible(not state.danger)
        self._danger.setVisible(state.danger)
        for button in (self._primary, self._danger):
            button.show_caption(state.primary)
            button.show_trailing("sync" if state.busy else "keyboard_return")
            button.set_active(state.primary_enabled and not state.busy)

    def _fill(self, text: str) -> None:
        """Type what a button offers."""
        self._presenter.field_typed(self._fills, text)

    def _show_fields(self, fields: tuple[Field, ...], secret: str) -> None:
        for field in fields:
            box = self._fields.get(field.name) or self._add_field(field.name)
            hides = QLineEdit.EchoMode.Password if field.name == secret else QLineEdit.EchoMode.Normal
            if box.edit.echoMode() is not hides:
                box.edit.setEchoMode(hides)
            box.show_field(field, "")
        names = {field.name for field in fields}
        focused = self.window().focusWidget()
        goes = any(box.edit is focused for name, box in self._fields.items() if name not in names)
        if goes:
            self.setFocus()  # hidden with the focus, a field would pass it to its neighbour, which may be any button
        for name, box in self._fields.items():
            box.setVisible(name in names)
        if goes and self.isVisible():
            self.take_focus()

    def _add_field(self, name: str) -> FieldBox:
        box = FieldBox(self.theme, name)
        box.edit.typed.connect(lambda text: self._presenter.field_typed(name, text))
        box.keyboard_wanted.connect(self.keyboard_wanted)
        self._fields_box.addWidget(box, WIDE if name in WIDE_FIELDS else 1)
        self._fields[name] = box
        return box
