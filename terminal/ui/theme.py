"""Fonts, colours and the palette of one look, made once and handed to every widget."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPalette
from PySide6.QtWidgets import QStyleFactory

from terminal.ui import tokens
from terminal.ui.icons import Icons
from terminal.ui.kept import Kept
from terminal.ui.stylesheet import style_sheet
from texts import typeface

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QApplication

FONT_FAMILIES = (typeface.FAMILY, "DejaVu Sans")
WIDTHS_MAX = 2048
"""How many widths of texts are kept; a screen has about a hundred texts, and most of them come back."""
FACES_MAX = 48
"""How many pictures of rewards are kept: those of two dozen, in reach and out of it, about 4 MB."""

Weight = QFont.Weight


class Theme:
    """One look at one text size.

    Args:
        palette: The colours.
        text_scale: 1.0 is 100 % text; 1.5 makes every text half as large again.
    """

    def __init__(self, palette: tokens.Palette = tokens.LIGHT, text_scale: float = 1.0) -> None:
        self.palette = palette
        self.text_scale = text_scale
        self.icons = Icons()
        self.faces: Kept[QPixmap] = Kept(FACES_MAX)
        self.widths: Kept[int] = Kept(WIDTHS_MAX)
        self._fonts: dict[tuple[int, Weight, bool], QFont] = {}
        self._metrics: dict[tuple[int, Weight, bool], QFontMetrics] = {}

    def px(self, length: int) -> int:
        """A length that grows with the text, in device-independent pixels."""
        return round(length * self.text_scale)

    def font(self, size: int, weight: Weight = Weight.Normal, *, capitals: bool = False) -> QFont:
        """The typeface at a size given in pixels at 100 % text."""
        key = (size, weight, capitals)
        font = self._fonts.get(key)
        if font is None:
            font = QFont(list(FONT_FAMILIES))
            font.setPixelSize(self.px(size))
            font.setWeight(weight)
            if capitals:
                font.setCapitalization(QFont.Capitalization.AllUppercase)
            self._fonts[key] = font
        return font

    def metrics(self, size: int, weight: Weight = Weight.Normal, *, capitals: bool = False) -> QFontMetrics:
        """Widths and heights of ``font``, kept because making them costs more than asking them."""
        key = (size, weight, capitals)
        metrics = self._metrics.get(key)
        if metrics is None:
            metrics = self._metrics[key] = QFontMetrics(self.font(size, weight, capitals=capitals))
        return metrics

    def width(self, text: str, size: int, weight: Weight = Weight.Normal) -> int:
        """How wide a text is, in device-independent pixels; kept, because measuring costs half as much as drawing."""
        return self.widths.get((text, size, weight), lambda: self.metrics(size, weight).horizontalAdvance(text))

    def apply(self, app: QApplication) -> None:
        """Give the application this look. Fusion, because only it draws alike everywhere and obeys the palette."""
        load_fonts()
        fusion = QStyleFactory.create("Fusion")
        app.setStyle(fusion)
        app.setFont(self.font(tokens.TEXT_BODY))
        app.setPalette(self._qt_palette())
        app.setStyleSheet(style_sheet(self.palette, self.text_scale))

    def _qt_palette(self) -> QPalette:
        colours = self.palette
        palette = QPalette()
        role = QPalette.ColorRole
        for which, name in (
            (role.Window, colours.background),
            (role.WindowText, colours.ink),
            (role.Base, colours.surface),
            (role.AlternateBase, colours.sunken),
            (role.Text, colours.ink),
            (role.PlaceholderText, colours.muted),
            (role.Button, colours.surface),
            (role.ButtonText, colours.ink),
            (role.ToolTipBase, colours.ink),
            (role.ToolTipText, colours.surface),
            (role.Highlight, colours.brand),
            (role.HighlightedText, colours.on_brand),
        ):
            palette.setColor(which, colour(name))
        return palette


@cache
def colour(name: str) -> QColor:
    """The colour of a token; shared, so nobody may change it."""
    return QColor(name)


def load_fonts() -> tuple[str, ...]:
    """Load the shipped typeface; without its files the fallback of the machine is used.

    Returns:
        The families that were loaded.
    """
    if FONT_FAMILIES[0] in QFontDatabase.families():
        return (FONT_FAMILIES[0],)
    families: list[str] = []
    for path in sorted(typeface.FOLDER.glob("*.ttf")):
        number = QFontDatabase.addApplicationFont(str(path))
        families += QFontDatabase.applicationFontFamilies(number)
    return tuple(dict.fromkeys(families))
