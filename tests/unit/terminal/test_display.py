"""Whether a window can be shown is known before Qt would end the process for it."""

from __future__ import annotations

import pytest

from terminal.display import display_problem
from terminal.errors import DisplayGone, LibraryMissing, NoDisplay


def found(_library: str) -> object:
    """A library that is there."""
    return object()


def missing(library: str) -> object:
    """A library that is not."""
    raise OSError(library)


@pytest.mark.parametrize(
    ("variables", "platform"),
    [
        ({}, "win32"),
        ({}, "darwin"),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux"),
        ({"DISPLAY": "far.example:0"}, "linux"),
        ({"DISPLAY": ":0"}, "linux"),
        ({"DISPLAY": ":1.0"}, "linux"),
    ],
)
def test_where_a_window_can_be_shown_nothing_is_said(variables: dict[str, str], platform: str) -> None:
    """Other systems, chosen platforms, Wayland, displays of other machines, and an X server that answers."""
    assert display_problem(variables, platform, answers=lambda _: True, load=found) is None


def test_without_a_display_it_says_so() -> None:
    """A server or an ssh session."""
    assert isinstance(display_problem({}, "linux"), NoDisplay)


def test_a_display_that_went_away_is_named() -> None:
    """A stale variable of a closed session; nobody listens on that number."""
    problem = display_problem({"DISPLAY": ":4711"}, "linux", load=found)
    assert isinstance(problem, DisplayGone)
    assert problem.detail == ":4711"


def test_a_missing_library_is_named() -> None:
    """Qt 6.5 and later need one that few systems bring."""
    problem = display_problem({"DISPLAY": ":0"}, "linux", answers=lambda _: True, load=missing)
    assert isinstance(problem, LibraryMissing)
