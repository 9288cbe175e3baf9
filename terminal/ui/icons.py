"""The icons, painted in a colour of the theme and kept per size."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

ICON_FOLDER = Path(__file__).with_name("icons")


class Icons:
    """Tinted icons. One instance belongs to a theme and dies with it."""

    def __init__(self) -> None:
        self._pixmaps: dict[tuple[str, int, str, float], QPixmap] = {}

    def pixmap(self, name: str, size: int, colour: str, ratio: float = 1.0) -> QPixmap:
        """Paint an icon.

        Args:
            name: The file name without its ending.
            size: Edge in device-independent pixels.
            colour: ``#RRGGBB``.
            ratio: Device pixels per device-independent pixel.
        """
        key = (name, size, colour, ratio)
        pixmap = self._pixmaps.get(key)
        if pixmap is None:
            pixmap = self._pixmaps[key] = _paint(name, size, colour, ratio)
        return pixmap


def _paint(name: str, size: int, colour: str, ratio: float) -> QPixmap:
    source = (ICON_FOLDER / f"{name}.svg").read_bytes()
    tinted = source.replace(b"<svg ", b'<svg fill="%s" ' % colour.encode("ascii"), 1)
    edge = round(size * ratio)
    pixmap = QPixmap(edge, edge)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(tinted)).render(painter, QRectF(0, 0, edge, edge))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
