"""The way into the program: what opens the window at once, and what goes through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.main import window_asked_for

Asked = tuple[Path | None, str | None]


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        ([], (None, None)),
        (["till"], (None, None)),
        (["--data", "shop"], (Path("shop"), None)),
        (["--lang", "en", "--data", "shop", "till"], (Path("shop"), "en")),
    ],
)
def test_the_plain_forms_open_the_window(arguments: list[str], asked: Asked) -> None:
    """What an icon or a shop's start script says."""
    assert window_asked_for(arguments) == asked


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["till", "--help"],
        ["--json", "till"],
        ["--data"],
        ["--data", "a", "--data", "b"],
        ["--data=shop"],
        ["--lang", "xx"],
        ["till", "till"],
        ["earn", "2900000047112", "23.45"],
    ],
)
def test_everything_else_is_the_command_lines(arguments: list[str]) -> None:
    """Every other form and every mistake gets the command line's own answer."""
    assert window_asked_for(arguments) is None
