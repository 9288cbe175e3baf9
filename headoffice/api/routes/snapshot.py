"""``GET /v1/snapshot``: a file with everything for a till that begins, named and then downloaded in parts."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta

from headoffice.api.operation import Operation, Parameter
from headoffice.api.problems import Answered
from headoffice.api.reading import query_of
from headoffice.errors import Refusal
from loyalty.bounds import Position
from loyalty.feed import SnapshotInfo
from loyalty.replica import REPLICA_VERSION_UNSAID
from loyalty.wire import SNAPSHOT_PART_MAX, ProblemCode

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler
    from litestar.types import Guard

    from headoffice.service import HeadOffice

OCTETS: Final = "application/octet-stream"
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Range = Annotated[str, Meta(pattern=r"^bytes=[0-9]{1,15}-([0-9]{1,15})?\Z")]


class SnapshotQuery(msgspec.Struct, frozen=True):
    """What the till can take over.

    Attributes:
        layout: Its ``REPLICA_VERSION``; tills of earlier versions do not say it.
    """

    layout: Position = REPLICA_VERSION_UNSAID


_SHA256 = re.compile(r"[0-9a-f]{64}")
_RANGE = re.compile(r"bytes=(?P<first>[0-9]{1,15})-(?P<last>[0-9]{1,15})?", re.ASCII)
_INFO = Operation(
    summary="Name a replica file that can be downloaded; there is none where paging is as fast.",
    query=SnapshotQuery,
    reply=SnapshotInfo,
    empty_status=HTTPStatus.NO_CONTENT,
)
_PART = Operation(
    summary=f"Download a part of a replica file, at most {SNAPSHOT_PART_MAX} bytes.",
    parameters=(
        Parameter("sha256", Sha256, "Which file.", place="path", required=True),
        Parameter("Range", Range, "Which bytes (RFC 9110, 14.2); one range only."),
    ),
    status=HTTPStatus.PARTIAL_CONTENT,
    media_type=OCTETS,
    problems=(ProblemCode.NOT_FOUND,),
)


def snapshot_route(head_office: HeadOffice, signed: Guard) -> HTTPRouteHandler:
    """The route that names the file."""

    @get(
        "/v1/snapshot",
        guards=[signed],
        dependencies={"asked": query_of(SnapshotQuery)},
        opt=_INFO.options,
        sync_to_thread=True,
    )
    def snapshot(
        request: Request[Any, Any, Any], asked: NamedDependency[SnapshotQuery]
    ) -> Response[SnapshotInfo | None]:
        info = head_office.snapshot(request.user, asked.layout)
        return Response(info, status_code=_INFO.empty_status if info is None else _INFO.status)

    return snapshot


def snapshot_part_route(head_office: HeadOffice, signed: Guard) -> HTTPRouteHandler:
    """The route that hands it out."""

    @get("/v1/snapshot/{sha256:str}", guards=[signed], opt=_PART.options, sync_to_thread=True)
    def snapshot_part(request: Request[Any, Any, Any], sha256: FromPath[str]) -> Response[bytes]:
        if not _SHA256.fullmatch(sha256):
            raise Refusal(ProblemCode.NOT_FOUND, "That is not the name of a file.")
        first, length = range_of(request.headers.get("range", "bytes=0-"))
        part = head_office.snapshot_part(sha256, first, length)
        if not part:
            raise _unsatisfiable("The file ends before.")
        return Response(
            part,
            status_code=_PART.status,
            media_type=OCTETS,
            headers={"Content-Range": f"bytes {first}-{first + len(part) - 1}/*"},
        )

    return snapshot_part


def range_of(text: str) -> tuple[int, int]:
    """Read a ``Range`` header as the first byte and how many to send, which may be fewer than were asked for.

    Raises:
        Answered: If it is not one range of bytes with a beginning.
    """
    found = _RANGE.fullmatch(text)
    if found is None:
        raise _unsatisfiable("The range is not bytes=FIRST-LAST.")
    first = int(found["first"])
    length = SNAPSHOT_PART_MAX if found["last"] is None else int(found["last"]) - first + 1
    if length < 1:
        raise _unsatisfiable("The range ends before it begins.")
    return first, min(length, SNAPSHOT_PART_MAX)


def _unsatisfiable(detail: str) -> Answered:
    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    return Answered(ProblemCode.BAD_REQUEST, detail, status=status)
