"""The daily report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from terminal.presenters.report_states import ReportState
from terminal.presenters.states import BookingLine, Choice, HourBar
from terminal.ui import intents, tokens
from terminal.ui.buttons import Button
from terminal.ui.cards import Card, NoticeBar, TileRow, draw_surface
from terminal.ui.choices import ChoiceButton
from terminal.ui.labels import CENTRE, Label, Paragraph, caption
from terminal.ui.rows import ROW_HEIGHT, BookingRows
from terminal.ui.theme import Theme, colour
from terminal.ui.view import View
from terminal.ui.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable

    from terminal.ui.chart import HoursChart

REWARD_ROWS_MAX = 24
COMPARED_ROWS, COMPARED_ROWS_MIN = 5, 3
COMPARED_STRETCH = 100  # all it may have comes before a second row of rewards; where there is less room, fewer rows
CHART_SHARE, REWARDS_SHARE = 62, 38
WHOSE_WIDTH = 190
SQUARE = 11


class Legend(QWidget):
    """What the colours of the bars mean, in words."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._entries: tuple[tuple[str, str], ...] = ()
        self.setFixedHeight(theme.px(24))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_entries(self, *entries: tuple[str, str]) -> None:
        """Show pairs of colour and words."""
        if entries != self._entries:
            self._entries = entries
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Room for all of them side by side."""
        metrics = self._theme.metrics(tokens.TEXT_BODY)
        width = sum(SQUARE + 6 + metrics.horizontalAdvance(words) + 14 for _, words in self._entries)
        return QSize(width, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw squares and words."""
        painter = QPainter(self)
        metrics = self._theme.metrics(tokens.TEXT_BODY)
        painter.setFont(self._theme.font(tokens.TEXT_BODY))
        x = 0
        for fill, words in self._entries:
            draw_surface(painter, QRectF(x, (self.height() - SQUARE) / 2, SQUARE, SQUARE), fill, "", 2)
            painter.setPen(colour(self._theme.palette.secondary))
            area = self.rect().adjusted(x + SQUARE + 6, 0, 0, 0)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), words)
            x += SQUARE + 6 + metrics.horizontalAdvance(words) + 14


