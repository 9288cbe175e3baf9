"""By which keys people are found, and that both spellings of a word meet."""

from __future__ import annotations

from datetime import date

import pytest

from loyalty.directory import Profile
from loyalty.searching import Indexed, indexed, keys_of, name_words, pair_key, same_person_keys


def test_a_name_has_its_words_and_their_pairs() -> None:
    """Both ways round, with one to three letters of the first: as much as somebody types before the other word."""
    keys = keys_of(indexed(Profile("Anna Müller")))
    assert keys == {
        "wanna",
        "wmuller",
        "pa muller",
        "pan muller",
        "pann muller",
        "pm anna",
        "pmu anna",
        "pmul anna",
    }


@pytest.mark.parametrize(
    ("first", "other"), [("a", "m"), ("ann", "mul"), ("anna", "muller"), ("m", "anna"), ("muller", "a")]
)
def test_a_pair_is_found_by_its_beginnings(first: str, other: str) -> None:
    """Whatever is typed of two words, in either order, begins a key."""
    start = pair_key(first, other)
    assert any(key.startswith(start) for key in keys_of(indexed(Profile("Anna Müller"))))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Anna-Lena O'Neill", ("anna", "lena", "o", "neill", "annalena", "oneill")),
        ("  ", ()),
        ("Jürgen Groß", ("jurgen", "gross")),
        ("Ali Ali", ("ali",)),
        ("Łukasz Żółć-Ćma", ("lukasz", "zolc", "cma", "zolccma")),
        ("İpek Şahin Ağaoğlu", ("ipek", "sahin", "agaoglu")),
        ("Éloïse d’Arc", ("eloise", "d", "arc", "darc")),
    ],
)
def test_words_are_found_apart_and_bound(name: str, words: tuple[str, ...]) -> None:
    """Who types a double name in one word means the same person."""
    assert name_words(name) == words


def test_a_phone_is_found_from_both_ends_with_and_without_its_country() -> None:
    """And without the zero that some countries keep in front."""
    assert set(indexed(Profile("", phone="+390612345")).others.split()) == {"t390612345", "t612345", "r543216093"}


def test_an_address_is_found_from_its_start_and_behind_dots() -> None:
    """Only in front of the sign: thousands have the same provider. Three parts at most."""
    others = indexed(Profile("", email="Anna.Lena_M-x.y@example.org")).others.split()
    assert others == [
        "eanna.lena_m-x.y@example.org",
        "flena_m-x.y@example.org",
        "fm-x.y@example.org",
        "fx.y@example.org",
    ]
    assert indexed(Profile("", email=".a.@x")).others.split() == ["e.a.@x", "fa.@x"]


def test_the_same_person_is_known_by_phone_address_and_birthday() -> None:
    """A birthday without a name is nobody's."""
    anna = Profile("Anna Müller", "+491711", "A@b.de", date(1990, 1, 2))
    assert same_person_keys(anna) == ["t491711", "ea@b.de", "ianna muller 1990-01-02"]
    assert set(same_person_keys(anna)) < keys_of(indexed(anna))
    assert same_person_keys(Profile("?", birthday=date(1990, 1, 2))) == []


def test_nobody_has_no_keys() -> None:
    """As for a profile that says nothing."""
    assert indexed(Profile("")) == Indexed("", "")
    assert keys_of(Indexed("", "")) == set()
