"""Who may sign in, for administrators."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from headoffice.web.answers import go
from headoffice.web.errors import BadForm
from headoffice.web.rights import Right, StaffRole
from headoffice.web.users import User, UserRefused
from headoffice.web.visit import RIGHT, Deed, Visit

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

    from headoffice.web.site import Web


def handlers(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this page."""
    users = web.users

    @get("/people", opt={RIGHT: Right.RULE}, sync_to_thread=True)
    def people(visit: NamedDependency[Visit]) -> Response[bytes]:
        return _page(web, visit)

    @post("/people", opt={RIGHT: Right.RULE}, status_code=HTTPStatus.OK, sync_to_thread=True)
    def add(deed: NamedDependency[Deed]) -> Response[Any]:
        done = users.add(deed.said("name"), _role(deed), deed.form.get("password", ""))
        return _after(web, deed, done, "added")

    @post("/people/{user_id:uuid}/role", opt={RIGHT: Right.RULE}, sync_to_thread=True)
    def role(deed: NamedDependency[Deed], user_id: FromPath[UUID]) -> Response[Any]:
        return _after(web, deed, users.set_role(str(user_id), _role(deed)), "changed")

    @post("/people/{user_id:uuid}/block", opt={RIGHT: Right.RULE}, sync_to_thread=True)
    def block(deed: NamedDependency[Deed], user_id: FromPath[UUID]) -> Response[Any]:
        return _after(web, deed, users.block(str(user_id), blocked=deed.said("blocked") == "yes"), "changed")

    @post("/people/{user_id:uuid}/password", opt={RIGHT: Right.RULE}, sync_to_thread=True)
    def password(deed: NamedDependency[Deed], user_id: FromPath[UUID]) -> Response[Any]:
        return _after(web, deed, users.reset(str(user_id), deed.form.get("password", "")), "changed")

    return [people, add, role, block, password]


def _role(deed: Deed) -> StaffRole:
    try:
        return StaffRole(deed.said("role"))
    except ValueError:
        raise BadForm("no such role") from None


def _after(web: Web, deed: Deed, done: User | UserRefused, said: str) -> Response[Any]:
    if isinstance(done, UserRefused):
        return _page(web, deed.visit, wrong=deed.visit.texts._(done.sentence), name=deed.said("name"))
    return go("/people", said)


def _page(web: Web, visit: Visit, *, wrong: str = "", name: str = "") -> Response[bytes]:
    return web.pages.show(
        "people.html",
        visit.texts,
        visit,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        people=web.users.all(),
        wrong=wrong,
        name=name,
    )
