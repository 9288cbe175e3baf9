"""The pages as one router, to be put beside the interface for tills."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from litestar import Request, Response, Router
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from headoffice.errors import DatabaseAway, HeadOfficeError, Refusal
from headoffice.web import words
from headoffice.web.errors import BadForm, NotFound, SignInNeeded, WebError
from headoffice.web.routes import (
    account,
    assets,
    decisions,
    matters,
    members,
    people,
    programmes,
    report,
    returning,
    sign_in,
    tills,
)
from headoffice.web.site import Web
from headoffice.web.visits import SAFE_METHODS, cookie_name, deed_provider, texts_of, visit_provider

if TYPE_CHECKING:
    from collections.abc import Callable

    from litestar.types import ControllerRouterHandler

    from headoffice.service import HeadOffice


def web_routes(
    head_office: HeadOffice, fingerprint: str = "", *, monotonic: Callable[[], float] = time.monotonic
) -> list[ControllerRouterHandler]:
    """The pages for people, as further routes of the application.

    Args:
        head_office: What does the work.
        fingerprint: Of the authority's certificate; empty without TLS.
        monotonic: The clock of the limit on attempts to sign in, in seconds.
    """
    web = Web(head_office, fingerprint, monotonic)
    handlers = [
        handler
        for page in (account, decisions, matters, members, people, programmes, report, sign_in, tills)
        for handler in page.handlers(web)
    ]
    handlers += returning.handlers()
    return [
        Router(
            "/",
            route_handlers=handlers,
            dependencies={"visit": visit_provider(web), "deed": deed_provider(web)},
            exception_handlers={
                SignInNeeded: _to_sign_in,
                HeadOfficeError: lambda request, error: _no(web, request, error),
                HTTPException: lambda request, error: _no(web, request, _known(error)),
            },
            include_in_schema=False,
        ),
        *assets.handlers(),
    ]


def _to_sign_in(request: Request[Any, Any, Any], error: SignInNeeded) -> Response[Any]:
    """The sign-in, which leads on to the page; whose session is over reads so, and that a form was not taken."""
    query = {"next": error.support} if error.support not in ("", "/") else {}
    if request.cookies.get(cookie_name(request)):
        query["said"] = words.ENDED if request.method in SAFE_METHODS else words.ENDED_UNSENT
    return Redirect(f"/sign-in?{urlencode(query)}" if query else "/sign-in", status_code=303)


def _known(error: HTTPException) -> HeadOfficeError:
    """What the framework found wrong with a request, as one of our own errors."""
    return NotFound() if error.status_code == HTTPStatus.NOT_FOUND else BadForm(str(error.status_code))


def _no(web: Web, request: Request[Any, Any, Any], error: HeadOfficeError) -> Response[bytes]:
    """A page that says why there is no other."""
    if isinstance(error, WebError):
        status = error.status
    elif isinstance(error, DatabaseAway):
        status = HTTPStatus.SERVICE_UNAVAILABLE
    else:
        status = HTTPStatus.BAD_REQUEST
    texts = texts_of(web, request)
    request.scope["state"]["problem"] = error.code
    # What a layer around the pages refused, such as a body that is too large, keeps the status it chose.
    status = HTTPStatus(getattr(error, "status", status)) if isinstance(error, Refusal) else status
    return web.pages.show("no.html", texts, status=status, sentence=texts._(error.sentence), code=error.code)
