"""What a route says about itself; the OpenAPI document is made of it, and a test holds it against the routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from litestar import MediaType

from loyalty.wire import ProblemCode

if TYPE_CHECKING:
    from collections.abc import Mapping

OPERATION: Final = "operation"
"""Under which key of a route's options its operation lies."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A part of the path, or a header.

    Attributes:
        name: As it is sent.
        kind: Its type, with its bounds.
        text: What it means.
        place: ``path`` or ``header``.
        required: Whether it can be left out.
    """

    name: str
    kind: Any
    text: str
    place: str = "header"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One route.

    Attributes:
        summary: What it does, in one sentence.
        reply: The message it answers with, ``None`` for none or for one that is no JSON.
        body: The message it takes.
        query: The message that is its query.
        parameters: What else it takes.
        status: The status of success.
        empty_status: The status of success with nothing to say, 0 when there always is something.
        media_type: Of the answer.
        problems: Why it may be refused, besides what every route may be refused for.
        signed: Whether a till has to sign it.
    """

    summary: str
    reply: Any = None
    body: Any = None
    query: Any = None
    parameters: tuple[Parameter, ...] = ()
    status: int = 200
    empty_status: int = 0
    media_type: str = MediaType.JSON
    problems: tuple[ProblemCode, ...] = ()
    signed: bool = True

    @property
    def options(self) -> Mapping[str, Any]:
        """The operation as the options of its route."""
        return {OPERATION: self}
