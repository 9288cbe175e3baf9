"""Who is at the till: name, card, balance with its worth, and chips."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from terminal.presenters.states import MemberState, Notice, Tone
from terminal.ui import tokens
from terminal.ui.cards import Card, draw_surface
from terminal.ui.labels import RIGHT, IconLabel, Label
from terminal.ui.theme import Theme, colour

NAME_TOP = 16
NAME_HEIGHT = 42
BALANCE_TOP = 64
BALANCE_HEIGHT = 72
HEAD_HEIGHT = 150
CHIP_HEIGHT = 28
CHIP_PADDING = 14
CHIP_GAP = 8
DEBT_ICON = 40
CARD_ICON = 20
NOTE_ICON = 22
NOTE_GAP = 6


class Chips(QWidget):
    """Short facts in rounded fields."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._metrics = theme.metrics(tokens.TEXT_BODY - 1, QFont.Weight.DemiBold)
        self._texts: tuple[str, ...] = ()
        self.setObjectName("chips")

    def texts(self) -> tuple[str, ...]:
        """What the chips say."""
        return self._texts

    def show_texts(self, texts: tuple[str, ...]) -> None:
        """Show facts; nothing happens when they are already there."""
        if texts != self._texts:
            self._texts = texts
            self.setAccessibleName(", ".join(texts))
            self.update()

    def width_needed(self) -> int:
        """Room for all chips side by side."""
        widths = [self._width_of(text) for text in self._texts]
        return sum(widths) + CHIP_GAP * max(0, len(widths) - 1)

    def rows_needed(self, width: int) -> int:
        """How many rows the chips take at a width."""
        return max((row for row, _, _ in self._places(width)), default=-1) + 1

    def _width_of(self, text: str) -> int:
        return self._theme.width(text, tokens.TEXT_BODY - 1, QFont.Weight.DemiBold) + 2 * CHIP_PADDING

    def _places(self, width: int) -> list[tuple[int, int, int]]:
        """Row, left edge and width of every chip."""
        places: list[tuple[int, int, int]] = []
        row, x = 0, 0
        for text in self._texts:
            needed = min(self._width_of(text), width)
            if x and x + needed > width:
                row, x = row + 1, 0
            places.append((row, x, needed))
            x += needed + CHIP_GAP
        return places

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the chips, row by row."""
        pair = self._theme.palette.soft
        painter = QPainter(self)
        painter.setFont(self._theme.font(tokens.TEXT_BODY - 1, QFont.Weight.DemiBold))
        height = self._theme.px(CHIP_HEIGHT)
        for text, (row, x, width) in zip(self._texts, self._places(self.width()), strict=True):
            area = QRect(x, row * (height + CHIP_GAP), width, height)
            draw_surface(painter, QRectF(area), pair.surface, "", height / 2)
            painter.setPen(colour(pair.text))
            shown = text
            if width < self._width_of(text):
                shown = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, width - 2 * CHIP_PADDING + 2)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), shown)


class AccountNote(Card):
    """A sentence about the account in the colours of its tone; it places its parts itself, as everything here does."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, radius=tokens.BUTTON_RADIUS)
        self._icon = IconLabel(theme, "", NOTE_ICON, theme.palette.ink)
        self._text = Label(theme, tokens.TEXT_BODY, QFont.Weight.DemiBold, name="accountNote", wrap=True)
        for part in (self._icon, self._text):
            part.setParent(self)
        self.hide()

    def show_notice(self, notice: Notice | None) -> None:
        """Show a sentence, or nothing."""
        if notice is not None:
            pair = self.theme.palette.pair(notice.tone)
            self._icon.show_icon("cloud_off" if notice.tone is Tone.WARN else tokens.TONE_ICON[notice.tone], pair.text)
            self._text.show_text(notice.text)
            self._text.set_ink(pair.text)
            self.set_surface(pair.surface, pair.line)
        self.setVisible(notice is not None)

    def height_at(self, width: int) -> int:
        """How high the strip is at a width, in device-independent pixels; 0 when there is nothing to say."""
        if self.isHidden():
            return 0
        return self._text.height_at(width - self._text_left() - tokens.ROW_GAP) + 2 * tokens.GAP

    def _text_left(self) -> int:
        return tokens.ROW_GAP + self._icon.width() + tokens.GAP

    def resizeEvent(self, _event: object) -> None:
        """Place icon and text."""
        left = self._text_left()
        self._icon.move(tokens.ROW_GAP, (self.height() - self._icon.height()) // 2)
        self._text.setGeometry(left, tokens.GAP, self.width() - left - tokens.ROW_GAP, self.height() - 2 * tokens.GAP)


class MemberHead(Card):
    """The card at the top left. It places its labels itself: a layout would measure the whole screen at every scan."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        palette = theme.palette
        self._name = Label(theme, tokens.TEXT_TITLE, QFont.Weight.Bold, name="memberName", elide=True)
        self._card = Label(theme, ink=palette.secondary, name="card", align=RIGHT, elide=True)
        self._card_icon = IconLabel(theme, "credit_card", CARD_ICON, palette.muted)
        self._balance = Label(theme, tokens.TEXT_BALANCE, QFont.Weight.Bold, name="balance")
        self._caption = Label(theme, tokens.TEXT_STRONG, ink=palette.secondary, name="balanceCaption")
        self._worth = Label(theme, tokens.TEXT_STRONG, ink=palette.secondary, name="worth", elide=True)
        self._debt_icon = IconLabel(theme, "warning", DEBT_ICON, palette.red.text)
        self._chips = Chips(theme)
        self._note = AccountNote(theme)
        for part in (
            self._name,
            self._card,
            self._card_icon,
            self._balance,
            self._caption,
            self._worth,
            self._debt_icon,
            self._chips,
            self._note,
        ):
            part.setParent(self)
        self._debt_icon.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px(HEAD_HEIGHT))

    def show_member(self, state: MemberState) -> None:
        """Show whose card it is and what stands on it."""
        palette = self.theme.palette
        self._name.show_text(state.name)
        self._name.set_ink(palette.secondary if state.anonymous else palette.ink)
        self._card.show_text(state.card)
        self._card_icon.show_icon("credit_card" if not state.anonymous else "help", palette.muted)
        self._balance.show_text(state.balance)
        self._balance.set_ink(palette.red.text if state.debt else palette.ink)
        self._caption.show_text(state.balance_caption)
        self._worth.show_text(state.worth)
        self._worth.set_ink(palette.red.text if state.debt else palette.secondary)
        self._debt_icon.setVisible(state.debt)
        self._chips.show_texts(state.chips)
        self._note.show_notice(state.account_note)
        self.place()

    def place(self) -> None:
        """Give every part its rectangle; chips move below when they do not fit beside the balance."""
        px = self.theme.px
        left, right = tokens.CARD_PADDING, self.width() - tokens.CARD_PADDING
        card_width = min(self._card.text_width() + 2, (right - left) // 2)
        icon_size = self._card_icon.width()
        name_top, name_height = px(NAME_TOP), px(NAME_HEIGHT)
        self._card.setGeometry(right - card_width, name_top, card_width, name_height)
        card_left = right - card_width - tokens.GAP - icon_size
        self._card_icon.move(card_left, name_top + (name_height - icon_size) // 2)
        self._name.setGeometry(left, name_top, card_left - left - tokens.CARD_GAP, name_height)
        top, height = px(BALANCE_TOP), px(BALANCE_HEIGHT)
        x = left
        if not self._debt_icon.isHidden():
            self._debt_icon.move(x, top + (height - self._debt_icon.height()) // 2)
            x += self._debt_icon.width() + tokens.ROW_GAP
        balance_width = self._balance.text_width() + 2
        self._balance.setGeometry(x, top, balance_width, height)
        x += balance_width + tokens.ROW_GAP
        words = max(self._caption.text_width(), self._worth.text_width()) + 2
        words = min(words, right - x)
        line = px(21)
        middle = top + height // 2
        if self._worth.text():
            self._caption.setGeometry(x, middle - line, words, line)
            self._worth.setGeometry(x, middle, words, line)
        else:
            self._caption.setGeometry(x, middle - line // 2, words, line)
            self._worth.setGeometry(x, middle, 0, 0)
        self._place_chips(x + words + tokens.CARD_GAP, right, middle)

    def _place_chips(self, left: int, right: int, middle: int) -> None:
        px = self.theme.px
        height = px(CHIP_HEIGHT)
        needed = self._chips.width_needed()
        room = right - tokens.CARD_PADDING
        rows = self._chips.rows_needed(room) if needed > right - left else 0
        below = px(HEAD_HEIGHT) + rows * (height + CHIP_GAP)
        note = self._note.height_at(room)
        self.setFixedHeight(below + (note + NOTE_GAP if note else 0))
        self._note.setGeometry(tokens.CARD_PADDING, below - NOTE_GAP, room, note)
        if rows:
            top = px(BALANCE_TOP + BALANCE_HEIGHT + 6)
            self._chips.setGeometry(tokens.CARD_PADDING, top, room, rows * (height + CHIP_GAP))
        else:
            self._chips.setGeometry(right - needed, middle - height // 2, needed, height)

    def resizeEvent(self, _event: object) -> None:
        """Place the parts anew."""
        self.place()
