"""``member``, ``adjust``, ``merge`` and ``erase``: what head office knows and decides about members."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

import typer

from headoffice.cli.session import person, session_of
from headoffice.wording import PURPOSES, consent_text
from loyalty.directory import Profile
from loyalty.outcomes import Reason, Refused
from texts.columns import pairs
from texts.command_line.answers import Answer, time_text
from texts.command_line.commands import NumbersCommand
from texts.i18n import mark

if TYPE_CHECKING:
    from headoffice.service import HeadOffice

CANDIDATES_MAX: Final = 20

Card = Annotated[str, typer.Argument(help=mark("A card's number, or a member's id."), metavar="CARD")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(
        "member",
        help=mark("Show a member: points, cards, and what they agree to."),
        epilog="stammkunde-headoffice member 2900000000018",
    )(_show)
    app.command(
        "adjust",
        cls=NumbersCommand,
        help=mark("Correct a balance."),
        epilog='stammkunde-headoffice adjust 2900000000018 -50 --reason "Goodwill of November was double"',
    )(_adjust)
    app.command(
        "merge",
        help=mark("Join two accounts; the second card's account goes on."),
        epilog="stammkunde-headoffice merge 2900000000018 2900000000025",
    )(_merge)
    app.command(
        "erase",
        help=mark("Forget a person, here and at every till (GDPR, article 17)."),
        epilog="stammkunde-headoffice erase 2900000000018 --yes",
    )(_erase)


def _show(context: typer.Context, card: Card) -> Answer | Refused:
    session = session_of(context)
    with session.open() as head_office:
        member_id = _member(head_office, card)
        member = None if member_id is None else head_office.member(member_id, 1)
    if member is None:
        return Refused(Reason.CARD_UNKNOWN)
    texts, said = session.texts, member.statement
    profile = member.profile or Profile("")
    document = {
        "member_id": member.member_id,
        "merged_ids": member.merged_ids,
        "name": profile.name or None,
        "erased": member.erased_day is not None,
        "balance": said.balance,
        "sales": said.sales,
        "cards": [{"card": card.number, "status": card.status.value} for card in member.cards],
        "consents": [
            {
                "purpose": state.purpose.value,
                "granted": state.granted,
                "at": time_text(state.at_us, session.programs.clock),
                "text_version": state.text_version,
            }
            for state in said.consents
        ],
    }
    rows = [(texts._("Member"), profile.name or texts._("Without a name"))]
    rows += [(texts._("Card"), card.number) for card in member.cards]
    rows.append((texts._("Points"), texts.number(said.balance)))
    rows += [(texts._(PURPOSES[state.purpose]), consent_text(state, texts)) for state in said.consents]
    return Answer(document, pairs(rows))


def _adjust(
    context: typer.Context,
    card: Card,
    points: Annotated[int, typer.Argument(help=mark("How many, with a sign."), metavar="POINTS")],
    reason: Annotated[str, typer.Option("--reason", help=mark("Why."), metavar="R")],
) -> Answer | Refused:
    session = session_of(context)
    with session.open() as head_office:
        done = head_office.adjust(_who(card), points, reason, by=person())
    if isinstance(done, Refused):
        return done
    texts = session.texts
    document = {
        "record_id": done.record_id,
        "member_id": done.member_id,
        "points": done.points,
        "balance": done.balance,
    }
    line = texts._("Corrected by {points}; the balance is {balance}.")
    return Answer(document, [line.format(points=texts.signed(done.points), balance=texts.number(done.balance))])


def _merge(
    context: typer.Context,
    card: Card,
    into: Annotated[str, typer.Argument(help=mark("The card whose account goes on."), metavar="INTO")],
) -> Answer | Refused:
    session = session_of(context)
    with session.open() as head_office:
        done = head_office.merge(_who(card), _who(into), by=person())
    if isinstance(done, Refused):
        return done
    texts = session.texts
    document = {"member_id": done.member_id, "merged_id": done.merged_id, "balance": done.balance}
    line = texts._("Both accounts are one now; the balance is {balance}.")
    return Answer(document, [line.format(balance=texts.number(done.balance))])


def _erase(
    context: typer.Context,
    card: Card,
    yes: Annotated[bool, typer.Option("--yes", help=mark("Do not ask."))] = False,
) -> Answer | Refused:
    session = session_of(context)
    texts = session.texts
    with session.open() as head_office:
        member_id = _member(head_office, card)
        if member_id is None:
            return Refused(Reason.CARD_UNKNOWN)
        if not yes:
            if not sys.stdin.isatty():
                raise typer.BadParameter("There is nobody to ask here; say --yes")
            typer.confirm(texts._("Forget this person for good?"), abort=True, err=True)
        done = head_office.erase(member_id, by=person())
    if isinstance(done, Refused):
        return done
    document = {"member_id": member_id, "erased": True, "member_ids": done.member_ids}
    return Answer(document, [texts._("The person is forgotten. The bookings stay, without a name.")])


def _who(text: str) -> str | UUID:
    """A member's id, or else a card's number."""
    try:
        return UUID(text)
    except ValueError:
        return text.strip()


def _member(head_office: HeadOffice, text: str) -> UUID | None:
    """The member a card belongs to; a part of a number is no card here, because erasing can't be undone."""
    who = _who(text)
    if isinstance(who, UUID):
        return who
    for hit in head_office.find_members(who, CANDIDATES_MAX):
        found = head_office.member(hit.member_id, 1)
        if found is not None and any(card.number == who for card in found.cards):
            return found.member_id
    return None
