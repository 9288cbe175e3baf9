"""People and cards as the till and head office both know them, and the words by which people are found."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from loyalty.folding import digits_of, fold_words, national_digits


class CardStatus(StrEnum):
    """What may be done with a card."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    REPLACED = "replaced"


class Profile(msgspec.Struct, frozen=True):
    """Who a member is; kept encrypted and apart from the journal. ``phone`` is in E.164 form."""

    name: str
    phone: str = ""
    email: str = ""
    birthday: date | None = None


class Role(StrEnum):
    """What a person at the till may do."""

    CASHIER = "cashier"
    MANAGER = "manager"


def search_terms(profile: Profile) -> set[tuple[str, str]]:
    """Kind and text of every term a profile is found by.

    Kinds: ``word`` of the name, ``phone`` with and without country code, ``phone_end`` backwards for last digits,
    ``email``, and ``person`` (folded name and birthday) for duplicates.
    """
    words = fold_words(profile.name)
    terms = {("word", word) for word in words}
    digits = digits_of(profile.phone)
    if digits:
        terms |= {("phone", digits), ("phone", national_digits(profile.phone)), ("phone_end", digits[::-1])}
    if profile.email:
        terms.add(("email", profile.email.casefold()))
    if profile.birthday and words:
        terms.add(("person", person_term(profile)))
    return terms


def person_term(profile: Profile) -> str:
    """Folded name, in any order of its words, and birthday."""
    return f"{' '.join(sorted(fold_words(profile.name)))} {profile.birthday}"
