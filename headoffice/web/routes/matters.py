"""What needs a person: conflicts, records that can't be read, and records that wait for another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from headoffice.web.answers import go
from headoffice.web.rights import Right
from headoffice.web.visit import RIGHT, Deed, Visit
from headoffice.wording import conflict_advice, conflict_text

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

    from headoffice.web.site import Web


def handlers(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this page."""
    head_office = web.head_office

    @get("/matters", opt={RIGHT: Right.READ}, sync_to_thread=True)
    def matters(visit: NamedDependency[Visit]) -> Response[bytes]:
        settled_too = visit.query.get("all") == "yes"
        return web.pages.show(
            "matters.html",
            visit.texts,
            visit,
            conflicts=[
                (each, conflict_text(visit.texts, each), conflict_advice(visit.texts, each))
                for each in head_office.conflicts(open_only=not settled_too)
            ],
            quarantine=head_office.quarantine(open_only=not settled_too),
            waiting=head_office.waiting(),
            settled_too=settled_too,
        )

    @post("/matters/conflicts/{conflict_id:uuid}", opt={RIGHT: Right.DECIDE}, sync_to_thread=True)
    def settle_conflict(deed: NamedDependency[Deed], conflict_id: FromPath[UUID]) -> Response[Any]:
        settled = head_office.resolve_conflict(conflict_id, by=deed.visit.name)
        return go("/matters", "settled" if settled else "gone")

    @post(
        "/matters/quarantine/{terminal_id:uuid}/{epoch:uuid}/{seq:int}",
        opt={RIGHT: Right.DECIDE},
        sync_to_thread=True,
    )
    def settle_record(
        deed: NamedDependency[Deed],  # noqa: ARG001 - asking for it proves the form
        terminal_id: FromPath[UUID],
        epoch: FromPath[UUID],
        seq: FromPath[int],
    ) -> Response[Any]:
        settled = head_office.resolve_quarantine(terminal_id, epoch, seq)
        return go("/matters", "settled" if settled else "gone")

    return [matters, settle_conflict, settle_record]
