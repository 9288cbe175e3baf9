"""``retention``: members without a sign of life for long, forgotten here and at every till, and notes too old."""

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

VOUCHERS_YEARS: Final = 8
"""For how long bookings are vouchers in Germany (§ 147 AO): notes behind corrections are kept as long."""

YEARS_MAX: Final = 30
SHOWN_MAX: Final = 1_000
"""How many members a look lists; the others are due at the next one."""


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(
        "retention",
        help=mark(
            "Show the members of whom no till has told anything for years, and how many notes are too old. Nothing is "
            "changed without --yes, which forgets the members here and at every till; with --vouchers-years it deletes "
            "the notes here."
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
    vouchers_years: Annotated[
        int | None,
        typer.Option(
            "--vouchers-years",
            min=1,
            max=YEARS_MAX,
            help=mark(
                "Whole years after its own for which a booking's note is kept, 8 in Germany; with --yes older ones are"
                " deleted."
            ),
            metavar="N",
        ),
    ] = None,
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
            found, notes = (
                head_office.idle_members(years, SHOWN_MAX),
                head_office.old_notes(vouchers_years or VOUCHERS_YEARS),
            )
            shown = [*_shown(texts, found), *_notes(texts, notes)]
            return Answer({"due": [_document(member) for member in found], "texts": notes}, shown)
        done = head_office.forget_idle(years, with_points=with_points, by=person())
        notes = head_office.forget_notes(vouchers_years) if vouchers_years else 0  # never by a default of ours
    lines = [(texts._("Members forgotten"), texts.number(len(done.member_ids)))]
    if done.with_points:
        lines.append((texts._("Kept because of their points"), texts.number(done.with_points)))
    if notes:
        lines.append((texts._("Notes deleted"), texts.number(notes)))
    document = {"erased": done.member_ids, "kept_for_points": done.with_points, "texts": notes}
    return Answer(document, pairs(lines))


def _notes(texts: Texts, count: int) -> list[str]:
    if not count:
        return []
    said = texts.n_("{count} old note is due.", "{count} old notes are due.", count)
    return [said.format(count=texts.number(count)), texts._("Notes are deleted only with --vouchers-years.")]


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
