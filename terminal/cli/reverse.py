"""``reverse``: undoing a booking of this or another till; its receipt, with the code for that, is ``receipt``'s."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from loyalty.lines import ReversedLine
from loyalty.money import decimal_text
from loyalty.outcomes import Reason, Refused
from loyalty.records import ReversalReason
from loyalty.reversal import ReversalRequest
from terminal.app.elsewhere import Elsewhere
from terminal.app.reverse import ReverseCommand, Reversed, Vouch, preview, preview_vouched, reverse
from terminal.cli import parsing
from terminal.cli.booking import RecordId
from terminal.cli.elsewhere import Named, Said, learn, named, origin, vouch_of
from terminal.cli.receipt import add_commands as receipt_command
from terminal.cli.session import Session, session_of
from texts.columns import pairs
from texts.command_line.answers import Answer
from texts.command_line.commands import NumbersCommand
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from storage.store import Reader
    from terminal.app.till import Till
    from texts.i18n import Texts

Amount = Annotated[str | None, typer.Option("--amount", help=mark("Only this much of it."), metavar="A")]
Manager = Annotated[str, typer.Option("--manager", help=mark("Who vouches for what the receipt says."), metavar="NAME")]
Purchase = Annotated[str, typer.Option("--purchase", help=mark("The receipt's purchase."), metavar="A")]
Points = Annotated[int, typer.Option("--points", min=0, help=mark("The receipt's points awarded."), metavar="N")]
Redeemed = Annotated[int, typer.Option("--redeemed", min=0, help=mark("The receipt's points redeemed."), metavar="N")]
Card = Annotated[str, typer.Option("--card", help=mark("The member's card."), metavar="CARD")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(
        "reverse",
        cls=NumbersCommand,
        help=mark("Undo a sale or a redemption of any till, whole or in part."),
        epilog="stammkunde reverse 0198c0de-0000-7000-8000-000000000001 --reason mistake",
    )(_reverse)
    receipt_command(app)


def _reverse(
    context: typer.Context,
    booking: Annotated[
        str,
        typer.Argument(help=mark("The id of the booking to undo, or the code on its receipt."), metavar="RECORD_ID"),
    ],
    line: Annotated[
        int | None, typer.Option("--line", min=1, max=1000, help=mark("Only this line of it."), metavar="N")
    ] = None,
    amount: Amount = None,
    reason: Annotated[
        str,
        typer.Option("--reason", help=mark("mistake, return, wrong_card, or the reason in words."), metavar="R"),
    ] = "",
    show: Annotated[bool, typer.Option("--preview", help=mark("Say what it would do, without writing."))] = False,
    record_id: RecordId = None,
    manager: Manager = "",
    purchase: Purchase = "",
    points: Points = 0,
    redeemed: Redeemed = 0,
    card: Card = "",
) -> Answer | Refused:
    session = session_of(context)
    wanted = named(booking)
    if isinstance(wanted, Refused):
        return wanted
    said = Said(manager, purchase, points, redeemed, card)
    reversal_id = session.programs.ids.record_id() if record_id is None else parsing.uuid(record_id)
    if show:
        with session.reading() as (till, reader):
            request = _request(session.texts, wanted.record_id, line, amount)
            return request if isinstance(request, Answer) else _previewed(session, till, reader, wanted, request, said)
    with session.writing() as till:
        request = _request(session.texts, wanted.record_id, line, amount)
        if isinstance(request, Answer):
            return request
        code, note = _reason(reason)
        if code is None:
            return Refused(Reason.REASON_MISSING)
        with till.store.reader() as reader:
            proof = _proof(session, till, reader, wanted, said, reversal_id)
        if isinstance(proof, Answer | Refused):
            return proof
        elsewhere, vouch = proof
        command = ReverseCommand(reversal_id, request, code, note, elsewhere=elsewhere, vouch=vouch)
        done = reverse(till, command)
        return done if isinstance(done, Refused) else _done(session.texts, done, elsewhere, vouch)


def _proof(
    session: Session, till: Till, reader: Reader, wanted: Named, said: Said, reversal_id: UUID | None
) -> tuple[Elsewhere | None, Vouch | None] | Answer | Refused:
    """What is known of another till's booking, else what a manager says of it; a retry needs neither."""
    vouch = vouch_of(session.texts, reader, said)
    if isinstance(vouch, Answer | Refused):
        return vouch
    if reversal_id is not None and reader.record(reversal_id) is not None:
        return None, vouch
    learned = learn(session, till, reader, wanted)
    if isinstance(learned, Elsewhere):
        return learned, None
    if learned is None or (vouch is not None and learned.reason in _UNSURE):
        return None, vouch
    return learned


_UNSURE = frozenset(
    {
        Reason.RECORD_OF_ANOTHER_TILL,
        Reason.RECORD_NOT_THERE_YET,
        Reason.RECEIPT_TILL_UNKNOWN,
        Reason.RECEIPT_TILL_SHUT_OUT,
    }
)
"""Where nobody here can know, so that a manager may vouch."""


def _done(texts: Texts, done: Reversed, elsewhere: Elsewhere | None, vouch: Vouch | None) -> Answer:
    record = done.record
    document = {
        "record_id": record.record_id,
        "seq": done.seq,
        "original_id": record.original_id,
        **_effect(record.takes_back, record.returns, record.lines, record.redemptions),
        "balance": done.balance,
        "repeated": done.repeated,
        **origin(elsewhere, vouched=vouch is not None and record.vouched_by is not None),
    }
    lines = [
        *_effect_lines(texts, record.takes_back, record.returns, record.cents),
        (texts._("Balance"), texts.points(done.balance)),
        (texts._("Booking"), str(record.record_id)),
    ]
    return Answer(document, [*pairs(lines), *([_provisional(texts)] if done.elsewhere else [])])


def _previewed(
    session: Session, till: Till, reader: Reader, wanted: Named, request: ReversalRequest, said: Said
) -> Answer | Refused:
    proof = _proof(session, till, reader, wanted, said, None)
    if isinstance(proof, Answer | Refused):
        return proof
    elsewhere, vouch = proof
    is_unknown = till.store.head_office is not None and reader.record(wanted.record_id) is None
    vouched = vouch is not None and is_unknown
    if vouch is not None and vouched:
        found = preview_vouched(reader, till.programme, till.store.programme_key, request, vouch)
    else:
        found = preview(reader, request, elsewhere)
    if isinstance(found, Refused):
        return found
    texts, plan = session.texts, found.plan
    document = {
        "original_id": request.original_id,
        **_effect(plan.takes_back, plan.returns, plan.lines, plan.redemptions),
        "balance": found.balance,
        "balance_after": found.balance_after,
        "preview": True,
        **origin(found.elsewhere, vouched=vouched),
    }
    lines = [
        *_effect_lines(texts, plan.takes_back, plan.returns, sum(part.cents for part in plan.lines)),
        (texts._("Balance"), texts.points(found.balance)),
        (texts._("Balance after"), texts.points(found.balance_after)),
    ]
    is_elsewhere = vouched or (found.elsewhere is not None and not found.elsewhere.own)
    return Answer(document, [*pairs(lines), *([_provisional(texts)] if is_elsewhere else [])])


def _provisional(texts: Texts) -> str:
    return texts._("A booking of another till: a preview until head office has booked it.")


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
