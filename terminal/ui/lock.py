"""The lock: names on the left, the PIN pad on the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from terminal.presenters.states import Choice, LockState
from terminal.ui import intents, tokens
from terminal.ui.buttons import Button, Kind
from terminal.ui.cards import Card, NoticeBar
from terminal.ui.choices import ChoiceButton
from terminal.ui.fields import LineEdit
from terminal.ui.keypad import Keypad
from terminal.ui.labels import Label, Paragraph
from terminal.ui.purchase import PRIMARY_TEXT
from terminal.ui.scroll import scrolling
from terminal.ui.theme import Theme
from terminal.ui.view import View
from terminal.ui.wording import Wording

PAD_WIDTH = 400
PAD_HEIGHT_MIN = 240


class LockView(View):
    """Who is it, and the PIN as dots."""

    def __init__(self, presenter: intents.Lock, texts: Wording, theme: Theme) -> None:
        super().__init__(texts, theme)
        self._presenter = presenter
        self._people: dict[str, ChoiceButton] = {}
        self._headline = Label(theme, tokens.TEXT_TITLE, QFont.Weight.Bold, name="headline", elide=True)
        self._kept = Paragraph(theme, tokens.TEXT_STRONG, ink=theme.palette.secondary, name="kept")
        self._names = QWidget()
        self._names_box = QVBoxLayout(self._names)
        self._names_box.setContentsMargins(0, 0, 0, 0)
        self._names_box.setSpacing(tokens.GAP)
        self._notice = NoticeBar(theme)
        self._pin = LineEdit(theme, "pin", tokens.TEXT_TITLE)
        self._pin.setEchoMode(QLineEdit.EchoMode.Password)
        self._pin.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._keypad = Keypad(theme, texts, decimals=False)
        self._keypad.setMinimumHeight(theme.px(PAD_HEIGHT_MIN))
        self._primary = Button(
            theme,
            Kind.PRIMARY,
            name="primary",
            trailing="keyboard_return",
            size=PRIMARY_TEXT,
            height=tokens.PRIMARY_MAX,
        )
        self._lay_out(theme)
        self._pin.typed.connect(presenter.pin_typed)
        self._keypad.pressed.connect(presenter.keypad)
        self._primary.clicked.connect(presenter.confirm)
        presenter.subscribe(self.changed)
        self.retranslate()

    def _lay_out(self, theme: Theme) -> None:
        left, right = Card(theme), Card(theme)
        names = QVBoxLayout(left)
        pad = QVBoxLayout(right)
        for box in (names, pad):
            box.setContentsMargins(*4 * (tokens.CARD_PADDING,))
            box.setSpacing(tokens.CARD_GAP)
        names.addWidget(self._headline)
        names.addWidget(self._kept)
        names.addWidget(scrolling(self._names), 1)
        names.addWidget(self._notice)
        pad.addWidget(self._pin)
        pad.addWidget(self._keypad, 1)
        pad.addWidget(self._primary)
        right.setFixedWidth(theme.px(PAD_WIDTH))
        page = QHBoxLayout(self)
        page.setContentsMargins(*4 * (tokens.MARGIN,))
        page.setSpacing(tokens.MARGIN)
        page.addWidget(left, 1)
        page.addWidget(right)

    def retranslate(self) -> None:
        """Take the captions from the texts again, then show the state."""
        self._pin.setAccessibleName(self.texts._("PIN"))
        self._pin.setPlaceholderText(self.texts._("PIN"))
        self._keypad.retranslate()
        self.refresh()

    def default_input(self) -> LineEdit:
        """The PIN field."""
        return self._pin

    def refresh(self) -> None:
        """Show the presenter's state."""
        self.render_state(self._presenter.state)

    def render_state(self, state: LockState) -> None:
        """Show a state."""
        self._headline.show_text(state.headline)
        self._kept.show_text(state.kept)
        self._kept.setVisible(bool(state.kept))
        self._show_people(state.people)
        self._notice.show_notice(state.notice)
        self._pin.show_text(state.pin)
        self._primary.show_caption(state.primary)
        self._primary.show_trailing("sync" if state.busy else "keyboard_return")
        self._primary.set_active(state.primary_enabled and not state.busy)

    def _show_people(self, people: tuple[Choice, ...]) -> None:
        for person in people:
            button = self._people.get(person.key) or self._add_person(person.key)
            button.show_caption(person.text)
            if person.chosen != button.isChecked():
                button.setChecked(person.chosen)
        keys = {person.key for person in people}
        for key, button in self._people.items():
            button.setVisible(key in keys)

    def _add_person(self, key: str) -> ChoiceButton:
        button = ChoiceButton(self.theme, f"person{len(self._people)}")
        button.clicked.connect(lambda: self._choose(key))
        self._names_box.addWidget(button)
        self._people[key] = button
        return button

    def _choose(self, key: str) -> None:
        """Choose somebody and go on with the PIN."""
        self._presenter.choose(key)
        self._pin.setFocus(Qt.FocusReason.OtherFocusReason)
