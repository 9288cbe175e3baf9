"""Reading a request's body and query straight into the messages they have to be."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from litestar import Request
from litestar.di import Provide

from headoffice.api.problems import Answered
from loyalty.wire import ProblemCode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

DETAIL_LENGTH_MAX: Final = 200

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")

Message = TypeVar("Message")


def body_of(kind: type[Message]) -> Provide:
    """A dependency that is the request's body as a message."""
    return Provide(_reader(kind))


def _reader(kind: type[Message]) -> Callable[[Request[Any, Any, Any]], Awaitable[Any]]:
    decoder = msgspec.json.Decoder(kind)

    async def read(request: Request[Any, Any, Any]) -> Any:  # noqa: ANN401 - the framework looks at the annotation
        if request.content_type[0] != "application/json":
            status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
            raise Answered(ProblemCode.BAD_REQUEST, "The body has to be application/json.", status=status)
        return decode(decoder, await request.body())

    return read


def query_of(kind: type[Message]) -> Provide:
    """A dependency that is the request's query as a message."""

    async def read(request: Request[Any, Any, Any]) -> Any:  # noqa: ANN401 - as the framework wants it
        pairs = list(request.query_params.multi_items())
        if len(dict(pairs)) < len(pairs):
            raise Answered(ProblemCode.BAD_REQUEST, "A part of the query is there twice.")
        try:
            return msgspec.convert(dict(pairs), kind, strict=False)
        except msgspec.ValidationError as error:
            raise _malformed(error) from None

    return Provide(read)


def decode(decoder: msgspec.json.Decoder[Message], body: bytes) -> Message:
    """Decode a body.

    Raises:
        Answered: If it is no JSON, or JSON that is not the message.
    """
    if b"\\" in body and b"\\u0000" in body and _NUL.search(body):  # each look is many times slower than the one before
        # PostgreSQL can't store it, and no text that a person typed has it.
        raise Answered(ProblemCode.BAD_REQUEST, "A text holds the character NUL.")
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _malformed(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Answered(ProblemCode.BAD_REQUEST, "The body is not JSON.") from None
    except RecursionError:
        raise Answered(ProblemCode.BAD_REQUEST, "The body is nested too deep.") from None


def _malformed(error: msgspec.ValidationError) -> Answered:
    detail = str(error)[:DETAIL_LENGTH_MAX]
    return Answered(ProblemCode.BAD_REQUEST, detail, status=HTTPStatus.UNPROCESSABLE_ENTITY)
