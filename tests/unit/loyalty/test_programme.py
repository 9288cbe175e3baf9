"""The programme document: what a shop may write, and what is refused before it can do harm at the counter."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.bounds import POINTS_MAX
from loyalty.document import Problem
from loyalty.programme import DOCUMENT_LENGTH_MAX, Programme, RoundTo, parse_programme, with_version
from tests.unit.loyalty.building import PROGRAMME_TOML, programme_of

TEMPLATES = Path(__file__).parents[3] / "terminal" / "templates"


def problems_of(toml_text: str) -> list[Problem]:
    """The problems of a document that has some."""
    found = parse_programme(toml_text)
    assert isinstance(found, list)
    assert found
    return found


@pytest.mark.parametrize("name", ["bakery", "standard"])
def test_the_shipped_templates_are_right(name: str) -> None:
    """What a new shop starts with parses, takes an EAN-13 card with prefix 29 and never lets a deposit earn."""
    programme = programme_of((TEMPLATES / f"{name}.toml").read_text(encoding="utf-8"))
    assert (programme.earning.points, programme.earning.per_cents) == (1, 100)
    assert programme.cards[0].prefix == "29"
    assert programme.exclusion_of("Pfand") is not None
    assert programme.privacy.notice.in_language("en").strip()


def test_the_demo_bakery_offers_what_its_screens_show() -> None:
    """Coffee, money off, a cake, a pretzel, and any number of points as money."""
    programme = programme_of((TEMPLATES / "bakery.toml").read_text(encoding="utf-8"))
    assert programme.name == "Bäckerei Morgenrot"
    assert {reward.id: (reward.points, reward.value_cents) for reward in programme.rewards if not reward.flexible} == {
        "brezel": (100, 180),
        "coffee": (300, 290),
        "off-5": (500, 500),
        "off-10": (1000, 1000),
        "cake": (2500, 2800),
    }
    assert [reward.id for reward in programme.rewards if reward.flexible] == ["pay-with-points"]


def test_texts_are_read_in_the_language_asked_for() -> None:
    """Country variants count as their language; German is what any other language gets."""
    name = programme_of().rewards[0].name
    assert [name.in_language(code) for code in ("en", "en_GB", "de", "de_AT", "fr")] == [
        "Coffee",
        "Coffee",
        "Kaffee",
        "Kaffee",
        "Kaffee",
    ]
    assert programme_of().privacy.notice.in_language("de") == "Text"


def test_what_is_not_there_is_none() -> None:
    """Unknown rewards and categories are answered, not raised."""
    programme = programme_of()
    assert programme.reward("coffee") is programme.rewards[0]
    assert programme.reward("tea") is None
    assert programme.exclusion_of("bread") is None


@pytest.mark.parametrize("category", ["deposit", "DEPOSIT", "leergut", " Leergut "])
def test_a_register_may_spell_an_excluded_category_as_it_likes(category: str) -> None:
    """A deposit must not earn because the register writes it with other capitals."""
    exclusion = programme_of().exclusion_of(category)
    assert exclusion is not None
    assert exclusion.id == "deposit"


def test_points_are_worth_money_rounded_down_and_debt_is_worth_nothing() -> None:
    """The member is never promised a cent that the points do not cover."""
    programme = programme_of(
        PROGRAMME_TOML.replace("points = 100\nvalue_cents = 100", "points = 3\nvalue_cents = 2", 1)
    )
    assert [programme.value_of_points_cents(points) for points in (-5, 0, 1, 2, 3, 100)] == [0, 0, 0, 1, 2, 66]


def test_every_mistake_of_a_programme_comes_with_its_line() -> None:
    """The list a shop owner can work through from top to bottom."""
    text = PROGRAMME_TOML.replace("per_cents = 100", "per_cents = 1.00").replace('kind = "product"', 'kind = "gift"', 1)
    text = text.replace('currency = "EUR"', 'curency = "EUR"')
    found = {problem.path: (problem.message, problem.line) for problem in problems_of(text)}
    assert found == {
        "curency": ("Unknown key; did you mean `currency`?", 4),
        "currency": ("Required key is missing", None),
        "earning.per_cents": ("Expected whole cents, got 1.0; an amount of 1.00 is written 100", 8),
        "rewards[0].kind": ("Invalid enum value 'gift'", 36),
    }


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("format = 1", "format = 2", "format"),
        ('"EUR"', '"JPY"', "currency"),
        ('id = "tobacco"', 'id = "deposit"', "exclusions[1].id"),
        ('id = "tobacco"', 'id = "leergut"', "exclusions[1].categories"),
        ('id = "tobacco"', 'id = "without-points"', "exclusions[1].id"),
        ('id = "sticker"', 'id = "coffee"', "rewards[1].id"),
        ("points = 1\nper_cents = 100", "points = 1000000\nper_cents = 1", "earning"),
        (
            'prefix = "29"\nlength = 13\ncheck = "gs1"\nsymbologies = ["ean13"]',
            'prefix = ""\nlength = 16\ncheck = "luhn"',
            "cards[0].prefix",
        ),
        ('symbologies = ["ean13"]', 'symbologies = ["ean-13"]', "cards[0]"),
        ('length = 13\ncheck = "gs1"', 'length = 12\ncheck = "gs1"', "cards[0]"),
        ("[[exclusions]]", '[[cards]]\nid = "b"\nprefix = "291"\nlength = 13\n\n[[exclusions]]', "cards[1]"),
        ("[point_value]", "[limits]\namount_max_cents = 5\n\n[point_value]", "limits.amount_usual_cents"),
        ('kind = "product"', 'kind = "product"\nflexible = true', "rewards[0]"),
        ("points = 500\nvalue_cents = 500", "points = 500\nvalue_cents = 0", "rewards[2]"),
        ('id = "sticker"', 'id = "sticker\\n"', "rewards[1].id"),
        ('version = "1"', 'version = "1 "', "privacy.version"),
    ],
)
def test_a_contradiction_is_named_where_it_stands(old: str, new: str, path: str) -> None:
    """Doubled ids, goods in two exclusions, cards that overlap or are payment cards, limits that exclude each other."""
    assert old in PROGRAMME_TOML
    found = problems_of(PROGRAMME_TOML.replace(old, new, 1))
    assert [problem.path for problem in found] == [path]
    assert found[0].line is not None


def test_no_programme_can_award_more_than_a_record_holds() -> None:
    """The largest sale at the limit gives a number of points the ledger takes."""
    text = PROGRAMME_TOML.replace("points = 1\nper_cents = 100", f"points = {POINTS_MAX // 1_000_000}\nper_cents = 1")
    programme = programme_of(text)
    assert programme.limits.amount_max_cents * programme.earning.points // programme.earning.per_cents == POINTS_MAX


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = ", None),
        ("a = 1\nb = x\n", 2),
        ("a" * (DOCUMENT_LENGTH_MAX + 1), None),
        ("a = " + "9" * 5000, None),
        ("a = " + "[" * 5000, None),
        ("a = \x00", 1),
    ],
)
def test_what_is_no_toml_is_one_problem(text: str, line: int | None) -> None:
    """Broken, oversized, deeply nested or absurd files get one sentence, with the line where the parser knows it."""
    (problem,) = problems_of(text)
    assert problem.path == "(document)"
    assert problem.line == line


@given(st.text(max_size=200) | st.text("[]{}=\"'\n abc1.,-", max_size=200))
def test_no_text_raises(text: str) -> None:
    """A document is a programme or a list of problems, whatever is in it."""
    found = parse_programme(text)
    assert isinstance(found, Programme) or found


@given(st.integers(0, PROGRAMME_TOML.count("\n") - 1), st.text(max_size=30))
def test_a_spoilt_line_is_answered_with_problems_that_name_a_place(number: int, line: str) -> None:
    """Any one line replaced by anything gives a programme or problems, and every line named exists."""
    lines = PROGRAMME_TOML.splitlines()
    lines[number] = line
    found = parse_programme("\n".join(lines))
    if isinstance(found, list):
        assert all(problem.line is None or 1 <= problem.line <= len(lines) + line.count("\n") for problem in found)


def test_points_may_expire_and_offline_redemptions_have_limits() -> None:
    """Both tables may be left out; without the first, points live for ever."""
    plain = programme_of(PROGRAMME_TOML)
    assert plain.expiry is None
    assert plain.limits.offline.redemptions_max == 3
    told = programme_of(
        PROGRAMME_TOML
        + """
[limits.offline]
points_per_redemption_max = 300

[expiry]
months = 36
since = 2026-11-21
round_to = "year_end"
"""
    )
    assert told.limits.offline.points_per_redemption_max == 300
    assert told.expiry is not None
    assert (told.expiry.months, told.expiry.round_to) == (36, RoundTo.YEAR_END)


def test_mistakes_in_the_new_tables_are_told_with_their_place() -> None:
    """A day that is none, and a rounding nobody knows."""
    found = problems_of(PROGRAMME_TOML + '\n[expiry]\nmonths = 0\nsince = "soon"\nround_to = "weekend"\n')
    assert {problem.path for problem in found} == {"expiry.months", "expiry.since", "expiry.round_to"}
    assert all(problem.line for problem in found)


def test_a_document_gets_another_version_and_stays_the_same_otherwise() -> None:
    """Only the programme's own number changes, not the one of the privacy text."""
    numbered = with_version(PROGRAMME_TOML, 12)
    programme = programme_of(numbered)
    assert programme.version == 12
    assert programme.privacy.version == programme_of(PROGRAMME_TOML).privacy.version
    assert with_version(numbered, 7) == PROGRAMME_TOML
