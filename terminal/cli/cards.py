"""``cards``: cards on paper, with fresh numbers or given ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

import typer

from hardware.symbols import SymbolKind
from loyalty.outcomes import Refused
from terminal.app.card_numbers import NumbersCommand
from terminal.app.card_print import CardsToPrint, PrintCommand, card_file, cards_to_print
from terminal.app.files import write_file
from terminal.cli import parsing
from terminal.cli.ledger import progress
from terminal.cli.session import session_of
from terminal.errors import FileUnwritable
from texts.columns import table
from texts.command_line.answers import Answer, tell
from texts.command_line.commands import group
from texts.i18n import mark
from texts.sheets import SHEETS, SheetName

if TYPE_CHECKING:
    from terminal.app.till import Till
    from terminal.cli.session import Session

SHOWN_MAX: Final = 12
"""How many numbers are listed for people; scripts get all of them."""

PROGRESS_FROM: Final = 500
"""From how many cards on the file takes long enough for a bar."""


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    sheets = group()
    sheets.command(
        "print",
        help=mark("Write cards with fresh numbers, or given ones, to a PDF file. A number is given out once only."),
        epilog="stammkunde cards print --count 21 --symbology ean13 --sheet l7160 --out cards.pdf",
    )(_print)
    sheets.command(
        "sheets", help=mark("List the sheets that cards can be printed on."), epilog="stammkunde cards sheets"
    )(_sheets)
    app.add_typer(sheets, name="cards", help=mark("Cards on paper."))


def _print(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", help=mark("The PDF file to write."), metavar="FILE")],
    symbology: Annotated[SymbolKind, typer.Option("--symbology", help=mark("The kind of barcode."))] = SymbolKind.EAN13,
    count: Annotated[
        int | None, typer.Option("--count", min=1, help=mark("How many cards with fresh numbers."), metavar="N")
    ] = None,
    card: Annotated[
        list[str] | None,
        typer.Option("--card", help=mark("A card to print again; as often as needed."), metavar="NUMBER"),
    ] = None,
    rule: Annotated[
        str, typer.Option("--rule", help=mark("The programme's card rule that counts the numbers."), metavar="ID")
    ] = "",
    sheet: Annotated[SheetName, typer.Option("--sheet", help=mark("What the cards are printed on."))] = SheetName.A4,
    first_cell: Annotated[
        int, typer.Option("--first-cell", min=1, help=mark("The first free place of a begun sheet."), metavar="K")
    ] = 1,
    names: Annotated[bool, typer.Option("--names", help=mark("Print the members' names on their cards."))] = False,
    crop_marks: Annotated[bool, typer.Option("--crop-marks", help=mark("Print marks to cut along."))] = False,
    issue_id: Annotated[
        str | None, typer.Option("--id", help=mark("The order's id: the same gets the same numbers."), metavar="UUID")
    ] = None,
) -> Answer | Refused:
    session = session_of(context)
    if (count is None) == (not card):
        raise typer.BadParameter("Say either how many (--count) or which (--card)")
    chosen = SHEETS[sheet]
    if first_cell > chosen.cards:
        raise typer.BadParameter(f"The sheet {chosen.id} has {chosen.cards} places", param_hint="--first-cell")
    order = session.programs.ids.random_id() if issue_id is None else parsing.uuid(issue_id)
    command = PrintCommand(
        numbers=NumbersCommand(order, count or 0, rule, symbology.value),
        sheet=chosen,
        cards=tuple(card or ()),
        names=names,
        first_cell=first_cell,
        crop_marks=crop_marks,
    )
    if command.cards:
        with session.reading() as (till, _):
            return _file(session, till, command, out)
    with session.writing() as till:
        return _file(session, till, command, out)


def _file(session: Session, till: Till, command: PrintCommand, out: Path) -> Answer | Refused:
    cards = cards_to_print(till, command)
    if isinstance(cards, Refused):
        return cards
    texts = session.texts
    bar = progress(texts._("Printing")) if len(cards.cards) >= PROGRESS_FROM else None
    content = card_file(till, command, cards, texts.language, bar)
    try:
        write_file(out, content)
    except FileUnwritable:
        if not command.cards:
            sentence = texts._("The numbers are kept: repeat the command with --id {id} to get the same cards.")
            tell(sentence.format(id=command.numbers.issue_id))
        raise
    return _written(session, command, cards, out)


def _written(session: Session, command: PrintCommand, cards: CardsToPrint, out: Path) -> Answer:
    texts = session.texts
    order: UUID | None = None if command.cards else command.numbers.issue_id
    pages = -(-(command.first_cell - 1 + len(cards.cards)) // command.sheet.cards)
    document = {
        "cards": [{"card": card.number} for card in cards.cards],
        "id": order,
        "file": str(out),
        "sheet": command.sheet.id,
        "pages": pages,
        "repeated": cards.repeated,
    }
    said = texts.n_("{count} card on {sheet}: {file}", "{count} cards on {sheet}: {file}", len(cards.cards))
    count = texts.number(len(cards.cards))
    lines = [said.format(count=count, sheet=command.sheet.name, file=out)]
    lines += [f"  {card.number}" for card in cards.cards[:SHOWN_MAX]]
    if len(cards.cards) > SHOWN_MAX:
        lines.append(f"  … {cards.cards[-1].number}")
    lines.append(texts._("Print it in its actual size, not fitted to the page."))
    return Answer(document, lines)


def _sheets(context: typer.Context) -> Answer:
    texts = session_of(context).texts
    document = {
        "sheets": [
            {
                "sheet": sheet.id,
                "name": sheet.name,
                "cards": sheet.cards,
                "card_mm": [f"{side:g}" for side in sheet.card_mm],
                "page_mm": [f"{side:g}" for side in sheet.page_mm],
                "source": sheet.source,
            }
            for sheet in SHEETS.values()
        ]
    }
    head = ["", texts._("Sheet"), texts._("Cards"), texts._("Size in mm")]
    rows = [
        [sheet.id, sheet.name, texts.number(sheet.cards), " x ".join(f"{side:g}" for side in sheet.card_mm)]
        for sheet in SHEETS.values()
    ]
    return Answer(document, table(head, rows, right=[2]))
