"""``adjust`` and ``history``: what was booked, and putting a balance right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from loyalty.bounds import POINTS_MAX
from loyalty.encoding import kind_of
from loyalty.outcomes import Refused
from loyalty.records import Adjustment, AnyRecord, Redemption, Reversal, Sale
from storage.statements import BOOKINGS_MAX
from terminal.app.adjust import AdjustCommand, adjust
from terminal.app.cards import card_in_use
from terminal.app.documents import booking_cents, booking_document, iso_moment
from terminal.cli import parsing
from terminal.cli.session import session_of
from texts.columns import pairs, table
from texts.command_line.answers import Answer
from texts.command_line.commands import NumbersCommand
from texts.i18n import mark

if TYPE_CHECKING:
    from storage.types import Booking
    from texts.i18n import Texts

RecordId = Annotated[
    str | None, typer.Option("--id", help=mark("The booking's id, the same for every retry."), metavar="UUID")
]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
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
