"""Texts on the screen. Always plain text: names come from people, and none of them may become mark-up."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from terminal.ui import tokens
from terminal.ui.theme import Theme, colour

Align = Qt.AlignmentFlag
LEFT = Align.AlignLeft | Align.AlignVCenter
RIGHT = Align.AlignRight | Align.AlignVCenter
CENTRE = Align.AlignHCenter | Align.AlignVCenter
ELIDED_MIN_WIDTH = 24


class Label(QLabel):
    """One line of text that paints itself in one colour.

    Args:
        theme: Where the typeface comes from.
        size: Text height in pixels at 100 % text.
        weight: The weight of the typeface.
        ink: ``#RRGGBB`` of the text.
        name: The object name by which tests find the label.
        elide: Whether a text that is too long may end in an ellipsis. Only texts of unbounded length may, such as
            names.
        capitals: Whether small captions are shown in capitals.
        wrap: Whether the text may take several lines of a rectangle whose height somebody else decides.
        align: Where the text stands in its rectangle.
    """

    def __init__(  # noqa: PLR0913 - each is a plain property that most labels leave out
        self,
        theme: Theme,
        size: int = tokens.TEXT_BODY,
        weight: QFont.Weight = QFont.Weight.Normal,
        *,
        ink: str = "",
        name: str = "",
        elide: bool = False,
        capitals: bool = False,
        wrap: bool = False,
        align: Align = LEFT,
    ) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setObjectName(name)
        self.setFont(theme.font(size, weight, capitals=capitals))
        self.setAlignment(align)
        self.metrics = theme.metrics(size, weight, capitals=capitals)
        self.elides = elide
        self._shown = ""
        self._width = 0
        self._wraps = wrap
        self._flags = int(align) | int(Qt.TextFlag.TextWordWrap if wrap else Qt.TextFlag.TextSingleLine)
        self._ink = colour(ink or theme.palette.ink)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> None:
        """Show a text; nothing happens when it is already there."""
        if text != self._shown:
            self._shown = text
            self._width = self.metrics.horizontalAdvance(text)
            self.setText(text)

    def set_ink(self, name: str) -> None:
        """Change the colour without touching any style."""
        ink = colour(name)
        if ink is not self._ink:
            self._ink = ink
            self.update()

    def text_width(self) -> int:
        """How wide the text is, in device-independent pixels."""
        return self._width

    def sizeHint(self) -> QSize:
        """As wide as the text."""
        return QSize(self.text_width() + 2, self.metrics.height())

    def minimumSizeHint(self) -> QSize:
        """As wide as the text, or hardly anything for a text that may be shortened."""
        return QSize(ELIDED_MIN_WIDTH, self.metrics.height()) if self.elides else self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the text, shortened when allowed and needed."""
        text = self._shown
        if not text:
            return
        if self.elides and self._width > self.width():
            text = self.metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width())
        painter = QPainter(self)
        painter.setPen(self._ink)
        painter.drawText(self.rect(), self._flags, text)

    def clipped(self) -> tuple[str, ...]:
        """The text when it cannot be read as a whole although it should be; tests ask."""
        text = self.text()
        if self.elides or not text:
            return ()
        if self._wraps:
            fits = self.height_at(self.width()) <= self.height()
        else:
            # The ink decides, not the line: large figures have no descenders and stand in a tighter rectangle.
            ink = self.metrics.tightBoundingRect(text)
            fits = self.text_width() <= self.width() and ink.height() <= self.height()
        return () if fits else (text,)

    def height_at(self, width: int) -> int:
        """How high a text that wraps is at a width, in device-independent pixels."""
        return self.metrics.boundingRect(QRect(0, 0, width, 0), self._flags, self.text()).height()

    def set_size(self, theme: Theme, size: int, weight: QFont.Weight) -> None:
        """Change the size of the text; nothing happens when it has that size already."""
        metrics = theme.metrics(size, weight)
        if metrics is not self.metrics:
            self.metrics = metrics
            self._width = metrics.horizontalAdvance(self._shown)
            self.setFont(theme.font(size, weight))


class Paragraph(QLabel):
    """Sentences that wrap. Laying them out is slow, so the member screen has none."""

    def __init__(
        self,
        theme: Theme,
        size: int = tokens.TEXT_BODY,
        weight: QFont.Weight = QFont.Weight.Normal,
        *,
        ink: str = "",
        name: str = "",
        align: Align = LEFT,
    ) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setObjectName(name)
        self.setFont(theme.font(size, weight))
        self.setAlignment(align)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_ink(ink or theme.palette.ink)

    def show_text(self, text: str) -> None:
        """Show a text; nothing happens when it is already there."""
        if text != self.text():
            self.setText(text)
            self._ask_for_height()

    def sizeHint(self) -> QSize:
        """As high as the text is at the width the label has; Qt would guess another width and ask for that height."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        """The same height, whatever the width."""
        return QSize(ELIDED_MIN_WIDTH, self.minimumHeight())

    def set_size(self, theme: Theme, size: int, weight: QFont.Weight) -> None:
        """Change the size of the text; nothing happens when it has that size already."""
        font = theme.font(size, weight)
        if font != self.font():
            self.setFont(font)
            self._ask_for_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for the height this width needs; layouts that align a widget do not ask by themselves."""
        super().resizeEvent(event)
        self._ask_for_height()

    def _ask_for_height(self) -> None:
        height = self._height_of_text()
        if height != self.minimumHeight():
            self.setMinimumHeight(height)

    def _height_of_text(self) -> int:
        """What the text needs at this width; Qt's own answer never falls below the least height set before."""
        flags = int(Qt.TextFlag.TextWordWrap) | int(self.alignment())
        return self.fontMetrics().boundingRect(QRect(0, 0, self.width(), 0), flags, self.text()).height()

    def set_ink(self, name: str) -> None:
        """Change the colour of the text."""
        self._ink = colour(name)
        self._take_ink()

    def showEvent(self, event: QShowEvent) -> None:
        """Take the colour once more: the style sheet's first look at a label gives it back its own."""
        super().showEvent(event)
        self._take_ink()

    def _take_ink(self) -> None:
        palette = self.palette()
        if palette.color(QPalette.ColorRole.WindowText) != self._ink:
            palette.setColor(QPalette.ColorRole.WindowText, self._ink)
            self.setPalette(palette)

    def clipped(self) -> tuple[str, ...]:
        """The text when it cannot be read as a whole; tests ask."""
        fits = self._height_of_text() <= self.height()
        return () if fits or not self.text() else (self.text(),)


class IconLabel(QWidget):
    """An icon beside a text; the text says the same, so it is no control and has no name of its own."""

    def __init__(self, theme: Theme, icon: str, size: int, ink: str) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self._ink = ink
        self._size = theme.px(size)
        self.setFixedSize(self._size, self._size)

    def show_icon(self, icon: str, ink: str) -> None:
        """Show another icon or colour."""
        if (icon, ink) != (self._icon, self._ink):
            self._icon, self._ink = icon, ink
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the icon."""
        if not self._icon:
            return
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        pixmap = self._theme.icons.pixmap(self._icon, self._size, self._ink, ratio)
        painter.drawPixmap(QRect(0, 0, self._size, self._size), pixmap)


def caption(theme: Theme, name: str = "") -> Label:
    """The small heading of a card, in capitals."""
    return Label(
        theme,
        tokens.TEXT_CAPTION,
        QFont.Weight.DemiBold,
        ink=theme.palette.secondary,
        name=name,
        capitals=True,
    )
