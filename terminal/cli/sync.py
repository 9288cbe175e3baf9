"""``sync``: join head office, do a round with it, see how the till stands, serve the other tills of the shop."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from loyalty.outcomes import Reason, Refused
from storage.errors import TillOpen
from terminal.app.documents import iso_moment
from terminal.app.safe import is_online
from terminal.app.system import CorrectedClock
from terminal.cli.ledger import progress
from terminal.cli.session import Session, session_of
from terminal.presenters.sync_view import unreadable_line
from terminal.presenters.sync_words import connection_pill, progress_text, trouble_text
from terminal.sync.looking import Seen, look
from terminal.sync.outcomes import Declined, Serving
from terminal.sync.status import SyncMode
from texts.columns import pairs
from texts.command_line.answers import Answer, failure
from texts.command_line.commands import group
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from loyalty.wire import ProblemCode
    from storage.store import Reader
    from terminal.app.till import Till
    from terminal.sync.keys import KeyStore
    from terminal.sync.round import RoundResult
    from terminal.sync.service import Requests
    from terminal.sync.status import KeyPlace, Progress, SyncStatus, SyncTrouble
    from texts.i18n import Texts


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    syncs = group()
    syncs.command(
        "join",
        help=mark("Belong to a head office, with the one-time code it gave."),
        epilog="stammkunde sync join https://office.example:8470 7K2M-9QXR-4TVB-C8DE.MZXW6YTBOI2DGNBVGY3TQOJQGE",
    )(_join)
    syncs.command(
        "now",
        help=mark("Send what waits and fetch what is new; an open till does so by itself."),
        epilog="stammkunde --json sync now",
    )(_now)
    syncs.command(
        "status",
        help=mark("Say how the till stands with head office; works while the till is open."),
        epilog="stammkunde sync status",
    )(_status)
    syncs.command(
        "export",
        help=mark("Write what head office has not acknowledged to a signed file."),
        epilog="stammkunde sync export /media/usb/till-1.journal",
    )(_export)
    syncs.command("leave", help=mark("Stand alone again."), epilog="stammkunde sync leave --yes")(_leave)
    syncs.command(
        "serve",
        help=mark("Serve the other tills of the shop whenever this till is open."),
        epilog="stammkunde sync serve --listen 0.0.0.0:8470",
    )(_serve)
    syncs.command(
        "invite",
        help=mark("Make a one-time code for another till of the shop; only where this till serves."),
        epilog='stammkunde sync invite "Kasse 2"',
    )(_invite)
    app.add_typer(syncs, name="sync", help=mark("The line to head office."))


def _join(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help=mark("Head office's address."), metavar="URL")],
    code: Annotated[str, typer.Argument(help=mark("The code, as head office shows it."), metavar="CODE")],
) -> Answer | Refused:
    session = session_of(context)
    with session.writing() as till:
        requests = _requests(session, till)
        joined = requests.join(url, code)
        if isinstance(joined, Declined):
            return _no(session.texts, joined.why)
        return _round(session, till, requests.keys)


def _now(context: typer.Context) -> Answer | Refused:
    session = session_of(context)
    try:
        with session.writing() as till:
            if till.store.head_office is None:
                return Refused(Reason.NOT_JOINED)
            return _round(session, till, _requests(session, till).keys)
    except TillOpen as error:
        return failure(error.code, session.texts._("The till is open and keeps in touch with head office by itself."))


def _status(context: typer.Context) -> Answer:
    session = session_of(context)
    with session.reading() as (till, reader):
        return _answer(session, _look(till, reader, _key_place(session, till)), None)


def _export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=mark("The file to write; it must not exist."), metavar="FILE")],
) -> Answer | Refused:
    session = session_of(context)
    with session.reading() as (till, reader):
        done = _requests(session, till).export(file)
        if isinstance(done, Refused):
            return done
        if isinstance(done, Declined):
            return _no(session.texts, done.why)
        status = _look(till, reader, None)
        texts = session.texts
        count = texts.n_("{count} booking written to {file}.", "{count} bookings written to {file}.", done.records)
        document = {"file": str(done.path), "records": done.records, "edits": done.edits, **_numbers(status, None)}
        return Answer(document, [count.format(count=texts.number(done.records), file=done.path)])


def _leave(
    context: typer.Context, yes: Annotated[bool, typer.Option("--yes", help=mark("Do not ask."))] = False
) -> Answer | Refused:
    from terminal.app.leave import LeaveCommand

    session = session_of(context)
    with session.writing() as till:
        texts = session.texts
        question = texts._("From then on other tills' bookings are not seen here. Leave head office?")
        if till.store.head_office is not None and not yes:
            typer.confirm(question, abort=True, err=True)
        done = _requests(session, till).leave(LeaveCommand(trusted=True))
        if isinstance(done, Refused):
            return done
        left = texts.n_(
            "The till stands alone. {count} booking was never sent.",
            "The till stands alone. {count} bookings were never sent.",
            done.unsent,
        )
        return Answer({"state": SyncMode.ALONE.value, "unsent": done.unsent}, [left.format(count=done.unsent)])


def _serve(
    context: typer.Context,
    listen: Annotated[str | None, typer.Option("--listen", help=mark("Where to listen."), metavar="HOST:PORT")] = None,
    off: Annotated[bool, typer.Option("--off", help=mark("Serve nobody any more."))] = False,
) -> Answer | Refused:
    from terminal.cli.waiting import waiting

    session = session_of(context)
    with session.writing() as till, contextlib.ExitStack() as running:
        requests = _requests(session, till)
        running.callback(requests.supervisor.stop)
        texts = session.texts
        with waiting(texts._("Setting head office up"), sys.stderr):
            done = requests.serve(on=not off, listen=listen)
        if isinstance(done, Refused):
            return done
        if isinstance(done, Declined):
            return _no(texts, done.why)
        return Answer({"serving": done.address or None}, [_serving_text(texts, done)])


def _serving_text(texts: Texts, done: Serving) -> str:
    if not done.address:
        return texts._("This till serves no other tills.")
    return texts._("While it is open, this till serves the others at {address}.").format(address=done.address)


def _invite(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=mark("What the other till is called."), metavar="NAME")],
) -> Answer | Refused:
    session = session_of(context)
    with session.reading() as (till, _):
        requests = _requests(session, till)
        made = requests.invite(name.strip())
        texts = session.texts
        if isinstance(made, Refused):
            return made
        if isinstance(made, Declined):
            return _no(texts, made.why)
        address = requests.supervisor.place().address
        lines = [(texts._("Code"), made.code), (texts._("Address"), address)]
        return Answer({"code": made.code, "name": made.name, "url": address}, pairs(lines))


# ------------------------------------------------------------------------------------------------ rounds


def _requests(session: Session, till: Till) -> Requests:
    """What can be asked of sync, with the ledger this command has open."""
    from terminal.sync.journal import OwnLedger
    from terminal.sync.keys import KeyStore, system_keyring
    from terminal.sync.service import Requests
    from terminal.sync.supervise import Supervisor

    keys = KeyStore(session.directory, system_keyring())
    return Requests(OwnLedger(till), keys, Supervisor(session.directory))


def _round(session: Session, till: Till, keys: KeyStore) -> Answer:
    """One round, told as it goes; what can't be done now is a known error."""
    from terminal.sync.context import Hooks
    from terminal.sync.errors import SyncError
    from terminal.sync.journal import OwnLedger
    from terminal.sync.session import Session as Line
    from terminal.sync.session import connect_over_http

    head_office = till.store.head_office
    assert head_office is not None, "only a joined till has rounds"
    supervisor = _requests(session, till).supervisor
    serves = supervisor.is_own(head_office) and supervisor.switch is not None
    try:
        with contextlib.ExitStack() as opened:
            if serves:  # the till that does it is not open, or this command would not be here
                opened.callback(supervisor.stop)
                supervisor.switch_on(till.store)
            line = opened.enter_context(
                Line(OwnLedger(till), head_office, keys, session.programs.clock, connect_over_http)
            )
            from importlib.metadata import version

            hooks, software = Hooks(report=_reporter(session.texts)), version("stammkunde")
            result = line.round(hooks, software)
            if line.has_something_to_send():  # a programme that came into force is a booking too
                again = line.round(hooks, software)
                pushed, pulled = result.pushed + again.pushed, result.pulled + again.pulled
                result = replace(again, pushed=pushed, pulled=pulled)
            place = line.key_place
        if isinstance(till.clock, CorrectedClock):
            till.clock.correct(result.offset_ms)
    except SyncError as error:
        return _no(session.texts, error.why)
    with till.store.reader() as reader:
        return _answer(session, _look(till, reader, place), result)


