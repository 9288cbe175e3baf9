"""The commands of both programs, built once in a process of tests.

Typer reads every function's signature when a program starts: a tenth of a second, which a program pays once and the
tests' command lines paid three thousand times. What a run may change of a command is copied for it.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Final

from typer.core import TyperGroup
from typer.main import get_command

if TYPE_CHECKING:
    import typer
    from typer._click import Command

PROGRAMS: Final = ("terminal.cli.program", "headoffice.cli.program")
"""The modules whose ``build_app`` makes the same commands every time."""


class BuiltCommands:
    """Stands for ``typer.main.get_command``."""

    def __init__(self) -> None:
        self._built: dict[str, Command] = {}

    def __call__(self, app: typer.Typer) -> Command:
        """The commands of a program; anything else is built as ever."""
        callback = app.registered_callback and app.registered_callback.callback
        if callback is None or callback.__module__ not in PROGRAMS:
            return get_command(app)
        if callback.__module__ not in self._built:
            self._built[callback.__module__] = get_command(app)
        return copy_of(self._built[callback.__module__])


def copy_of(command: Command) -> Command:
    """A command whose own words and whose parameters' words may be changed, with all commands below it."""
    made = copy.copy(command)
    made.params = [copy.copy(parameter) for parameter in command.params]
    if isinstance(made, TyperGroup):
        made.commands = {name: copy_of(below) for name, below in made.commands.items()}
    return made
