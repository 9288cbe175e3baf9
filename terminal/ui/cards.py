"""Surfaces: the card everything stands on, figures, notices and the short states of the bar."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QMargins, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from terminal.presenters.states import Notice, Tile
from terminal.ui import tokens
from terminal.ui.labels import IconLabel, Label, Paragraph, caption
from terminal.ui.theme import Theme, colour

NOTICE_ICON = 22
TILE_VALUE = 31
LARGE_AREA = 20_000


class Card(QWidget):
    """A rounded surface with a thin line around it."""

    def __init__(self, theme: Theme, *, fill: str = "", line: str = "", radius: int = tokens.CARD_RADIUS) -> None:
        super().__init__()
        self.theme = theme
        self._radius = radius
        self._fill = fill or theme.palette.surface
        self._line = line or theme.palette.line

    def set_surface(self, fill: str, line: str) -> None:
        """Change the colours; repaints only when they differ."""
        if (fill, line) != (self._fill, self._line):
            self._fill, self._line = fill, line
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the surface."""
        painter = QPainter(self)
        draw_surface(painter, QRectF(self.rect()), self._fill, self._line, self._radius)


def draw_surface(painter: QPainter, area: QRectF, fill: str, line: str, radius: float, width: float = 1.0) -> None:
    """Draw a rounded rectangle whose line lies inside its area; no fill and no line where the colour is empty."""
    device = painter.device()
    if fill and line and width == 1.0 and device.devicePixelRatioF() == 1.0 and _is_large(area):
        _draw_large_surface(painter, area.toRect(), fill, line, round(radius))
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour(line), width) if line else Qt.PenStyle.NoPen)
    painter.setBrush(colour(fill) if fill else Qt.BrushStyle.NoBrush)
    inset = width / 2 if line else 0.0
    painter.drawRoundedRect(area.adjusted(inset, inset, -inset, -inset), radius, radius)


def _is_large(area: QRectF) -> bool:
    """Whether an area is worth its own way of painting."""
    return area.width() * area.height() > LARGE_AREA


def _draw_large_surface(painter: QPainter, area: QRect, fill: str, line: str, radius: int) -> None:
    """Fill rectangles and set four ready corners: several times faster than smoothing the edges of a large area."""
    inside, edge = colour(fill), colour(line)
    left, top, right, bottom = area.left(), area.top(), area.right() + 1, area.bottom() + 1
    painter.fillRect(left, top + radius, area.width(), area.height() - 2 * radius, inside)
    for y in (top, bottom - radius):
        painter.fillRect(left + radius, y, area.width() - 2 * radius, radius, inside)
    for y in (top, bottom - 1):
        painter.fillRect(left + radius, y, area.width() - 2 * radius, 1, edge)
    for x in (left, right - 1):
        painter.fillRect(x, top + radius, 1, area.height() - 2 * radius, edge)
    corners = _corners(fill, line, radius)
    painter.drawImage(left, top, corners, 0, 0, radius, radius)
    painter.drawImage(right - radius, top, corners, radius, 0, radius, radius)
    painter.drawImage(left, bottom - radius, corners, 0, radius, radius, radius)
    painter.drawImage(right - radius, bottom - radius, corners, radius, radius, radius, radius)


@cache
def _corners(fill: str, line: str, radius: int) -> QImage:
    """A rounded square of four corners; shared, so nobody may change it."""
    image = QImage(2 * radius, 2 * radius, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour(line), 1.0))
    painter.setBrush(colour(fill))
    painter.drawRoundedRect(QRectF(0.5, 0.5, 2 * radius - 1, 2 * radius - 1), radius, radius)
    painter.end()
    return image


class TileCard(Card):
    """A figure with its caption and a word about it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._caption = caption(theme, "tileCaption")
        self._caption.elides = True
        self._value = Label(theme, TILE_VALUE, QFont.Weight.Bold, name="tileValue", elide=True)
        self._detail = Paragraph(theme, tokens.TEXT_BODY, ink=theme.palette.secondary, name="tileDetail")
        box = QVBoxLayout(self)
        box.setContentsMargins(tokens.CARD_PADDING, tokens.MARGIN, tokens.MARGIN, tokens.MARGIN)
        box.setSpacing(tokens.ROW_GAP)
        for label in (self._caption, self._value, self._detail):
            box.addWidget(label)
        box.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def show_tile(self, tile: Tile) -> None:
        """Show a figure."""
        self._caption.show_text(tile.caption)
        self._value.show_text(tile.value)
        self._detail.show_text(tile.detail)
        hint = "\n".join(part for part in (tile.caption, tile.value, tile.detail) if part)
        self.setToolTip(hint)
        self.setAccessibleName(hint.replace("\n", ", "))


class TileRow(QWidget):
    """Figures side by side, all equally wide. Tiles are made once and reused."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._tiles: list[TileCard] = []
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(QMargins())
        self._box.setSpacing(tokens.CARD_GAP)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_tiles(self, tiles: tuple[Tile, ...]) -> None:
        """Show as many tiles as there are figures."""
        while len(self._tiles) < len(tiles):
            card = TileCard(self._theme)
            self._tiles.append(card)
            self._box.addWidget(card, 1)
        for index, card in enumerate(self._tiles):
            card.setVisible(index < len(tiles))
            if index < len(tiles):
                card.show_tile(tiles[index])


class NoticeBar(Card):
    """A sentence for the cashier with an icon of its tone; takes no room while there is nothing to say."""

    def __init__(self, theme: Theme, name: str = "notice") -> None:
        super().__init__(theme, radius=tokens.BUTTON_RADIUS)
        self._icon = IconLabel(theme, "", NOTICE_ICON, theme.palette.ink)
        self._text = Paragraph(theme, tokens.TEXT_STRONG, QFont.Weight.DemiBold, name=name)
        box = QHBoxLayout(self)
        box.setContentsMargins(tokens.CARD_GAP, tokens.ROW_GAP, tokens.CARD_GAP, tokens.ROW_GAP)
        box.setSpacing(tokens.ROW_GAP)
        box.addWidget(self._icon)
        box.addWidget(self._text, 1)
        self.setMinimumHeight(tokens.CONTROL_MIN)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.hide()

    def show_notice(self, notice: Notice | None) -> None:
        """Show a notice, or nothing."""
        if notice is not None:
            pair = self.theme.palette.pair(notice.tone)
            self._icon.show_icon(tokens.TONE_ICON[notice.tone], pair.text)
            self._text.set_ink(pair.text)
            self._text.show_text(notice.text)
            self.set_surface(pair.surface, pair.line)
        self.setVisible(notice is not None)
