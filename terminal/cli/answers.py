"""What a command answers, and the one place that prints it: a document for scripts or calm aligned lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from loyalty.money import decimal_text
from loyalty.outcomes import Refused
from terminal.messages import refusal_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from texts.i18n import Texts

EXIT_DONE: Final = 0
EXIT_REFUSED: Final = 1
EXIT_USAGE: Final = 2
EXIT_BUG: Final = 70
"""The exit codes of ``stammkunde``; 70 is EX_SOFTWARE of BSD's sysexits.h."""


class Answer(msgspec.Struct, frozen=True):
    """What a command found or did.

    Attributes:
        document: For scripts; amounts as decimal strings, points as integers, times as ISO 8601 with offset.
        lines: For people.
        exit_code: 0, or 1 when the answer is bad news, such as a ledger with problems.
    """

    document: Mapping[str, object]
    lines: Sequence[str]
    exit_code: int = EXIT_DONE


def refusal(texts: Texts, refused: Refused) -> Answer:
    """A refusal as an answer: its reason for scripts, its sentence for both."""
    return no(refused.reason, refusal_text(texts, refused), _document_values(refused.values))


def no(reason: str, message: str, values: Mapping[str, object] | None = None) -> Answer:
    """A no that carries more than numbers and words, such as the list of a document's mistakes."""
    document = {"refused": {"reason": str(reason), "message": message, **(values or {})}}
    return Answer(document, [message], EXIT_REFUSED)


def failure(code: str, message: str) -> Answer:
    """A known error as an answer."""
    return Answer({"error": {"code": code, "message": message}}, [message], EXIT_REFUSED)


def _document_values(values: Mapping[str, int | str]) -> dict[str, object]:
    """The numbers behind a refusal; cents become decimal strings under the name without ``_cents``."""
    shown: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, int) and name.endswith("_cents"):
            shown[name.removesuffix("_cents")] = decimal_text(value)
        else:
            shown[name] = value
    return shown


def json_text(document: object) -> str:
    """One JSON document on one line; accents stay as they are."""
    return msgspec.json.encode(document).decode()
