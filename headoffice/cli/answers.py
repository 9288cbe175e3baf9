"""What a command of head office answers, in the forms and with the exit codes of the till's commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EXIT_DONE: Final = 0
EXIT_REFUSED: Final = 1
EXIT_USAGE: Final = 2
EXIT_BUG: Final = 70
"""The exit codes of both programs; 70 is EX_SOFTWARE of BSD's sysexits.h."""


class Answer(msgspec.Struct, frozen=True):
    """What a command found or did.

    Attributes:
        document: For scripts; amounts as decimal strings, points as integers, times as ISO 8601 with offset.
        lines: For people.
        exit_code: 0, or 1 when the answer is bad news, such as a database with problems.
    """

    document: Mapping[str, object]
    lines: Sequence[str]
    exit_code: int = EXIT_DONE


def no(reason: str, message: str, values: Mapping[str, object] | None = None) -> Answer:
    """A refusal as an answer: its reason for scripts, its sentence for both."""
    document = {"refused": {"reason": str(reason), "message": message, **(values or {})}}
    return Answer(document, [message], EXIT_REFUSED)


def failure(code: str, message: str) -> Answer:
    """A known error as an answer."""
    return Answer({"error": {"code": code, "message": message}}, [message], EXIT_REFUSED)


def json_text(document: object) -> str:
    """One JSON document on one line; accents stay as they are."""
    return msgspec.json.encode(document).decode()
