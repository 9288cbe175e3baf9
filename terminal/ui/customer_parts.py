"""What the customers' window is made of: figures that shrink to fit, a QR code, a reward, a star."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from terminal.presenters.customer_states import Offer, Star
from terminal.ui import tokens
from terminal.ui.buttons import FOCUS_WIDTH, PART_GAP, Button, Kind
from terminal.ui.cards import Card
from terminal.ui.labels import LEFT, RIGHT, Align, IconLabel, Label
from terminal.ui.theme import Theme, colour

Weight = QFont.Weight

QUIET_ZONE = 4
"""The white edge a QR code needs, in modules (ISO/IEC 18004, 5.3.8)."""

QR_LEAST = 0.7
"""How low a QR code's place may become, as a share."""

FIGURE_STEPS = 8
"""Into how many sizes a figure may shrink."""

FIGURE_LEAST = 0.4
"""The smallest size of a figure, as a share of its largest."""

STAR_NUMBER = 34
STAR_WORD = 22
STAR_HEIGHT = 92
STAR_ICON = 32
OFFER_TEXT = 30
OFFER_LEAST = 0.7
"""How small a reward's name may become, as a share; a longer one ends in an ellipsis."""
OFFER_ICON = 34


class Figure(Label):
    """One line that is as large as there is room for: an amount, a balance, a name.

    Args:
        theme: The look.
        size: Its largest height in pixels at 100 % text.
        weight: The weight of the typeface.
        ink: ``#RRGGBB`` of the text.
        name: The object name.
        align: Where it stands.
        least: How small it may become, as a share of its largest size.
    """

    def __init__(
        self,
        theme: Theme,
        size: int,
        weight: QFont.Weight = Weight.Bold,
        *,
        ink: str = "",
        name: str = "",
        align: Align = LEFT,
        least: float = FIGURE_LEAST,
    ) -> None:
        super().__init__(theme, size, weight, ink=ink, name=name, align=align, elide=True)
        self._theme = theme
        self._weight = weight
        step = size * (1 - least) / (FIGURE_STEPS - 1)
        self._sizes = [round(size - number * step) for number in range(FIGURE_STEPS)]

    def show_text(self, text: str) -> None:
        """Show a text in the largest size that fits."""
        super().show_text(text)
        self._refit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the text anew."""
        super().resizeEvent(event)
        self._refit()

    def sizeHint(self) -> QSize:
        """As wide as the text at its largest, and as high as it stands."""
        return QSize(self._theme.width(self.text(), self._sizes[0], self._weight) + 2, self.metrics.height())

    def _refit(self) -> None:
        text, width = self.text(), self.width()
        sizes = (size for size in self._sizes if self._theme.width(text, size, self._weight) <= width)
        self.set_size(self._theme, next(sizes, self._sizes[-1]), self._weight)


class QrPicture(QWidget):
    """A QR code: black on white, whatever the look, because cameras expect it."""

    def __init__(self, theme: Theme, edge: int) -> None:
        super().__init__()
        self._text = ""
        self._modules: tuple[tuple[bool, ...], ...] = ()
        self.setObjectName("qr")
        self._edge = theme.px(edge)
        self.setFixedWidth(self._edge)
        self.setMinimumHeight(round(QR_LEAST * self._edge))
        self.setMaximumHeight(self._edge)

    def sizeHint(self) -> QSize:
        """A square; it may be lower where there is little room, and the code then is smaller too."""
        return QSize(self._edge, self._edge)

    def show_code(self, text: str) -> None:
        """Show a text as a code; nothing happens when it is already there."""
        if text != self._text:
            self._text = text
            self._modules = modules_of(text) if text else ()
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the modules, each a whole number of pixels."""
        if not self._modules:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        count = len(self._modules)
        edge = max(1, min(self.width(), self.height()) // (count + 2 * QUIET_ZONE))
        left, top = (self.width() - edge * count) // 2, (self.height() - edge * count) // 2
        for row, modules in enumerate(self._modules):
            for column, is_dark in enumerate(modules):
                if is_dark:
                    painter.fillRect(left + column * edge, top + row * edge, edge, edge, Qt.GlobalColor.black)


def modules_of(text: str) -> tuple[tuple[bool, ...], ...]:
    """A text as the modules of a QR code, rows of dark and light."""
    import segno  # a window for customers is there on few tills

    return tuple(tuple(map(bool, row)) for row in segno.make_qr(text, error="m").matrix)


class OfferRow(QWidget):
    """A reward with its price, or with what is missing; the icon says which."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._icon = IconLabel(theme, "", OFFER_ICON, theme.palette.brand_text)
        self._name = Figure(theme, OFFER_TEXT, Weight.DemiBold, name="offer", least=OFFER_LEAST)
        self._cost = Label(theme, OFFER_TEXT - 4, name="offerCost", align=RIGHT)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.px(tokens.ROW_GAP))
        box.addWidget(self._icon)
        box.addWidget(self._name, 1)
        box.addWidget(self._cost)

    def show_offer(self, offer: Offer) -> None:
        """Show a reward."""
        palette = self._theme.palette
        ink = palette.brand_text if offer.reachable else palette.secondary
        self._icon.show_icon("check_circle" if offer.chosen else "redeem" if offer.reachable else "lock", ink)
        self._name.set_ink(palette.ink if offer.reachable else palette.secondary)
        self._cost.set_ink(ink)
        self._name.show_text(offer.name)
        self._cost.show_text(offer.cost)


class OfferCard(Card):
    """Some rewards under their caption."""

    def __init__(self, theme: Theme, rows: int) -> None:
        super().__init__(theme)
        self._caption = Label(theme, OFFER_TEXT - 6, Weight.DemiBold, ink=theme.palette.secondary, name="offersCaption")
        self._rows = [OfferRow(theme) for _ in range(rows)]
        box = QVBoxLayout(self)
        box.setContentsMargins(*4 * (theme.px(tokens.CARD_PADDING),))
        box.setSpacing(theme.px(tokens.CARD_GAP))
        box.addWidget(self._caption)
        for row in self._rows:
            box.addWidget(row)

    def show_offers(self, caption: str, offers: tuple[Offer, ...], limit: int) -> None:
        """Show as many rewards as there is room for, the first ones."""
        self._caption.show_text(caption)
        shown = offers[:limit]
        for index, row in enumerate(self._rows):
            row.setVisible(index < len(shown))
            if index < len(shown):
                row.show_offer(shown[index])
        self.setVisible(bool(shown))


class StarButton(Button):
    """So many stars: the number with a star, the word below. A chosen one carries a tick and is filled."""

    def __init__(self, theme: Theme, stars: int) -> None:
        super().__init__(theme, Kind.SECONDARY, name=f"star{stars}", height=theme.px(STAR_HEIGHT))
        self.stars = stars
        self._chosen = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_star(self, star: Star, *, is_open: bool) -> None:
        """Show an answer, and whether it can be given still."""
        self.show_caption(star.word, spoken=f"{star.stars}: {star.word}")
        self.set_active(is_open)
        if star.chosen != self._chosen:
            self._chosen = star.chosen
            self.update()

    def look(self) -> tuple[object, ...]:
        """The same, and whether it was chosen."""
        return (*super().look(), self._chosen)

    def colours(self) -> tokens.Pair:
        """A chosen answer stays filled although it can't be changed any more."""
        palette = self.theme.palette
        return tokens.Pair(palette.on_brand, palette.brand, "") if self._chosen else super().colours()

    def sizeHint(self) -> QSize:
        """Room for the word."""
        return QSize(self._word_width() + 2 * PART_GAP, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def clipped(self) -> tuple[str, ...]:
        """The word when it can't be read as a whole; tests ask."""
        return () if self._word_width() <= self.width() else (self.text(),)

    def _word_width(self) -> int:
        return self.theme.width(self.text(), STAR_WORD, Weight.DemiBold)

    def draw_contents(self, painter: QPainter, pair: tokens.Pair) -> None:
        """Draw number and star in the upper part, the word in the lower."""
        middle = self.height() * 56 // 100
        number, size = str(self.stars), self.theme.px(STAR_ICON)
        width = self.theme.width(number, STAR_NUMBER, Weight.Bold)
        left = (self.width() - width - size - PART_GAP) // 2
        painter.setPen(colour(pair.text))
        painter.setFont(self.theme.font(STAR_NUMBER, Weight.Bold))
        top = round(FOCUS_WIDTH)
        painter.drawText(QRect(left, top, width + 1, middle - top), int(Qt.AlignmentFlag.AlignCenter), number)
        icon = "check_circle" if self._chosen else "star"
        pixmap = self.theme.icons.pixmap(icon, size, pair.text, self.devicePixelRatioF())
        painter.drawPixmap(left + width + PART_GAP, top + (middle - top - size) // 2, pixmap)
        painter.setFont(self.theme.font(STAR_WORD, Weight.DemiBold))
        below = QRect(0, middle, self.width(), self.height() - middle - top)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop), self.text())
