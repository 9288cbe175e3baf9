"""The open sale: amount, preview, keypad and the one green action."""

from __future__ import annotations

from PySide6.QtGui import QFont

from terminal.presenters.states import MemberState
from terminal.ui import tokens
from terminal.ui.award_panel import AwardPanel
from terminal.ui.buttons import Button, Kind
from terminal.ui.cards import Card
from terminal.ui.fields import LineEdit
from terminal.ui.keypad import ROWS, Keypad
from terminal.ui.labels import RIGHT, Label, caption
from terminal.ui.theme import Theme
from terminal.ui.wording import Wording

PADDING_TOP = 8
PADDING_BOTTOM = 14
AMOUNT_MIN = 54
AMOUNT_MAX = 84
KEY_MAX = 84
PRIMARY_TEXT = 21
WITHOUT_FIELD_WIDTH = 128
AMOUNT_DIGITS_LARGE = 9
AMOUNT_SMALL = 34
SIGN_GAP = 10


class PurchaseCard(Card):
    """The card at the right. It places its parts itself, as the rest of the member screen does."""

    def __init__(self, theme: Theme, texts: Wording) -> None:
        super().__init__(theme)
        self._texts = texts
        self._caption = caption(theme, "purchaseCaption")
        self.without_toggle = Button(theme, Kind.QUIET, name="withoutPointsToggle", chooses=True)
        self.without = LineEdit(theme, "withoutPoints")
        self.amount = LineEdit(theme, "amount", tokens.TEXT_AMOUNT, bare=True)
        self.amount.setAlignment(RIGHT)
        self.without.setAlignment(RIGHT)
        self._sign = Label(theme, tokens.TEXT_AMOUNT, QFont.Weight.Bold, name="currency", align=RIGHT)
        self.panel = AwardPanel(theme, texts)
        self.keypad = Keypad(theme, texts)
        self.primary = Button(
            theme,
            Kind.PRIMARY,
            name="primary",
            trailing="keyboard_return",
            size=PRIMARY_TEXT,
            height=tokens.PRIMARY_MIN,
        )
        self.redeem = Button(theme, name="redeem", hint="F4")
        self.void = Button(theme, name="void", hint="F6")
        self.cancel = Button(theme, name="cancel", hint="Esc")
        self._actions = (self.redeem, self.void, self.cancel)
        for part in (
            self._caption,
            self.without_toggle,
            self.without,
            self.amount,
            self._sign,
            self.panel,
            self.keypad,
            self.primary,
            *self._actions,
        ):
            part.setParent(self)
        self.without.hide()

    def retranslate(self) -> None:
        """Take the captions from the texts again."""
        translate = self._texts._
        self._caption.show_text(translate("Purchase"))
        self.amount.setAccessibleName(translate("Amount of the sale"))
        self.amount.setPlaceholderText(self._texts.plain_amount(0))
        self.without.setAccessibleName(translate("Amount without points"))
        self.without.setPlaceholderText(self._texts.plain_amount(0))
        self._sign.show_text(self._texts.currency_sign)
        self.redeem.show_caption(translate("Redeem"))
        self.void.show_caption(translate("Void"))
        self.cancel.show_caption(translate("Cancel"))
        self.keypad.retranslate()
        self.place()

    def show_sale(self, state: MemberState) -> None:
        """Show the open sale."""
        self.amount.show_text(state.amount)
        long = len(state.amount) > AMOUNT_DIGITS_LARGE
        self.amount.setFont(
            self.theme.font(AMOUNT_SMALL if long else tokens.TEXT_AMOUNT, QFont.Weight.Bold),
        )
        self._show_without_points(state)
        height_before = self.panel.height_needed()
        self.panel.show_sale(state)
        self.primary.show_caption(state.primary)
        self.primary.show_trailing("sync" if state.busy else "keyboard_return")
        self.primary.set_active(state.primary_enabled and not state.busy)
        if self.panel.height_needed() != height_before:
            self.place()

    def _show_without_points(self, state: MemberState) -> None:
        asks, edits = state.asks_without_points, state.editing_without_points
        plain = self._texts._("Of which without points")
        if state.without_points and not edits:
            filled = self._texts._("Of which without points {amount}")
            plain = filled.format(amount=state.without_points)
        changed = plain != self.without_toggle.text() or self.without.isHidden() is edits
        self.without_toggle.show_caption(plain)
        self.without_toggle.show_icon("" if edits or state.without_points else "add")
        self.without.show_text(state.without_points)
        self.without_toggle.setVisible(asks)
        self.without.setVisible(asks and edits)
        if changed:
            self._place_without()

    # -- places

    def place(self) -> None:
        """Share the height: first the least of everything, then the rest to keypad, primary action and amount."""
        px = self.theme.px
        left, width = tokens.CARD_PADDING, self.width() - 2 * tokens.CARD_PADDING
        if width <= 0:
            return
        gap = tokens.GAP
        least_keys = ROWS * tokens.CONTROL_MIN + (ROWS - 1) * gap
        panel = self.panel.height_needed()
        taken = tokens.CONTROL_MIN + px(AMOUNT_MIN) + panel + least_keys + tokens.PRIMARY_MIN + tokens.CONTROL_MIN
        room = self.height() - PADDING_TOP - PADDING_BOTTOM - taken - 5 * gap
        room = self._make_room(room, least_keys)
        spare = max(0, room)
        primary = tokens.PRIMARY_MIN + min(spare // 6, tokens.PRIMARY_MAX - tokens.PRIMARY_MIN)
        keys = least_keys + min(spare // 2, ROWS * (KEY_MAX - tokens.CONTROL_MIN))
        action = tokens.CONTROL_MIN + min(spare // 12, 6) if not self.redeem.isHidden() else -gap
        rest = spare - (primary - tokens.PRIMARY_MIN) - (keys - least_keys) - max(0, action - tokens.CONTROL_MIN)
        amount = px(AMOUNT_MIN) + min(rest, AMOUNT_MAX - AMOUNT_MIN)
        panel += min(max(0, rest - (AMOUNT_MAX - AMOUNT_MIN)), panel // 2)
        self._caption.setGeometry(left, PADDING_TOP, self._caption.text_width() + 2, tokens.CONTROL_MIN)
        self._place_without()
        y = PADDING_TOP + tokens.CONTROL_MIN
        sign = self._sign.text_width() + 2
        self.amount.setGeometry(left, y, width - sign - SIGN_GAP, amount)
        self._sign.setGeometry(left + width - sign, y, sign, amount)
        y += amount + gap
        self.panel.setGeometry(left, y, width, panel)
        y += panel + gap
        self.keypad.setGeometry(left, y, width, keys)
        bottom = self.height() - PADDING_BOTTOM
        self._place_actions(left, bottom - action, width, action)
        self.primary.setGeometry(left, bottom - action - gap - primary, width, primary)

    def _make_room(self, room: int, least_keys: int) -> int:
        """Leave out what stands elsewhere too when large letters on a small screen need the room.

        First the three actions, which the bar of keys offers as well; then the keypad, whose digits a keyboard types.
        """
        for button in self._actions:
            button.setVisible(room >= 0)
        if room < 0:
            room += tokens.CONTROL_MIN + tokens.GAP
        self.keypad.setVisible(room >= 0)
        return room if room >= 0 else room + least_keys + tokens.GAP

    def _place_actions(self, left: int, top: int, width: int, height: int) -> None:
        count = len(self._actions)
        for index, button in enumerate(self._actions):
            x = index * (width + tokens.GAP) // count
            right = (index + 1) * (width + tokens.GAP) // count - tokens.GAP
            button.setGeometry(left + x, top, right - x, height)

    def _place_without(self) -> None:
        right = self.width() - tokens.CARD_PADDING
        if not self.without.isHidden():
            width = self.theme.px(WITHOUT_FIELD_WIDTH)
            self.without.setGeometry(right - width, PADDING_TOP, width, tokens.CONTROL_MIN)
            right -= width
        width = self.without_toggle.sizeHint().width()
        self._caption.setVisible(right - width > tokens.CARD_PADDING + self._caption.text_width() + 2)
        self.without_toggle.setGeometry(right - width, PADDING_TOP, width, tokens.CONTROL_MIN)

    def resizeEvent(self, _event: object) -> None:
        """Place the parts anew."""
        self.place()
