"""What customers see: the window on the second monitor and the display of two lines, ready to paint.

Nothing in here may be anybody's secret: no card number, no phone, no surname. The next customer in the queue reads it
too.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from hardware.pole import PoleText


class Scene(StrEnum):
    """What the display is about."""

    WELCOME = "welcome"
    """Nobody is served, or nobody at the till may be told about."""
    MEMBER = "member"
    """A member's open purchase."""
    DONE = "done"
    """What was just booked, for some seconds."""


class Offer(msgspec.Struct, frozen=True):
    """A reward: what it costs, or what is missing for it; ``reachable`` says which, not by colour alone."""

    name: str
    cost: str
    reachable: bool
    chosen: bool = False


class Star(msgspec.Struct, frozen=True):
    """One answer to the question: so many stars, and what that means in a word."""

    stars: int
    word: str
    chosen: bool = False


class Rating(msgspec.Struct, frozen=True):
    """The question how the purchase was.

    Attributes:
        question: The question.
        stars: Its answers, the worst first.
        open: Whether an answer can be given still.
        thanks: What is said after one was.
    """

    question: str
    stars: tuple[Star, ...]
    open: bool = True
    thanks: str = ""


class CustomerState(msgspec.Struct, frozen=True):
    """Everything of one moment.

    Attributes:
        scene: What it is about.
        shop: The shop's name.
        programme: The programme's name.
        headline: The one sentence to be read first.
        balance: The points on the account, as a number; ``balance_caption`` says what the number is.
        worth: What the points are worth.
        award: What the open purchase will bring, "+ 46 points", or what was awarded.
        take_off: What is taken off the purchase.
        to_pay: What is left to pay, an amount; ``to_pay_caption`` says so.
        offers: Rewards, those in reach first.
        offers_caption: What stands above them.
        taken: Rewards handed out with the booking.
        qr: What the QR code holds; empty for none.
        qr_caption: What the code is for.
        rating: The question how it was; ``None`` when it is not asked.
        training: What says that nothing of this is real; empty normally.
        language: Of the texts, for whoever reads the screen aloud.
        pole: The same in two lines of 20 characters.
    """

    scene: Scene
    shop: str
    programme: str
    headline: str
    balance: str = ""
    balance_caption: str = ""
    worth: str = ""
    award: str = ""
    take_off: str = ""
    to_pay: str = ""
    to_pay_caption: str = ""
    offers: tuple[Offer, ...] = ()
    offers_caption: str = ""
    taken: tuple[str, ...] = ()
    qr: str = ""
    qr_caption: str = ""
    rating: Rating | None = None
    training: str = ""
    language: str = "en"
    pole: PoleText = PoleText()
