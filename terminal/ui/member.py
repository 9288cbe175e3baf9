"""The member at the till: the screen on which a sale happens.

Everything on it is made once and reused. A scan changes texts and colours; it creates no widget, changes no style and
runs no layout unless a line appears or goes.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from terminal.presenters.states import MemberState
from terminal.ui import intents, tokens
from terminal.ui.buttons import Button, Kind
from terminal.ui.cards import Card
from terminal.ui.fields import LineEdit
from terminal.ui.labels import Label, caption
from terminal.ui.member_head import MemberHead
from terminal.ui.purchase import PurchaseCard
from terminal.ui.rewards import RewardGrid
from terminal.ui.rows import ROW_HEIGHT, BookingRows
from terminal.ui.theme import Theme
from terminal.ui.view import View
from terminal.ui.wording import Wording

REWARD_ROWS_MAX = 4
BOOKING_ROWS_MAX = 12
BOOKING_ROWS_WANTED = 2
LEFT_SHARE, RIGHT_SHARE = 58, 42
SECTION_TOP = 16
SECTION_HEAD = 20
HISTORY_WIDTH = 120


class RewardsCard(Card):
    """The rewards with their heading."""

    def __init__(self, theme: Theme, texts: Wording) -> None:
        super().__init__(theme)
        self.heading = caption(theme, "rewardsCaption")
        self.heading.elides = True
        self.grid = RewardGrid(theme, texts, REWARD_ROWS_MAX)
        for part in (self.heading, self.grid):
            part.setParent(self)

    def height_for(self, rows: int) -> int:
        """The height with so many rows of rewards, in device-independent pixels."""
        head = self.theme.px(SECTION_HEAD)
        body = tokens.ROW_GAP + self.grid.height_needed(rows) if rows else 0
        return SECTION_TOP + head + body + tokens.MARGIN

    def resizeEvent(self, _event: object) -> None:
        """Place heading and grid."""
        left, width = tokens.CARD_PADDING, self.width() - 2 * tokens.CARD_PADDING
        head = self.theme.px(SECTION_HEAD)
        top = SECTION_TOP + head + tokens.ROW_GAP
        self.heading.setGeometry(left, SECTION_TOP, width, head)
        self.grid.setGeometry(left, top, width, max(0, self.height() - top - tokens.MARGIN))


class BookingsCard(Card):
    """The last bookings, the way to all of them, and to everything that is stored about the member."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.heading = caption(theme, "bookingsCaption")
        self.rows = BookingRows(theme, BOOKING_ROWS_MAX)
        self.empty = Label(theme, ink=theme.palette.secondary, name="bookingsEmpty", elide=True)
        self.data = Button(theme, Kind.QUIET, name="memberData", hint="F8")
        self.history = Button(theme, Kind.QUIET, name="history", trailing="chevron_right", hint="F5")
        for part in (self.heading, self.rows, self.empty, self.data, self.history):
            part.setParent(self)

    def height_least(self, rows: int) -> int:
        """The height that shows so many rows, in device-independent pixels."""
        return tokens.GAP + tokens.CONTROL_MIN + rows * self.theme.px(ROW_HEIGHT) + tokens.ROW_GAP

    def place(self) -> None:
        """Place heading, buttons and rows; what the bar of keys offers as well gives way where letters are large."""
        left, width = tokens.CARD_PADDING, self.width() - 2 * tokens.CARD_PADDING
        history, data = self.history.sizeHint().width(), self.data.sizeHint().width()
        right = self.width() - tokens.ROW_GAP - history
        self.history.setGeometry(right, tokens.GAP, history, tokens.CONTROL_MIN)
        has_room = left + self.heading.text_width() + tokens.GAP <= right - data
        self.data.setVisible(has_room)
        if has_room:
            right -= data
            self.data.setGeometry(right, tokens.GAP, data, tokens.CONTROL_MIN)
        self.heading.setGeometry(left, tokens.GAP, right - left, tokens.CONTROL_MIN)
        top = tokens.GAP + tokens.CONTROL_MIN
        self.rows.setGeometry(left, top, width, max(0, self.height() - top - tokens.ROW_GAP))
        self.empty.setGeometry(left, top, width, self.theme.px(ROW_HEIGHT))

    def resizeEvent(self, _event: object) -> None:
        """Place the parts anew."""
        self.place()


