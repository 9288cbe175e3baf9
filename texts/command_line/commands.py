"""What the commands of both programs share that Typer does not bring along."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from typer._click import Context

_NEGATIVE_NUMBER = re.compile(r"-[0-9.,]")


class NumbersCommand(TyperCommand):
    """A command whose arguments may be negative numbers, which would otherwise be taken for options.

    ``adjust CARD -50`` has to work, and ``earn CARD -5`` has to be refused as an amount and not as an option.
    """

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Let what looks like a negative number through as an argument."""
        if any(_NEGATIVE_NUMBER.match(argument) for argument in args):
            ctx.ignore_unknown_options = True
        return super().parse_args(ctx, args)


def group() -> typer.Typer:
    """A group of commands, such as ``report``; without Rich's boxes, so that help is text in any terminal and pipe."""
    return typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


def whole(name: str, help_text: str, example: str) -> typer.Typer:
    """A whole program, still without its commands.

    Args:
        name: As people type it.
        help_text: What it is, in English.
        example: A command line.
    """
    return typer.Typer(
        name=name,
        help=help_text,
        epilog=example,
        invoke_without_command=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
