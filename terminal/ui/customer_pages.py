"""The customers' three pages: welcome, an open purchase, what was booked. Large enough to be read from two metres."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from loyalty.records import STARS_MAX
from terminal.presenters.customer_states import CustomerState, Rating
from terminal.ui import tokens
from terminal.ui.cards import Card
from terminal.ui.customer_parts import Figure, OfferCard, QrPicture, StarButton
from terminal.ui.labels import CENTRE, RIGHT, IconLabel, Label, Paragraph
from terminal.ui.theme import Theme, colour

Weight = QFont.Weight

HEADER_HEIGHT = 64
HEADER_TEXT = 30
TRAINING_TEXT = 26
PAGE_MARGIN = 28

WELCOME_ICON = 150
WELCOME_TEXT = 92
HEADLINE_TEXT = 56
LINE_TEXT = 30
BALANCE_TEXT = 128
AMOUNT_TEXT = 84
AWARD_TEXT = 46
RESULT_AWARD_TEXT = 88
RESULT_BALANCE_TEXT = 64
QUESTION_TEXT = 30
THANKS_TEXT = 46
QR_EDGE = 268
DONE_ICON = 84

OFFERS_ALONE = 3
OFFERS_BESIDE_A_PURCHASE = 2
"""How many rewards are shown, without and with an amount beside them."""


class Header(QWidget):
    """Whose shop it is and what the programme is called; below it in training an amber stripe."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shop = Label(theme, HEADER_TEXT, Weight.Bold, ink=theme.palette.on_bar, name="shop", elide=True)
        self._programme = Label(
            theme, HEADER_TEXT - 6, ink=theme.palette.on_bar, name="programme", elide=True, align=RIGHT
        )
        box = QHBoxLayout(self)
        box.setContentsMargins(theme.px(PAGE_MARGIN), 0, theme.px(PAGE_MARGIN), 0)
        box.setSpacing(theme.px(PAGE_MARGIN))
        box.addWidget(self._shop, 3)
        box.addWidget(self._programme, 2)
        self.setFixedHeight(theme.px(HEADER_HEIGHT))

    def show_state(self, state: CustomerState) -> None:
        """Show the names."""
        self._shop.show_text(state.shop)
        self._programme.show_text(state.programme if state.programme != state.shop else "")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bar."""
        QPainter(self).fillRect(self.rect(), colour(self._theme.palette.bar))


class TrainingStripe(QWidget):
    """Says that nothing of this is real."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._label = Label(theme, TRAINING_TEXT, Weight.Bold, ink="#000000", name="training", align=CENTRE)
        box = QHBoxLayout(self)
        box.setContentsMargins(*4 * (theme.px(tokens.GAP),))
        box.addWidget(self._label)

    def show_text(self, text: str) -> None:
        """Show the stripe, or take no room."""
        self._label.show_text(text)
        self.setVisible(bool(text))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the stripe in the colour of warnings."""
        QPainter(self).fillRect(self.rect(), colour("#FFB300"))


class Page(QWidget):
    """One of the pages."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def show_state(self, state: CustomerState) -> None:
        """Show a state of this page's scene."""
        raise NotImplementedError


