"""What can go wrong at the command line without anybody having made a programming mistake."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from terminal.settings import SettingsWrong
from texts.i18n import mark

if TYPE_CHECKING:
    from loyalty.document import Problem
    from texts.i18n import Texts


__all__ = [
    "CommandError",
    "DisplayGone",
    "FileUnreadable",
    "FileUnwritable",
    "LibraryMissing",
    "NoDisplay",
    "SettingsWrong",
    "problem_line",
    "settings_text",
]


class CommandError(Exception):
    """A command can't be done right now; its sentence is translated where it is shown.

    Attributes:
        code: A stable name for scripts.
        sentence: What happened, in English, with ``{file}`` and ``{detail}`` to be filled in.
    """

    code: ClassVar[str] = "command_failed"
    sentence: ClassVar[str] = ""

    def __init__(self, file: Path, detail: str = "") -> None:
        """Remember where it happened.

        Args:
            file: The file or folder concerned.
            detail: What the operating system said.
        """
        super().__init__(str(file), detail)
        self.file = file
        self.detail = detail


class FileUnreadable(CommandError):
    """A file that was named can't be read."""

    code = "file_unreadable"
    sentence = mark("{file} can't be read: {detail}")


class FileUnwritable(CommandError):
    """A file or folder that was named can't be written."""

    code = "file_unwritable"
    sentence = mark("{file} can't be written: {detail}")


class NoDisplay(CommandError):
    """The till's window has no screen to be on."""

    code = "no_display"
    sentence = mark("There is no display here. Start the till on a screen, or try: stammkunde demo --headless")

    def __init__(self) -> None:
        super().__init__(Path())


class DisplayGone(CommandError):
    """The display that the environment names does not answer."""

    code = "display_gone"
    sentence = mark("The display {detail} does not answer. Start the till on a screen.")

    def __init__(self, display: str) -> None:
        super().__init__(Path(), display)


class LibraryMissing(CommandError):
    """A library that Qt's windows need is not installed."""

    code = "library_missing"
    sentence = mark("{detail} is missing for windows. On Debian and Ubuntu: sudo apt-get install libxcb-cursor0")

    def __init__(self, library: str) -> None:
        super().__init__(Path(), library)


def problem_line(problem: Problem) -> str:
    """One mistake of a document on one line: where, then what."""
    place = problem.path if problem.line is None else f"{problem.path} (line {problem.line})"
    return f"{place}: {problem.message}"


def settings_text(texts: Texts, error: SettingsWrong) -> str:
    """What is wrong with the settings file, a line for each mistake."""
    head = texts._("{file} has mistakes:").format(file=error.file)
    return "\n".join([head, *(problem_line(problem) for problem in error.problems)])
