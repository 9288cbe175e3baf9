"""The words by which head office finds people."""

from __future__ import annotations

from datetime import date

from loyalty.directory import Profile, search_terms

BORN = date(1971, 2, 3)


def test_people_are_found_by_everything_they_told() -> None:
    """The phone from both ends, with and without its country; the birthday only together with the name."""
    assert search_terms(Profile("Anna Kurz", "+491719876543", "Anna@Example.org", BORN)) == {
        ("word", "anna"),
        ("word", "kurz"),
        ("phone", "491719876543"),
        ("phone", "1719876543"),
        ("phone_end", "345678917194"),
        ("email", "anna@example.org"),
        ("person", "anna kurz 1971-02-03"),
    }


def test_nothing_is_found_by_what_was_not_told() -> None:
    """A birthday alone would find a stranger's twin."""
    assert search_terms(Profile("Anna")) == {("word", "anna")}
    assert search_terms(Profile("?", birthday=BORN)) == set()
