"""Looking people up in one index of keys (``loyalty.searching``) while somebody types.

Whatever is typed, a search reads a few short ranges: two words that thousands have each are met by the keys of pairs,
of which the shortest range leads. No range is read past ``SCANNED_MAX``; where that leaves somebody out, it is told.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from loyalty.folding import digits_of, fold_words
from loyalty.searching import pair_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from storage.connection import Database

QUERY_LENGTH_MAX: Final = 100
"""How many characters of a query are looked at."""

NUMBER_QUERY_MIN: Final = 4
"""Fewer characters of a card or phone number would find half the shop."""

FITTING_MAX: Final = 50
"""How many of those that fit are ranked; whoever has more to choose from types on."""

SCANNED_MAX: Final = 600
"""How many people are compared with all words that were typed."""

NUMBERED_MAX: Final = 20
"""How many people of each way to read a number are ranked: there are four ways, and as many are shown."""

PAIRED_WORDS_MAX: Final = 3
"""How many of the words typed are tried as pairs; the longest say most."""

ALL_LETTERS: Final = "\U0010ffff"
"""Behind every letter: the end of a range of beginnings."""

_TRUNK_ZERO: Final = re.compile(r"\(0\)")
_LENGTH: Final = "SELECT count(*) FROM (SELECT 1 FROM search_key WHERE key >= ? AND key < ? LIMIT ?)"
_PEOPLE: Final = """SELECT search_member.member_id, search_member.words
FROM (SELECT DISTINCT n FROM search_key WHERE key >= ? AND key < ? LIMIT ?) AS found
CROSS JOIN search_member ON search_member.n = found.n"""
_NAMED: Final = """SELECT member_id, words FROM search_member
WHERE member_id IN (SELECT unhex(value) FROM json_each(?)) AND instr(words, ?)"""
_PEOPLE_NAMED: Final = f"{_PEOPLE} WHERE instr(search_member.words, ?)"
_CARD_ENDS: Final = "SELECT member_id FROM card WHERE number_reversed >= ? AND number_reversed < ? LIMIT ?"
_CARD_STARTS: Final = "SELECT member_id FROM card WHERE number >= ? AND number < ? LIMIT ?"


class Query(NamedTuple):
    """What was typed, read in every way it can be meant.

    Attributes:
        words: Beginnings of words of a name, folded, the longest first.
        digits: Of a phone or card number; empty when they are too few.
        card: All of it as a piece of a card number; empty when it can't be one.
        email: All of it as the beginning of an address; empty when it can't be one.
    """

    words: tuple[str, ...]
    digits: str
    card: str
    email: str


def parse_query(text: str) -> Query:
    """Read what was typed.

    Words and a number together are somebody of that name with that number; until it is long enough, the name alone.
    """
    text = _TRUNK_ZERO.sub(" ", text.strip()[:QUERY_LENGTH_MAX])
    parts = text.split()
    words = fold_words(" ".join(part for part in parts if _has_letter(part)))
    digits = digits_of("".join(part for part in parts if not _has_letter(part)))
    card = "".join(parts).upper()
    is_card = len(card) >= NUMBER_QUERY_MIN and any(letter.isdigit() for letter in card)
    return Query(
        tuple(sorted(words, key=len, reverse=True)),
        digits if len(digits) >= NUMBER_QUERY_MIN else "",
        card if is_card else "",
        card.casefold() if len(parts) == 1 else "",
    )


class Fitting:
    """Who fits, from one or more indexes.

    Attributes:
        members: Each with how many of the words typed are whole words of the name.
        cut: Whether there may be more.
    """

    def __init__(self) -> None:
        self.members: dict[bytes, int] = {}
        self.cut = False

    def add(self, member: bytes, exact: int = 0) -> None:
        """Take one; what fits in two ways counts as it fits better."""
        self.members[member] = max(exact, self.members.get(member, 0))

    def add_some(self, members: Iterable[bytes]) -> None:
        """Take as many as are ranked of one way to read a number, and notice that there are more."""
        for index, member in enumerate(members):
            if index == NUMBERED_MAX:
                self.cut = True
                return
            self.add(member)


def look_up(index: Database, cards: Database, query: Query, fitting: Fitting) -> None:
    """Find people in one index.

    Args:
        index: Has the tables of ``loyalty.searching``.
        cards: Has the table ``card``.
        query: What was typed.
        fitting: Takes them.
    """
    if query.card:
        for members in _by_card(cards, query.card, NUMBERED_MAX + 1):
            fitting.add_some(members)
    if query.email:
        for kind in "ef":
            fitting.add_some(member for member, _ in _people(index, f"{kind}{query.email}", NUMBERED_MAX + 1))
    if query.words and query.digits:
        _by_name_and_number(index, cards, query, fitting)
    elif query.words:
        _by_words(index, query.words, fitting)
    elif query.digits:
        for key in _phone_keys(query.digits):
            fitting.add_some(member for member, _ in _people(index, key, NUMBERED_MAX + 1))


def holders_of(index: Database, key: str, limit: int) -> list[bytes]:
    """Who has exactly this key."""
    rows = index.all(
        "SELECT member_id FROM search_key JOIN search_member USING (n) WHERE key = ? LIMIT ?", (key, limit)
    )
    return [member for (member,) in rows]


def _by_card(cards: Database, piece: str, limit: int) -> Iterator[list[bytes]]:
    """People by the end and by the start of a card's number."""
    yield _card_holders(cards, _CARD_ENDS, piece[::-1], limit)
    yield _card_holders(cards, _CARD_STARTS, piece, limit)