class WelcomePage(Page):
    """Nobody is served."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._icon = IconLabel(theme, "loyalty", WELCOME_ICON, theme.palette.brand_text)
        self._headline = Figure(theme, WELCOME_TEXT, ink=theme.palette.brand_text, name="headline", align=CENTRE)
        self._line = Paragraph(theme, LINE_TEXT + 2, ink=theme.palette.secondary, name="line", align=CENTRE)
        box = QVBoxLayout(self)
        box.setContentsMargins(*4 * (theme.px(PAGE_MARGIN),))
        box.setSpacing(theme.px(tokens.CARD_GAP))
        box.addStretch(1)
        box.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addWidget(self._headline)
        box.addWidget(self._line)
        box.addStretch(1)

    def show_state(self, state: CustomerState) -> None:
        """Show the welcome."""
        self._headline.show_text(state.headline)
        self._line.show_text(state.worth)


class PurchaseCard(Card):
    """What the open purchase brings and costs."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, fill=theme.palette.soft.surface, line=theme.palette.soft.line)
        ink = theme.palette.soft.text
        self._award = Figure(theme, AWARD_TEXT, ink=ink, name="award")
        self._off = Figure(theme, LINE_TEXT, Weight.DemiBold, ink=theme.palette.ink, name="takeOff")
        self._caption = Label(theme, LINE_TEXT - 2, ink=theme.palette.secondary, name="toPayCaption")
        self._to_pay = Figure(theme, AMOUNT_TEXT, name="toPay", align=RIGHT)
        box = QVBoxLayout(self)
        box.setContentsMargins(*4 * (theme.px(tokens.CARD_PADDING),))
        box.setSpacing(theme.px(tokens.GAP))
        box.addWidget(self._award)
        box.addWidget(self._off)
        row = QHBoxLayout()
        row.setSpacing(theme.px(tokens.CARD_GAP))
        row.addWidget(self._caption)
        row.addWidget(self._to_pay, 1)
        box.addLayout(row)

    def show_state(self, state: CustomerState) -> None:
        """Show a purchase, or nothing."""
        self._award.show_text(state.award)
        self._off.show_text(state.take_off)
        self._off.setVisible(bool(state.take_off))
        self._caption.show_text(state.to_pay_caption)
        self._to_pay.show_text(state.to_pay)
        self.setVisible(bool(state.to_pay))


