"""The index by which people are found while somebody types: its tables, and which keys a person has in it.

Till and head office build the same index, so that a downloaded replica brings its own. It holds names in the clear; the
files it stands in have mode 0600 and never leave the machine.

Every key is a letter for its kind and a folded text, and a search is a range of keys:

* ``w`` a word of the name;
* ``p`` two words of the name: the first one to three letters of one, a space, and the whole other one. Two beginnings
  that thousands have each are met by few keys that way, without comparing the thousands;
* ``t`` a phone number with and without its country code, ``r`` the same backwards, for last digits;
* ``e`` an e-mail address, ``f`` what follows a dot, dash or underline in it;
* ``i`` folded name and birthday, for finding the same person again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from loyalty.directory import person_term
from loyalty.folding import WORDS_MAX, digits_of, fold_word, fold_words, national_digits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loyalty.directory import Profile

SEARCH_TABLES: Final = (
    """CREATE TABLE search_member(
  n INTEGER PRIMARY KEY,
  member_id BLOB NOT NULL,
  words TEXT NOT NULL,
  others TEXT NOT NULL
) STRICT""",
    "CREATE INDEX search_member_by_id ON search_member(member_id)",
    """CREATE TABLE search_key(
  key TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (key, n)
) STRICT, WITHOUT ROWID""",
)
"""``n`` is short, because it stands in every key, and counts down: who was indexed last has the lowest and is found
first among equals. ``words`` has a space before and behind every word; ``others`` are the keys that are not made of
words, one a line."""

PAIR_LETTERS_MAX: Final = 3
"""How many letters of a pair's first word are in its key."""

EMAIL_PARTS_MAX: Final = 3
"""How many beginnings inside an e-mail address are indexed."""

_COMPOUNDS: Final = re.compile(r"\w+(?:['’-]\w+)+")
_EMAIL_GAPS: Final = re.compile(r"[._+-]+")
_BINDERS: Final = re.compile(r"['’-]")


class Indexed(NamedTuple):
    """A person as the index holds one: the columns of ``search_member`` behind the ids."""

    words: str
    others: str


def indexed(profile: Profile) -> Indexed:
    """What the index keeps of a person."""
    words = name_words(profile.name)
    return Indexed(f" {' '.join(words)} " if words else "", "\n".join(sorted(set(_other_keys(profile)))))


def name_words(name: str) -> tuple[str, ...]:
    """The folded words of a name, and those that are bound together once more as one: ``Anna-Lena`` is ``annalena``."""
    bound = [fold_word(_BINDERS.sub("", compound)) for compound in _COMPOUNDS.findall(name)]
    return tuple(dict.fromkeys((*fold_words(name), *bound)))[:WORDS_MAX]


def keys_of(row: Indexed) -> set[str]:
    """Every key of a person."""
    words = row.words.split()
    keys = {f"w{word}" for word in words}
    keys.update(
        f"p{first[:length]} {other}"
        for first in words
        for other in words
        for length in range(1, PAIR_LETTERS_MAX + 1)
        if other != first
    )
    return keys.union(row.others.splitlines())


def pair_key(first: str, other: str) -> str:
    """The beginning of all keys of people with a word beginning like ``first`` and another beginning with ``other``.

    It is exact for a ``first`` of at most ``PAIR_LETTERS_MAX`` letters.
    """
    return f"p{first[:PAIR_LETTERS_MAX]} {other}"


def same_person_keys(profile: Profile) -> list[str]:
    """The keys that only the same person should have: phone, e-mail, and name with birthday."""
    named = (("t", digits_of(profile.phone)), ("e", _address(profile)), ("i", _person(profile)))
    return [f"{kind}{value}" for kind, value in named if value]


def _other_keys(profile: Profile) -> Iterator[str]:
    digits = digits_of(profile.phone)
    yield from same_person_keys(profile)
    if digits:
        yield f"t{national_digits(profile.phone).lstrip('0')}"
        yield f"r{digits[::-1]}"
    email = _address(profile)
    if email:
        local = email.partition("@")[0]
        gaps = [gap.end() for gap in _EMAIL_GAPS.finditer(local) if 0 < gap.end() < len(local)]
        yield from (f"f{email[start:]}" for start in gaps[:EMAIL_PARTS_MAX])


def _address(profile: Profile) -> str:
    return "".join(profile.email.casefold().split())


def _person(profile: Profile) -> str:
    return person_term(profile) if profile.birthday and fold_words(profile.name) else ""
