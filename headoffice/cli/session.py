"""One run of one command: what the global options said, and how it reaches head office."""

from __future__ import annotations

import contextlib
import getpass
from typing import TYPE_CHECKING

from texts.command_line.options import GlobalOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    import typer

    from headoffice.cli.programs import Programs
    from headoffice.service import HeadOffice
    from texts.i18n import Texts


class Session(GlobalOptions):
    """What the global options said, and what they lead to.

    Attributes:
        programs: The outside world.
        database_url: Where the database is, ``None`` for a file in the data directory.
    """

    def __init__(self, programs: Programs) -> None:
        super().__init__(programs.default_directory)
        self.programs = programs
        self.database_url: str | None = None

    @property
    def texts(self) -> Texts:
        """The language of this run: asked for, else the system's."""
        return self.fallback_texts

    @contextlib.contextmanager
    def open(
        self, *, name: str | None = None, currency: str | None = None, found: bool = False
    ) -> Iterator[HeadOffice]:
        """Open head office; works beside a running server.

        Args:
            name: What it is called when it is new.
            currency: What it counts in when it is new.
            found: Whether to found it where there is none.

        Raises:
            HeadOfficeError: It can't be opened, or there is none.
        """
        head_office = self.programs.open_head_office(
            self.directory, self.database_url, name=name, currency=currency, found=found
        )
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


def person() -> str:
    """Who decides something on the command line: the account at this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return "command line"
