"""``day close``: freeze the business day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from loyalty.money import decimal_text
from loyalty.outcomes import Refused
from terminal.app.close_day import CloseDayCommand, close_day
from terminal.cli.session import session_of
from texts.columns import pairs
from texts.command_line.answers import Answer
from texts.command_line.commands import group
from texts.i18n import mark

if TYPE_CHECKING:
    from loyalty.records import DayClose, DayTotals
    from texts.i18n import Texts


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    days = group()
    days.command(
        "close",
        help=mark("Freeze the business day, and any forgotten day before it."),
        epilog="stammkunde day close",
    )(_close)
    # A group with one command would otherwise become that command.
    days.callback()(_nothing)
    app.add_typer(days, name="day", help=mark("Business days."))


def _nothing() -> None:
    """Keep ``day`` a group."""


def _close(context: typer.Context) -> Answer | Refused:
    session = session_of(context)
    with session.writing() as till:
        done = close_day(till, CloseDayCommand())
        if isinstance(done, Refused):
            return done
        texts = session.texts
        document = {**_close_document(done.closes[-1]), "closes": [_close_document(close) for close in done.closes]}
        lines: list[str] = []
        for close in done.closes:
            lines += ["", *_close_lines(texts, close)]
        return Answer(document, lines[1:])


def _close_document(close: DayClose) -> dict[str, object]:
    return {
        "number": close.number,
        "day": close.closed_day,
        "totals": totals_document(close.totals),
        "open_points": close.open_points,
        "record_id": close.record_id,
    }


def totals_document(totals: DayTotals) -> dict[str, object]:
    """A day's sums for scripts."""
    return {
        "sales": totals.sales,
        "member_sales": totals.member_sales,
        "revenue": decimal_text(totals.revenue_cents),
        "member_revenue": decimal_text(totals.member_revenue_cents),
        "reversed": decimal_text(totals.reversed_cents),
        "points_issued": totals.points_issued,
        "points_redeemed": totals.points_redeemed,
        "redemptions": totals.redemptions,
        "points_taken_back": totals.points_taken_back,
        "points_returned": totals.points_returned,
        "points_expired": totals.points_expired,
        "points_adjusted": totals.points_adjusted,
        "new_members": totals.new_members,
    }


def _close_lines(texts: Texts, close: DayClose) -> list[str]:
    totals = close.totals
    return pairs(
        [
            (texts._("Day close"), f"{texts.number(close.number)}, {texts.day(close.closed_day, 'full')}"),
            (texts._("Purchases"), f"{texts.number(totals.sales)}, {texts.money(totals.revenue_cents)}"),
            (texts._("Undone"), texts.money(totals.reversed_cents)),
            (texts._("Issued"), texts.points(totals.points_issued)),
            (texts._("Redeemed"), texts.points(totals.points_redeemed)),
            (texts._("Expired"), texts.points(totals.points_expired)),
            (texts._("New members"), texts.number(totals.new_members)),
            (texts._("Open points"), texts.number(close.open_points)),
        ]
    )
