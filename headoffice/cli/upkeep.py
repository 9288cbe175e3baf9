"""``expire``, ``verify`` and ``import-journal``: keeping the books in order."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
import typer

from headoffice.cli.files import check_readable
from headoffice.cli.session import session_of
from texts.columns import pairs
from texts.command_line.answers import EXIT_REFUSED, Answer
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Callable

ERASE_LINE: Final = "\r\x1b[K"
"""To the beginning of the line, and delete to its end (ECMA-48, 8.3.41)."""


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(
        "expire",
        help=mark("Write what has expired; the server does it by itself every day."),
        epilog="stammkunde-headoffice expire",
    )(_expire)
    app.command(
        "verify",
        help=mark("Work everything out again from the records and compare."),
        epilog="stammkunde-headoffice --json verify",
    )(_verify)
    app.command(
        "import-journal",
        help=mark("Book the journal file of a till that was shut out."),
        epilog="stammkunde-headoffice import-journal kasse-1.journal",
    )(_import_journal)


def _expire(context: typer.Context) -> Answer:
    session = session_of(context)
    with session.open() as head_office:
        lots = head_office.expire_due()
    texts = session.texts
    line = texts.n_(
        "The points of {count} purchase have expired.", "The points of {count} purchases have expired.", lots
    )
    return Answer({"expired": lots}, [line.format(count=texts.number(lots))])


def _verify(context: typer.Context) -> Answer:
    session = session_of(context)
    texts = session.texts
    with session.open() as head_office:
        found = head_office.verify(_progress())
    document = {
        "ok": found.ok,
        "records": found.records,
        "problems": [msgspec.to_builtins(problem) for problem in found.problems],
    }
    if found.ok:
        line = texts.n_("{count} record, no problem.", "{count} records, no problem.", found.records)
        return Answer(document, [line.format(count=texts.number(found.records))])
    lines = [f"{problem.check} {problem.where}: {problem.message}" for problem in found.problems]
    return Answer(document, lines, EXIT_REFUSED)


def _progress() -> Callable[[int, int], None] | None:
    """Says on a terminal how far it is."""
    if not sys.stderr.isatty():
        return None

    def say(done: int, total: int) -> None:
        sys.stderr.write(f"{ERASE_LINE}{done}/{total}" if done < total else ERASE_LINE)
        sys.stderr.flush()

    return say


def _import_journal(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=mark("What `stammkunde sync export` wrote."), metavar="FILE")],
) -> Answer:
    session = session_of(context)
    check_readable(file)
    with session.open() as head_office:
        done = head_office.import_journal(file)
    texts = session.texts
    lines = pairs(
        [
            (texts._("Records"), texts.number(done.records)),
            (texts._("Booked"), texts.number(done.booked)),
            (texts._("Known already"), texts.number(done.duplicates)),
            (texts._("Conflicts"), texts.number(done.conflicts)),
            (texts._("Waiting for others"), texts.number(done.waiting)),
            (texts._("Could not be read"), texts.number(done.quarantined)),
            (texts._("Changes of people and cards"), texts.number(done.edits)),
        ]
    )
    return Answer(msgspec.to_builtins(done), lines)
