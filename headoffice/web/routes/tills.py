"""Tills: which called when, what they have not sent, letting one in and shutting one out."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from headoffice.errors import TerminalUnknown
from headoffice.web import words
from headoffice.web.answers import go
from headoffice.web.errors import NotFound
from headoffice.web.rights import Right
from headoffice.web.visit import NOTHING_TYPED, RIGHT, Deed, Visit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litestar.handlers import HTTPRouteHandler

    from headoffice.views import JoinCode
    from headoffice.web.site import Web

NAME_LENGTH_MAX = 80
"""The longest name of a store or till, in characters."""

FIELDS: Final = ("store", "name", "region", "scope")
"""Of the form that lets a till join."""

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})

AnyRequest = Request[Any, Any, Any]


def handlers(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this page."""

    @get("/tills", opt={RIGHT: Right.READ}, sync_to_thread=True)
    def tills(visit: NamedDependency[Visit]) -> Response[bytes]:
        return _page(web, visit)

    @post("/tills/enrol", opt={RIGHT: Right.RULE}, status_code=HTTPStatus.OK, sync_to_thread=True)
    def enrol(request: AnyRequest, deed: NamedDependency[Deed]) -> Response[bytes]:
        store, name = deed.said("store"), deed.said("name")
        if not (0 < len(store) <= NAME_LENGTH_MAX and 0 < len(name) <= NAME_LENGTH_MAX):
            wrong = deed.visit.texts._("Type the store and what the till is called there, up to 80 characters each.")
            return _page(web, deed.visit, wrong=wrong, typed=deed.form)
        with web.once.sending(deed.said("form_id")):
            code = web.head_office.enrol_terminal(
                store, name, region=deed.said("region")[:NAME_LENGTH_MAX], scope=deed.said("scope")[:NAME_LENGTH_MAX]
            )
        return _page(web, deed.visit, code=code, address=_address(web, request))

    @post("/tills/{terminal_id:uuid}/revoke", opt={RIGHT: Right.RULE}, sync_to_thread=True)
    def revoke(deed: NamedDependency[Deed], terminal_id: FromPath[UUID]) -> Response[Any]:
        if not deed.confirmed:
            return _page(web, deed.visit, wrong=deed.visit.texts._("Tick the box to shut the till out."))
        try:
            web.head_office.revoke(terminal_id)
        except TerminalUnknown as error:
            raise NotFound from error
        return go("/tills", "revoked")

    return [tills, enrol, revoke]


def _address(web: Web, request: AnyRequest) -> str:
    """Where a till finds head office: where this browser found it, unless only this computer can go there."""
    if web.fingerprint and request.url.hostname in LOOPBACK:
        return ""
    return str(request.base_url).rstrip("/")


def _page(
    web: Web,
    visit: Visit,
    *,
    wrong: str = "",
    typed: Mapping[str, str] = NOTHING_TYPED,
    code: JoinCode | None = None,
    address: str = "",
) -> Response[bytes]:
    texts, now_us = visit.texts, web.head_office.clock.now_us()
    rows = [
        (till, words.till_status(texts, till, now_us), words.till_notes(texts, till))
        for till in web.head_office.terminals()
    ]
    shown_code = f"{code.code}.{web.fingerprint}" if code and web.fingerprint else code.code if code else ""
    return web.pages.show(
        "tills.html",
        texts,
        visit,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        rows=rows,
        stores=web.head_office.stores(),
        code=code,
        shown_code=shown_code,
        address=address,
        typed={name: typed.get(name, "") for name in FIELDS},
        form_id=web.once.new_id(),
        wrong=wrong,
    )
