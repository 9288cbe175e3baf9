"""One run of one command: what the global options said, and how it reaches head office."""

from __future__ import annotations

import contextlib
import getpass
import sys
from typing import TYPE_CHECKING, Final

from texts.i18n import Texts, system_language

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import typer

    from headoffice.cli.programs import Programs
    from headoffice.service import HeadOffice

FALLBACK_CURRENCY: Final = "EUR"
"""For sentences that are said before the database is open; none of them names an amount."""


class Session:
    """What the global options said; they are known once the first of the command line has been read.

    Attributes:
        programs: The outside world.
        as_json: Whether exactly one JSON document is printed.
        currency: Head office's, once it is open.
        database_url: Where the database is, ``None`` for a file in the data directory.
    """

    def __init__(self, programs: Programs) -> None:
        self.programs = programs
        self.as_json = False
        self.currency = FALLBACK_CURRENCY
        self.database_url: str | None = None
        self._asked_language: str | None = None
        self._directory: Path | None = None

    def configure(
        self, directory: Path | None, database_url: str | None, language: str | None, *, as_json: bool
    ) -> None:
        """Take the global options."""
        self._directory = directory
        self.database_url = database_url
        self._asked_language = language
        self.as_json = as_json

    @property
    def directory(self) -> Path:
        """The data directory."""
        return self._directory or self.programs.default_directory()

    @property
    def texts(self) -> Texts:
        """The language of this run: asked for, else the system's."""
        return Texts(self._asked_language or system_language(), self.currency)

    @contextlib.contextmanager
    def open(self, *, name: str | None = None, currency: str | None = None) -> Iterator[HeadOffice]:
        """Open head office; works beside a running server.

        Raises:
            HeadOfficeError: It can't be opened.
        """
        head_office = self.programs.open_head_office(self.directory, self.database_url, name=name, currency=currency)
        try:
            self.currency = head_office.server.currency
            yield head_office
        finally:
            head_office.close()


def session_of(context: typer.Context) -> Session:
    """The session a command runs in."""
    session = context.obj
    assert isinstance(session, Session)
    return session


def tell(text: str) -> None:
    """Say something beside the answer: standard output belongs to the answer alone."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the command line talks


def person() -> str:
    """Who decides something on the command line: the account at this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return "command line"