def _reporter(texts: Texts) -> Callable[[Progress | None], None]:
    def report(found: Progress | None) -> None:
        if found is not None:
            show = progress(progress_text(texts, found))
            if show is not None:
                show(found.done, found.total or found.done)

    return report


def _no(texts: Texts, why: ProblemCode | SyncTrouble) -> Answer:
    return failure(why.value, trouble_text(texts, why))


# ------------------------------------------------------------------------------------------------ status


def _key_place(session: Session, till: Till) -> KeyPlace | None:
    from terminal.sync.keys import KeyStore

    head_office = till.store.head_office
    return KeyStore(session.directory, None).place(head_office.terminal_id) if head_office else None


def _look(till: Till, reader: Reader, place: KeyPlace | None) -> SyncStatus:
    """How the till stands, as its files tell it."""
    from terminal.sync.supervise import Supervisor

    link = reader.link()
    mode = SyncMode.ONLINE if is_online(link, till.clock.now_us()) else SyncMode.OFFLINE
    problem = problem_of(link.failure)
    serving = Supervisor(till.store.directory).address
    seen = Seen(SyncMode.PROBLEM if problem else mode, problem, key_place=place, serving=serving)
    return look(reader, till.store.head_office, seen)


def problem_of(code: str) -> ProblemCode | SyncTrouble | None:
    """What the last round failed with, from the word that was kept of it."""
    from loyalty.wire import ProblemCode
    from terminal.sync.status import SyncTrouble

    for kind in (ProblemCode, SyncTrouble):
        with contextlib.suppress(ValueError):
            return kind(code)
    return None


