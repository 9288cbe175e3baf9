"""One's own password."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from headoffice.web.answers import go
from headoffice.web.rights import Right
from headoffice.web.users import NotSignedIn, UserRefused
from headoffice.web.visit import RIGHT, Deed, Visit

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

    from headoffice.web.site import Web


def handlers(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this page."""

    @get("/account", opt={RIGHT: Right.READ}, sync_to_thread=True)
    def account(visit: NamedDependency[Visit]) -> Response[bytes]:
        return web.pages.show("account.html", visit.texts, visit, wrong="")

    @post("/account/password", opt={RIGHT: Right.READ}, status_code=HTTPStatus.OK, sync_to_thread=True)
    def password(deed: NamedDependency[Deed]) -> Response[Any]:
        visit = deed.visit
        texts = visit.texts
        old, new = deed.form.get("old", ""), deed.form.get("new", "")
        if new != deed.form.get("again", ""):
            wrong = texts._("The new password was typed in two ways.")
        else:
            done = web.users.change_password(visit.session.user, old, new)
            if isinstance(done, NotSignedIn):
                seconds = texts.number(done.wait_s)
                wrong = texts._("Too many wrong passwords. Wait {seconds} s and try again.").format(seconds=seconds)
            elif isinstance(done, UserRefused):
                wrong = texts._(done.sentence)
            else:
                return go("/sign-in", "password")
        return web.pages.show("account.html", texts, visit, status=HTTPStatus.UNPROCESSABLE_ENTITY, wrong=wrong)

    return [account, password]
