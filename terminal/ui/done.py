"""What was just written to disk, readable from across the counter."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout

from terminal.presenters.states import DoneState, Tone
from terminal.ui import intents, tokens
from terminal.ui.buttons import Button, Kind
from terminal.ui.cards import NoticeBar
from terminal.ui.labels import IconLabel, Label, Paragraph
from terminal.ui.receipt import ReceiptPaper
from terminal.ui.scroll import scrolling
from terminal.ui.theme import Theme, colour
from terminal.ui.view import View
from terminal.ui.wording import Wording

ICON_SIZE = 96
ICON_INSET = 8
"""The icon's own empty edge, taken back so that its ring stands above the first letter."""
SMALLER_BUTTON = 52
"""The receipt's buttons, lower than the ones that go on or back."""
TAKE_OFF_SIZE = 34
TO_PAY_SIZE = 24
BALANCE_SIZE = 44
DETAIL_SIZE = 20
PAGE_MARGIN = 36
PAGE_MARGIN_NARROW = 24
PAPER_SHARE = 0.4
"""How much of the width the paper may take."""
HEADLINE_NARROW = tokens.TEXT_RESULT
NARROW_WIDTH = 1200
PAPER_WIDTH_LEAST = 1000
"""The least width that has room for the paper beside the result, at 100 % text."""
DETAIL_LINES_MAX = 6


