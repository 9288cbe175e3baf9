"""``enrol-terminal``, ``terminals`` and ``revoke``: which tills belong to head office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from headoffice.cli.session import session_of
from headoffice.wording import terminal_status_text
from texts.columns import pairs, table
from texts.command_line import parsing
from texts.command_line.answers import Answer, time_text
from texts.i18n import mark

if TYPE_CHECKING:
    from headoffice.views import TerminalView
    from loyalty.ports import Clock
    from texts.i18n import Texts

NAME_LENGTH_MAX: Final = 80
"""Of a store and a till, in characters, as ``loyalty.feed.Name``."""


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(
        "enrol-terminal",
        help=mark("Make a code with which one till may join once, within a day."),
        epilog='stammkunde-headoffice enrol-terminal "Mitte" "Kasse 1"',
    )(_enrol)
    app.command(
        "terminals",
        help=mark("List the tills, those first that were silent longest."),
        epilog="stammkunde-headoffice terminals",
    )(_terminals)
    app.command(
        "revoke",
        help=mark("Shut a till out at once."),
        epilog="stammkunde-headoffice revoke 0198c0de-0000-4000-8000-000000000001",
    )(_revoke)


def _enrol(
    context: typer.Context,
    store: Annotated[str, typer.Argument(help=mark("The store; made when it is new."), metavar="STORE")],
    name: Annotated[str, typer.Argument(help=mark("What the till is called there."), metavar="NAME")],
    region: Annotated[str, typer.Option("--region", help=mark("The store's region."), metavar="NAME")] = "",
    scope: Annotated[
        str,
        typer.Option("--scope", help=mark("The region whose members the till holds; otherwise all."), metavar="NAME"),
    ] = "",
) -> Answer:
    from headoffice.api.tls import full_code

    session = session_of(context)
    for text in (store, name):
        if not text.strip() or len(text) > NAME_LENGTH_MAX:
            raise typer.BadParameter(f"A name has 1 to {NAME_LENGTH_MAX} characters")
    with session.open() as head_office:
        made = head_office.enrol_terminal(store.strip(), name.strip(), region=region.strip(), scope=scope.strip())
    code = full_code(made.code, session.directory)
    clock, texts = session.programs.clock, session.texts
    offset_min = clock.utc_offset_min(made.expires_at_us)
    until = f"{texts.day(clock.business_day(made.expires_at_us))} {texts.time(made.expires_at_us, offset_min)}"
    document = {
        "code": code,
        "store": made.store,
        "name": made.name,
        "expires_at": time_text(made.expires_at_us, clock),
    }
    lines = pairs([(texts._("Code"), code), (texts._("Good until"), until)])
    return Answer(document, [*lines, "", texts._("At the till: stammkunde sync join URL CODE")])


def _terminals(context: typer.Context) -> Answer:
    session = session_of(context)
    with session.open() as head_office:
        found = head_office.terminals()
    clock, texts = session.programs.clock, session.texts
    document = {"terminals": [_document(each, clock) for each in found]}
    if not found:
        return Answer(document, [texts._("No till has joined yet.")])
    head = [
        texts._("Store"),
        texts._("Till"),
        texts._("Last contact"),
        texts._("Waiting"),
        texts._("State"),
        texts._("Id"),
    ]
    rows = [
        [
            each.store,
            each.name,
            _moment(texts, clock, each.last_contact_us),
            texts.number(each.backlog),
            terminal_status_text(texts, each.status),
            str(each.terminal_id),
        ]
        for each in found
    ]
    return Answer(document, table(head, rows, right=[3]))


def _revoke(
    context: typer.Context,
    terminal: Annotated[str, typer.Argument(help=mark("The till's id."), metavar="TERMINAL")],
) -> Answer:
    session = session_of(context)
    terminal_id = parsing.uuid(terminal)
    with session.open() as head_office:
        head_office.revoke(terminal_id)
    line = session.texts._("The till is shut out. What it has not handed in can be brought with import-journal.")
    return Answer({"terminal_id": terminal_id, "status": "revoked"}, [line])


def _document(till: TerminalView, clock: Clock) -> dict[str, object]:
    return {
        "terminal_id": till.terminal_id,
        "store": till.store,
        "name": till.name,
        "status": till.status,
        "scope": till.scope,
        "joined_at": time_text(till.joined_at_us, clock),
        "last_contact": time_text(till.last_contact_us, clock),
        "waiting": till.backlog,
        "oldest": time_text(till.oldest_us, clock),
        "clock_off_ms": till.clock_off_ms,
        "software": till.software,
        "records": till.records,
        "quarantined": till.quarantined,
    }


def _moment(texts: Texts, clock: Clock, at_us: int) -> str:
    if not at_us:
        return texts._("never")
    return texts.moment(at_us, clock.utc_offset_min(at_us), clock.business_day(clock.now_us()))
