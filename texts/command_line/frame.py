"""One run of a command: its answer, refusal, known error or bug leaves it here, as words and as an exit code."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

import typer
from typer.core import TyperArgument, TyperGroup, TyperOption
from typer.main import get_command

from loyalty.outcomes import Refused
from texts.command_line.answers import (
    EXIT_BUG,
    EXIT_DONE,
    EXIT_REFUSED,
    EXIT_USAGE,
    Answer,
    failure,
    json_text,
    tell,
)
from texts.i18n import Texts, system_language

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from typer._click import Command

    from texts.command_line.options import GlobalOptions

EXIT_INTERRUPTED: Final = 130
"""128 + SIGINT, as shells report it."""

SIGPIPE_EXIT: Final = 1


class Program(Protocol):
    """What differs between the programs; one object for one run."""

    @property
    def name(self) -> str:
        """As people type it."""
        ...

    @property
    def session(self) -> GlobalOptions:
        """What the global options said; commands find it as their context's object."""
        ...

    def commands(self) -> typer.Typer:
        """All commands, made anew; nothing is opened or read yet."""
        ...

    def refusal(self, refused: Refused) -> Answer:
        """Say a refusal of the rules in the language of this run."""
        ...

    def known_error(self, error: Exception) -> Answer | None:
        """Say an error that the program's packages know; ``None`` when none of them does."""
        ...

    def bug(self, error: Exception, arguments: Sequence[str]) -> str:
        """Keep what is needed to mend a mistake of the program, and say calmly that it is one.

        Args:
            error: What nobody expected.
            arguments: The command line, whose words must not be kept.

        Returns:
            The sentence for people.
        """
        ...


def run(execute_arguments: Callable[[Sequence[str]], int]) -> NoReturn:
    """Run the command line of this process.

    Raises:
        SystemExit: Always, with the exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A pipe on Windows has another encoding, which has no minus sign; JSON is UTF-8 (RFC 8259, 8.1).
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(execute_arguments(sys.argv[1:]))


def execute(program: Program, arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        program: Whose.
        arguments: The command line without the program's name.

    Returns:
        The exit code: 0 done, 1 refused or a known error, 2 usage, 70 a bug, 130 interrupted.
    """
    return leave(program, arguments, lambda: _answer(program, arguments))


def leave(program: Program, arguments: Sequence[str], work: Callable[[], Answer | int]) -> int:
    """Do some work and print its answer; what goes wrong becomes a sentence and an exit code as well."""
    if any(not _is_text(argument) for argument in arguments):
        tell("The command line has bytes that are no text.")
        return EXIT_USAGE
    session = program.session
    try:
        code = _print(_guarded(program, work), as_json=session.as_json)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the answer has gone, as `head` does. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return SIGPIPE_EXIT
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last resort for bugs
        _print(failure("bug", program.bug(error, arguments)), as_json=session.as_json)
        return EXIT_BUG
    return code


def _is_text(argument: str) -> bool:
    """Whether an argument was valid in the system's encoding; Python keeps other bytes as lone surrogates (PEP 383)."""
    return not any("\ud800" <= character <= "\udfff" for character in argument)


def _guarded(program: Program, work: Callable[[], Answer | int]) -> Answer | int:
    """Do the work; a known error is an answer too."""
    try:
        return work()
    except typer.TyperException as error:
        return _usage(error)
    except typer.Abort:
        tell(program.session.fallback_texts._("Cancelled."))
        return EXIT_REFUSED
    except BrokenPipeError:
        raise
    except Exception as error:
        answer = program.known_error(error)
        if answer is not None:
            return answer
        if isinstance(error, OSError):
            said = program.session.fallback_texts._("The system said: {detail}")
            return failure("system", said.format(detail=error))
        raise


def _answer(program: Program, arguments: Sequence[str]) -> Answer | int:
    command = get_command(program.commands())
    _translate(command, Texts(_language(arguments)))
    result = command.main(args=list(arguments), prog_name=program.name, standalone_mode=False, obj=program.session)
    if isinstance(result, Refused):
        return program.refusal(result)
    if isinstance(result, Answer | int):
        return result
    return EXIT_DONE


def _print(answer: Answer | int, *, as_json: bool) -> int:
    if isinstance(answer, int):
        return answer
    if as_json:
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
