"""``reverse``, ``adjust`` and ``history``: what was booked, and putting it right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from loyalty.bounds import POINTS_MAX
from loyalty.encoding import kind_of
from loyalty.lines import ReversedLine
from loyalty.money import decimal_text
from loyalty.outcomes import Reason, Refused
from loyalty.records import Adjustment, AnyRecord, Redemption, Reversal, ReversalReason, Sale
from loyalty.reversal import ReversalRequest
from storage.statements import BOOKINGS_MAX
from terminal.app.adjust import AdjustCommand, adjust
from terminal.app.cards import card_in_use
from terminal.app.documents import booking_cents, booking_document, iso_moment
from terminal.app.reverse import ReverseCommand, preview, reverse
from terminal.cli import parsing
from terminal.cli.answers import Answer
from terminal.cli.commands import NumbersCommand
from terminal.cli.session import Session, session_of
from texts.columns import pairs, table
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from storage.types import Booking
    from texts.i18n import Texts

RecordId = Annotated[
    str | None, typer.Option("--id", help=mark("The booking's id, the same for every retry."), metavar="UUID")
]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(
        "reverse",
        cls=NumbersCommand,
        help=mark("Undo a sale or a redemption, whole or in part."),
        epilog="stammkunde reverse 0198c0de-0000-7000-8000-000000000001 --reason mistake",
    )(_reverse)
    app.command(
        "adjust",
        cls=NumbersCommand,
        help=mark("Correct a balance by hand."),
        epilog='stammkunde adjust 2900000000018 -50 --reason "booked on the wrong card"',
    )(_adjust)
    app.command(
        "history",
        help=mark("List a card's bookings, the newest first."),
        epilog="stammkunde history 2900000000018 --limit 5",
    )(_history)


def _reverse(
    context: typer.Context,
    booking: Annotated[str, typer.Argument(help=mark("The id of the booking to undo."), metavar="RECORD_ID")],
    line: Annotated[
        int | None, typer.Option("--line", min=1, max=1000, help=mark("Only this line of it."), metavar="N")
    ] = None,
    amount: Annotated[str | None, typer.Option("--amount", help=mark("Only this much of it."), metavar="A")] = None,
    reason: Annotated[
        str,
        typer.Option("--reason", help=mark("mistake, return, wrong_card, or the reason in words."), metavar="R"),
    ] = "",
    show: Annotated[bool, typer.Option("--preview", help=mark("Say what it would do, without writing."))] = False,
    record_id: RecordId = None,
) -> Answer | Refused:
    session = session_of(context)
    original_id = parsing.uuid(booking)
    reversal_id = session.programs.ids.record_id() if record_id is None else parsing.uuid(record_id)
    if show:
        return _previewed(session, original_id, line, amount)
    with session.writing() as till:
        texts = session.texts
        request = _request(texts, original_id, line, amount)
        if isinstance(request, Answer):
            return request
        code, note = _reason(reason)
        if code is None:
            return Refused(Reason.REASON_MISSING)
        done = reverse(till, ReverseCommand(reversal_id, request, code, note))
        if isinstance(done, Refused):
            return done
        record = done.record
        document = {
            "record_id": record.record_id,
            "seq": done.seq,
            "original_id": record.original_id,
            **_effect(record.takes_back, record.returns, record.lines, record.redemptions),
            "balance": done.balance,
            "repeated": done.repeated,
        }
        lines = [
            *_effect_lines(texts, record.takes_back, record.returns, record.cents),
            (texts._("Balance"), texts.points(done.balance)),
            (texts._("Booking"), str(record.record_id)),
        ]
        return Answer(document, pairs(lines))


def _previewed(session: Session, original_id: UUID, line: int | None, amount: str | None) -> Answer | Refused:
    with session.reading() as (_, reader):
        texts = session.texts
        request = _request(texts, original_id, line, amount)
        if isinstance(request, Answer):
            return request
        found = preview(reader, request)
        if isinstance(found, Refused):
            return found
        plan = found.plan
        document = {
            "original_id": original_id,
            **_effect(plan.takes_back, plan.returns, plan.lines, plan.redemptions),
            "balance": found.balance,
            "balance_after": found.balance_after,
            "preview": True,
        }
        lines = [
            *_effect_lines(texts, plan.takes_back, plan.returns, sum(part.cents for part in plan.lines)),
            (texts._("Balance"), texts.points(found.balance)),
            (texts._("Balance after"), texts.points(found.balance_after)),
        ]
        return Answer(document, pairs(lines))


def _request(texts: Texts, original_id: UUID, line: int | None, amount: str | None) -> ReversalRequest | Answer:
    cents = None if amount is None else parsing.amount(texts, amount)
    return cents if isinstance(cents, Answer) else ReversalRequest(original_id, line, cents)


def _reason(text: str) -> tuple[ReversalReason | None, str]:
    """A reason's code, or ``other`` with the words as an erasable note."""
    words = " ".join(text.split())
    if not words:
        return None, ""
    if words in set(ReversalReason):
        return ReversalReason(words), ""
    return ReversalReason.OTHER, words


