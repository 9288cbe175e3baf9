"""The global options of both programs, and what they said in one run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from texts.command_line.answers import json_text
from texts.i18n import LANGUAGES, Texts, mark, system_language

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE: Final = "stammkunde"
"""Whose version both programs have."""

FALLBACK_CURRENCY: Final = "EUR"
"""For sentences that are said before the data is open; none of them names an amount."""

DataOption = Annotated[
    Path | None, typer.Option("--data", help=mark("The data directory; otherwise this user's."), metavar="DIR")
]
JsonOption = Annotated[bool, typer.Option("--json", help=mark("Print exactly one JSON document."))]
LanguageOption = Annotated[str | None, typer.Option("--lang", help=mark("de or en."), metavar="CODE")]
VersionOption = Annotated[bool, typer.Option("--version", help=mark("Say which version this is."))]


class GlobalOptions:
    """What the global options said; they are known once the first of the command line has been read.

    Attributes:
        as_json: Whether exactly one JSON document is printed.
        asked_language: ``--lang``.
        currency: The data's, once it is open.
    """

    def __init__(self, default_directory: Callable[[], Path]) -> None:
        """Begin with nothing said.

        Args:
            default_directory: Where the data lies when ``--data`` is not given.
        """
        self.as_json = False
        self.asked_language: str | None = None
        self.currency = FALLBACK_CURRENCY
        self._default_directory = default_directory
        self._directory: Path | None = None

    def take(self, directory: Path | None, language: str | None, *, as_json: bool) -> None:
        """Take the global options.

        Raises:
            typer.BadParameter: If the language is none that the program speaks.
        """
        if language is not None and language not in LANGUAGES:
            raise typer.BadParameter(f"{language!r} is not one of {', '.join(sorted(LANGUAGES))}", param_hint="--lang")
        self._directory = directory
        self.asked_language = language
        self.as_json = as_json

    @property
    def directory(self) -> Path:
        """The data directory."""
        return self._directory or self._default_directory()

    @property
    def fallback_texts(self) -> Texts:
        """The language asked for, else the system's: for what has to be said when nothing else can be read."""
        return Texts(self.asked_language or system_language(), self.currency)

    def say_version(self, program: str) -> None:
        """Answer ``--version``.

        Raises:
            typer.Exit: Always; no command runs.
        """
        from importlib.metadata import version

        number = version(PACKAGE)
        typer.echo(json_text({"version": number}) if self.as_json else f"{program} {number}")
        raise typer.Exit