class MemberView(View):
    """The open sale of one member."""

    def __init__(self, presenter: intents.Member, texts: Wording, theme: Theme) -> None:
        super().__init__(texts, theme)
        self._presenter = presenter
        self._shown: MemberState | None = None
        self._editing = False
        self.head = MemberHead(theme)
        self.rewards = RewardsCard(theme, texts)
        self.bookings = BookingsCard(theme)
        self.purchase = PurchaseCard(theme, texts)
        self._left = QWidget()
        column = QVBoxLayout(self._left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.CARD_GAP)
        column.addWidget(self.head)
        column.addWidget(self.rewards)
        column.addWidget(self.bookings, 1)
        self._page = page = QHBoxLayout(self)
        page.setContentsMargins(*4 * (tokens.MARGIN,))
        page.setSpacing(tokens.MARGIN)
        page.addWidget(self._left, LEFT_SHARE)
        page.addWidget(self.purchase, RIGHT_SHARE)
        self._connect()
        presenter.subscribe(self.changed)
        self.retranslate()

    def _connect(self) -> None:
        presenter, purchase = self._presenter, self.purchase
        purchase.amount.typed.connect(presenter.amount_typed)
        purchase.without.typed.connect(presenter.without_points_typed)
        purchase.keypad.pressed.connect(presenter.keypad)
        purchase.without_toggle.clicked.connect(lambda: presenter.edit_without_points(not self._editing))
        purchase.primary.clicked.connect(presenter.confirm)
        purchase.redeem.clicked.connect(presenter.redeem)
        purchase.void.clicked.connect(presenter.void)
        purchase.cancel.clicked.connect(presenter.cancel)
        self.bookings.history.clicked.connect(presenter.history)
        self.bookings.data.clicked.connect(presenter.data)
        self.rewards.grid.chosen.connect(presenter.choose_reward)
        self.rewards.grid.more.connect(presenter.redeem)

    def retranslate(self) -> None:
        """Take the captions from the texts again, then show the state."""
        self.bookings.history.show_caption(self.texts._("History"))
        self.bookings.data.show_caption(self.texts._("Member's data"))
        self.rewards.grid.retranslate()
        self.purchase.retranslate()
        self._shown = None
        self.refresh()

    def default_input(self) -> LineEdit:
        """The amount, or the part of it without points while that is being edited."""
        return self.purchase.without if self._editing else self.purchase.amount

    def refresh(self) -> None:
        """Show the presenter's state; only what differs from the state shown before."""
        self.render_state(self._presenter.state)

    def render_state(self, state: MemberState) -> None:
        """Show a state."""
        before = self._shown
        if state == before:
            return
        self._shown = state
        self.head.show_member(state)
        if before is None or (before.rewards, before.rewards_caption) != (state.rewards, state.rewards_caption):
            self.rewards.setVisible(bool(state.rewards or state.rewards_caption))
            self.rewards.heading.show_text(state.rewards_caption or self.texts._("Rewards"))
            self.rewards.grid.show_rewards(state.rewards)
            self._share_height()
        elif before.account_note != state.account_note:
            self._share_height()
        if before is None or before.bookings_caption != state.bookings_caption:
            self.bookings.heading.show_text(state.bookings_caption or self.texts._("Last bookings"))
            self.bookings.place()
        if before is None or before.bookings != state.bookings:
            self.bookings.rows.show_lines(state.bookings)
        self.bookings.empty.show_text("" if state.bookings else state.bookings_empty)
        self.purchase.show_sale(state)
        self._follow_editing(state.editing_without_points)

    def _follow_editing(self, editing: bool) -> None:  # noqa: FBT001 - private
        if editing != self._editing:
            self._editing = editing
            if self.isVisible():
                self.default_input().setFocus(Qt.FocusReason.OtherFocusReason)

    def _share_height(self) -> None:
        """Give the rewards as many rows as leave room for the newest bookings."""
        grid = self.rewards.grid
        room = self._left.height() - self.head.height() - 2 * tokens.CARD_GAP
        room -= self.bookings.height_least(BOOKING_ROWS_WANTED)
        rows = REWARD_ROWS_MAX
        while rows > 1 and self.rewards.height_for(rows) > room:
            rows -= 1
        grid.set_rows_max(rows)
        self.rewards.setFixedHeight(self.rewards.height_for(grid.rows()))

    def resizeEvent(self, event: object) -> None:
        """Share the height anew; the column has its new height only after its layout ran."""
        self._page.activate()
        self._share_height()
