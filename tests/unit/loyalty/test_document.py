"""Documents: every mistake is listed at once, where it stands and in words a shop owner understands."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from typing import Annotated

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from loyalty.document import PROBLEMS_MAX, Problem, convert_all, with_lines
from loyalty.programme import Programme
from tests.unit.loyalty.building import PROGRAMME_TOML


class Colour(StrEnum):
    RED = "red"


class Part(msgspec.Struct, forbid_unknown_fields=True):
    size: Annotated[int, Meta(ge=1, le=9)]
    colour: Colour = Colour.RED
    price_cents: int = 0


class Whole(msgspec.Struct, forbid_unknown_fields=True):
    parts: Annotated[tuple[Part, ...], Meta(min_length=1, max_length=3)]
    best: Part | None = None
    pair: tuple[int, str] = (0, "")
    weights: dict[str, Annotated[int, Meta(ge=0)]] = {}
    either: int | str = 0
    low: int = 0
    high: int = 9

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("`low` is above `high`")


def problems_of(raw: object) -> list[tuple[str, str]]:
    """Path and message of each problem."""
    found = convert_all(raw, Whole)
    assert isinstance(found, list)
    return [(problem.path, problem.message) for problem in found]


def test_a_right_document_becomes_its_struct() -> None:
    """Defaults, nested tables, optional tables, pairs and tables of numbers all convert."""
    raw = {"parts": [{"size": 1}], "best": {"size": 2, "colour": "red"}, "pair": [1, "a"], "weights": {"a": 1}}
    whole = Whole((Part(1),), Part(2), (1, "a"), {"a": 1})
    assert convert_all(raw, Whole) == whole
    assert convert_all({"parts": [{"size": 1}], "best": None}, Whole) == Whole((Part(1),))


def test_every_mistake_is_told_at_once_wherever_it_is() -> None:
    """Inside arrays with a length limit, optional tables, fixed arrays, named values and enumerations alike."""
    raw = {
        "parts": [{"size": 0}, {"colour": "blue", "sise": 3}],
        "best": {"size": "big"},
        "pair": [True, 5],
        "weights": {"a": -1, "b": 2.0},
        "either": [],
        "hihg": 3,
    }
    assert dict(problems_of(raw)) == {
        "hihg": "Unknown key; did you mean `high`?",
        "parts[0].size": "Expected `int` >= 1",
        "parts[1].sise": "Unknown key; did you mean `size`?",
        "parts[1].size": "Required key is missing",
        "parts[1].colour": "Invalid enum value 'blue'",
        "best.size": "Expected `int`, got `str`",
        "pair[0]": "Expected `int`, got `bool`",
        "pair[1]": "Expected `str`, got `int`",
        "weights.a": "Expected `int` >= 0",
        "weights.b": "Expected a whole number, got 2.0",
        "either": "Expected `int | str`, got `array`",
    }


def test_an_array_is_measured_once_its_items_are_right() -> None:
    """Too few, too many, and a pair of three."""
    assert problems_of({"parts": []}) == [("parts", "Expected `array` of length >= 1")]
    assert problems_of({"parts": [{"size": 1}] * 4}) == [("parts", "Expected `array` of length <= 3")]
    assert problems_of({"parts": [{"size": 1}], "pair": [1, "a", 2]}) == [
        ("pair", "Expected `array` of length 2, got 3")
    ]


def test_a_decimal_amount_is_answered_with_the_cents_to_write() -> None:
    """The most likely slip of a shop owner, 2.90 for 290, is told with its cure."""
    assert problems_of({"parts": [{"size": 1, "price_cents": 2.9}]}) == [
        ("parts[0].price_cents", "Expected whole cents, got 2.9; an amount of 2.90 is written 290")
    ]
    nonsense = {"parts": [{"size": 1, "price_cents": float("inf")}]}
    assert problems_of(nonsense) == [("parts[0].price_cents", "Expected a whole number, got inf")]


def test_keys_that_contradict_each_other_are_told_when_each_is_right() -> None:
    """A contradiction is not reported on top of the typing error that causes it."""
    assert problems_of({"parts": [{"size": 1}], "low": 10}) == [("(document)", "`low` is above `high`")]
    assert problems_of({"parts": [{"size": 1}], "low": "x"}) == [("low", "Expected `int`, got `str`")]


def test_a_value_in_place_of_a_table_is_told() -> None:
    """At the top and inside."""
    assert problems_of([]) == [("(document)", "Expected a table, got `list`")]
    assert problems_of({"parts": [3]}) == [("parts[0]", "Expected a table, got `int`")]
    assert problems_of({"parts": [None]}) == [("parts[0]", "Expected `object`, got `null`")]


def test_a_file_of_another_sort_is_cut_off_after_a_hundred_problems() -> None:
    """Nobody reads ten thousand lines of complaints."""
    assert len(problems_of({f"key{number}": 1 for number in range(1000)})) == PROBLEMS_MAX


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.text(st.characters(categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=4),
    max_leaves=20,
)
whole_like = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("parts", "best", "pair", "weights", "either", "low"), anything)
    | {"parts": st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(("size", "colour", "x"), anything)))},
)


@given(anything | whole_like)
def test_no_input_raises(raw: object) -> None:
    """Whatever a parser returned is converted or answered with a list that is not empty."""
    found = convert_all(raw, Whole)
    assert isinstance(found, Whole) or (found and all(isinstance(problem, Problem) for problem in found))


@given(st.data())
def test_one_broken_value_in_a_programme_is_always_found(data: st.DataObject) -> None:
    """Any single value of a right programme replaced by a table of nonsense is reported at its own path."""
    raw = tomllib.loads(PROGRAMME_TOML)
    table = data.draw(st.sampled_from([raw, raw["earning"], raw["cards"][0], raw["rewards"][1], raw["exclusions"][0]]))
    key = data.draw(st.sampled_from(sorted(table)))
    table[key] = {"nonsense": 1}
    found = convert_all(raw, Programme)
    assert isinstance(found, list)
    assert any(key in problem.path for problem in found)


TOML = '''\
name = "x"
[earning]
points = 1
[[rewards]]
id = "a"
[rewards.name]
de = "A"
[[rewards]]
id = "b"
name = { de = "B" }
text = """
[not.a.table]
id = 3
"""
[rewards.name.more]
x = 1
[[rewards.steps]]
n = 1
[[rewards.steps]]
n = 2
'''


def test_each_problem_gets_the_line_of_its_key_or_of_what_stands_above() -> None:
    """Tables, arrays of tables inside arrays of tables, inline tables, and text that only looks like a table."""
    expected = {
        "name": 1,
        "earning.points": 3,
        "earning.missing": 2,
        "rewards[0].id": 5,
        "rewards[0].name.de": 7,
        "rewards[1]": 8,
        "rewards[1].id": 9,
        "rewards[1].name.de": 10,
        "rewards[1].name.more.x": 16,
        "rewards[1].steps[0].n": 18,
        "rewards[1].steps[1].n": 20,
        "rewards[7].id": None,
        "nowhere": None,
        "(document)": None,
    }
    found = with_lines([Problem(path, "") for path in expected], TOML)
    assert {problem.path: problem.line for problem in found} == expected
