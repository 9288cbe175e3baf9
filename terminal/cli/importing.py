"""``import``: taking over the members and sales of an old programme."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from storage.errors import DiskFull
from terminal.app.importing.files import ENCODINGS
from terminal.app.importing.run import ImportCommand, Kind, Phase, check_file, import_file
from terminal.cli.importing_words import flaw_line, flaw_text
from terminal.cli.ledger import progress
from terminal.cli.session import Session, session_of
from texts.command_line.answers import EXIT_DONE, EXIT_REFUSED, Answer, tell
from texts.command_line.commands import group
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from terminal.app.importing.run import ImportResult
    from texts.i18n import Texts

File = Annotated[Path, typer.Argument(help=mark("The CSV file; its first line names the columns."), metavar="FILE.csv")]
Check = Annotated[bool, typer.Option("--check", help=mark("Only say what would be imported."))]
Encoding = Annotated[
    str | None,
    typer.Option("--encoding", help=mark("utf-8, utf-16, cp1252, cp850, iso8859-15 or mac-roman."), metavar="NAME"),
]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    imports = group()
    imports.command(
        "members",
        help=mark("Take over members. Columns: card, name; phone, email, birthday, enrolled_on, opening_points."),
        epilog="stammkunde import members members.csv",
    )(_members)
    imports.command(
        "sales",
        help=mark("Take over sales. Columns: receipt, at, card, amount, currency; sku, category, quantity, points."),
        epilog="stammkunde import sales sales.csv",
    )(_sales)
    app.add_typer(imports, name="import", help=mark("Take over an old programme; all of a file or nothing of it."))


def _members(context: typer.Context, file: File, check: Check = False, encoding: Encoding = None) -> Answer:
    return _import(context, Kind.MEMBERS, file, encoding, check=check, award=False)


def _sales(
    context: typer.Context,
    file: File,
    award: Annotated[
        bool, typer.Option("--award", help=mark("Sales without points get what they would get today."))
    ] = False,
    check: Check = False,
    encoding: Encoding = None,
) -> Answer:
    return _import(context, Kind.SALES, file, encoding, check=check, award=award)


def _import(
    context: typer.Context, kind: Kind, file: Path, encoding: str | None, *, check: bool, award: bool
) -> Answer:
    if encoding is not None and encoding not in ENCODINGS:
        raise typer.BadParameter(f"{encoding!r} is not one of {', '.join(ENCODINGS)}", param_hint="--encoding")
    session = session_of(context)
    texts = session.texts
    folder = session.settings.backup.folder
    command = ImportCommand(
        kind=kind,
        path=file,
        award=award,
        encoding=encoding,
        note=texts._("Points of the old programme"),
        copies=Path(folder) if folder else session.directory / "backups",
    )
    shows = _progress(texts)
    if check:
        with session.reading() as (till, reader):
            found = check_file(till, reader, command, shows)
        return _answer(session, kind, found, checked=True)
    try:
        with session.writing() as till:
            found = import_file(till, command, shows)
    except KeyboardInterrupt:
        tell(texts._("Cut short. Repeat the command: it goes on where it was. (M-452)"))
        raise
    return _answer(session, kind, found, checked=False)


def _progress(texts: Texts) -> Callable[[Phase, int, int], None]:
    """A bar for each phase, where somebody is looking."""
    words = {
        Phase.READING: texts._("Reading"),
        Phase.COMPARING: texts._("Comparing"),
        Phase.COPYING: texts._("Copying"),
        Phase.BOOKING: texts._("Booking"),
        Phase.INDEXING: texts._("Search"),
    }
    bars = {phase: progress(word) for phase, word in words.items()}

    def show(phase: Phase, done: int, total: int) -> None:
        bar = bars[phase]
        if bar:
            bar(done, total)

    return show


def _answer(session: Session, kind: Kind, found: ImportResult, *, checked: bool) -> Answer:
    texts = session.texts
    document = _document(texts, found, checked=checked)
    if found.flaws_count:
        return Answer(document, _mistakes(texts, found), EXIT_REFUSED)
    if found.stopped is not None:
        message = stopped_text(texts, found)
        return Answer({"error": {"code": found.stopped.code, "message": message}, **document}, [message], EXIT_REFUSED)
    return Answer(document, _lines(texts, kind, found, checked=checked), EXIT_DONE)


def _document(texts: Texts, found: ImportResult, *, checked: bool) -> dict[str, object]:
    return {
        "imported": found.imported,
        "skipped": found.skipped,
        "errors": [
            {
                "line": flaw.line,
                "column": flaw.column,
                "code": flaw.bad.wrong.value,
                "value": flaw.value,
                "message": flaw_text(texts, flaw),
            }
            for flaw in found.flaws
        ],
        "errors_count": found.flaws_count,
        "checked": checked,
        "records": found.records,
        "erased": found.erased,
        "alike": [{"line": line, "same_as": first} for line, first in found.alike],
        "encoding": found.encoding,
        "separator": found.separator,
        "copy": None if found.copy is None else str(found.copy),
        "left": found.left,
    }


def _mistakes(texts: Texts, found: ImportResult) -> list[str]:
    head = texts.n_(
        "The file has {count} mistake. Nothing was imported. (M-450)",
        "The file has {count} mistakes. Nothing was imported. (M-450)",
        found.flaws_count,
    )
    lines = [head.format(count=texts.number(found.flaws_count)), *(flaw_line(texts, flaw) for flaw in found.flaws)]
    more = found.flaws_count - len(found.flaws)
    if more:
        lines.append(texts.n_("And {count} more.", "And {count} more.", more).format(count=texts.number(more)))
    return lines


def stopped_text(texts: Texts, found: ImportResult) -> str:
    """How far an import came that did not come to its end, and what to do."""
    if isinstance(found.stopped, DiskFull):
        code, said = (
            "M-451",
            texts._(
                "The disk is full. {done} are imported, {left} are not. "
                "Make room and repeat the command: it goes on there."
            ),
        )
    else:
        code, said = (
            "M-469",
            texts._(
                "The till could not write on. {done} are imported, {left} are not. "
                "Repeat the command: it goes on there. If it stops again, call support."
            ),
        )
    return f"{said.format(done=texts.number(found.imported), left=texts.number(found.left))} ({code})"


def _lines(texts: Texts, kind: Kind, found: ImportResult, *, checked: bool) -> list[str]:
    lines = [_count(texts, kind, found.imported, checked=checked)]
    if found.skipped:
        said = texts.n_("{count} was there already.", "{count} were there already.", found.skipped)
        lines.append(said.format(count=texts.number(found.skipped)))
    if found.erased:
        said = texts.n_(
            "{count} belongs to somebody who was erased here; that person stays unknown.",
            "{count} belong to people who were erased here; these stay unknown.",
            found.erased,
        )
        lines.append(said.format(count=texts.number(found.erased)))
    for line, first in found.alike:
        said = texts._("Line {line} may be the same person as line {first}. If so, join them: stammkunde member merge")
        lines.append(said.format(line=line, first=first))
    if found.encoding == "Windows-1252":
        lines.append(texts._("The file was read as Windows-1252. Look at some names with umlauts."))
    if found.copy is not None:
        said = texts._("The ledger as it was before: {file}")
        lines.append(said.format(file=found.copy))
    return lines


def _count(texts: Texts, kind: Kind, count: int, *, checked: bool) -> str:
    if kind is Kind.SALES and checked:
        said = texts.n_("{count} sale would be imported.", "{count} sales would be imported.", count)
    elif kind is Kind.SALES:
        said = texts.n_("{count} sale imported.", "{count} sales imported.", count)
    elif checked:
        said = texts.n_("{count} member would be imported.", "{count} members would be imported.", count)
    else:
        said = texts.n_("{count} member imported.", "{count} members imported.", count)
    return said.format(count=texts.number(count))
