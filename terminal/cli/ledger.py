"""``ledger``: prove it, rebuild what is derived from it, copy it away and bring it back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from terminal.cli import backups, recover
from terminal.cli.session import Session, session_of
from texts.command_line.answers import EXIT_DONE, EXIT_REFUSED, Answer
from texts.command_line.commands import group
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Callable

BAR_WIDTH: Final = 30
"""The progress bar's width, in characters."""


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    ledgers = group()
    ledgers.command(
        "verify",
        help=mark("Prove that the ledger is what was written. Says what is wrong, and where."),
        epilog="stammkunde ledger verify",
    )(_verify)
    ledgers.command(
        "rebuild",
        help=mark("Make everything that is derived from the journal anew."),
        epilog="stammkunde ledger rebuild",
    )(_rebuild)
    backups.add_commands(ledgers)
    ledgers.command(
        "restore",
        help=mark("Bring a backup back into the data directory."),
        epilog="stammkunde --data ./restored ledger restore /media/usb/till-1.backup",
    )(_restore)
    recover.add_command(ledgers)
    app.add_typer(ledgers, name="ledger", help=mark("The till's ledger."))


def _verify(context: typer.Context) -> Answer:
    from storage.verify import verify

    session = session_of(context)
    result = verify(session.directory, progress(session.texts._("Verifying")))
    texts = session.texts
    document = {"ok": result.ok, "records": result.records, "problems": list(result.problems)}
    lines: list[str] = []
    if result.replica_problems:
        document["replica_problems"] = list(result.replica_problems)
        lines = [
            texts._("Head office's state on this till was damaged; the till asks for it anew:"),
            *result.replica_problems,
        ]
    if result.ok:
        count = texts.n_("{count} record, everything holds.", "{count} records, everything holds.", result.records)
        return Answer(document, [count.format(count=texts.number(result.records)), *lines], EXIT_DONE)
    return Answer(document, [texts._("The ledger has problems:"), *result.problems, *lines], EXIT_REFUSED)


def _rebuild(context: typer.Context) -> Answer:
    from storage.rebuild import rebuild

    session = session_of(context)
    with session.writing() as till:
        records = rebuild(till.store, progress(session.texts._("Rebuilding")))
    return _done(session, records, session.texts._("Everything was made anew from {count} records."))


def _restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=mark("The backup."), metavar="FILE")],
) -> Answer:
    from storage.backup import restore

    session = session_of(context)
    programs = session.programs
    head = restore(file, session.directory, clock=programs.clock, ids=programs.ids)
    return _done(session, head.seq, session.texts._("Restored {count} records; the till goes on from there."))


def _done(session: Session, records: int, sentence: str) -> Answer:
    return Answer(
        {"ok": True, "records": records, "problems": []}, [sentence.format(count=session.texts.number(records))]
    )


def progress(what: str) -> Callable[[int, int], None] | None:
    """A bar on standard error, where somebody is looking at it."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        filled = BAR_WIDTH * done // total if total else BAR_WIDTH
        end = "\n" if done >= total else ""
        sys.stderr.write(f"\r{what} [{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {done}/{total}{end}")
        sys.stderr.flush()

    return show
