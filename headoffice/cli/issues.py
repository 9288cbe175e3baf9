"""``conflicts`` and ``quarantine``: what needs a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from headoffice.cli.session import person, session_of
from headoffice.wording import conflict_advice, conflict_text
from texts.command_line import parsing
from texts.command_line.answers import EXIT_REFUSED, Answer, no, time_text
from texts.i18n import mark

if TYPE_CHECKING:
    from headoffice.cli.session import Session
    from headoffice.views import ConflictView, QuarantineView, WaitingView


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(
        "conflicts",
        help=mark("List what happened and should not have, or mark one as settled."),
        epilog="stammkunde-headoffice conflicts --resolve 0198c0de-0000-4000-8000-000000000001",
    )(_conflicts)
    app.command(
        "quarantine",
        help=mark("List records of tills that could not be read."),
        epilog="stammkunde-headoffice quarantine",
    )(_quarantine)


def _conflicts(
    context: typer.Context,
    resolve: Annotated[
        str | None, typer.Option("--resolve", help=mark("The conflict that is settled."), metavar="ID")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help=mark("Settled ones, too."))] = False,
) -> Answer:
    session = session_of(context)
    conflict_id = None if resolve is None else parsing.uuid(resolve)
    with session.open() as head_office:
        if conflict_id is not None and not head_office.resolve_conflict(conflict_id, by=person()):
            return no("conflict_unknown", session.texts._("There is no open conflict of this id."))
        found, waiting = head_office.conflicts(open_only=not everything), head_office.waiting()
    document = {
        "conflicts": [_conflict_document(session, each) for each in found],
        "waiting": [_waiting_document(session, each) for each in waiting],
    }
    return Answer(document, _conflict_lines(session, found) + _waiting_lines(session, waiting))


def _conflict_document(session: Session, conflict: ConflictView) -> dict[str, object]:
    clock, texts = session.programs.clock, session.texts
    return {
        "conflict_id": conflict.conflict_id,
        "kind": conflict.kind,
        "member_id": conflict.member_id,
        "record_id": conflict.record_id,
        "store": conflict.store,
        "terminal": conflict.terminal,
        "points": conflict.points,
        "at": time_text(conflict.at_us, clock),
        "resolved_at": time_text(conflict.resolved_at_us, clock),
        "message": conflict_text(texts, conflict),
        "advice": conflict_advice(texts, conflict),
    }


def _conflict_lines(session: Session, found: tuple[ConflictView, ...]) -> list[str]:
    clock, texts = session.programs.clock, session.texts
    if not found:
        return [texts._("There is no open conflict.")]
    today = clock.business_day(clock.now_us())
    lines: list[str] = []
    for each in found:
        when = texts.moment(each.at_us, clock.utc_offset_min(each.at_us), today)
        place = " ".join(part for part in (each.store, each.terminal, each.card_masked) if part)
        lines += [f"{when}  {place}".rstrip(), f"  {conflict_text(texts, each)}", f"  {conflict_advice(texts, each)}"]
        settled = texts._("settled by {name}").format(name=each.resolved_by) if each.resolved_at_us else ""
        lines += [f"  {settled or each.conflict_id}", ""]
    return lines[:-1]


def _waiting_document(session: Session, record: WaitingView) -> dict[str, object]:
    return {
        "record_id": record.record_id,
        "original_id": record.original_id,
        "member_id": record.member_id,
        "store": record.store,
        "terminal": record.terminal,
        "at": time_text(record.at_us, session.programs.clock),
    }


def _waiting_lines(session: Session, waiting: tuple[WaitingView, ...]) -> list[str]:
    """What undoes a booking that has not arrived: of a till that is offline, or of none."""
    clock, texts = session.programs.clock, session.texts
    if not waiting:
        return []
    today = clock.business_day(clock.now_us())
    lines = ["", texts._("Waiting for another till")]
    for each in waiting:
        when = texts.moment(each.at_us, clock.utc_offset_min(each.at_us), today)
        lines.append(f"  {when}  {each.store} {each.terminal}  {each.original_id}")
    return lines


def _quarantine(context: typer.Context) -> Answer:
    session = session_of(context)
    with session.open() as head_office:
        found = head_office.quarantine()
    clock, texts = session.programs.clock, session.texts
    document = {"quarantine": [_quarantine_document(session, each) for each in found]}
    if not found:
        return Answer(document, [texts._("All records could be read.")])
    today = clock.business_day(clock.now_us())
    lines = [
        f"{texts.moment(each.at_us, clock.utc_offset_min(each.at_us), today)}  {each.store} {each.terminal}"
        f" {each.epoch}:{each.seq}  {each.detail}"
        for each in found
    ]
    return Answer(document, lines, EXIT_REFUSED)


def _quarantine_document(session: Session, record: QuarantineView) -> dict[str, object]:
    return {
        "terminal_id": record.terminal_id,
        "store": record.store,
        "terminal": record.terminal,
        "epoch": record.epoch,
        "seq": record.seq,
        "reason": record.reason,
        "detail": record.detail,
        "at": time_text(record.at_us, session.programs.clock),
    }
