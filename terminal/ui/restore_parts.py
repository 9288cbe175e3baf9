"""The parts of the restoring pages: ways as large buttons, copies as rows, sentences and stages with their signs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from terminal.presenters.restore_states import CopyLine, StageLine, Way
from terminal.presenters.states import Tone
from terminal.ui import tokens
from terminal.ui.buttons import FOCUS_WIDTH, ICON_SIZE, Button, Kind
from terminal.ui.cards import draw_surface
from terminal.ui.labels import IconLabel, Paragraph, caption
from terminal.ui.theme import Theme, colour

INDENT = 18
WAY_TITLE = 17
WAY_GAP = 4
WAY_PADDING = 12
COPY_HEIGHT = 72
NAME_SIZE = 17
POINT_ICON = 20
STATE_ICON = 40
WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
LEFT_MIDDLE = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT_MIDDLE = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class WayButton(Button):
    """What can be done, with a sentence about it; the advised one is green."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name=name, height=tokens.PRIMARY_MIN)
        self.way = Way("", "", "", "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_way(self, way: Way) -> None:
        """Show a way; nothing happens when it is already there."""
        if way == self.way:
            return
        self.way = way
        self._caption = way.text
        self.kind = Kind.PRIMARY if way.advised else Kind.SECONDARY
        self.setAccessibleName(f"{way.text}. {way.detail}")
        self.set_active(way.enabled)
        self._ask_for_height()
        self.update()

    def sizeHint(self) -> QSize:
        """The column decides the width, the sentence the height."""
        return QSize(4 * tokens.CONTROL_MIN, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def clipped(self) -> tuple[str, ...]:
        """What cannot be read as a whole; tests ask."""
        fits = self._height() <= self.height() and self._title_area().width() <= self._text_area().width()
        return () if fits else (self.way.detail,)

    def look(self) -> tuple[object, ...]:
        """The same, and what it shows."""
        return (*super().look(), self.way)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for the height this width needs."""
        super().resizeEvent(event)
        self._ask_for_height()

    def draw(self, painter: QPainter) -> None:
        """Draw the sign, the words and the sentence."""
        pair = self.colours()
        draw_surface(painter, QRectF(self.rect()), pair.surface, pair.line, tokens.BUTTON_RADIUS)
        size = self.theme.px(ICON_SIZE)
        pixmap = self.theme.icons.pixmap(self.way.icon, size, pair.text, self.devicePixelRatioF())
        painter.drawPixmap(WAY_PADDING, WAY_PADDING, pixmap)
        area = self._text_area()
        painter.setPen(colour(pair.text))
        painter.setFont(self.theme.font(WAY_TITLE, QFont.Weight.Bold))
        painter.drawText(area, WRAP, self.way.text)
        secondary = pair.text if self.kind is Kind.PRIMARY else self.theme.palette.secondary
        painter.setPen(colour(secondary))
        painter.setFont(self.theme.font(tokens.TEXT_BODY - 1))
        painter.drawText(area.adjusted(0, self._title_height() + WAY_GAP, 0, 0), WRAP, self.way.detail)
        if self.hasFocus():
            draw_surface(painter, QRectF(self.rect()), "", self.theme.palette.focus, tokens.BUTTON_RADIUS, FOCUS_WIDTH)

    def _text_area(self) -> QRect:
        left = WAY_PADDING + self.theme.px(ICON_SIZE) + tokens.ROW_GAP
        return self.rect().adjusted(left, WAY_PADDING, -WAY_PADDING, 0)

    def _title_height(self) -> int:
        return self._title_area().height()

    def _title_area(self) -> QRect:
        metrics = self.theme.metrics(WAY_TITLE, QFont.Weight.Bold)
        return metrics.boundingRect(QRect(0, 0, self._text_area().width(), 0), WRAP, self.way.text)

    def _height(self) -> int:
        width = self._text_area().width()
        detail = self.theme.metrics(tokens.TEXT_BODY - 1).boundingRect(QRect(0, 0, width, 0), WRAP, self.way.detail)
        return 2 * WAY_PADDING + self._title_height() + WAY_GAP + detail.height()

    def _ask_for_height(self) -> None:
        height = max(tokens.PRIMARY_MIN, self._height())
        if height != self.minimumHeight():
            self.setMinimumHeight(height)
            self.updateGeometry()


class WayList(QWidget):
    """Ways below each other; buttons are made when first needed and reused."""

    def __init__(self, theme: Theme, act: Callable[[str], None]) -> None:
        super().__init__()
        self._theme = theme
        self._act = act
        self._buttons: list[WayButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(tokens.ROW_GAP)

    def show_ways(self, ways: tuple[Way, ...]) -> None:
        """Show as many buttons as there are ways."""
        while len(self._buttons) < len(ways):
            self._add()
        for index, button in enumerate(self._buttons):
            if index < len(ways):
                button.show_way(ways[index])
            button.setVisible(index < len(ways))

    def _add(self) -> None:
        button = WayButton(self._theme, f"way{len(self._buttons)}")
        button.clicked.connect(lambda: self._act(button.way.key))
        self._buttons.append(button)
        self._column.addWidget(button)


class CopyRow(Button):
    """A copy as one wide button: when it was made, what it holds, what would be missing."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name=name, height=theme.px(COPY_HEIGHT), chooses=True)
        self.line = CopyLine("", "", "", "")
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def nextCheckState(self) -> None:
        """Stay as it is: the presenter chooses."""

    def show_line(self, line: CopyLine, *, chosen: bool) -> None:
        """Show a copy; nothing happens when it is already so."""
        if line == self.line and chosen == self.isChecked():
            return
        self.line = line
        self._caption = line.when
        parts = (line.when, line.age, line.detail, line.checked, line.missing)
        self.setAccessibleName(", ".join(part for part in parts if part))
        self.setToolTip(line.key)
        self.setChecked(chosen)
        self.update()

    def sizeHint(self) -> QSize:
        """The list decides the width."""
        return QSize(4 * tokens.CONTROL_MIN, self.minimumHeight())

    def clipped(self) -> tuple[str, ...]:
        """What cannot be read as a whole; only what a copy holds may be shortened."""
        strong, plain = self._metrics_of_lines()
        upper = strong(self.line.when) + plain(self.line.age) + plain(self.line.missing) + 4 * tokens.ROW_GAP
        return () if upper <= self.width() - 2 * INDENT else (self.line.when,)

    def look(self) -> tuple[object, ...]:
        """The same, and what it shows."""
        return (*super().look(), self.line)

    def _metrics_of_lines(self) -> tuple[Callable[[str], int], Callable[[str], int]]:
        strong = self.theme.metrics(NAME_SIZE, QFont.Weight.DemiBold).horizontalAdvance
        plain = self.theme.metrics(tokens.TEXT_BODY - 1, QFont.Weight.DemiBold).horizontalAdvance
        return strong, plain

    def draw(self, painter: QPainter) -> None:
        """Draw two lines."""
        palette, theme, line = self.theme.palette, self.theme, self.line
        chosen = self.isChecked()
        fill = palette.soft.surface if chosen else palette.pressed if self.isDown() else palette.surface
        edge = palette.accent if chosen else palette.line
        draw_surface(painter, QRectF(self.rect()), fill, edge, tokens.BUTTON_RADIUS, 2.0 if chosen else 1.0)
        middle, height = self.height() // 2, theme.px(24)
        upper = QRect(INDENT, middle - height, self.width() - 2 * INDENT, height)
        lower = upper.translated(0, height)
        strong, plain = self._metrics_of_lines()
        self._text(painter, upper, LEFT_MIDDLE, line.when, palette.ink, NAME_SIZE)
        behind = upper.adjusted(strong(line.when) + tokens.ROW_GAP, 0, 0, 0)
        self._text(painter, behind, LEFT_MIDDLE, line.age, palette.secondary, tokens.TEXT_BODY)
        self._text(painter, upper, RIGHT_MIDDLE, line.missing, self._ink(line.missing_tone), tokens.TEXT_BODY - 1)
        self._text(painter, lower, RIGHT_MIDDLE, line.checked, self._ink(line.tone), tokens.TEXT_BODY - 1)
        room = lower.width() - plain(line.checked) - tokens.ROW_GAP
        detail = theme.metrics(tokens.TEXT_BODY).elidedText(line.detail, Qt.TextElideMode.ElideRight, room)
        self._text(painter, lower, LEFT_MIDDLE, detail, palette.secondary, tokens.TEXT_BODY)
        if self.hasFocus():
            draw_surface(painter, QRectF(self.rect()), "", palette.focus, tokens.BUTTON_RADIUS, FOCUS_WIDTH)

    def _ink(self, tone: Tone) -> str:
        palette = self.theme.palette
        return palette.brand_text if tone is Tone.GOOD else palette.pair(tone).text

    def _text(self, painter: QPainter, area: QRect, flags: int, text: str, ink: str, size: int) -> None:
        weight = QFont.Weight.Normal if size == tokens.TEXT_BODY else QFont.Weight.DemiBold
        painter.setFont(self.theme.font(size, weight))
        painter.setPen(colour(ink))
        painter.drawText(area, flags, text)


class CopyList(QWidget):
    """Copies below each other; rows are made when first needed and reused."""

    def __init__(self, theme: Theme, choose: Callable[[str], None]) -> None:
        super().__init__()
        self._theme = theme
        self._choose = choose
        self._rows: list[CopyRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(tokens.GAP)

    def show_copies(self, lines: tuple[CopyLine, ...], chosen: str) -> None:
        """Show as many rows as there are copies."""
        while len(self._rows) < len(lines):
            self._add()
        for index, row in enumerate(self._rows):
            if index < len(lines):
                row.show_line(lines[index], chosen=lines[index].key == chosen)
            row.setVisible(index < len(lines))

    def chosen_row(self) -> CopyRow | None:
        """The row to keep in sight."""
        return next((row for row in self._rows if row.isChecked() and not row.isHidden()), None)

    def _add(self) -> None:
        row = CopyRow(self._theme, f"copy{len(self._rows)}")
        row.clicked.connect(lambda: self._choose(row.line.key))
        self._rows.append(row)
        self._column.addWidget(row)


class PointList(QWidget):
    """Sentences below each other, each with the sign of its tone."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self._rows: list[tuple[QWidget, IconLabel, Paragraph]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(tokens.GAP)

    def show_lines(self, lines: tuple[StageLine, ...]) -> None:
        """Show as many rows as there are sentences."""
        while len(self._rows) < len(lines):
            self._add()
        palette = self._theme.palette
        for index, (row, icon, text) in enumerate(self._rows):
            if index < len(lines):
                line = lines[index]
                ink = palette.brand_text if line.tone is Tone.GOOD else palette.pair(line.tone).text
                icon.show_icon(SIGNS[line.tone], ink)
                text.show_text(line.text)
                text.set_ink(palette.secondary if line.tone is Tone.NEUTRAL else palette.ink)
            row.setVisible(index < len(lines))

    def _add(self) -> None:
        icon = IconLabel(self._theme, "", POINT_ICON, self._theme.palette.ink)
        text = Paragraph(self._theme, tokens.TEXT_STRONG, name=self._name)
        row = QWidget()
        box = QHBoxLayout(row)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(tokens.ROW_GAP)
        box.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        box.addWidget(text, 1)
        self._rows.append((row, icon, text))
        self._column.addWidget(row)


SIGNS = {Tone.GOOD: "check", Tone.INFO: "sync", Tone.NEUTRAL: "remove", Tone.WARN: "warning", Tone.BAD: "error"}


class Heading(QWidget):
    """The state in large words: caption, sign and headline, what happened."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._title = caption(theme, "title")
        self._icon = IconLabel(theme, "", STATE_ICON, theme.palette.ink)
        self._headline = Paragraph(theme, tokens.TEXT_TITLE, QFont.Weight.Bold, name="headline")
        self._text = Paragraph(theme, tokens.TEXT_STRONG, name="text")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self._title)
        line = QHBoxLayout()
        line.setSpacing(tokens.ROW_GAP)
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._headline, 1)
        box.addLayout(line)
        box.addWidget(self._text)

    def show_heading(self, title: str, headline: str, text: str, icon: str, tone: Tone) -> None:
        """Show them."""
        palette = self._theme.palette
        ink = palette.brand_text if tone in (Tone.GOOD, Tone.NEUTRAL) else palette.pair(tone).text
        self._title.show_text(title)
        self._icon.show_icon(icon, ink)
        self._headline.show_text(headline)
        self._text.show_text(text)
        self._text.setVisible(bool(text))
