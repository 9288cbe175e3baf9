"""Points per hour as bars.

Imported when the report is first shown and not before: pyqtgraph and its numbers library take longer to start than
the till.
"""

from __future__ import annotations

import pyqtgraph as pg  # type: ignore[import-untyped]
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from terminal.presenters.states import HourBar
from terminal.ui import tokens
from terminal.ui.theme import Theme, colour
from texts.scale import scale_marks

BAR_WIDTH = 0.36
CORNER = 3.0
HEADROOM = 1.08
AXIS_WIDTH = 52
LINE_WIDTH = 1


class HourBars(pg.GraphicsObject):  # type: ignore[misc]  # see the import
    """Bars of one kind, with rounded heads whatever the scale."""

    def __init__(self, points: list[tuple[float, int]], fill: str) -> None:
        super().__init__()
        self._points = points
        self._fill = fill

    def boundingRect(self) -> QRectF:
        """The area of all bars, in hours and points."""
        highest = max((points for _, points in self._points), default=1)
        left = min((hour for hour, _ in self._points), default=0.0)
        right = max((hour for hour, _ in self._points), default=0.0)
        return QRectF(left, 0, right - left + BAR_WIDTH, highest)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draw in pixels, so that corners stay round."""
        to_pixels = painter.transform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._fill))
        for hour, points in self._points:
            if points > 0:
                area = QRectF(to_pixels.map(QPointF(hour, points)), to_pixels.map(QPointF(hour + BAR_WIDTH, 0)))
                painter.drawRoundedRect(area.normalized(), CORNER, CORNER)
        painter.restore()


class HoursChart(pg.PlotWidget):  # type: ignore[misc]  # see the import
    """Issued and redeemed points side by side for every hour. It only shows: nothing can be dragged or zoomed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(background=theme.palette.surface)
        self._theme = theme
        self._bars: list[HourBars] = []
        self._lines: list[pg.InfiniteLine] = []
        self.setObjectName("hoursChart")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMenuEnabled(False)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.setFrameShape(self.Shape.NoFrame)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for side in ("bottom", "left"):
            axis = self.getAxis(side)
            axis.setPen(None)
            axis.setTextPen(colour(theme.palette.secondary))
            axis.setStyle(tickFont=theme.font(tokens.TEXT_CAPTION), tickLength=0, tickTextOffset=8)
        self.getAxis("left").setWidth(theme.px(AXIS_WIDTH))

    def show_hours(self, hours: tuple[HourBar, ...], number: dict[int, str]) -> None:
        """Show the bars.

        Args:
            hours: One entry an hour, in order.
            number: How the marks of the scale are written, by their value from ``marks_of``.
        """
        for item in (*self._bars, *self._lines):
            self.removeItem(item)
        palette = self._theme.palette
        issued = [(bar.hour - BAR_WIDTH, bar.issued) for bar in hours]
        redeemed = [(bar.hour + 0.02, bar.redeemed) for bar in hours]
        marks = marks_of(hours)
        self._lines = [pg.InfiniteLine(mark, angle=0, pen=pg.mkPen(palette.line, width=LINE_WIDTH)) for mark in marks]
        self._bars = [HourBars(issued, palette.chart_issued), HourBars(redeemed, palette.chart_redeemed)]
        for item in (*self._lines, *self._bars):
            self.addItem(item)
        self.getAxis("bottom").setTicks([[(bar.hour, str(bar.hour)) for bar in hours]])
        self.getAxis("left").setTicks([[(mark, number[mark]) for mark in marks]])
        if hours:
            self.setXRange(hours[0].hour - 0.6, hours[-1].hour + 0.6, padding=0)
        self.setYRange(0, marks[-1] * HEADROOM if marks[-1] else 1, padding=0)


def marks_of(hours: tuple[HourBar, ...]) -> list[int]:
    """The marks of the scale, from 0 to at least the highest bar."""
    return scale_marks(max((max(bar.issued, bar.redeemed) for bar in hours), default=0))