class DoneView(View):
    """One colour, one icon, one headline; then what to do, what is left, and the way back."""

    def __init__(self, presenter: intents.Done, texts: Wording, theme: Theme) -> None:
        super().__init__(texts, theme)
        self._presenter = presenter
        self._tone = Tone.GOOD
        bold, strong = QFont.Weight.Bold, QFont.Weight.DemiBold
        self._icon = IconLabel(theme, "check_circle", ICON_SIZE, "#FFFFFF")
        self._headline = Paragraph(theme, tokens.TEXT_HEADLINE, bold, name="headline")
        self._take_off = Paragraph(theme, TAKE_OFF_SIZE, bold, name="takeOff")
        self._to_pay = Paragraph(theme, TO_PAY_SIZE, strong, name="toPay")
        self._details = Paragraph(theme, DETAIL_SIZE, name="details")
        self._balance = Label(theme, BALANCE_SIZE, bold, name="balance")
        self._caption = Label(theme, DETAIL_SIZE, name="balanceCaption")
        self._hint = Label(theme, tokens.TEXT_STRONG, name="nextHint", elide=True)
        self._receipt = ReceiptPaper(theme)
        self._strip = scrolling(self._receipt)
        self._printer = NoticeBar(theme, "printerNotice")
        self._next = self._button("next", trailing="keyboard_return")
        self._undo = self._button("undo", icon="undo", hint="F9")
        self._print = self._button("print", icon="print", hint="P", height=SMALLER_BUTTON)
        self._keep = self._button("keepReceipt", icon="receipt_long", height=SMALLER_BUTTON)
        self._page = QHBoxLayout(self)
        self._column = QVBoxLayout()
        self._head = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._lay_out()
        self._next.clicked.connect(presenter.next)
        self._undo.clicked.connect(presenter.undo)
        self._print.clicked.connect(presenter.print_receipt)
        self._keep.clicked.connect(presenter.keep_receipt)
        presenter.subscribe(self.changed)
        self.retranslate()

    def _button(
        self, name: str, *, icon: str = "", trailing: str = "", hint: str = "", height: int = tokens.PRIMARY_MIN
    ) -> Button:
        return Button(
            self.theme,
            Kind.RESULT,
            name=name,
            icon=icon,
            trailing=trailing,
            hint=hint,
            size=tokens.TEXT_STRONG,
            height=height,
        )

    def _lay_out(self) -> None:
        page, column, head = self._page, self._column, self._head
        page.setSpacing(PAGE_MARGIN)
        head.setSpacing(tokens.GAP)
        column.addStretch(1)
        icon = QHBoxLayout()
        icon.setContentsMargins(-ICON_INSET, 0, 0, 0)
        icon.addWidget(self._icon)
        icon.addStretch(1)
        head.addLayout(icon)
        head.addWidget(self._headline, 1)
        column.addLayout(head)
        for part in (self._take_off, self._to_pay, self._details):
            column.addWidget(part)
        column.addSpacing(tokens.GAP)
        balance = QHBoxLayout()
        balance.setSpacing(tokens.ROW_GAP)
        balance.addWidget(self._balance, 0, Qt.AlignmentFlag.AlignBaseline)
        balance.addWidget(self._caption, 1, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(balance)
        column.addStretch(2)
        column.addWidget(self._hint)
        for buttons in ((self._next, self._undo), (self._print, self._keep)):
            actions = QHBoxLayout()
            actions.setSpacing(tokens.ROW_GAP)
            for button in buttons:
                actions.addWidget(button)
            actions.addStretch(1)
            column.addLayout(actions)
        column.addWidget(self._printer)
        page.addLayout(column, 1)
        page.addWidget(self._strip)

    def retranslate(self) -> None:
        """Take the captions from the texts again, then show the state."""
        self.refresh()

    def refresh(self) -> None:
        """Show the presenter's state."""
        self.render_state(self._presenter.state)

    def render_state(self, state: DoneState) -> None:
        """Show a state."""
        self._show_tone(state.tone)
        self._headline.show_text(state.headline)
        for part, text in (
            (self._take_off, state.take_off),
            (self._to_pay, state.to_pay),
            (self._details, "\n".join(state.details[:DETAIL_LINES_MAX])),
        ):
            part.show_text(text)
            part.setVisible(bool(text))
        self._balance.show_text(state.balance)
        self._caption.show_text(state.balance_caption)
        self._hint.show_text(state.next_hint)
        self._hint.setVisible(state.printer is None)  # the button says it too, and the room is scarce
        self._next.show_caption(state.next_action)
        self._printer.show_notice(state.printer)
        for button, caption in ((self._print, state.print_action), (self._keep, state.keep_action)):
            button.show_caption(caption)
            button.setVisible(bool(caption))
        self._print.set_active(state.print_enabled)
        self._receipt.show_paper(state.receipt)
        self._show_paper()
        self._undo.show_caption(state.undo)
        self._undo.setVisible(bool(state.undo))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill the screen with the colour of the result."""
        QPainter(self).fillRect(self.rect(), colour(tokens.RESULT[self._tone].surface))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the headline on one line of a narrow screen where that is possible, and use less room there."""
        super().resizeEvent(event)
        narrow = self.width() < self.theme.px(NARROW_WIDTH)
        size = HEADLINE_NARROW if narrow else tokens.TEXT_HEADLINE
        self._headline.set_size(self.theme, size, QFont.Weight.Bold)
        direction = QBoxLayout.Direction
        self._head.setDirection(direction.LeftToRight if narrow else direction.TopToBottom)
        self._column.setSpacing(tokens.ROW_GAP if narrow else tokens.CARD_GAP)
        margin = PAGE_MARGIN_NARROW if narrow else PAGE_MARGIN
        self._page.setContentsMargins(*4 * (margin,))
        self._receipt.fit_into(QSize(int(self.width() * PAPER_SHARE), self.height() - 2 * margin))
        self._show_paper()

    def _show_paper(self) -> None:
        """Show the receipt where there is one and room for it; the result itself comes first."""
        has_room = self.width() >= self.theme.px(PAPER_WIDTH_LEAST)
        self._strip.setVisible(bool(self._receipt.text()) and has_room)
        needs_bar = self._receipt.height() > self.height() - 2 * PAGE_MARGIN
        bar = self._strip.verticalScrollBar().sizeHint().width() + tokens.GAP
        self._strip.setFixedWidth(self._receipt.width() + (bar if needs_bar else 0))

    def _show_tone(self, tone: Tone) -> None:
        pair = tokens.RESULT[tone]
        self._tone = tone
        self.update()
        self._icon.show_icon(tokens.TONE_ICON[tone], pair.text)
        for part in (self._headline, self._take_off, self._to_pay, self._details):
            part.set_ink(pair.text)
        for label in (self._balance, self._caption, self._hint):
            label.set_ink(pair.text)
        outlined = tokens.Pair(pair.text, "", pair.text)
        self._next.set_pair(tokens.Pair(pair.surface, pair.text, pair.text))
        for button in (self._undo, self._print, self._keep):
            button.set_pair(outlined)
