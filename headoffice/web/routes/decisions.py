"""What may be done about a member: a manager corrects and joins, an administrator forgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from headoffice.web.answers import go
from headoffice.web.rights import Right
from headoffice.web.routes.members import member_page
from headoffice.web.visit import RIGHT, Deed
from loyalty.bounds import POINTS_MAX
from loyalty.outcomes import Reason, Refused

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

    from headoffice.web.site import Web

REASON_LENGTH_MAX = 500
"""The longest reason, in characters."""


def handlers(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of these forms."""
    head_office = web.head_office

    @post("/members/{member_id:uuid}/adjust", opt={RIGHT: Right.DECIDE}, sync_to_thread=True)
    def adjust(deed: NamedDependency[Deed], member_id: FromPath[UUID]) -> Response[Any]:
        reason = deed.said("reason")[:REASON_LENGTH_MAX]
        points = _points(deed.said("points"))
        if isinstance(points, Refused):
            return member_page(web, deed.visit, member_id, points, typed=deed.form)
        if not reason:
            return member_page(web, deed.visit, member_id, Refused(Reason.REASON_MISSING), typed=deed.form)
        with web.once.sending(deed.said("form_id")):
            done = head_office.adjust(member_id, points, reason, by=deed.visit.name)
        return _after(web, deed, member_id, done, "adjusted")

    @post("/members/{member_id:uuid}/merge", opt={RIGHT: Right.DECIDE}, sync_to_thread=True)
    def merge(deed: NamedDependency[Deed], member_id: FromPath[UUID]) -> Response[Any]:
        if not deed.confirmed:
            return member_page(web, deed.visit, member_id, wrong=_unticked(deed), typed=deed.form)
        done = head_office.merge(deed.said("card"), member_id, by=deed.visit.name)
        return _after(web, deed, member_id, done, "merged")

    @post("/members/{member_id:uuid}/erase", opt={RIGHT: Right.RULE}, sync_to_thread=True)
    def erase(deed: NamedDependency[Deed], member_id: FromPath[UUID]) -> Response[Any]:
        if not deed.confirmed:
            return member_page(web, deed.visit, member_id, wrong=_unticked(deed), typed=deed.form)
        done = head_office.erase(member_id, by=deed.visit.name)
        return _after(web, deed, member_id, done, "erased")

    return [adjust, merge, erase]


def _after(web: Web, deed: Deed, member_id: UUID, done: object, said: str) -> Response[Any]:
    """The member's page again: with the refusal, or with what was done."""
    if isinstance(done, Refused):
        return member_page(web, deed.visit, member_id, done, typed=deed.form)
    return go(f"/members/{member_id}", said)


def _points(text: str) -> int | Refused:
    """Signed points as somebody typed them; a real minus sign is one too."""
    plain = text.replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
    digits = plain.removeprefix("+").removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > len(str(POINTS_MAX)) or int(digits) == 0:
        return Refused(Reason.AMOUNT_INVALID)
    return int(plain) if int(digits) <= POINTS_MAX else Refused(Reason.AMOUNT_TOO_LARGE)


def _unticked(deed: Deed) -> str:
    return deed.visit.texts._("Tick the box first: this can't be undone.")
