"""``member retention``: who is due to be forgotten, and forgetting them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from storage.errors import Busy, DiskFull, OutOfResources, ReadOnlyDisk, StorageError
from terminal.app.retention import limits_of, overview
from terminal.app.sweep import Sweeper
from terminal.cli.session import session_of
from texts.columns import pairs, table
from texts.command_line.answers import EXIT_REFUSED, Answer
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from terminal.app.retention import Forgotten, Overview
    from terminal.cli.session import Session
    from texts.i18n import Texts


def add_commands(members: typer.Typer) -> None:
    """Add the command to those of members."""
    members.command(
        "retention",
        help=mark(
            "Show what is kept too long. Who had no sign of life for longer than the settings keep members, old notes, "
            "old files. Nothing is changed without --yes."
        ),
        epilog="stammkunde member retention --yes",
    )(_retention)


def _retention(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help=mark("Forget them, those with points left aside."))] = False,
    preview: Annotated[bool, typer.Option("--preview", help=mark("Only show; the same as nothing."))] = False,
    with_points: Annotated[
        bool, typer.Option("--with-points", help=mark("With --yes, also those with points left, which are lost."))
    ] = False,
) -> Answer:
    session = session_of(context)
    if (yes and preview) or (with_points and not yes):
        raise typer.BadParameter("Say either --preview or --yes; --with-points goes with --yes")
    if not yes:
        with session.reading() as (till, reader):
            limits = limits_of(session.settings.retention, till.clock)
            found = overview(reader, session.directory, limits, register_folder=_register_folder(session))
        return Answer(_document(found), _shown(session.texts, found))
    from terminal.sync.journal import OwnLedger  # needed only here

    with session.writing() as till:
        limits = limits_of(session.settings.retention, till.clock)
        sweeper = Sweeper(OwnLedger(till), session.directory, limits, register_folder=_register_folder(session))
        alone = till.store.head_office is None
        try:
            members, kept = sweeper.members(with_points=with_points) if alone else ((), 0)
            done = sweeper.rest(cashiers=alone)
            till.store.checkpoint(now=True)
        except (DiskFull, ReadOnlyDisk, OutOfResources, Busy) as error:
            if not sweeper.gone:
                raise
            return _stopped(session.texts, sweeper.gone, error)
    document = {"erased": members, "kept_for_points": kept, **_rest(done), "head_office_decides": not alone}
    texts = session.texts
    lines = [(texts._("Members forgotten"), texts.number(len(members)))]
    if kept:
        lines.append((texts._("Kept because of their points"), texts.number(kept)))
    if not alone:
        lines.append((texts._("Members"), texts._("Head office decides.")))
    return Answer(document, pairs(lines + _rest_lines(texts, done)))


def _stopped(texts: Texts, gone: Sequence[UUID], error: StorageError) -> Answer:
    """Some are forgotten by now, so their errors' own sentences, that nothing was booked, would say too little."""
    said = texts.n_(
        "{count} member is forgotten, then the till could not write on. Repeat the command: it goes on there. "
        "If it stops again, call support. (M-470)",
        "{count} members are forgotten, then the till could not write on. Repeat the command: it goes on there. "
        "If it stops again, call support. (M-470)",
        len(gone),
    )
    message = said.format(count=texts.number(len(gone)))
    return Answer({"error": {"code": error.code, "message": message}, "erased": gone}, [message], EXIT_REFUSED)


def _register_folder(session: Session) -> Path | None:
    folder = session.settings.register.folder
    return Path(folder).expanduser() if folder else None


def _document(found: Overview) -> dict[str, object]:
    limits = found.limits
    return {
        "inactive_before": limits.idle_before.isoformat() if limits.idle_before else None,
        "vouchers_before": limits.vouchers_before.isoformat(),
        "due": [
            {
                "member_id": due.idle.member_id,
                "name": due.name or None,
                "card": due.card or None,
                "last_active_on": due.idle.last_day.isoformat() if due.idle.last_day else None,
                "balance": due.idle.balance,
            }
            for due in found.members
        ],
        "more": found.more,
        "texts": found.texts,
        "cashiers": len(found.cashiers),
        "files": [str(path) for path in found.files],
        "head_office_decides": found.head_office_decides,
    }


def _shown(texts: Texts, found: Overview) -> list[str]:
    lines: list[str] = []
    if found.members:
        head = [texts._("Name"), texts._("Card"), texts._("Last sign of life"), texts._("Points")]
        rows = [
            [
                due.name or texts._("not enrolled"),
                due.card,
                texts.day(due.idle.last_day, "medium") if due.idle.last_day else "",
                texts.number(due.idle.balance),
            ]
            for due in found.members
        ]
        lines += [*table(head, rows, right=[3]), ""]
    if found.more:
        lines.append(texts._("There are more; they are shown when these are forgotten."))
    if any(due.idle.balance for due in found.members):
        lines.append(texts._("Members with points left are forgotten only with --with-points."))
    members = texts._("Head office decides.") if found.head_office_decides else texts.number(len(found.members))
    return lines + pairs(
        [
            (texts._("Members due"), members),
            (texts._("Old notes"), texts.number(found.texts)),
            (texts._("People who left the shop"), texts.number(len(found.cashiers))),
            (texts._("Old files"), texts.number(len(found.files))),
        ]
    )


def _rest(done: Forgotten) -> dict[str, object]:
    return {
        "texts": done.texts,
        "cashiers": done.cashiers,
        "files": [str(path) for path in done.files],
        "scrubbed": [str(path) for path in done.scrubbed],
        "unreadable": [str(path) for path in done.unreadable],
    }


def _rest_lines(texts: Texts, done: Forgotten) -> list[tuple[str, str]]:
    lines = [
        (texts._("Old notes"), texts.number(done.texts)),
        (texts._("People who left the shop"), texts.number(done.cashiers)),
        (texts._("Old files"), texts.number(len(done.files))),
    ]
    return lines + [(texts._("Can't be read; delete it yourself"), str(path)) for path in done.unreadable]
