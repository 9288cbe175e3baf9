"""The programme: what is in force, what is to come, and publishing the next."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from headoffice.views import Published
from headoffice.web.answers import go
from headoffice.web.errors import NotFound
from headoffice.web.rights import Right
from headoffice.web.visit import RIGHT, Deed, Visit
from loyalty.document import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.handlers import HTTPRouteHandler

    from headoffice.web.site import Web
    from loyalty.ports import Clock

US_PER_MIN = 60_000_000


def handlers(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of these pages."""

    @get("/programmes", opt={RIGHT: Right.READ}, sync_to_thread=True)
    def programmes(visit: NamedDependency[Visit]) -> Response[bytes]:
        return _page(web, visit)

    @get("/programmes/{version:int}", opt={RIGHT: Right.READ}, sync_to_thread=True)
    def programme(visit: NamedDependency[Visit], version: FromPath[int]) -> Response[bytes]:
        found = next((each for each in web.head_office.programmes() if each.version == version), None)
        if found is None:
            raise NotFound
        return web.pages.show("programme.html", visit.texts, visit, programme=found)

    @post("/programmes", opt={RIGHT: Right.RULE}, status_code=HTTPStatus.OK, sync_to_thread=True)
    def publish(deed: NamedDependency[Deed]) -> Response[Any]:
        texts = deed.visit.texts
        document = deed.form.get("file", "")
        starts = starts_at_us(deed.said("starts"), web.head_office.clock)
        if not document.strip():
            return _page(web, deed.visit, wrong=texts._("Choose the programme's file."))
        if starts is None:
            return _page(web, deed.visit, wrong=texts._("This is not a day and time. Leave it empty to start at once."))
        with web.once.sending(deed.said("form_id")):
            done = web.head_office.publish(document, starts_at_us=starts or None, by=deed.visit.name)
        return go("/programmes", "published") if isinstance(done, Published) else _page(web, deed.visit, problems=done)

    return [programmes, programme, publish]


def starts_at_us(text: str, clock: Clock) -> int | None:
    """A day and time of the shops' clocks in microseconds since 1970 UTC; 0 for none, ``None`` for nonsense."""
    if not text:
        return 0
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return None
    if local.tzinfo is not None:
        return None
    local_us = round(local.replace(tzinfo=UTC).timestamp()) * 1_000_000
    # The offset an hour or so earlier is the right one but for the night in which the clocks change.
    guess_us = local_us - clock.utc_offset_min(local_us) * US_PER_MIN
    return max(0, local_us - clock.utc_offset_min(guess_us) * US_PER_MIN)


def _page(web: Web, visit: Visit, *, wrong: str = "", problems: Sequence[Problem] = ()) -> Response[bytes]:
    return web.pages.show(
        "programmes.html",
        visit.texts,
        visit,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong or problems else HTTPStatus.OK,
        programmes=web.head_office.programmes(),
        problems=problems,
        wrong=wrong,
        form_id=web.once.new_id(),
    )
