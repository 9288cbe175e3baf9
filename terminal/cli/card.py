"""``card``: a member's cards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from loyalty.outcomes import Refused
from loyalty.records import CardAction
from terminal.app.card_print import phone_card
from terminal.app.cards import CardCommand, CardsChanged, change_card
from terminal.app.files import write_file
from terminal.cli import parsing
from terminal.cli.cards import add_commands as print_commands
from terminal.cli.session import session_of
from texts.columns import table
from texts.command_line.answers import Answer
from texts.command_line.commands import group
from texts.i18n import mark

if TYPE_CHECKING:
    from texts.i18n import Texts

Card = Annotated[str, typer.Argument(help=mark("A card of the member."), metavar="CARD")]
NewCard = Annotated[
    str,
    typer.Argument(help=mark("The card that is handed out; left out, one with a fresh number."), metavar="[NEW_CARD]"),
]
RecordId = Annotated[
    str | None, typer.Option("--id", help=mark("The booking's id, the same for every retry."), metavar="UUID")
]


PICTURES: Final = (".svg", ".png")
"""What a card for a phone can be written as."""


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    cards = group()
    cards.command(
        "issue",
        help=mark("Give the member of CARD a further card."),
        epilog="stammkunde card issue 2900000000018 2900000000025",
    )(_issue)
    cards.command(
        "replace",
        help=mark("Give a new card for CARD, which is then out of use."),
        epilog="stammkunde card replace 2900000000018 2900000000025",
    )(_replace)
    cards.command("block", help=mark("Put a card out of use for now."), epilog="stammkunde card block 2900000000018")(
        _block
    )
    cards.command(
        "unblock", help=mark("Take a blocked card into use again."), epilog="stammkunde card unblock 2900000000018"
    )(_unblock)
    cards.command(
        "qr",
        help=mark("Write a card as a QR code for the member's phone."),
        epilog="stammkunde card qr BM-7K3QX9TZ2M4P --out card.png",
    )(_qr)
    app.add_typer(cards, name="card", help=mark("A member's cards."))
    print_commands(app)


def _issue(context: typer.Context, card: Card, new_card: NewCard = "", record_id: RecordId = None) -> Answer | Refused:
    return _change(context, CardAction.ISSUE, card, new_card, record_id)


def _replace(
    context: typer.Context, card: Card, new_card: NewCard = "", record_id: RecordId = None
) -> Answer | Refused:
    return _change(context, CardAction.REPLACE, card, new_card, record_id)


def _block(context: typer.Context, card: Card, record_id: RecordId = None) -> Answer | Refused:
    return _change(context, CardAction.BLOCK, card, "", record_id)


def _unblock(context: typer.Context, card: Card, record_id: RecordId = None) -> Answer | Refused:
    return _change(context, CardAction.UNBLOCK, card, "", record_id)


def _change(
    context: typer.Context, action: CardAction, card: str, new_card: str, record_id: str | None
) -> Answer | Refused:
    session = session_of(context)
    booking_id = session.programs.ids.record_id() if record_id is None else parsing.uuid(record_id)
    with session.writing() as till:
        done = change_card(till, CardCommand(booking_id, action, card.strip(), new_card.strip()))
        return done if isinstance(done, Refused) else _changed(session.texts, done)


def _qr(
    context: typer.Context,
    card: Annotated[str, typer.Argument(help=mark("The card."), metavar="CARD")],
    out: Annotated[Path, typer.Option("--out", help=mark("The picture to write: .svg or .png."), metavar="FILE")],
) -> Answer | Refused:
    session = session_of(context)
    ending = out.suffix.lower()
    if ending not in PICTURES:
        raise typer.BadParameter(f"A picture ends in {' or '.join(PICTURES)}", param_hint="--out")
    with session.reading() as (till, _):
        picture = phone_card(till.programme, card, as_svg=ending == ".svg")
    if isinstance(picture, Refused):
        return picture
    write_file(out, picture)
    written = session.texts._("Written: {file}").format(file=out)
    return Answer({"cards": [{"card": card.strip()}], "file": str(out)}, [written])


def _changed(texts: Texts, done: CardsChanged) -> Answer:
    document = {
        "member_id": done.member_id,
        "cards": [{"card": card.number, "status": card.status.value} for card in done.cards],
        "repeated": done.repeated,
    }
    words = {"active": texts._("in use"), "blocked": texts._("blocked"), "replaced": texts._("replaced")}
    rows = [[card.number, words[card.status.value]] for card in done.cards]
    return Answer(document, table([texts._("Card"), texts._("State")], rows))
