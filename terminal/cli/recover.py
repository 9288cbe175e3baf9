"""``ledger recover``: make a till whose disk is lost again, from head office, a backup and the black box."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import msgspec
import typer

from terminal.cli.session import Session, session_of
from terminal.presenters.restore_office import STEPS, not_recovered_text
from terminal.presenters.sync_words import trouble_text
from terminal.sync.recover import NotRecovered, RecoverCommand, Recovered, RecoverStep, recover
from texts.command_line.answers import Answer, failure, no, time_text
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from terminal.sync.recover import BoxedTill
    from texts.i18n import Texts


def add_command(ledgers: typer.Typer) -> None:
    """Add the command to the group of the ledger's."""
    ledgers.command(
        "recover",
        help=mark("Make a till anew whose disk is lost. From head office or a backup, and from the black box."),
        epilog=(
            "stammkunde ledger recover https://office.example:8470 7K2M-9QXR-4TVB-C8DE.MZXW6YTBOI2DGNBVGY3TQOJQGE"
            " --black-box /media/usb"
        ),
    )(_recover)


def _recover(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help=mark("Head office's address; none for a till that stands alone."))] = "",
    code: Annotated[str, typer.Argument(help=mark("The code, as head office shows it."), metavar="CODE")] = "",
    black_box: Annotated[
        Path | None, typer.Option("--black-box", help=mark("The folder of the black box."), metavar="FOLDER")
    ] = None,
    backup: Annotated[Path | None, typer.Option("--backup", help=mark("A backup."), metavar="FILE")] = None,
    till: Annotated[
        str, typer.Option("--till", help=mark("Whose box, where a folder has several: the till's name or id."))
    ] = "",
    despite_gap: Annotated[
        bool, typer.Option("--despite-gap", help=mark("Go on although bookings are missing in between."))
    ] = False,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help=mark("Keep the shop that stands in the folder, in a folder inside it."))
    ] = False,
) -> Answer:
    from terminal.sync.keys import system_keyring

    session = session_of(context)
    command = RecoverCommand(
        url=url,
        code=code,
        black_box=black_box,
        backup=backup,
        ledger_id=_ledger_id(black_box, till) if till else None,
        despite_gap=despite_gap,
        set_aside=set_aside,
    )
    programs = session.programs
    done = recover(
        session.directory,
        command,
        clock=programs.clock,
        ids=programs.ids,
        keyring=system_keyring(),
        progress=_reporter(session.texts),
    )
    return _not_done(session, done) if isinstance(done, NotRecovered) else _done(session.texts, done)


def _ledger_id(folder: Path | None, till: str) -> UUID:
    """The ledger of a till that was named.

    Raises:
        typer.BadParameter: No box, or more than one, is of such a till.
    """
    from storage.blackbox_read import black_boxes_in

    boxes = black_boxes_in(folder) if folder is not None else ()
    names = {box.ledger_id: box.heading.till_name if box.heading else "" for box in boxes}
    fitting = [ledger_id for ledger_id, name in names.items() if till in (name, str(ledger_id))]
    if len(fitting) != 1:
        raise typer.BadParameter(f"{till!r} names {len(fitting)} of the black boxes; give the till's id")
    return fitting[0]


def _reporter(texts: Texts) -> Callable[[RecoverStep, int, int], None]:
    from terminal.cli.ledger import progress

    def report(step: RecoverStep, done: int, total: int) -> None:
        show = progress(texts._(STEPS[step])) if total else None
        if show is not None:
            show(done, total)

    return report


def _not_done(session: Session, done: NotRecovered) -> Answer:
    texts = session.texts
    if done.trouble is not None:
        return failure(done.trouble.value, trouble_text(texts, done.trouble))
    values: dict[str, object] = {}
    if done.tills:
        values["tills"] = [_boxed(session, till) for till in done.tills]
    if done.first:
        values |= {"first": done.first, "last": done.last}
    if done.problems:
        values["problems"] = list(done.problems)
    answer = no(done.why, not_recovered_text(texts, done), values)
    names = [f"{till.ledger_id}  {till.till_name}" for till in done.tills]
    return Answer(answer.document, [*answer.lines, *names, *done.problems], answer.exit_code)


def _boxed(session: Session, till: BoxedTill) -> dict[str, object]:
    newest = time_text(till.newest_us, session.programs.clock)
    return {"id": str(till.ledger_id), "till": till.till_name, "records": till.records, "newest": newest}


def _done(texts: Texts, done: Recovered) -> Answer:
    count = texts.n_(
        "The till is whole again: {count} booking, {boxed} of it from the black box.",
        "The till is whole again: {count} bookings, {boxed} of them from the black box.",
        done.records,
    )
    lines = [count.format(count=texts.number(done.records), boxed=texts.number(done.from_box))]
    if done.damaged:
        damaged = texts.n_(
            "{count} place in the black box can't be read; what stands around it was taken.",
            "{count} places in the black box can't be read; what stands around them was taken.",
            done.damaged,
        )
        lines.append(damaged.format(count=texts.number(done.damaged)))
    if done.torn_bytes:
        lines.append(texts._("The black box ends in the middle of a booking: look for the newest receipt by hand."))
    if done.unreadable_edits:
        changed = texts.n_(
            "{count} change of people or cards could not be opened: it was sealed for another head office.",
            "{count} changes of people or cards could not be opened: they were sealed for another head office.",
            done.unreadable_edits,
        )
        lines.append(changed.format(count=texts.number(done.unreadable_edits)))
    if done.unproved:
        lines += [texts._("The backup was damaged where no booking proves it; look at this:"), *done.unproved]
    if done.names_lost:
        lines.append(texts._("No backup has names: members are known by their cards until they say who they are."))
    if done.former_is_active:
        lines += [
            texts._("Head office still lets the lost till in. Shut it out there:"),
            f"stammkunde-headoffice revoke {done.former_terminal}",
        ]
    document = msgspec.to_builtins(done)
    document["store"] = done.store or None
    return Answer(document, lines)
