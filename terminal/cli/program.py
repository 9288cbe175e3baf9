"""The command line as a whole: its commands and global options, and how the till's errors and bugs are said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

import typer

from hardware.errors import HardwareError
from storage.errors import StorageError
from terminal.cli import (
    booking,
    card,
    cashier,
    day,
    doctor,
    importing,
    ledger,
    member,
    programme,
    register,
    report,
    reverse,
    sale,
    scan,
    shop,
    sync,
)
from terminal.cli.answers import refusal
from terminal.cli.session import Session, session_of
from terminal.crash import crash_text, write_crash
from terminal.errors import CommandError, settings_text
from terminal.messages import error_text, hardware_text
from terminal.settings import SettingsWrong
from texts.command_line import frame
from texts.command_line.answers import Answer, failure, tell
from texts.command_line.commands import whole
from texts.command_line.options import DataOption, JsonOption, LanguageOption, VersionOption
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from loyalty.outcomes import Refused
    from terminal.cli.programs import Programs
    from texts.i18n import Texts

PROGRAM: Final = "stammkunde"


def run(programs: Programs) -> NoReturn:
    """Run the command line of this process.

    Raises:
        SystemExit: Always, with the exit code.
    """
    frame.run(lambda arguments: execute(programs, arguments))


def build_app() -> typer.Typer:
    """All commands; nothing is opened or read yet."""
    example = f'{PROGRAM} --data ./shop init --shop "Bäckerei Morgenrot"'
    app = whole(PROGRAM, mark("The till's loyalty programme: members, points and rewards."), example)
    app.callback()(_global_options)
    for module in (shop, programme, cashier, member, card, sale, booking, reverse, report, day, importing, ledger):
        module.add_commands(app)
    for module in (scan, doctor, register, sync):
        module.add_commands(app)
    return app


def _global_options(
    context: typer.Context,
    data: DataOption = None,
    as_json: JsonOption = False,
    language: LanguageOption = None,
    show_version: VersionOption = False,
) -> int | None:
    session = session_of(context)
    session.take(data, language, as_json=as_json)
    if show_version:
        session.say_version(PROGRAM)
    return shop.open_till(context) if context.invoked_subcommand is None else None


def execute(programs: Programs, arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        programs: The outside world.
        arguments: The command line without the program's name.

    Returns:
        The exit code: 0 done, 1 refused or a known error, 2 usage, 70 a bug.
    """
    return frame.execute(TillProgram(programs), arguments)


def say_failure(programs: Programs, directory: Path | None, language: str | None, error: Exception) -> int:
    """Say what kept the till from opening, as the ``till`` command would.

    Returns:
        The exit code.
    """
    program = TillProgram(programs)
    program.session.take(directory, language, as_json=False)

    def fail() -> Answer:
        raise error

    return frame.leave(program, (), fail)


class TillProgram:
    """The till in the frame of both command lines; see ``frame.Program``."""

    name = PROGRAM

    def __init__(self, programs: Programs) -> None:
        self.session = Session(programs)

    def commands(self) -> typer.Typer:
        """All commands."""
        return build_app()

    def refusal(self, refused: Refused) -> Answer:
        """Say a refusal in the till's words."""
        return refusal(self.session.texts, refused)

    def known_error(self, error: Exception) -> Answer | None:
        """Say what settings, files, ledger and devices have to say."""
        session = self.session
        match error:
            case SettingsWrong():
                return failure(error.code, settings_text(session.fallback_texts, error))
            case CommandError():
                return failure(error.code, _command_error_text(session.texts, error))
            case StorageError():
                return failure(error.code, error_text(session.texts, error))
            case HardwareError():
                return failure(error.code.value, hardware_text(session.texts, error))
        return None

    def bug(self, error: Exception, arguments: Sequence[str]) -> str:
        """Write it to the crash log of the data directory, or to standard error where that can't be written."""
        texts = self.session.fallback_texts
        text = crash_text(error, arguments)
        path = write_crash(self.session.directory, text)
        if path is None:
            tell(text)
        sentence = texts._("This is a mistake of the program, not yours. Nothing more was booked.")
        where = texts._("What support needs is in {file}.").format(file=path) if path else ""
        return f"{sentence} {where}".rstrip()


def _command_error_text(texts: Texts, error: CommandError) -> str:
    return texts._(error.sentence).format(file=error.file, detail=error.detail)