def _effect(
    takes_back: int, returns: int, lines: Sequence[ReversedLine], redemptions: Sequence[ReversedLine]
) -> dict[str, object]:
    return {
        "takes_back": takes_back,
        "returns": returns,
        "amount": decimal_text(sum(line.cents for line in lines)),
        "lines": [
            {"line": line.line, "amount": decimal_text(line.cents), "points": sign * line.points}
            for part, sign in ((lines, -1), (redemptions, 1))
            for line in part
        ],
    }


def _effect_lines(texts: Texts, takes_back: int, returns: int, cents: int) -> list[tuple[str, str]]:
    return [
        (texts._("Takes back"), texts.points(takes_back)),
        (texts._("Returns"), texts.points(returns)),
        (texts._("Of the purchase"), texts.money(cents)),
    ]


def _adjust(
    context: typer.Context,
    card: Annotated[str, typer.Argument(help=mark("The card's number."), metavar="CARD")],
    points: Annotated[
        int,
        typer.Argument(
            min=-POINTS_MAX, max=POINTS_MAX, help=mark("Points to give, or to take with a minus."), metavar="POINTS"
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", help=mark("Why, in words."), metavar="R")],
    record_id: RecordId = None,
) -> Answer | Refused:
    session = session_of(context)
    booking_id = session.programs.ids.record_id() if record_id is None else parsing.uuid(record_id)
    if points == 0:
        raise typer.BadParameter("0 points correct nothing")
    with session.writing() as till:
        done = adjust(till, AdjustCommand(booking_id, card.strip(), points, reason))
        if isinstance(done, Refused):
            return done
        texts = session.texts
        document = {
            "record_id": done.record.record_id,
            "seq": done.seq,
            "points": done.record.points,
            "balance": done.balance,
            "repeated": done.repeated,
        }
        lines = [
            (texts._("Correction"), texts.signed(done.record.points)),
            (texts._("Balance"), texts.points(done.balance)),
            (texts._("Booking"), str(done.record.record_id)),
        ]
        return Answer(document, pairs(lines))


def _history(
    context: typer.Context,
    card: Annotated[str, typer.Argument(help=mark("The card's number."), metavar="CARD")],
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=BOOKINGS_MAX, help=mark("How many at most."), metavar="N")
    ] = 20,
) -> Answer | Refused:
    session = session_of(context)
    with session.reading() as (till, reader):
        row = card_in_use(reader, till.programme, card)
        if isinstance(row, Refused):
            return row
        account = reader.account(row.member_id)
        bookings = reader.bookings(account.member_id, limit)
        texts = session.texts
        document = {
            "member_id": account.member_id,
            "balance": account.balance,
            "entries": [booking_document(booking) for booking in bookings],
        }
        head = [texts._("When"), texts._("What"), texts._("Amount"), texts._("Points"), texts._("Balance"), ""]
        rows = [_history_row(texts, booking) for booking in bookings]
        return Answer(document, table(head, rows, right=[2, 3, 4]) if rows else [texts._("No bookings yet.")])


def _history_row(texts: Texts, booking: Booking) -> list[str]:
    record = booking.record
    cents = booking_cents(record)
    # The day of the clock on the wall: after a day close the business day is tomorrow's, and nobody was here then.
    day = iso_moment(record.at_us, record.utc_offset_min).partition("T")[0]
    when = f"{day} {texts.time(record.at_us, record.utc_offset_min)}"
    return [
        when,
        _what(texts, record),
        "" if cents is None else texts.money(cents),
        texts.signed(booking.points),
        "–" if booking.balance_after is None else texts.number(booking.balance_after),
        {"no": "", "partly": texts._("partly undone"), "whole": texts._("undone")}[booking.reversed.value],
    ]


def _what(texts: Texts, record: AnyRecord) -> str:
    match record:
        case Sale():
            return texts._("Purchase")
        case Redemption():
            return texts._("Reward")
        case Reversal():
            return texts._("Reversal")
        case Adjustment():
            return texts._("Correction")
        case _:
            return kind_of(record)
