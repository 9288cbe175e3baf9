"""What a command answers: a document for scripts, calm lines for people, and an exit code."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

import msgspec

from loyalty.money import decimal_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from loyalty.outcomes import Refused
    from loyalty.ports import Clock

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

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
        exit_code: 0, or 1 when the answer is bad news, such as books with problems.
    """

    document: Mapping[str, object]
    lines: Sequence[str]
    exit_code: int = EXIT_DONE


def refusal(refused: Refused, message: str) -> Answer:
    """A refusal of the rules as an answer: its reason and numbers for scripts, its sentence for both."""
    return no(refused.reason, message, _document_values(refused.values))


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


def time_text(at_us: int, clock: Clock) -> str | None:
    """A moment for scripts: ISO 8601 with the shops' offset; ``None`` for never."""
    if not at_us:
        return None
    zone = timezone(timedelta(minutes=clock.utc_offset_min(at_us)))
    return (_EPOCH + timedelta(microseconds=at_us)).astimezone(zone).isoformat()


def tell(text: str) -> None:
    """Say something beside the answer: standard output belongs to the answer alone."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the command line talks