def _card_holders(cards: Database, sql: str, start: str, limit: int) -> list[bytes]:
    return [member for (member,) in cards.all(sql, (start, start + ALL_LETTERS, limit))]


def _phone_keys(digits: str) -> Iterator[str]:
    """The last digits of a phone number, and its start with or without the country's code."""
    yield f"r{digits[::-1]}"
    start = digits.lstrip("0")
    if start:
        yield f"t{start}"


def _by_name_and_number(index: Database, cards: Database, query: Query, fitting: Fitting) -> None:
    """People of a name among those with a phone or the end of a card: few have the same last digits."""
    limit = SCANNED_MAX // 4
    digits, word = query.digits, query.words[0]
    holders = _card_holders(cards, _CARD_ENDS, digits[::-1], limit)
    fitting.cut |= len(holders) == limit
    named = index.all(_NAMED, (json.dumps([member.hex() for member in holders]), f" {word}"))
    for key in _phone_keys(digits):
        bounds = (key, key + ALL_LETTERS, limit)
        fitting.cut |= index.value(_LENGTH, bounds) == limit
        named += index.all(_PEOPLE_NAMED, (*bounds, f" {word}"))
    for member, name in named:
        words = name.split()
        if fits(words, query.words):
            fitting.add(member, len(set(words).intersection(query.words)))


def _by_words(index: Database, words: tuple[str, ...], fitting: Fitting) -> None:
    """People whose name has, for every word typed, another word beginning with it.

    A word that another one typed begins with may be meant twice or not: those count, too, when there are few.
    """
    before = len(fitting.members)
    _by_all_words(index, words, fitting)
    alone = tuple(word for word in words if not any(other != word and other.startswith(word) for other in words))
    if len(alone) < len(words) and len(fitting.members) - before < FITTING_MAX:
        _by_all_words(index, alone, fitting)


def _by_all_words(index: Database, words: tuple[str, ...], fitting: Fitting) -> None:
    key = f"w{words[0]}"
    limit = FITTING_MAX + 1
    if len(words) > 1:
        key, length = _shortest_pair(index, words)
        limit = SCANNED_MAX if length > FITTING_MAX else FITTING_MAX
    read = found = 0
    for read, (member, name) in enumerate(_people(index, key, limit), 1):  # noqa: B007 - how many there were
        of_member = name.split()
        if not fits(of_member, words):
            continue
        if found == FITTING_MAX:
            fitting.cut = True
            return
        found += 1
        fitting.add(member, len(set(of_member).intersection(words)))
    fitting.cut |= read == limit > FITTING_MAX


def _shortest_pair(index: Database, words: tuple[str, ...]) -> tuple[str, int]:
    """The range of pairs with the fewest keys, and how many they are, counted up to one more than are ranked.

    Among those that have more, one that says all of a pair comes first: every key of it is somebody who fits.
    """
    tried = words[:PAIRED_WORDS_MAX]
    keys = [(pair_key(first, other), first) for first in tried for other in tried if other != first]
    lengths = [
        (int(index.value(_LENGTH, (key, key + ALL_LETTERS, FITTING_MAX + 1))), len(first), key) for key, first in keys
    ]
    length, _, key = min(lengths)
    return key, length


def _people(index: Database, key: str, limit: int) -> Iterator[tuple[bytes, str]]:
    """Who has a key that begins so, with their words; whole words come before longer ones."""
    yield from index.each(_PEOPLE, (key, key + ALL_LETTERS, limit))


def fits(words: list[str], typed: tuple[str, ...]) -> bool:
    """Whether each word typed begins another word of a name.

    The longest are given their words first: whatever fits them fits what they begin with, so none is taken in vain.
    """
    left = list(words)
    for start in typed:
        word = next((word for word in left if word.startswith(start)), None)
        if word is None:
            return False
        left.remove(word)
    return True


def _has_letter(part: str) -> bool:
    return any(letter.isalpha() for letter in part)
