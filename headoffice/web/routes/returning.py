"""The addresses of forms when a browser only looks at them: it is led to the page that the form is on.

A page that says what is wrong with a form keeps the form's address. Whoever presses Enter in the address bar then, or
changes the language, asks for that address without sending anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response, get
from litestar.di import NamedDependency

from headoffice.web.answers import go
from headoffice.web.rights import Right
from headoffice.web.visit import RIGHT, Visit

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

FORMS: Final = (
    "/account/password",
    "/matters/conflicts/{conflict_id:uuid}",
    "/matters/quarantine/{terminal_id:uuid}/{epoch:uuid}/{seq:int}",
    "/members/{member_id:uuid}/adjust",
    "/members/{member_id:uuid}/erase",
    "/members/{member_id:uuid}/merge",
    "/people/{user_id:uuid}/block",
    "/people/{user_id:uuid}/password",
    "/people/{user_id:uuid}/role",
    "/sign-out",
    "/tills/enrol",
    "/tills/{terminal_id:uuid}/revoke",
)
"""Every address that takes a form and shows nothing itself."""


def handlers() -> list[HTTPRouteHandler]:
    """One handler for all of them; the page it leads to asks for its own right."""

    @get(list(FORMS), opt={RIGHT: Right.READ}, sync_to_thread=False)
    def page_of_form(visit: NamedDependency[Visit]) -> Response[Any]:
        page, *rest = visit.path.strip("/").split("/")
        if page == "sign-out":
            return go("/")
        return go(f"/{page}/{rest[0]}" if page == "members" else f"/{page}")

    return [page_of_form]
