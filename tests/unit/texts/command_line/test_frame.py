"""How an answer, a refusal, a known error and a bug leave a command: words, stream and exit code."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import typer

from loyalty.outcomes import Reason, Refused
from texts.command_line import frame
from texts.command_line.answers import Answer, failure, refusal
from texts.command_line.commands import whole
from texts.command_line.options import GlobalOptions, JsonOption, LanguageOption


class Trouble(Exception):
    """An error that the program knows."""


class Program:
    """A program of one command, which does what a test wants.

    Attributes:
        bugs: The mistakes it was told of, with the command line.
    """

    name = "program"

    def __init__(self, work: Callable[[], object]) -> None:
        self.session = GlobalOptions(lambda: Path("own"))
        self.bugs: list[tuple[Exception, Sequence[str]]] = []
        self._work = work

    def commands(self) -> typer.Typer:
        """One command, ``go``, below the global options."""
        app = whole(self.name, "Help.", "program go")
        app.callback()(self._options)
        app.command("go", help="Cancelled.", epilog="program go")(self._work)  # a sentence of the catalogue
        return app

    def _options(self, as_json: JsonOption = False, language: LanguageOption = None) -> None:
        self.session.take(None, language, as_json=as_json)

    def refusal(self, refused: Refused) -> Answer:
        """As both programs do."""
        return refusal(refused, "No.")

    def known_error(self, error: Exception) -> Answer | None:
        """One error is known."""
        return failure("trouble", "The trouble is known.") if isinstance(error, Trouble) else None

    def bug(self, error: Exception, arguments: Sequence[str]) -> str:
        """Remember it."""
        self.bugs.append((error, arguments))
        return "This is a mistake of the program."


def raising(error: BaseException) -> Callable[[], object]:
    """A command that ends in an error."""

    def work() -> object:
        raise error

    return work


def test_an_answer_is_a_document_or_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Both are on standard output, and nothing else is."""
    program = Program(lambda: Answer({"points": 5}, ["5 points", "done"]))
    assert frame.execute(program, ["--json", "go"]) == 0
    assert capsys.readouterr() == ('{"points":5}\n', "")
    assert frame.execute(program, ["go"]) == 0
    assert capsys.readouterr() == ("5 points\ndone\n", "")


@pytest.mark.parametrize(
    ("work", "key", "sentence"),
    [
        (lambda: Refused(Reason.CARD_BLOCKED), "refused", "No."),
        (raising(Trouble()), "error", "The trouble is known."),
        (raising(PermissionError(13, "Permission denied")), "error", "The system said: [Errno 13] Permission denied"),
    ],
    ids=["refused", "known", "system"],
)
def test_a_no_is_a_document_for_scripts_and_a_sentence_beside_it_for_people(
    capsys: pytest.CaptureFixture[str], work: Callable[[], object], key: str, sentence: str
) -> None:
    """Exit code 1; standard output stays empty for people, so that a pipe gets no sentence for a figure."""
    assert frame.execute(Program(work), ["--json", "--lang", "en", "go"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert list(document) == [key]
    assert document[key]["message"] == sentence
    assert frame.execute(Program(work), ["--lang", "en", "go"]) == 1
    assert capsys.readouterr() == ("", f"{sentence}\n")


@pytest.mark.parametrize("code", [0, 3])
def test_a_command_that_printed_by_itself_gives_its_exit_code(code: int) -> None:
    """``scan`` and ``serve`` print while they run."""
    assert frame.execute(Program(lambda: code), ["go"]) == code


def test_a_question_answered_with_no_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, and one word that is no answer."""
    assert frame.execute(Program(raising(typer.Abort())), ["--json", "--lang", "en", "go"]) == 1
    assert capsys.readouterr() == ("", "Cancelled.\n")


@pytest.mark.parametrize("arguments", [["nonsense"], ["go", "--bogus"], ["--lang", "fr", "go"], ["gr\udcfc\udcdf"]])
def test_a_command_line_nobody_understands_is_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """What is wrong is said beside standard output; nothing runs."""
    program = Program(raising(AssertionError("it ran")))
    assert frame.execute(program, arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err
    assert not program.bugs


def test_a_bug_is_said_calmly_and_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 70; the program keeps what is needed to mend it."""
    program = Program(raising(ZeroDivisionError("secret")))
    assert frame.execute(program, ["--json", "go"]) == 70
    out, err = capsys.readouterr()
    assert json.loads(out) == {"error": {"code": "bug", "message": "This is a mistake of the program."}}
    assert "secret" not in out + err
    ((error, arguments),) = program.bugs
    assert isinstance(error, ZeroDivisionError)
    assert arguments == ["--json", "go"]


def test_ctrl_c_is_exit_code_130(capsys: pytest.CaptureFixture[str]) -> None:
    """As shells report it, without a word."""

    def pressed() -> Answer:
        raise KeyboardInterrupt

    assert frame.leave(Program(pressed), [], pressed) == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("arguments", [["--lang", "de", "go", "--help"], ["--lang=de", "go", "--help"]])
def test_help_speaks_the_language_asked_for(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """Declarations are English; the finished commands are translated."""
    assert frame.execute(Program(lambda: 0), arguments) == 0
    said = capsys.readouterr().out
    assert "Abgebrochen." in said
    assert "Beispiel: program go" in said
