"""The command line of head office as a whole: its commands and global options, and how its errors and bugs are said."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from headoffice.cli import issues, members, programmes, report, retention, serve, terminals, upkeep, users
from headoffice.cli.session import Session, session_of
from headoffice.errors import HeadOfficeError
from headoffice.wording import refusal_text
from texts.command_line import frame
from texts.command_line.answers import Answer, failure, refusal, tell
from texts.command_line.commands import whole
from texts.command_line.options import DataOption, JsonOption, LanguageOption, VersionOption
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headoffice.cli.programs import Programs
    from loyalty.outcomes import Refused

PROGRAM: Final = "stammkunde-headoffice"

DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        help=mark("The database, as postgresql://user@host/name; otherwise a file in the data directory."),
        metavar="URL",
        envvar="STAMMKUNDE_DATABASE",
        show_envvar=True,
    ),
]


def run(programs: Programs) -> NoReturn:
    """Run the command line of this process.

    Raises:
        SystemExit: Always, with the exit code.
    """
    frame.run(lambda arguments: execute(programs, arguments))


def build_app() -> typer.Typer:
    """All commands; nothing is opened or read yet."""
    example = f'{PROGRAM} --data ./office enrol-terminal "Mitte" "Kasse 1"'
    app = whole(PROGRAM, mark("Head office: all tills of all stores, one truth about every member."), example)
    app.callback()(_global_options)
    for module in (serve, terminals, programmes, members, retention, issues, report, users, upkeep):
        module.add_commands(app)
    return app


def _global_options(
    context: typer.Context,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
    language: LanguageOption = None,
    show_version: VersionOption = False,
) -> None:
    session = session_of(context)
    session.take(data, language, as_json=as_json)
    session.database_url = database
    if show_version:
        session.say_version(PROGRAM)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def execute(programs: Programs, arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        programs: The outside world.
        arguments: The command line without the program's name.

    Returns:
        The exit code: 0 done, 1 refused or a known error, 2 usage, 70 a bug.
    """
    return frame.execute(OfficeProgram(programs), arguments)


class OfficeProgram:
    """Head office in the frame of both command lines; see ``frame.Program``."""

    name = PROGRAM

    def __init__(self, programs: Programs) -> None:
        self.session = Session(programs)

    def commands(self) -> typer.Typer:
        """All commands."""
        return build_app()

    def refusal(self, refused: Refused) -> Answer:
        """Say a refusal in head office's words."""
        return refusal(refused, refusal_text(self.session.texts, refused))

    def known_error(self, error: Exception) -> Answer | None:
        """Say one of head office's own, with what support needs to know beside it."""
        if not isinstance(error, HeadOfficeError):
            return None
        sentence = self.session.texts._(error.sentence)
        return failure(error.code, f"{sentence} ({error.support})" if error.support else sentence)

    def bug(self, error: Exception, arguments: Sequence[str]) -> str:  # noqa: ARG002 - none of its words is told
        """Say where it happened on standard error, which is the log of a server, without the values."""
        tell("".join(traceback.format_list(traceback.extract_tb(error.__traceback__))) + type(error).__qualname__)
        return self.session.texts._("This is a mistake of the program, not yours.")
