"""The command line as a whole: its global options, and how each answer, refusal, known error and bug leaves it."""

from __future__ import annotations

import io
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer
from typer.core import TyperArgument, TyperGroup, TyperOption
from typer.main import get_command

from hardware.errors import HardwareError
from loyalty.outcomes import Refused
from storage.errors import StorageError
from terminal.cli import booking, card, cashier, day, ledger, member, programme, report, reverse, sale, scan, shop, sync
from terminal.cli.answers import EXIT_BUG, EXIT_DONE, EXIT_REFUSED, EXIT_USAGE, Answer, failure, json_text, refusal
from terminal.cli.session import Session, session_of, tell
from terminal.crash import crash_text, write_crash
from terminal.errors import CommandError, problem_line
from terminal.messages import error_text, hardware_text
from terminal.settings import SettingsWrong
from texts.i18n import LANGUAGES, Texts, mark, system_language

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from typer._click import Command

    from terminal.cli.programs import Programs

PROGRAM: Final = "stammkunde"
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
        help=mark("The till's loyalty programme: members, points and rewards."),
        epilog=f'{PROGRAM} --data ./shop init --shop "Bäckerei Morgenrot"',
        invoke_without_command=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(_global_options)
    for module in (shop, programme, cashier, member, card, sale, booking, reverse, report, day, ledger, scan, sync):
        module.add_commands(app)
    return app


def _global_options(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Option("--data", help=mark("The data directory; otherwise this user's."), metavar="DIR")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=mark("Print exactly one JSON document."))] = False,
    language: Annotated[str | None, typer.Option("--lang", help=mark("de or en."), metavar="CODE")] = None,
    show_version: Annotated[bool, typer.Option("--version", help=mark("Say which version this is."))] = False,
) -> int | None:
    if language is not None and language not in LANGUAGES:
        raise typer.BadParameter(f"{language!r} is not one of {', '.join(sorted(LANGUAGES))}", param_hint="--lang")
    session_of(context).configure(data, language, as_json=as_json)
    if show_version:
        number = version(PROGRAM)
        typer.echo(json_text({"version": number}) if as_json else f"{PROGRAM} {number}")
        raise typer.Exit
    return shop.open_till(context) if context.invoked_subcommand is None else None


def execute(programs: Programs, arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        programs: The outside world.
        arguments: The command line without the program's name.

    Returns:
        The exit code: 0 done, 1 refused or a known error, 2 usage, 70 a bug.
    """
    session = Session(programs)
    return _leave(session, arguments, lambda: _answer(session, arguments))


def say_failure(programs: Programs, directory: Path | None, language: str | None, error: Exception) -> int:
    """Say what kept the till from opening, as the ``till`` command would.

    Returns:
        The exit code.
    """
    session = Session(programs)
    session.configure(directory, language, as_json=False)

    def fail() -> Answer:
        raise error

    return _leave(session, (), fail)


def _leave(session: Session, arguments: Sequence[str], work: Callable[[], Answer | int]) -> int:
    """Do the work and print its answer; what goes wrong becomes a sentence and an exit code."""
    if any(not _is_text(argument) for argument in arguments):
        tell("The command line has bytes that are no text.")
        return EXIT_USAGE
    try:
        code = _print(session, _guarded(session, work))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the answer has gone, as `head` does. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return SIGPIPE_EXIT
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last resort for bugs
        return _bug(session, arguments, error)
    return code


def _is_text(argument: str) -> bool:
    """Whether an argument was valid in the system's encoding; Python keeps other bytes as lone surrogates (PEP 383)."""
    return not any("\ud800" <= character <= "\udfff" for character in argument)


def _guarded(session: Session, work: Callable[[], Answer | int]) -> Answer | int:
    """Do the work; a known error is an answer too."""
    try:
        return work()
    except typer.TyperException as error:
        return _usage(error)
    except typer.Abort:
        tell(session.fallback_texts._("Cancelled."))
        return EXIT_REFUSED
    except SettingsWrong as error:
        return failure(error.code, _settings_text(session.fallback_texts, error))
    except CommandError as error:
        return failure(error.code, _command_error_text(session.texts, error))
    except StorageError as error:
        return failure(error.code, error_text(session.texts, error))
    except HardwareError as error:
        return failure(error.code.value, hardware_text(session.texts, error))
    except BrokenPipeError:
        raise
    except OSError as error:
        return failure("system", session.fallback_texts._("The system said: {detail}").format(detail=error))


def _answer(session: Session, arguments: Sequence[str]) -> Answer | int:
    command = get_command(build_app())
    _translate(command, Texts(_language(arguments)))
    result = command.main(args=list(arguments), prog_name=PROGRAM, standalone_mode=False, obj=session)
    if isinstance(result, Refused):
        return refusal(session.texts, result)
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


def _bug(session: Session, arguments: Sequence[str], error: Exception) -> int:
    """Say calmly that this is our mistake, and keep what is needed to mend it."""
    texts = session.fallback_texts
    text = crash_text(error, arguments)
    path = write_crash(session.directory, text)
    if path is None:
        tell(text)
    sentence = texts._("This is a mistake of the program, not yours. Nothing more was booked.")
    where = texts._("What support needs is in {file}.").format(file=path) if path else ""
    answer = failure("bug", f"{sentence} {where}".rstrip())
    _print(session, answer)
    return EXIT_BUG


def _command_error_text(texts: Texts, error: CommandError) -> str:
    return texts._(error.sentence).format(file=error.file, detail=error.detail)


def _settings_text(texts: Texts, error: SettingsWrong) -> str:
    head = texts._("{file} has mistakes:").format(file=error.file)
    return "\n".join([head, *(problem_line(problem) for problem in error.problems)])


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
