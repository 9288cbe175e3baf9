"""``GET /v1/ca``: the certificate that vouches for this server, for a till that checks its fingerprint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from litestar import Response, get

from headoffice.api.operation import Operation
from headoffice.errors import Refusal
from loyalty.wire import ProblemCode

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

PEM: Final = "application/x-pem-file"

_OPERATION = Operation(
    summary="Get the certificate of the private authority behind this server; the joining code tells its fingerprint.",
    media_type=PEM,
    problems=(ProblemCode.NOT_FOUND,),
    signed=False,
)


def ca_route(ca_pem: str) -> HTTPRouteHandler:
    """The route.

    Args:
        ca_pem: The certificate, empty when this server has none.
    """

    @get("/v1/ca", opt=_OPERATION.options, sync_to_thread=False)
    def authority() -> Response[str]:
        if not ca_pem:
            raise Refusal(ProblemCode.NOT_FOUND, "This server has no certificate of its own.")
        return Response(ca_pem, media_type=PEM)

    return authority
