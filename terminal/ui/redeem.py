"""Choosing rewards: what they cost, what is left, and what to take off at the register."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from terminal.presenters.states import RedeemState, RewardCard
from terminal.ui import intents, tokens
from terminal.ui.buttons import Button, Kind
from terminal.ui.cards import Card, NoticeBar
from terminal.ui.fields import LineEdit
from terminal.ui.keypad import Keypad
from terminal.ui.labels import RIGHT, Label, Paragraph
from terminal.ui.purchase import PRIMARY_TEXT
from terminal.ui.rewards import RewardButton, focused_reward, follow_reward
from terminal.ui.scroll import scrolling
from terminal.ui.theme import Theme
from terminal.ui.view import View
from terminal.ui.wording import Wording

COLUMNS = 2
TAKE_OFF_SIZE = 26
BALANCE_SIZE = 17


class RedeemView(View):
    """The rewards of one member, all of them."""

    def __init__(self, presenter: intents.Redeem, texts: Wording, theme: Theme) -> None:
        super().__init__(texts, theme)
        self._presenter = presenter
        palette = theme.palette
        self._heading = Label(theme, tokens.TEXT_TITLE, QFont.Weight.Bold, name="headline")
        self._name = Label(theme, tokens.TEXT_STRONG, ink=palette.secondary, name="memberName", elide=True)
        self._empty = Paragraph(theme, tokens.TEXT_STRONG, ink=palette.secondary, name="empty")
        self._buttons: list[RewardButton] = []
        self._grid = QGridLayout()
        self._notice = NoticeBar(theme)
        self._before = Label(theme, BALANCE_SIZE, QFont.Weight.DemiBold, ink=palette.secondary, name="before")
        self._after = Label(theme, BALANCE_SIZE, QFont.Weight.Bold, name="after")
        self._points_caption = Paragraph(theme, tokens.TEXT_STRONG, QFont.Weight.DemiBold, name="flexibleCaption")
        self._points = LineEdit(theme, "points", tokens.TEXT_TITLE, bare=False)
        self._points.setAlignment(RIGHT)
        self._keypad = Keypad(theme, texts)
        self._take_off_card = Card(theme, fill=palette.soft.surface, line=palette.soft.line)
        self._take_off = Paragraph(theme, TAKE_OFF_SIZE, QFont.Weight.Bold, ink=palette.soft.text, name="takeOff")
        self._to_pay = Label(theme, tokens.TEXT_STRONG + 4, QFont.Weight.DemiBold, name="toPay")
        self._cancel = Button(theme, name="cancel", hint="Esc", height=tokens.PRIMARY_MAX)
        self._primary = Button(
            theme,
            Kind.PRIMARY,
            name="primary",
            trailing="keyboard_return",
            size=PRIMARY_TEXT,
            height=tokens.PRIMARY_MAX,
        )
        self._lay_out(theme)
        self._connect()
        self.retranslate()

    def _connect(self) -> None:
        presenter = self._presenter
        self._points.typed.connect(presenter.points_typed)
        self._keypad.pressed.connect(self._key)
        self._cancel.clicked.connect(presenter.cancel)
        self._primary.clicked.connect(presenter.confirm)
        presenter.subscribe(self.changed)

    def take_focus(self) -> None:
        """Onto the first reward, so that somebody without a mouse can go on; Space chooses, the arrows move."""
        first = next((button for button in self._buttons if button.isVisible() and button.isEnabled()), None)
        if first is None or self._points.isVisible():
            super().take_focus()
        else:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self, theme: Theme) -> None:
        page = QHBoxLayout(self)
        page.setContentsMargins(*4 * (tokens.MARGIN,))
        page.setSpacing(tokens.MARGIN)
        page.addWidget(self._rewards_card(theme), 58)
        page.addWidget(self._sums_card(theme), 42)

    def _rewards_card(self, theme: Theme) -> Card:
        card = Card(theme)
        box = QVBoxLayout(card)
        box.setContentsMargins(*4 * (tokens.CARD_PADDING,))
        box.setSpacing(tokens.CARD_GAP)
        box.addWidget(self._heading)
        box.addWidget(self._name)
        box.addWidget(self._empty)
        inner = QWidget()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(tokens.ROW_GAP)
        inner.setLayout(self._grid)
        box.addWidget(scrolling(inner), 1)
        return card

    def _sums_card(self, theme: Theme) -> Card:
        card = Card(theme)
        box = QVBoxLayout(card)
        box.setContentsMargins(tokens.CARD_PADDING, tokens.MARGIN, tokens.CARD_PADDING, tokens.MARGIN)
        box.setSpacing(tokens.ROW_GAP)
        sums = QHBoxLayout()
        sums.addWidget(self._before)
        sums.addStretch(1)
        sums.addWidget(self._after)
        box.addLayout(sums)
        box.addWidget(self._points_caption)
        box.addWidget(self._points)
        box.addWidget(self._keypad, 1)
        self._filler = QWidget()
        box.addWidget(self._filler, 1)
        box.addWidget(self._notice)
        self._take_off_card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        inside = QVBoxLayout(self._take_off_card)
        inside.setContentsMargins(tokens.CARD_GAP, tokens.ROW_GAP, tokens.CARD_GAP, tokens.ROW_GAP)
        inside.addWidget(self._take_off)
        inside.addWidget(self._to_pay)
        box.addWidget(self._take_off_card)
        actions = QHBoxLayout()
        actions.setSpacing(tokens.GAP)
        actions.addWidget(self._cancel)
        actions.addWidget(self._primary, 1)
        box.addLayout(actions)
        self._keypad.setMinimumHeight(4 * tokens.CONTROL_MIN + 3 * tokens.GAP)
        self._points.setFixedHeight(theme.px(tokens.FIELD_HEIGHT))
        return card

    def retranslate(self) -> None:
        """Take the captions from the texts again, then show the state."""
        translate = self.texts._
        self._heading.show_text(translate("Redeem points"))
        self._points.setAccessibleName(translate("Points to spend"))
        self._cancel.show_caption(translate("Back"))
        self._keypad.retranslate()
        for button in self._buttons:
            button.reward = None
        self.refresh()

    def default_input(self) -> LineEdit | None:
        """The points of a flexible reward while they are asked for."""
        return None if self._points.isHidden() else self._points

    def _key(self, key: str) -> None:
        """Type on the keypad into the points."""
        if key == "backspace":
            self._points.type_backspace()
        elif key == "clear":
            self._points.type_nothing()
        elif key.isdigit():
            self._points.type_text(key)

    def refresh(self) -> None:
        """Show the presenter's state."""
        self.render_state(self._presenter.state)

    def render_state(self, state: RedeemState) -> None:
        """Show a state."""
        self._name.show_text(state.name)
        self._empty.show_text(state.empty)
        self._empty.setVisible(bool(state.empty))
        self._show_rewards(state.rewards)
        self._before.show_text(state.before)
        self._after.show_text(state.after)
        self._points_caption.show_text(state.flexible_caption)
        opened = state.flexible_open and self._points.isHidden()
        closed = not state.flexible_open and self._points.hasFocus()
        for part in (self._points_caption, self._points, self._keypad):
            part.setVisible(state.flexible_open)
        self._filler.setVisible(not state.flexible_open)
        self._points.show_text(state.points_text)
        if opened and self.isVisible():
            self._points.setFocus(Qt.FocusReason.OtherFocusReason)
        elif closed:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._notice.show_notice(state.notice)
        self._take_off.show_text(state.take_off)
        self._to_pay.show_text(state.to_pay)
        self._take_off.setVisible(bool(state.take_off))
        self._to_pay.setVisible(bool(state.to_pay))
        self._take_off_card.setVisible(bool(state.take_off or state.to_pay))
        self._primary.show_caption(state.primary)
        self._primary.show_trailing("sync" if state.busy else "keyboard_return")
        self._primary.set_active(state.primary_enabled and not state.busy)

    def _show_rewards(self, rewards: tuple[RewardCard, ...]) -> None:
        while len(self._buttons) < len(rewards):
            self._add_button()
        focused = focused_reward(self._buttons)
        for button, reward in zip(self._buttons, rewards, strict=False):
            button.show_reward(reward, self.texts)
        for index, button in enumerate(self._buttons):
            button.setVisible(index < len(rewards))
        follow_reward(self._buttons, focused)

    def _add_button(self) -> None:
        index = len(self._buttons)
        button = RewardButton(self.theme, f"reward{index}")
        button.clicked.connect(lambda: self._choose(button))
        self._grid.addWidget(button, index // COLUMNS, index % COLUMNS)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self._buttons.append(button)

    def _choose(self, button: RewardButton) -> None:
        if button.reward is not None:
            self._presenter.choose_reward(button.reward.reward_id)
