"""Signing in and out, and the choice of a language."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from litestar import Request, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath

from headoffice.web import words
from headoffice.web.answers import go
from headoffice.web.language import COOKIE
from headoffice.web.rights import Right
from headoffice.web.users import NotSignedIn, User
from headoffice.web.visit import RIGHT, Deed
from headoffice.web.visits import check_origin, cookie_name, local_path, read_form, texts_of
from texts.i18n import LANGUAGES

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

    from headoffice.web.site import Web
    from texts.i18n import Texts

AnyRequest = Request[Any, Any, Any]

FIRST_PAGE = "/report"
LANGUAGE_KEPT_S = 400 * 24 * 3600
"""How long the choice of a language is kept, in seconds; browsers keep no cookie longer."""


def handlers(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this page."""

    @get("/", sync_to_thread=False)
    def first() -> Response[Any]:
        return go(FIRST_PAGE)

    @get("/sign-in", sync_to_thread=False)
    def ask(request: AnyRequest) -> Response[bytes]:
        texts = texts_of(web, request)
        said = request.query_params.get("said", "")
        return _form(web, texts, next_path=request.query_params.get("next", "/"), said=said)

    @post("/sign-in", status_code=HTTPStatus.OK)
    async def sign_in(request: AnyRequest) -> Response[Any]:
        check_origin(request)
        form = await read_form(request)
        name, next_path = form.get("name", "").strip(), local_path(form.get("next", "/"))
        wait_s = web.sign_ins.take(request.client.host if request.client else "")
        if wait_s:
            texts = texts_of(web, request)
            return _form(web, texts, next_path=next_path, wrong=_wrong(texts, NotSignedIn(wait_s)))
        found = await sync_to_thread(web.users.sign_in, name, form.get("password", ""))
        if isinstance(found, NotSignedIn):
            texts = texts_of(web, request)
            return _form(web, texts, name=name, next_path=next_path, wrong=_wrong(texts, found))
        answer = go(FIRST_PAGE if next_path == "/" else next_path)
        answer.set_cookie(_cookie(request, await sync_to_thread(_begin, web, request, found)))
        return answer

    @post("/sign-out", opt={RIGHT: Right.READ}, status_code=HTTPStatus.SEE_OTHER, sync_to_thread=True)
    def sign_out(request: AnyRequest, deed: NamedDependency[Deed]) -> Response[Any]:
        web.sessions.end(deed.visit.token)
        answer = go("/sign-in", "signed_out")
        answer.set_cookie(_cookie(request, "", max_age=0))
        return answer

    @get("/language/{code:str}", sync_to_thread=False)
    def language(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
        answer = go(local_path(request.query_params.get("next", "/")))
        if code in LANGUAGES:
            cookie = Cookie(
                COOKIE, value=code, path="/", max_age=LANGUAGE_KEPT_S, httponly=True, samesite="lax",
                secure=request.url.scheme == "https",
            )  # fmt: skip
            answer.set_cookie(cookie)
        return answer

    return [first, ask, sign_in, sign_out, language]


def _begin(web: Web, request: AnyRequest, user: User) -> str:
    """A new token for every sign-in; one that the browser brought along is over with it."""
    web.sessions.end(request.cookies.get(cookie_name(request), ""))
    return web.sessions.begin(user.user_id)


def _cookie(request: AnyRequest, token: str, max_age: int | None = None) -> Cookie:
    """The session's cookie: no script reads it, no other site's page sends it, and it goes with the browser."""
    return Cookie(
        cookie_name(request),
        value=token,
        path="/",
        max_age=max_age,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def _form(
    web: Web, texts: Texts, *, name: str = "", next_path: str = "/", wrong: str = "", said: str = ""
) -> Response[bytes]:
    return web.pages.show(
        "sign_in.html",
        texts,
        status=HTTPStatus.UNAUTHORIZED if wrong else HTTPStatus.OK,
        name=name,
        next=local_path(next_path),
        wrong=wrong,
        said=texts._(words.SAID[said]) if said in words.SAID else "",
        said_tone="warn" if said in words.ENDINGS else "good",
    )


def _wrong(texts: Texts, found: NotSignedIn) -> str:
    if not found.wait_s:
        return texts._("Name or password is wrong.")
    return texts._("Too many wrong passwords. Wait {seconds} s and try again.").format(
        seconds=texts.number(found.wait_s)
    )
