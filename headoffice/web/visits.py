"""Who looks at a page and may they: read once, before any handler runs."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile
from litestar.di import Provide

from headoffice.web.errors import BadForm, Forged, NotAllowed, SignInNeeded
from headoffice.web.language import COOKIE as LANGUAGE_COOKIE
from headoffice.web.language import language_of
from headoffice.web.rights import Right, may
from headoffice.web.visit import RIGHT, Deed, Visit

if TYPE_CHECKING:
    from headoffice.web.site import Web
    from texts.i18n import Texts

AnyRequest = Request[Any, Any, Any]

SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
FIELDS_MAX: Final = 50
FIELD_LENGTH_MAX: Final = 300_000
"""Bounds of a form: fields, and characters of one; a programme document is the longest."""

_COOKIE: Final = "stammkunde"
_SAFE_COOKIE: Final = "__Host-stammkunde"
"""Over TLS the browser itself sees to it that no other host and no plain connection set it (RFC 6265bis, 4.1.3.2)."""


def cookie_name(request: AnyRequest) -> str:
    """What the session's cookie is called on this connection."""
    return _SAFE_COOKIE if request.url.scheme == "https" else _COOKIE


def texts_of(web: Web, request: AnyRequest) -> Texts:
    """The language of a request."""
    accepted = request.headers.get("accept-language", "")
    return web.pages.texts(language_of(request.cookies.get(LANGUAGE_COOKIE), accepted))


def visit_of(web: Web, request: AnyRequest) -> Visit:
    """Who makes a request.

    Raises:
        SignInNeeded: Nobody, or their session is over.
        NotAllowed: Their role does not include what the page needs.
    """
    token = request.cookies.get(cookie_name(request), "")
    session = web.sessions.find(token)
    if session is None:
        raise SignInNeeded(_here(request) if request.method in SAFE_METHODS else "/")
    right: Right = request.route_handler.opt[RIGHT]
    if not may(session.user.role, right):
        raise NotAllowed(f"{session.user.role.value} lacks {right.value}")
    return Visit(session, token, texts_of(web, request), request.url.path, dict(request.query_params), _here(request))


def _here(request: AnyRequest) -> str:
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def visit_provider(web: Web) -> Provide:
    """The dependency ``visit`` of every page."""

    def visit(request: AnyRequest) -> Visit:
        return visit_of(web, request)

    return Provide(visit, sync_to_thread=True)


def deed_provider(web: Web) -> Provide:
    """The dependency ``deed`` of every form: its sender is known, allowed, and sent it from our own page."""

    async def deed(request: AnyRequest) -> Deed:
        check_origin(request)
        visit: Visit = await sync_to_thread(visit_of, web, request)
        form = await read_form(request)
        if not hmac.compare_digest(form.get("csrf", "").encode(), visit.session.csrf.encode()):
            raise Forged("the form carries no token of this session")
        return Deed(visit, form)

    return Provide(deed)


def check_origin(request: AnyRequest) -> None:
    """Refuse what another site's page sends; browsers say where a form is from, and programs that do not are no danger.

    Raises:
        Forged: It is from another site (Fetch Metadata, 5.1; RFC 6454, 7.3).
    """
    site = request.headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        raise Forged(f"sent from a page that is {site}")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise Forged("sent from a page of another origin")


async def read_form(request: AnyRequest) -> dict[str, str]:
    """The fields of a form, files among them as their text.

    Raises:
        BadForm: It is none, too large, or no text.
    """
    fields: dict[str, str] = {}
    try:
        for name, value in (await request.form()).items():
            content = (await value.read()).decode("utf-8-sig") if isinstance(value, UploadFile) else value
            if not isinstance(content, str) or len(content) > FIELD_LENGTH_MAX or "\0" in content:
                raise BadForm
            fields[str(name)] = content
    except (UnicodeError, ValueError) as error:
        raise BadForm(str(type(error))) from error
    if len(fields) > FIELDS_MAX:
        raise BadForm
    return fields


def local_path(wanted: str) -> str:
    """A path on this site to go on to; whatever could lead elsewhere becomes the first page."""
    if not wanted.startswith("/") or wanted.startswith("//") or any(sign in wanted for sign in "\\\r\n\t"):
        return "/"
    return wanted
