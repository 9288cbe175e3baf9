"""``retention``: members without a sign of life for long, and forgetting them here and at every till."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from headoffice.cli.session import person, session_of
from texts.columns import pairs, table
from texts.command_line.answers import Answer
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headoffice.views import IdleMember
    from texts.i18n import Texts

INACTIVE_YEARS: Final = 3
"""When claims of an account that nobody uses are over: three years from the end of the year (§§ 195, 199 BGB)."""

YEARS_MAX: Final = 30
SHOWN_MAX: Final = 1_000
"""How many members a look lists; the others are due at the next one."""


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(
        "retention",
        help=mark(
            "Show the members of whom no till has told anything for years. Nothing is changed without --yes, which "
            "forgets them here and at every till."
        ),
        epilog="stammkunde-headoffice retention --years 3 --yes",
    )(_retention)


def _retention(
    context: typer.Context,
    years: Annotated[
        int,
        typer.Option(
            "--years", min=1, max=YEARS_MAX, help=mark("Whole years after the one of the last visit."), metavar="N"
        ),
    ] = INACTIVE_YEARS,
    yes: Annotated[bool, typer.Option("--yes", help=mark("Forget them, those with points left aside."))] = False,
    with_points: Annotated[
        bool, typer.Option("--with-points", help=mark("With --yes, also those with points left, which are lost."))
    ] = False,
) -> Answer:
    session = session_of(context)
    if with_points and not yes:
        raise typer.BadParameter("--with-points goes with --yes")
    texts = session.texts
    with session.open() as head_office:
        if not yes:
            found = head_office.idle_members(years, SHOWN_MAX)
            return Answer({"due": [_document(member) for member in found]}, _shown(texts, found))
        done = head_office.forget_idle(years, with_points=with_points, by=person())
    lines = [(texts._("Members forgotten"), texts.number(len(done.member_ids)))]
    if done.with_points:
        lines.append((texts._("Kept because of their points"), texts.number(done.with_points)))
    return Answer({"erased": done.member_ids, "kept_for_points": done.with_points}, pairs(lines))


def _document(member: IdleMember) -> dict[str, object]:
    return {
        "member_id": member.member_id,
        "card": member.card_masked or None,
        "last_active_on": member.last_day.isoformat() if member.last_day else None,
        "balance": member.balance,
    }


def _shown(texts: Texts, found: Sequence[IdleMember]) -> list[str]:
    if not found:
        return [texts._("Nobody is due.")]
    head = [texts._("Card"), texts._("Last sign of life"), texts._("Points")]
    rows = [
        [
            member.card_masked or str(member.member_id),
            texts.day(member.last_day, "medium") if member.last_day else "",
            texts.number(member.balance),
        ]
        for member in found
    ]
    lines = table(head, rows, right=[2])
    if any(member.balance for member in found):
        lines.append(texts._("Members with points left are forgotten only with --with-points."))
    return lines
