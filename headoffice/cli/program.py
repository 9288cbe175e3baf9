"""The command line of head office as a whole: its global options, and how each answer, error and bug leaves it."""

from __future__ import annotations

import io
import os
import sys
import traceback
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer
from typer.core import TyperArgument, TyperGroup, TyperOption
from typer.main import get_command

from headoffice.cli import issues, members, programmes, report, serve, terminals, upkeep, users
from headoffice.cli.answers import EXIT_BUG, EXIT_DONE, EXIT_REFUSED, EXIT_USAGE, Answer, failure, json_text, no
from headoffice.cli.session import Session, session_of, tell
from headoffice.errors import HeadOfficeError
from headoffice.wording import refusal_text
from loyalty.outcomes import Refused
from texts.i18n import LANGUAGES, Texts, mark, system_language

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from typer._click import Command

    from headoffice.cli.programs import Programs

PROGRAM: Final = "stammkunde-headoffice"
PACKAGE: Final = "stammkunde"
EXIT_INTERRUPTED: Final = 130
"""128 + SIGINT, as shells report it."""

SIGPIPE_EXIT: Final = 1


def run(programs: Programs) -> NoReturn:
    """Run the command line of this process.

    Raises:
        SystemExit: Always, with the exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A pipe on Windows has another encoding, which has no minus sign; JSON is UTF-8 (RFC 8259, 8.1).
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(execute(programs, sys.argv[1:]))


def build_app() -> typer.Typer:
    """All commands; nothing is opened or read yet."""
    app = typer.Typer(
        name=PROGRAM,
        help=mark("Head office: all tills of all stores, one truth about every member."),
        epilog=f'{PROGRAM} --data ./office enrol-terminal "Mitte" "Kasse 1"',
        invoke_without_command=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(_global_options)
    for module in (serve, terminals, programmes, members, issues, report, users, upkeep):
        module.add_commands(app)
    return app


def _global_options(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Option("--data", help=mark("The data directory; otherwise this user's."), metavar="DIR")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            help=mark("The database, as postgresql://user@host/name; otherwise a file in the data directory."),
            metavar="URL",
            envvar="STAMMKUNDE_DATABASE",
            show_envvar=True,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=mark("Print exactly one JSON document."))] = False,
    language: Annotated[str | None, typer.Option("--lang", help=mark("de or en."), metavar="CODE")] = None,
    show_version: Annotated[bool, typer.Option("--version", help=mark("Say which version this is."))] = False,
) -> None:
    if language is not None and language not in LANGUAGES:
        raise typer.BadParameter(f"{language!r} is not one of {', '.join(sorted(LANGUAGES))}", param_hint="--lang")
    session_of(context).configure(data, database, language, as_json=as_json)
    if show_version:
        number = version(PACKAGE)
        typer.echo(json_text({"version": number}) if as_json else f"{PROGRAM} {number}")
        raise typer.Exit
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
    session = Session(programs)
    if any(not _is_text(argument) for argument in arguments):
        tell("The command line has bytes that are no text.")
        return EXIT_USAGE
    try:
        code = _print(session, _guarded(session, lambda: _answer(session, arguments)))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the answer has gone, as `head` does. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return SIGPIPE_EXIT
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last resort for bugs
        return _bug(session, error)
    return code


def _is_text(argument: str) -> bool:
    """Whether an argument was valid in the system's encoding; Python keeps other bytes as lone surrogates (PEP 383)."""
    return not any("\ud800" <= character <= "\udfff" for character in argument)


def _guarded(session: Session, work: Callable[[], Answer | int]) -> Answer | int:
    """Do the work; a known error is an answer too, with what support needs to know beside it."""
    try:
        return work()
    except typer.TyperException as error:
        return _usage(error)
    except typer.Abort:
        tell(session.texts._("Cancelled."))
        return EXIT_REFUSED
    except HeadOfficeError as error:
        sentence = session.texts._(error.sentence)
        return failure(error.code, f"{sentence} ({error.support})" if error.support else sentence)
    except BrokenPipeError:
        raise
    except OSError as error:
        return failure("system", session.texts._("The system said: {detail}").format(detail=error))


def _answer(session: Session, arguments: Sequence[str]) -> Answer | int:
    command = get_command(build_app())
    _translate(command, Texts(_language(arguments)))
    result = command.main(args=list(arguments), prog_name=PROGRAM, standalone_mode=False, obj=session)
    if isinstance(result, Refused):
        return no(result.reason, refusal_text(session.texts, result), result.values)
    if isinstance(result, Answer | int):
        return result
    return EXIT_DONE


def _print(session: Session, answer: Answer | int) -> int:
    if isinstance(answer, int):
        return answer
    if session.as_json:
        typer.echo(json_text(answer.document))
    elif "error" in answer.document or "refused" in answer.document:
        tell("\n".join(answer.lines))
    else:
        typer.echo("\n".join(answer.lines))
    return answer.exit_code


def _usage(error: typer.TyperException) -> int:
    """A command line that can't be understood: how it goes, and what was wrong."""
    context = getattr(error, "ctx", None)
    if context is not None:
        tell(context.get_usage())
        tell(f"Try '{context.command_path} --help'.")
    tell(error.format_message())
    return EXIT_USAGE


def _bug(session: Session, error: Exception) -> int:
    """Say calmly that this is our mistake; where it happened goes beside it, without the values it happened to."""
    tell("".join(traceback.format_list(traceback.extract_tb(error.__traceback__))) + type(error).__qualname__)
    _print(session, failure("bug", session.texts._("This is a mistake of the program, not yours.")))
    return EXIT_BUG


def _language(arguments: Sequence[str]) -> str:
    """The language of the help, which is made before the options are read."""
    for index, argument in enumerate(arguments):
        if argument == "--lang" and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    return system_language()


def _translate(command: Command, texts: Texts) -> None:
    """Put the help of a command and all below it into a language; the declarations are made once, in English."""
    if command.help:
        command.help = texts._(command.help)
    if command.epilog:
        command.epilog = texts._("Example: {command}").format(command=command.epilog)
    for parameter in command.params:
        if isinstance(parameter, TyperArgument | TyperOption) and parameter.help:
            parameter.help = texts._(parameter.help)
    if isinstance(command, TyperGroup):
        for below in command.commands.values():
            _translate(below, texts)
