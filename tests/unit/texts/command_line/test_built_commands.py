"""What the tests' command lines run are the commands that the programs build."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer
from typer.main import get_command

from headoffice.cli.program import build_app as head_office
from terminal.cli.program import build_app as till
from tests.fakes.built_commands import BuiltCommands
from texts.command_line import frame
from texts.i18n import Texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer._click import Command


def words(command: Command) -> list[object]:
    """All that a command and those below it say of themselves."""
    own: list[object] = [
        command.name,
        command.help,
        command.epilog,
        *((p.name, getattr(p, "help", None)) for p in command.params),
    ]
    for below in getattr(command, "commands", {}).values():
        own += words(below)
    return own


@pytest.mark.parametrize("program", [till, head_office])
def test_the_second_run_finds_the_commands_as_the_first_did(program: Callable[[], typer.Typer]) -> None:
    """A run in German leaves no German behind."""
    built, fresh = BuiltCommands(), get_command(program())
    first = built(program())
    frame._translate(first, Texts("de"))
    assert words(first) != words(fresh)
    assert words(built(program())) == words(fresh)


def test_other_programs_are_built_as_ever() -> None:
    """A test that declares commands of its own gets those."""

    def greet() -> None:
        """Say hello."""

    app = typer.Typer()
    app.command()(greet)
    assert BuiltCommands()(app).help == "Say hello."