def _numbers(status: SyncStatus, result: RoundResult | None) -> dict[str, object]:
    return {
        "pushed": result.pushed if result else 0,
        "pulled": result.pulled if result else 0,
        "waiting": status.waiting,
        "acked_seq": status.acked_seq,
        "quarantined": status.quarantined,
    }


def _answer(session: Session, status: SyncStatus, result: RoundResult | None) -> Answer:
    texts, clock = session.texts, session.programs.clock

    def when(at_us: int) -> str | None:
        return iso_moment(at_us, clock.utc_offset_min(at_us)) if at_us else None

    document = {
        **_numbers(status, result),
        "state": status.mode.value,
        "reason": status.problem.value if status.problem else None,
        "store": status.store or None,
        "url": status.url or None,
        "last_contact": when(status.last_contact_us),
        "oldest": when(status.oldest_us),
        "conflicts": status.conflicts,
        "clock_off_ms": status.clock_off_ms,
        "caught_up": status.caught_up,
        "key": status.key_place.value if status.key_place else None,
        "serving": status.serving or None,
        "pending_programme": status.pending.version if status.pending else None,
        "unreadable_programme": _unreadable(status, when),
    }
    lines = [(texts._("Head office"), connection_pill(texts, status).text)]
    if status.joined:
        lines += _lines(texts, status, _contact(session, status.last_contact_us))
    if status.problem is not None:
        lines.append((texts._("What to do"), trouble_text(texts, status.problem)))
    if status.unreadable is not None:
        lines.append((texts._("Programme"), unreadable_line(texts, clock, status.unreadable)))
    return Answer(document, pairs(lines))


def _unreadable(status: SyncStatus, when: Callable[[int], str | None]) -> dict[str, object] | None:
    """The published programme that this till can't put into force."""
    found = status.unreadable
    return (
        None if found is None else {"version": found.version, "starts": when(found.starts_at_us), "reason": found.why}
    )


def _contact(session: Session, at_us: int) -> str:
    """When head office last answered, as people say it."""
    texts, clock = session.texts, session.programs.clock
    if not at_us:
        return texts._("never")
    return texts.moment(at_us, clock.utc_offset_min(at_us), clock.business_day(clock.now_us()))


def _lines(texts: Texts, status: SyncStatus, contact: str) -> list[tuple[str, str]]:
    lines = [
        (texts._("Address"), status.url),
        (texts._("Store"), status.store),
        (texts._("Last contact"), contact),
        (texts._("Waiting"), texts.number(status.waiting)),
        (texts._("Unreadable there"), texts.number(status.quarantined)),
        (texts._("Conflicts"), texts.number(status.conflicts)),
    ]
    if status.key_place is not None:
        keyring, file = texts._("in this user's keyring"), texts._("in a file that only this user may read")
        lines.append((texts._("Key"), keyring if status.key_place.value == "keyring" else file))
    if status.serving:
        lines.append((texts._("Serves at"), status.serving))
    return lines