class MemberPage(Page):
    """A member's open purchase: who, how many points, what they are good for, what is to pay."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        palette = theme.palette
        self._headline = Paragraph(theme, HEADLINE_TEXT, Weight.Bold, name="headline")
        self._caption = Label(theme, LINE_TEXT, ink=palette.secondary, name="balanceCaption")
        self._balance = Figure(theme, BALANCE_TEXT, ink=palette.brand_text, name="balance")
        self._worth = Figure(theme, LINE_TEXT + 4, Weight.DemiBold, ink=palette.secondary, name="worth")
        self._purchase = PurchaseCard(theme)
        self._offers = OfferCard(theme, OFFERS_ALONE)
        left = QVBoxLayout()
        left.setSpacing(theme.px(tokens.GAP))
        left.addStretch(1)
        left.addWidget(self._headline)
        left.addSpacing(theme.px(tokens.CARD_GAP))
        for part in (self._caption, self._balance, self._worth):
            left.addWidget(part)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(theme.px(tokens.CARD_GAP))
        right.addStretch(1)
        right.addWidget(self._purchase)
        right.addWidget(self._offers)
        right.addStretch(1)
        page = QHBoxLayout(self)
        page.setContentsMargins(*4 * (theme.px(PAGE_MARGIN),))
        page.setSpacing(theme.px(PAGE_MARGIN))
        page.addLayout(left, 5)
        page.addLayout(right, 6)

    def show_state(self, state: CustomerState) -> None:
        """Show a member."""
        self._headline.show_text(state.headline)
        self._caption.show_text(state.balance_caption)
        self._balance.show_text(state.balance)
        self._worth.show_text(state.worth)
        self._worth.setVisible(bool(state.worth))
        self._purchase.show_state(state)
        limit = OFFERS_BESIDE_A_PURCHASE if state.to_pay else OFFERS_ALONE
        self._offers.show_offers(state.offers_caption, state.offers, limit)


class RatingRow(Card):
    """The question how it was, five answers, and thanks.

    Signals:
        rated: The customer tapped so many stars.
    """

    rated = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._question = Label(theme, QUESTION_TEXT, Weight.DemiBold, name="question")
        self._thanks = Label(theme, THANKS_TEXT, Weight.Bold, ink=theme.palette.brand_text, name="thanks", align=CENTRE)
        self._stars = [StarButton(theme, stars) for stars in range(1, STARS_MAX + 1)]
        box = QVBoxLayout(self)
        padding = theme.px(tokens.CARD_GAP)
        box.setContentsMargins(padding, padding, padding, padding)
        box.setSpacing(theme.px(tokens.ROW_GAP))
        box.addWidget(self._question)
        box.addWidget(self._thanks)
        row = QHBoxLayout()
        row.setSpacing(theme.px(tokens.ROW_GAP))
        for button in self._stars:
            button.clicked.connect(lambda _checked=False, stars=button.stars: self.rated.emit(stars))
            row.addWidget(button, 1)
        box.addLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def show_rating(self, rating: Rating | None) -> None:
        """Show the question, the thanks in the same place, or take no room."""
        if rating is not None:
            self._question.show_text(rating.question)
            self._thanks.show_text(rating.thanks)
            self._question.setVisible(not rating.thanks)
            self._thanks.setVisible(bool(rating.thanks))
            for button, star in zip(self._stars, rating.stars, strict=True):
                button.show_star(star, is_open=rating.open)
        self.setVisible(rating is not None)


class DonePage(Page):
    """What was booked, a code to photograph, and the question how it was."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        palette = theme.palette
        self._icon = IconLabel(theme, "check_circle", DONE_ICON, palette.brand_text)
        self._headline = Figure(theme, HEADLINE_TEXT - 10, name="headline")
        self._award = Figure(theme, RESULT_AWARD_TEXT, ink=palette.brand_text, name="award")
        self._taken = Figure(theme, LINE_TEXT, Weight.DemiBold, name="taken")
        self._to_pay = Figure(theme, AWARD_TEXT, name="toPay")
        self._balance = Figure(theme, AWARD_TEXT, Weight.DemiBold, ink=palette.secondary, name="balance")
        self._qr = QrPicture(theme, QR_EDGE)
        self._qr_caption = Figure(theme, LINE_TEXT - 6, Weight.DemiBold, name="qrCaption", align=CENTRE, least=0.7)
        self._qr_caption.setFixedWidth(theme.px(QR_EDGE))
        self.rating = RatingRow(theme)
        top = QHBoxLayout()
        top.setSpacing(theme.px(PAGE_MARGIN))
        top.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        facts = QVBoxLayout()
        facts.setSpacing(theme.px(4))
        facts.addStretch(1)
        for part in (self._headline, self._award, self._taken, self._to_pay, self._balance):
            facts.addWidget(part)
        facts.addStretch(1)
        top.addLayout(facts, 1)
        code = QVBoxLayout()
        code.setSpacing(theme.px(4))
        code.addStretch(1)
        code.addWidget(self._qr)
        code.addWidget(self._qr_caption)
        code.addStretch(1)
        top.addLayout(code)
        page = QVBoxLayout(self)
        margin, gap = theme.px(PAGE_MARGIN), theme.px(tokens.CARD_GAP)
        page.setContentsMargins(margin, gap, margin, gap)
        page.setSpacing(gap)
        page.addLayout(top, 1)
        page.addWidget(self.rating)

    def show_state(self, state: CustomerState) -> None:
        """Show a result."""
        self._headline.show_text(state.headline)
        balance = f"{state.balance_caption}: {state.balance}"
        to_pay = " · ".join(part for part in (state.take_off, f"{state.to_pay_caption} {state.to_pay}".strip()) if part)
        for part, text in (
            (self._award, state.award),
            (self._taken, " · ".join(state.taken)),
            (self._to_pay, to_pay),
            (self._balance, balance),
        ):
            part.show_text(text)
            part.setVisible(bool(text))
        self._qr.show_code(state.qr)
        self._qr.setAccessibleName(state.qr_caption)
        self._qr_caption.show_text(state.qr_caption)
        for widget in (self._qr, self._qr_caption):
            widget.setVisible(bool(state.qr))
        self.rating.show_rating(state.rating)
