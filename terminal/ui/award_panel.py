"""What Enter is going to do: the award with its why, what to take off at the register, or what stands against it."""

from __future__ import annotations

from PySide6.QtGui import QFont

from terminal.presenters.states import MemberState, Notice, Tone
from terminal.ui import tokens
from terminal.ui.cards import Card
from terminal.ui.labels import LEFT, RIGHT, IconLabel, Label
from terminal.ui.theme import Theme
from terminal.ui.wording import Wording

PADDING_X = 15
AWARD_HEIGHT = 68
NOTICE_PADDING = 4
TAKE_OFF_HEIGHT = 56
NOTICE_ICON = 24


class AwardPanel(Card):
    """The live preview above the keypad.

    A notice takes the place of the award, because then the award is in question; what to take off stays.
    """

    def __init__(self, theme: Theme, texts: Wording) -> None:
        super().__init__(theme, radius=tokens.BUTTON_RADIUS)
        palette = theme.palette
        strong = QFont.Weight.Bold
        self._texts = texts
        self._award = Label(theme, 20, strong, ink=palette.soft.text, name="award", elide=True)
        self._why = Label(theme, ink=palette.secondary, name="why", elide=True)
        self._notice_icon = IconLabel(theme, "", NOTICE_ICON, palette.ink)
        self._notice = Label(theme, tokens.TEXT_BODY, QFont.Weight.DemiBold, name="notice", wrap=True)
        self._take_off = Label(theme, tokens.TEXT_STRONG + 1, strong, ink=palette.soft.text, name="takeOff")
        self._to_pay = Label(theme, tokens.TEXT_STRONG, QFont.Weight.DemiBold, name="toPay", align=LEFT)
        self._choices = Label(theme, ink=palette.secondary, name="choices", elide=True, align=RIGHT)
        for part in (
            self._award,
            self._why,
            self._notice_icon,
            self._notice,
            self._take_off,
            self._to_pay,
            self._choices,
        ):
            part.setParent(self)

    def height_needed(self) -> int:
        """How high the panel wants to be for what it shows, in device-independent pixels."""
        extra = self.theme.px(TAKE_OFF_HEIGHT) if self._has_take_off() else 0
        return self._upper_height() + extra

    def _upper_height(self) -> int:
        """The height of the award, or of a notice that needs more than that."""
        least = self.theme.px(AWARD_HEIGHT)
        if not self._notice.text():
            return least
        return max(least, self._notice.height_at(self._notice_width()) + 2 * NOTICE_PADDING)

    def _notice_width(self) -> int:
        return self.width() - 2 * PADDING_X - self._notice_icon.width() - tokens.ROW_GAP

    def _fit_notice(self) -> None:
        """Take smaller letters for a notice of more than two lines."""
        strong = QFont.Weight.DemiBold
        self._notice.set_size(self.theme, tokens.TEXT_BODY, strong)
        if self._notice.height_at(self._notice_width()) + 2 * NOTICE_PADDING > self.theme.px(AWARD_HEIGHT):
            self._notice.set_size(self.theme, tokens.TEXT_CAPTION, strong)

    def show_sale(self, state: MemberState) -> None:
        """Show what Enter is going to do."""
        notice = _notice_of(state)
        palette = self.theme.palette
        pair = palette.pair(notice.tone if notice else Tone.GOOD if state.award else Tone.NEUTRAL)
        self.set_surface(pair.surface, pair.line)
        self._award.show_text(state.award if not notice else "")
        self._why.show_text(state.why if state.award or state.why else self._texts._("Type the amount of the sale."))
        self._notice.show_text(notice.text if notice else "")
        self._notice.set_ink(pair.text)
        self._notice_icon.show_icon(tokens.TONE_ICON[notice.tone] if notice else "", pair.text)
        self._take_off.show_text(state.take_off)
        self._take_off.set_ink(pair.text if notice else palette.soft.text)
        self._to_pay.show_text(state.to_pay)
        self._choices.show_text(" · ".join(state.choices))
        self.place()

    def _has_take_off(self) -> bool:
        return bool(self._take_off.text() or self._to_pay.text() or self._choices.text())

    def place(self) -> None:
        """Give every line its rectangle."""
        if self._notice.text():
            self._fit_notice()
        px = self.theme.px
        left, width = PADDING_X, self.width() - 2 * PADDING_X
        has_notice = bool(self._notice.text())
        for part in (self._award, self._why):
            part.setVisible(not has_notice)
        self._notice.setVisible(has_notice)
        self._notice_icon.setVisible(has_notice)
        upper = self._upper_height()
        top = (self.height() - self.height_needed()) // 2
        line, why = px(27), px(21)
        first = top + (upper - line - why) // 2
        self._award.setGeometry(left, first, width, line)
        if self._award.text():
            self._why.setGeometry(left, first + line, width, why)
        else:
            self._why.setGeometry(left, top, width, upper - NOTICE_PADDING)  # the reward chosen stands below it
        icon = self._notice_icon.height()
        self._notice_icon.move(left, top + (upper - icon) // 2)
        text_left = left + icon + tokens.ROW_GAP
        self._notice.setGeometry(text_left, top + NOTICE_PADDING, self._notice_width(), upper - 2 * NOTICE_PADDING)
        below = top + upper - NOTICE_PADDING
        pay_width = min(self._to_pay.text_width() + 2, width)
        self._take_off.setGeometry(left, below, width, px(26))
        pay_top = below + px(26) if self._take_off.text() else below
        self._to_pay.setGeometry(left, pay_top, pay_width, px(24))
        choices_left = left + pay_width + tokens.CARD_GAP if self._to_pay.text() else left
        self._choices.setGeometry(choices_left, pay_top, self.width() - PADDING_X - choices_left, px(24))

    def resizeEvent(self, _event: object) -> None:
        """Place the lines anew."""
        self.place()


def _notice_of(state: MemberState) -> Notice | None:
    """Both notices as one when there are two; the one that asks comes first and gives the tone."""
    first, second = state.notice, state.amount_notice
    if first is None or second is None:
        return first or second
    return Notice(f"{first.text}\n{second.text}", first.tone)
