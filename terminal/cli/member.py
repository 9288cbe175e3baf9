"""``member``: enrol, find, show, hand out, forget and join members."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from loyalty.outcomes import Reason, Refused
from loyalty.records import Purpose
from storage.errors import DiskFailed, ErasureUnfinished, StorageError
from storage.scrubbing import scrub
from terminal.app.consent import ConsentCommand, change_consent
from terminal.app.documents import consent_documents, member_document
from terminal.app.enrol import EnrolCommand, enrol
from terminal.app.export import export_member
from terminal.app.files import write_files
from terminal.app.members import (
    EraseCommand,
    Member,
    MergeCommand,
    erase_member,
    merge_members,
    show_member,
)
from terminal.cli import parsing, retention
from terminal.cli.session import session_of
from texts.columns import pairs, table
from texts.command_line.answers import Answer
from texts.command_line.commands import group
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyalty.consent import ConsentState
    from texts.i18n import Texts

FIND_LIMIT = 20
"""The most members ``find`` lists; whoever gets that many types one more letter."""

Card = Annotated[str, typer.Argument(help=mark("A card of the member."), metavar="CARD")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    members = group()
    members.command(
        "add",
        help=mark("Enrol a member on a card."),
        epilog='stammkunde member add --name "Anna Bauer" --card 2900000000018 --consent email',
    )(_add)
    members.command(
        "find",
        help=mark("Find members by name, phone, e-mail or card."),
        epilog="stammkunde member find bauer",
    )(_find)
    members.command("show", help=mark("Show a member."), epilog="stammkunde member show 2900000000018")(_show)
    members.command(
        "consent",
        help=mark("Record what a member agrees to, or no longer. A withdrawal counts at once, at every till."),
        epilog="stammkunde member consent 2900000000018 --give email --withdraw sms",
    )(_consent)
    members.command(
        "export",
        help=mark("Write all that is stored about a member to files. For the member (GDPR, articles 15 and 20)."),
        epilog="stammkunde member export 2900000000018 --out ./for-anna",
    )(_export)
    members.command(
        "erase",
        help=mark("Forget a member. Name, contacts and card numbers go (GDPR, article 17)."),
        epilog="stammkunde member erase 2900000000018",
    )(_erase)
    members.command(
        "merge",
        help=mark("Join two accounts. The points of CARD go to the member of INTO."),
        epilog="stammkunde member merge 2900000000018 2900000000025",
    )(_merge)
    retention.add_commands(members)
    app.add_typer(members, name="member", help=mark("Members."))


def _add(
    context: typer.Context,
    name: Annotated[
        str, typer.Option("--name", help=mark("The name the member wants to be greeted with."), metavar="N")
    ],
    card: Annotated[
        str, typer.Option("--card", help=mark("The new member's card; left out, a fresh number."), metavar="C")
    ] = "",
    phone: Annotated[
        str, typer.Option("--phone", help=mark("A phone number in any usual spelling."), metavar="P")
    ] = "",
    email: Annotated[str, typer.Option("--email", help=mark("An e-mail address."), metavar="E")] = "",
    birthday: Annotated[str, typer.Option("--birthday", help=mark("As 24.12.1990 or 1990-12-24."), metavar="B")] = "",
    referred_by: Annotated[
        str, typer.Option("--referred-by", help=mark("The card of the member who brought them."), metavar="CARD")
    ] = "",
    consent: Annotated[
        str,
        typer.Option("--consent", help=mark("What the member agreed to: email, sms, profiling."), metavar="LIST"),
    ] = "",
    record_id: Annotated[
        str | None, typer.Option("--id", help=mark("The booking's id, the same for every retry."), metavar="UUID")
    ] = None,
) -> Answer | Refused:
    session = session_of(context)
    booking_id = session.programs.ids.record_id() if record_id is None else parsing.uuid(record_id)
    purposes = _purposes(consent)
    if isinstance(purposes, Refused):
        return purposes
    with session.writing() as till:
        done = enrol(
            till,
            EnrolCommand(
                record_id=booking_id,
                card=card.strip(),
                name=name,
                phone=phone,
                email=email,
                birthday=birthday,
                referred_by=referred_by.strip(),
                consents=purposes,
                source="command_line",
            ),
        )
        if isinstance(done, Refused):
            return done
        texts = session.texts
        document = {
            "member_id": done.record.member_id,
            "card": done.card,
            "record_id": done.record.record_id,
            "balance": done.balance,
            "repeated": done.repeated,
        }
        lines = [
            (texts._("Member"), done.profile.name),
            (texts._("Card"), done.card),
            (texts._("Balance"), texts.points(done.balance)),
        ]
        return Answer(document, pairs(lines))


def _purposes(text: str) -> tuple[Purpose, ...] | Refused:
    """Read ``email,sms``; each purpose once."""
    wanted = [word.strip() for word in text.split(",") if word.strip()]
    if not set(wanted) <= set(Purpose):
        return Refused(Reason.CONSENT_UNKNOWN)
    return tuple(purpose for purpose in Purpose if purpose.value in wanted)


def _find(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help=mark("A name, phone, e-mail or card, or its beginning."), metavar="TEXT")],
) -> Answer | Refused:
    session = session_of(context)
    with session.reading() as (_, reader):
        found = reader.find(text, FIND_LIMIT)
        hits, texts = found.hits, session.texts
        document = {
            "members": [
                {
                    "member_id": hit.member_id,
                    "name": hit.name,
                    "card": hit.card_masked,
                    "phone": hit.phone_masked,
                    "balance": hit.balance,
                }
                for hit in hits
            ],
            "more": found.more,
            "complete": found.complete,
        }
        head = [texts._("Name"), texts._("Card"), texts._("Phone"), texts._("Points")]
        rows = [[hit.name, hit.card_masked, hit.phone_masked, texts.number(hit.balance)] for hit in hits]
        lines = table(head, rows, right=[3]) if rows else [texts._("Nobody found.")]
        if found.more:
            lines.append(texts._("More than these fit."))
        if not found.complete:
            lines.append(texts._("The search is being made ready: not everybody is found yet."))
        return Answer(document, lines)


def _show(context: typer.Context, card: Card) -> Answer | Refused:
    session = session_of(context)
    with session.reading() as (till, reader):
        member = show_member(reader, till.programme, card)
        if isinstance(member, Refused):
            return member
        return Answer(member_document(member), _shown(session.texts, member))


def _shown(texts: Texts, member: Member) -> list[str]:
    account, profile = member.account, member.profile
    rows = [(texts._("Member"), profile.name if profile else texts._("not enrolled"))]
    if profile:
        rows += [
            (name, value)
            for name, value in (
                (texts._("Phone"), profile.phone),
                (texts._("E-mail"), profile.email),
                (texts._("Birthday"), texts.day(profile.birthday, "medium") if profile.birthday else ""),
            )
            if value
        ]
    if account.enrolled_day:
        rows.append((texts._("Member since"), texts.day(account.enrolled_day, "medium")))
    rows += [(texts._("Card"), card.number + _status(texts, card.status.value)) for card in member.cards]
    rows.append((texts._("Balance"), texts.points(account.balance)))
    return pairs(rows + _consent_rows(texts, member.consents))


def _consent_rows(texts: Texts, consents: Iterable[ConsentState]) -> list[tuple[str, str]]:
    names = {
        Purpose.EMAIL: texts._("Offers by e-mail"),
        Purpose.SMS: texts._("Offers by text message"),
        Purpose.PROFILING: texts._("Offers by what is bought"),
    }
    return [
        (names[state.purpose], texts._("agreed to") if state.granted else texts._("withdrawn")) for state in consents
    ]


def _consent(
    context: typer.Context,
    card: Card,
    give: Annotated[
        str, typer.Option("--give", help=mark("What the member agrees to: email, sms, profiling."), metavar="LIST")
    ] = "",
    withdraw: Annotated[
        str, typer.Option("--withdraw", help=mark("What the member no longer agrees to."), metavar="LIST")
    ] = "",
) -> Answer | Refused:
    session = session_of(context)
    given, withdrawn = _purposes(give), _purposes(withdraw)
    if isinstance(given, Refused):
        return given
    if isinstance(withdrawn, Refused):
        return withdrawn
    said = [(purpose, True) for purpose in given] + [(purpose, False) for purpose in withdrawn]
    if not said:
        return Refused(Reason.CONSENT_UNKNOWN)
    consents: tuple[ConsentState, ...] = ()
    with session.writing() as till:
        for purpose, granted in said:
            command = ConsentCommand(session.programs.ids.record_id(), card.strip(), purpose, granted)
            done = change_consent(till, command)
            if isinstance(done, Refused):
                return done
            consents = done.consents
        return Answer({"consents": consent_documents(consents)}, pairs(_consent_rows(session.texts, consents)))


def _status(texts: Texts, status: str) -> str:
    word = {"active": "", "blocked": texts._("blocked"), "replaced": texts._("replaced")}[status]
    return word and f" ({word})"


def _export(
    context: typer.Context,
    card: Card,
    out: Annotated[
        Path, typer.Option("--out", help=mark("The folder to write to; it is made when missing."), metavar="DIR")
    ],
) -> Answer | Refused:
    session = session_of(context)
    with session.reading() as (till, reader):
        export = export_member(till, reader, card.strip(), session.texts, session.settings.retention)
        if isinstance(export, Refused):
            return export
        texts = session.texts
    paths = write_files(out, export.files)
    document = {"member_id": export.member_id, "files": [str(path) for path in paths]}
    return Answer(document, [texts._("Written: {file}").format(file=path) for path in paths])


def _erase(
    context: typer.Context,
    card: Card,
    yes: Annotated[bool, typer.Option("--yes", help=mark("Don't ask."))] = False,
) -> Answer | Refused:
    session = session_of(context)
    if not (yes or session.as_json) and sys.stdin.isatty():
        typer.confirm(session.texts._("Erase this member for good?"), abort=True, err=True)
    with session.writing() as till:
        done = erase_member(till, EraseCommand(card.strip()))
        if isinstance(done, Refused):
            return done
        try:
            unreadable = scrub(session.directory).unreadable
        except DiskFailed:
            raise
        except StorageError as error:  # the member is gone from the ledger by now; the daily sweep does the rest
            raise ErasureUnfinished(error.support) from error
        texts = session.texts
        lines = [texts._("The member's data is gone. The bookings stay, without a name.")]
        broken = texts._("A damaged ledger that was set aside may still name the member; delete it: {file}")
        lines += [broken.format(file=path) for path in unreadable]
        document = {"member_id": done.member_id, "erased": True, "unreadable": [str(path) for path in unreadable]}
        return Answer(document, lines)


def _merge(
    context: typer.Context,
    card: Card,
    into: Annotated[str, typer.Argument(help=mark("A card of the member who stays."), metavar="INTO")],
    record_id: Annotated[
        str | None, typer.Option("--id", help=mark("The booking's id, the same for every retry."), metavar="UUID")
    ] = None,
) -> Answer | Refused:
    session = session_of(context)
    booking_id = session.programs.ids.record_id() if record_id is None else parsing.uuid(record_id)
    with session.writing() as till:
        done = merge_members(till, MergeCommand(booking_id, card.strip(), into.strip()))
        if isinstance(done, Refused):
            return done
        texts = session.texts
        document = {
            "member_id": done.member_id,
            "merged_id": done.merged_id,
            "balance": done.balance,
            "repeated": done.repeated,
        }
        return Answer(document, pairs([(texts._("Balance"), texts.points(done.balance))]))