class WhoseRow(QWidget):
    """This till or the whole store, and since when its figures stand; hidden where there is no choice."""

    def __init__(self, theme: Theme, choose: Callable[[str], None]) -> None:
        super().__init__()
        self._theme = theme
        self._choose = choose
        self._buttons: dict[str, ChoiceButton] = {}
        self._standing = Label(theme, tokens.TEXT_BODY, ink=theme.palette.secondary, name="standing", elide=True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(tokens.ROW_GAP)
        self._row.addWidget(self._standing, 1)

    def show_choices(self, choices: tuple[Choice, ...], standing: str) -> None:
        """Show whose day can be seen, and whose is."""
        for choice in choices:
            button = self._buttons.get(choice.key) or self._add(choice.key)
            button.show_caption(choice.text)
            if choice.chosen != button.isChecked():
                button.setChecked(choice.chosen)
        self._standing.show_text(standing)
        self.setVisible(bool(choices))

    def _add(self, key: str) -> ChoiceButton:
        button = ChoiceButton(self._theme, f"{key}Day")
        button.setMinimumSize(self._theme.px(WHOSE_WIDTH), tokens.CONTROL_MIN)
        button.clicked.connect(lambda: self._choose(key))
        self._row.insertWidget(len(self._buttons), button)
        self._buttons[key] = button
        return button


class ReportView(View):
    """Figures, hours and rewards of one day."""

    def __init__(self, presenter: intents.Report, texts: Wording, theme: Theme) -> None:
        super().__init__(texts, theme)
        self._presenter = presenter
        self._shown_hours: tuple[tuple[HourBar, ...], str] | None = None
        secondary = theme.palette.secondary
        self._title = Label(theme, tokens.TEXT_TITLE, QFont.Weight.Bold, name="headline")
        self._day = Label(theme, tokens.TEXT_STRONG, ink=secondary, name="day", elide=True)
        self._previous = Button(theme, name="previousDay", icon="chevron_left")
        self._today = Button(theme, name="today", icon="calendar_today")
        self._next = Button(theme, name="nextDay", trailing="chevron_right")
        self._csv = Button(theme, name="saveCsv", icon="receipt_long")
        self._pdf = Button(theme, name="savePdf", icon="print")
        self._back = Button(theme, name="cancel", hint="Esc")
        self._whose = WhoseRow(theme, presenter.choose)
        self._notice = NoticeBar(theme)
        self._tiles = TileRow(theme)
        self._hours_caption = caption(theme, "hoursCaption")
        self._legend = Legend(theme)
        self._chart: HoursChart | None = None
        self._chart_box = QVBoxLayout()
        self._rewards_caption = caption(theme, "rewardsCaption")
        self._rewards_caption.elides = True
        self._rewards = BookingRows(theme, REWARD_ROWS_MAX)
        self._compared_caption = caption(theme, "comparedCaption")
        self._compared_caption.elides = True
        self._compared = BookingRows(theme, COMPARED_ROWS)
        self._empty = Paragraph(theme, tokens.TEXT_STRONG + 2, ink=secondary, name="empty", align=CENTRE)
        self._body = QWidget()
        self._lay_out(theme)
        self._previous.clicked.connect(presenter.previous_day)
        self._today.clicked.connect(presenter.today)
        self._next.clicked.connect(presenter.next_day)
        self._csv.clicked.connect(lambda: presenter.save("csv"))
        self._pdf.clicked.connect(lambda: presenter.save("pdf"))
        self._back.clicked.connect(presenter.cancel)
        presenter.subscribe(self.changed)
        self.retranslate()

    def _lay_out(self, theme: Theme) -> None:
        page = QVBoxLayout(self)
        page.setContentsMargins(tokens.MARGIN, tokens.CARD_GAP, tokens.MARGIN, tokens.MARGIN)
        page.setSpacing(tokens.CARD_GAP)
        top = QHBoxLayout()
        top.setSpacing(tokens.ROW_GAP)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._day)
        top.addLayout(words, 1)
        for button in (self._previous, self._today, self._next, self._csv, self._pdf, self._back):
            button.setMinimumHeight(tokens.FIELD_HEIGHT - 2)
            top.addWidget(button)
        page.addLayout(top)
        page.addWidget(self._whose)
        page.addWidget(self._notice)
        page.addWidget(self._tiles)
        page.addWidget(self._empty, 1)
        body = QHBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(tokens.CARD_GAP)
        body.addWidget(self._hours_card(theme), CHART_SHARE)
        body.addWidget(self._rewards_card(theme), REWARDS_SHARE)
        page.addWidget(self._body, 1)

    def _hours_card(self, theme: Theme) -> Card:
        card = Card(theme)
        box = QVBoxLayout(card)
        box.setContentsMargins(tokens.CARD_PADDING, tokens.CARD_GAP, tokens.MARGIN, tokens.ROW_GAP)
        heading = QHBoxLayout()
        heading.addWidget(self._hours_caption)
        heading.addStretch(1)
        heading.addWidget(self._legend)
        box.addLayout(heading)
        box.addLayout(self._chart_box, 1)
        return card

    def _rewards_card(self, theme: Theme) -> Card:
        card = Card(theme)
        box = QVBoxLayout(card)
        box.setContentsMargins(tokens.CARD_PADDING, tokens.CARD_PADDING, tokens.CARD_PADDING, tokens.ROW_GAP)
        box.setSpacing(tokens.ROW_GAP)
        box.addWidget(self._rewards_caption)
        box.addWidget(self._rewards, 1)
        self._rewards.setMinimumHeight(theme.px(ROW_HEIGHT))
        box.addWidget(self._compared_caption)
        box.addWidget(self._compared, COMPARED_STRETCH)
        self._compared.setMinimumHeight(theme.px(ROW_HEIGHT) * COMPARED_ROWS_MIN)
        self._compared.setMaximumHeight(theme.px(ROW_HEIGHT) * COMPARED_ROWS)
        return card

    def retranslate(self) -> None:
        """Take the captions from the texts again, then show the state."""
        translate = self.texts._
        self._previous.show_caption(translate("Day before"))
        self._today.show_caption(translate("Today"))
        self._next.show_caption(translate("Day after"))
        self._csv.show_caption(translate("CSV"))
        self._pdf.show_caption(translate("PDF"))
        self._back.show_caption(translate("Back"))
        self.refresh()

    def refresh(self) -> None:
        """Show the presenter's state."""
        self.render_state(self._presenter.state)

    def render_state(self, state: ReportState) -> None:
        """Show a state."""
        self._title.show_text(state.title)
        self._day.show_text(state.waits or state.day)
        self._whose.show_choices(state.whose, state.standing)
        self._next.set_active(state.can_go_on)
        self._today.set_active(state.can_go_on)
        self._csv.set_active(not state.busy)
        self._pdf.set_active(not state.busy)
        self._notice.show_notice(state.notice)
        self._tiles.show_tiles(state.tiles)
        self._tiles.setVisible(bool(state.tiles))
        self._empty.show_text(state.empty)
        self._empty.setVisible(bool(state.empty))
        self._body.setVisible(not state.empty)
        self._hours_caption.show_text(state.hours_caption)
        palette = self.theme.palette
        self._legend.show_entries(
            (palette.chart_issued, state.issued_caption), (palette.chart_redeemed, state.redeemed_caption)
        )
        self._rewards_caption.show_text(state.rewards_caption)
        self._show_rewards(state.rewards)
        self._compared_caption.show_text(state.compared_caption)
        self._compared.show_lines(state.compared)
        if not state.empty:
            self._show_hours(state.hours)

    def _show_rewards(self, rewards: tuple[BookingLine, ...]) -> None:
        self._rewards.show_lines(rewards)

    def _show_hours(self, hours: tuple[HourBar, ...]) -> None:
        wanted = (hours, self.texts.language)
        if wanted == self._shown_hours:
            return
        self._shown_hours = wanted
        from terminal.ui.chart import HoursChart, marks_of

        if self._chart is None:
            self._chart = HoursChart(self.theme)
            self._chart_box.addWidget(self._chart)
        self._chart.show_hours(hours, {mark: self.texts.number(mark) for mark in marks_of(hours)})
        self._chart.setAccessibleName(self._hours_caption.text())
