"""``ledger backup`` and ``ledger backups``: copies by hand, and what copies there are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from terminal.cli.session import Session, session_of
from texts.command_line.answers import EXIT_DONE, EXIT_REFUSED, Answer
from texts.i18n import mark

if TYPE_CHECKING:
    from terminal.backup.status import Made

HERE = "here"
ELSEWHERE = "elsewhere"


def add_commands(ledgers: typer.Typer) -> None:
    """Add the commands of this module to ``ledger``."""
    ledgers.command(
        "backup",
        help=mark("Copy the ledger. To a file, or into the folders of the settings; works while the till is open."),
        epilog="stammkunde ledger backup /media/usb/till-1.backup",
    )(_backup)
    ledgers.command(
        "backups",
        help=mark("List the copies of the ledger that can be seen now."),
        epilog="stammkunde ledger backups",
    )(_backups)


def _backup(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(help=mark("The file to write; without one the folders of the settings."), metavar="[FILE]"),
    ] = None,
) -> Answer:
    session = session_of(context)
    return _into_folders(session) if file is None else _to_file(session, file)


def _to_file(session: Session, file: Path) -> Answer:
    from terminal.backup.by_hand import back_up_to
    from terminal.cli.ledger import progress

    texts = session.texts
    head = back_up_to(session.directory, file, progress(texts._("Copying")))
    document = {"ok": True, "records": head.seq, "problems": [], "file": str(file)}
    return Answer(document, [texts._("Written: {file}").format(file=file)])


def _into_folders(session: Session) -> Answer:
    """One copy on this disk, one in the second place; a place that gets none is a problem and the exit code is 1."""
    from terminal.backup.by_hand import back_up
    from terminal.backup.folder import made
    from terminal.cli.ledger import progress
    from terminal.presenters.backup_words import trouble_text

    with session.reading() as (till, _):
        terminal_id = till.store.shop.terminal_id
    texts = session.texts
    copied = back_up(session.directory, session.settings.backup, terminal_id, till.clock, progress(texts._("Copying")))
    here, second = made(copied.here), copied.elsewhere
    copies, lines, problems = [_document(session, here, HERE)], [_written(session, here)], []
    if second.trouble is not None:
        problems.append(trouble_text(texts, second.trouble))
        lines.append(f"{second.folder}: {problems[0]}")
    elif second.folder and second.newest is not None:
        copies.append(_document(session, second.newest, ELSEWHERE))
        lines.append(_written(session, second.newest))
    document = {"ok": not problems, "records": here.records, "problems": problems, "copies": copies}
    return Answer(document, lines, EXIT_REFUSED if problems else EXIT_DONE)


def _backups(context: typer.Context) -> Answer:
    from terminal.backup.by_hand import list_copies
    from terminal.backup.folder import made

    session = session_of(context)
    with session.reading() as (till, reader):
        terminal_id, head = till.store.shop.terminal_id, reader.head()
    found = list_copies(session.directory, session.settings.backup, terminal_id, till.clock)
    texts, known = session.texts, found.status.newest
    places = [(made(copy), HERE) for copy in found.here] + [(made(copy), ELSEWHERE) for copy in found.elsewhere]
    document = {
        "copies": [_document(session, copy, where) for copy, where in places],
        "elsewhere": None if known is None else _document(session, known, ELSEWHERE),
        "records": head.seq,
    }
    words = {HERE: texts._("this disk"), ELSEWHERE: texts._("elsewhere")}
    lines = [
        f"{_moment(session, copy.made_at_us)}  {words[where]:<12}  {texts.number(copy.records):>9}  {_path(copy)}"
        for copy, where in places
    ]
    if known is None:
        lines.append(texts._("No copy off this disk is known."))
    else:
        sentence = texts._("The newest copy off this disk is from {when} and holds {count} records: {file}")
        when = _moment(session, known.made_at_us)
        lines.append(sentence.format(when=when, count=texts.number(known.records), file=_path(known)))
    return Answer(document, lines)


def _path(copy: Made) -> Path:
    return Path(copy.folder) / copy.file


def _written(session: Session, copy: Made) -> str:
    return session.texts._("Written: {file}").format(file=_path(copy))


def _document(session: Session, copy: Made, where: str) -> dict[str, object]:
    return {
        "file": str(_path(copy)),
        "where": where,
        "made_at": _iso(session, copy.made_at_us),
        "records": copy.records,
        "bytes": copy.bytes,
        "epoch": str(copy.epoch),
    }


def _iso(session: Session, at_us: int) -> str:
    from terminal.app.documents import iso_moment

    return iso_moment(at_us, session.programs.clock.utc_offset_min(at_us))


def _moment(session: Session, at_us: int) -> str:
    """For people: the shop's wall clock, to the minute."""
    return _iso(session, at_us)[:16].replace("T", " ")
