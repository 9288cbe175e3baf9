"""Invented people for the demo shop.

Phone numbers are from the ranges the Bundesnetzagentur keeps free for films and books (Mitteilung 148/2021), addresses
end in the name RFC 2606 reserves, so nobody is ever called or written to.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loyalty.cards import Check, with_check_digit
from loyalty.directory import Profile

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

NAMES_FILE: Final = Path(__file__).with_name("names.toml")
WOMEN_SHARE: Final = 0.58

INVENTED_NUMBERS: Final = ("+498999998", "+493023125", "+496990009", "+494066969", "+492214710")
"""What 1,000 invented numbers each begin with: Munich first, where the shop is, then four other cities."""

NUMBERS_EACH: Final = 1_000
PHONE_SHARE: Final = 0.6
EMAIL_SHARE: Final = 0.35
BIRTHDAY_SHARE: Final = 0.4
"""Which share of members gave what; only the name is asked for."""

CARD_PREFIX: Final = "29004"
SERIAL_DIGITS: Final = 7
"""A card number is the prefix, the serial number and the check digit: 13 digits for an EAN-13."""

ADULT_DAYS: Final = 16 * 365
OLDEST_DAYS: Final = 88 * 365


@dataclass(frozen=True, slots=True)
class Regular:
    """Somebody whose balance at the end is known, so that pictures, tests and the tour can speak of them.

    Attributes:
        profile: Who.
        serial: Of their card.
        balance: Points at the end of the history.
        coffees: How many free coffees they took meanwhile.
        points_per_visit: About how much a visit brings, in points; decides how often they come.
    """

    profile: Profile
    serial: int
    balance: int
    coffees: int
    points_per_visit: int

    @property
    def card(self) -> str:
        """Their card's number."""
        return card_number(self.serial)


ANNA: Final = Regular(
    Profile("Anna Schneider", phone="+498999998471"), 1_564_711, 1_284, coffees=3, points_per_visit=14
)
"""The customer of the pictures; her card ends in 4711 2."""

JONAS: Final = Regular(Profile("Jonas Weber", phone="+498999998815"), 1_208_150, 640, coffees=0, points_per_visit=11)
"""Has enough for a reward with money off."""

REGULARS: Final = (ANNA, JONAS)

NEWCOMER: Final = Profile("Hanna Lindner", phone="+498999998417")
"""Is no member yet and becomes one in front of your eyes."""

_ASCII: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "\N{LATIN SMALL LETTER DOTLESS I}": "i", " ": "."}
)


def card_number(serial: int) -> str:
    """The EAN-13 of the shop's card with this serial number."""
    return with_check_digit(f"{CARD_PREFIX}{serial:0{SERIAL_DIGITS}d}", Check.GS1)


def invented_people(count: int, rng: random.Random, today: date) -> Iterator[Profile]:
    """Yield different people; the regulars are not among them.

    Args:
        count: How many; at most as many as there are different names.
        rng: The seeded source.
        today: Ages count from here.
    """
    known = tomllib.loads(NAMES_FILE.read_text("utf-8"))
    names = {regular.profile.name for regular in REGULARS}
    phones = _invented_phones(count, rng)
    while len(names) < count + len(REGULARS):
        first = rng.choice(known["women" if rng.random() < WOMEN_SHARE else "men"])
        name = f"{first} {rng.choice(known['surnames'])}"
        if name in names:
            continue
        names.add(name)
        yield Profile(
            name,
            phone=next(phones, "") if rng.random() < PHONE_SHARE else "",
            email=f"{name.lower().translate(_ASCII)}@example.org" if rng.random() < EMAIL_SHARE else "",
            birthday=today - timedelta(days=rng.randint(ADULT_DAYS, OLDEST_DAYS))
            if rng.random() < BIRTHDAY_SHARE
            else None,
        )


def _invented_phones(count: int, rng: random.Random) -> Iterator[str]:
    """Different invented numbers in no order, E.164; nearby ones first."""
    taken = {NEWCOMER.phone, *(regular.profile.phone for regular in REGULARS)}
    for prefix in INVENTED_NUMBERS[: 1 + count // NUMBERS_EACH]:
        numbers = [f"{prefix}{number:03d}" for number in range(NUMBERS_EACH)]
        rng.shuffle(numbers)
        yield from (number for number in numbers if number not in taken)
