"""Rewards as buttons: affordable ones first, locked ones with what is missing. Buttons are made once and reused."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from terminal.presenters.states import RewardCard
from terminal.ui import tokens
from terminal.ui.buttons import FOCUS_WIDTH, Button
from terminal.ui.cards import draw_surface
from terminal.ui.theme import Theme, colour
from terminal.ui.wording import Wording

REWARD_HEIGHT = 62
REWARD_INDENT = 15
STATE_ICON = 20
COLUMNS = 2
LEFT_MIDDLE = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class RewardButton(Button):
    """A reward: its name, what it costs, and whether it is chosen or out of reach."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name=name, height=theme.px(REWARD_HEIGHT), chooses=True)
        self.setCheckable(True)
        self.reward: RewardCard | None = None

    def nextCheckState(self) -> None:
        """Stay as it is: whether a reward is chosen is decided by the presenter."""

    def show_reward(self, reward: RewardCard, texts: Wording) -> None:
        """Show a reward; nothing happens when it is already there."""
        if reward == self.reward:
            return
        self.reward = reward
        self._caption = reward.name
        state = texts._("chosen") if reward.chosen else "" if reward.affordable else texts._("locked")
        self.setAccessibleName(", ".join(part for part in (reward.name, reward.cost, state) if part))
        self.set_active(reward.affordable)
        self.setChecked(reward.chosen)
        self.update()

    def sizeHint(self) -> QSize:
        """The grid decides the width."""
        return QSize(4 * tokens.CONTROL_MIN, self.minimumHeight())

    def clipped(self) -> tuple[str, ...]:
        """The cost when it cannot be read as a whole; a name may be shortened, it is not ours."""
        if self.reward is None:
            return ()
        fits = self.theme.width(self.reward.cost, tokens.TEXT_BODY) <= self.width() - 2 * REWARD_INDENT
        return () if fits else (self.reward.cost,)

    def look(self) -> tuple[object, ...]:
        """The same, and the state of the reward; what it costs is no part of the picture."""
        return (*super().look(), self.reward is not None and self.reward.affordable)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Show the picture, and the cost on it: points still missing are others at every scan, the rest is not."""
        if self.reward is None:
            return
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self.picture())
        _, area = self._lines()
        fades = self.reward.affordable and not self.reward.chosen
        painter.setFont(self.theme.font(tokens.TEXT_BODY))
        painter.setPen(colour(self.theme.palette.secondary if fades else self._look()[0].text))
        painter.drawText(area, LEFT_MIDDLE, self.reward.cost)

    def picture(self) -> QPixmap:
        """The picture, shared with every button that showed this reward in this state."""
        return self.theme.faces.get(self.look(), self.draw_picture)

    def _lines(self) -> tuple[QRect, QRect]:
        """Where the name stands, and what it costs."""
        middle, line = self.height() // 2, self.theme.px(20)
        first = QRect(REWARD_INDENT, middle - line, self.width() - 2 * REWARD_INDENT, line)
        return first, first.translated(0, line)

    def draw(self, painter: QPainter) -> None:
        """Draw the name and the sign of the state."""
        if self.reward is None:
            return
        palette = self.theme.palette
        pair, width = self._look()
        draw_surface(painter, QRectF(self.rect()), pair.surface, pair.line, tokens.BUTTON_RADIUS, width)
        first, _ = self._lines()
        icon = "check_circle" if self.reward.chosen else "" if self.reward.affordable else "lock"
        size = self.theme.px(STATE_ICON)
        if icon:
            pixmap = self.theme.icons.pixmap(icon, size, pair.text, self.devicePixelRatioF())
            painter.drawPixmap(first.right() - size + 1, first.y(), pixmap)
            first.setRight(first.right() - size - tokens.GAP)
        metrics = self.theme.metrics(tokens.TEXT_BODY, QFont.Weight.DemiBold)
        painter.setPen(colour(pair.text))
        painter.setFont(self.theme.font(tokens.TEXT_BODY, QFont.Weight.DemiBold))
        name = metrics.elidedText(self.reward.name, Qt.TextElideMode.ElideRight, first.width())
        painter.drawText(first, LEFT_MIDDLE, name)
        if self.hasFocus():
            draw_surface(painter, QRectF(self.rect()), "", palette.focus, tokens.BUTTON_RADIUS, FOCUS_WIDTH)

    def _look(self) -> tuple[tokens.Pair, float]:
        palette = self.theme.palette
        if self.reward is not None and self.reward.chosen:
            return tokens.Pair(palette.soft.text, palette.soft.surface, palette.accent), 2.0
        if not self.isEnabled():
            return tokens.Pair(palette.muted, palette.sunken, palette.line), 1.0
        return tokens.Pair(
            palette.ink, palette.pressed if self.isDown() else palette.surface, palette.control_line
        ), 1.0


def focused_reward(buttons: Iterable[RewardButton]) -> str:
    """The reward whose button has the focus, empty for none."""
    return next((button.reward.reward_id for button in buttons if button.reward and button.hasFocus()), "")


def follow_reward(buttons: Iterable[RewardButton], reward_id: str) -> None:
    """Keep the focus on a reward that moved to another button; choosing one can lock others, which go to the end."""
    for button in buttons:
        if reward_id and button.reward is not None and button.reward.reward_id == reward_id and not button.isHidden():
            button.setFocus(Qt.FocusReason.OtherFocusReason)
            return


class RewardGrid(QWidget):
    """Rewards in two columns; as many rows as there is room for, and behind them the way to all of them.

    Signals:
        chosen: The reward that was pressed.
        more: The way to all rewards was pressed.
    """

    chosen = Signal(str)
    more = Signal()

    def __init__(self, theme: Theme, texts: Wording, rows_max: int) -> None:
        super().__init__()
        self._theme = theme
        self._texts = texts
        self._rewards: tuple[RewardCard, ...] = ()
        self._rows_max = rows_max
        self._buttons = [self._make(index) for index in range(rows_max * COLUMNS)]
        self._more = Button(
            theme, name="moreRewards", trailing="chevron_right", hint="F4", height=theme.px(REWARD_HEIGHT)
        )
        self._more.setParent(self)
        self._more.clicked.connect(self.more)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _make(self, index: int) -> RewardButton:
        button = RewardButton(self._theme, f"reward{index}")
        button.setParent(self)
        button.clicked.connect(lambda: self._pressed(button))
        button.hide()
        return button

    def _pressed(self, button: RewardButton) -> None:
        if button.reward is not None:
            self.chosen.emit(button.reward.reward_id)

    def retranslate(self) -> None:
        """Take the captions from the texts again."""
        self._more.show_caption(self._texts._("More rewards"))
        for button in self._buttons:
            button.reward = None

    def set_rows_max(self, rows: int) -> None:
        """Allow so many rows, at least one."""
        rows = max(1, min(rows, len(self._buttons) // COLUMNS))
        if rows != self._rows_max:
            self._rows_max = rows
            self._show()

    def rows(self) -> int:
        """How many rows are in use."""
        return min(self._rows_max, -(-len(self._rewards) // COLUMNS))

    def height_needed(self, rows: int) -> int:
        """How high so many rows are, in device-independent pixels."""
        return rows * self._theme.px(REWARD_HEIGHT) + max(0, rows - 1) * tokens.ROW_GAP

    def show_rewards(self, rewards: tuple[RewardCard, ...]) -> None:
        """Show rewards in the order given."""
        self._rewards = rewards
        self._show()

    def _show(self) -> None:
        slots = self._rows_max * COLUMNS
        overflow = len(self._rewards) > slots
        shown = self._rewards[: slots - 1] if overflow else self._rewards
        focused = focused_reward(self._buttons)
        for button, reward in zip(self._buttons, shown, strict=False):
            button.show_reward(reward, self._texts)
            button.setVisible(True)
        for button in self._buttons[len(shown) :]:
            button.setVisible(False)
        follow_reward(self._buttons, focused)
        self._more.setVisible(overflow)
        self.place()

    def place(self) -> None:
        """Give every button its rectangle."""
        height = self._theme.px(REWARD_HEIGHT)
        width = (self.width() - tokens.ROW_GAP * (COLUMNS - 1)) // COLUMNS
        slots = [button for button in self._buttons if not button.isHidden()]
        for index, button in enumerate([*slots, self._more]):
            row, column = divmod(index, COLUMNS)
            x = column * (width + tokens.ROW_GAP)
            button.setGeometry(x, row * (height + tokens.ROW_GAP), width, height)

    def resizeEvent(self, _event: object) -> None:
        """Place the buttons anew."""
        self.place()
