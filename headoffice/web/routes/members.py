"""Members: finding them, their account, and what a manager may do about it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from headoffice.web.answers import go
from headoffice.web.errors import NotFound
from headoffice.web.rights import Right
from headoffice.web.visit import NOTHING_TYPED, RIGHT, Deed, Visit
from headoffice.wording import refusal_text
from loyalty.outcomes import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litestar.handlers import HTTPRouteHandler

    from headoffice.views import MemberHit
    from headoffice.web.site import Web

SEARCH_LENGTH_MAX = 200
"""The longest text that is looked for, in characters."""

HITS_MAX = 50
RECORDS_SHOWN = 50

FIELDS: Final = ("points", "reason", "card")
"""Of the forms on a member's page, those that people type into."""


def handlers(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of these pages."""
    head_office = web.head_office

    @get("/members", opt={RIGHT: Right.READ}, sync_to_thread=True)
    def members(visit: NamedDependency[Visit]) -> Response[bytes]:
        return _list(web, visit)

    # A form and no address: names and numbers of people stay out of the browser's history and of every log.
    @post("/members", opt={RIGHT: Right.READ}, status_code=HTTPStatus.OK, sync_to_thread=True)
    def find(deed: NamedDependency[Deed]) -> Response[bytes]:
        text = deed.said("text")[:SEARCH_LENGTH_MAX]
        hits = head_office.find_members(text, HITS_MAX) if text else ()
        return _list(web, deed.visit, text, hits, searched=bool(text))

    @get("/members/{member_id:uuid}", opt={RIGHT: Right.READ}, sync_to_thread=True)
    def member(visit: NamedDependency[Visit], member_id: FromPath[UUID]) -> Response[Any]:
        return member_page(web, visit, member_id)

    return [members, find, member]


def _list(
    web: Web, visit: Visit, text: str = "", hits: tuple[MemberHit, ...] = (), *, searched: bool = False
) -> Response[bytes]:
    more = len(hits) == HITS_MAX
    return web.pages.show("members.html", visit.texts, visit, text=text, hits=hits, searched=searched, more=more)


def member_page(
    web: Web,
    visit: Visit,
    member_id: UUID,
    refused: Refused | None = None,
    *,
    wrong: str = "",
    typed: Mapping[str, str] = NOTHING_TYPED,
) -> Response[Any]:
    """One member, perhaps with what is wrong about the form before, which is filled in as it was sent.

    Raises:
        NotFound: Nothing is known of the account.
    """
    found = web.head_office.member(member_id, RECORDS_SHOWN)
    if found is None:
        raise NotFound
    if found.member_id != member_id and refused is None and not wrong:
        return go(f"/members/{found.member_id}", visit.query.get("said", ""))
    wrong = refusal_text(visit.texts, refused) if refused else wrong
    return web.pages.show(
        "member.html",
        visit.texts,
        visit,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        member=found,
        wrong=wrong,
        typed={name: typed.get(name, "") for name in FIELDS},
        form_id=web.once.new_id(),
    )
