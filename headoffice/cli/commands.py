"""What all commands share that Typer does not bring along."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from typer._click import Context

_NEGATIVE_NUMBER = re.compile(r"-[0-9]")


class NumbersCommand(TyperCommand):
    """A command whose arguments may be negative numbers: ``adjust CARD -50`` is no option called 5."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Let what looks like a negative number through as an argument."""
        if any(_NEGATIVE_NUMBER.match(argument) for argument in args):
            ctx.ignore_unknown_options = True
        return super().parse_args(ctx, args)


def group() -> typer.Typer:
    """A group of commands, such as ``report``; without Rich's boxes, so that help is text in any terminal and pipe."""
    return typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
