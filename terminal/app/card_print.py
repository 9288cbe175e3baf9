"""Cards on paper and on phones: which numbers, as which barcode, on which sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from hardware.symbols import SymbolKind, make_symbol, qr_png, qr_svg
from loyalty.cards import MemberCard, may_carry
from loyalty.masking import Masked
from loyalty.numbering import NUMBERS_MAX, Series
from loyalty.outcomes import Reason, Refused
from terminal.app.card_numbers import NumbersCommand, card_rule, reserve_numbers
from terminal.app.till import read_card

if TYPE_CHECKING:
    from collections.abc import Callable

    from loyalty.cards import CardRule
    from loyalty.programme import Programme
    from storage.store import Reader
    from terminal.app.till import Till
    from texts.sheets import Sheet


class PrintCommand(msgspec.Struct, frozen=True):
    """What is to be printed.

    Attributes:
        numbers: How many fresh numbers, from which rule, as which barcode, and under which id.
        sheet: On what.
        cards: Cards to be printed instead of fresh ones, as typed.
        names: Whether the members' names are printed on their cards.
        first_cell: The first free cell of the first sheet, counted from 1.
        crop_marks: Whether to print marks to cut along.
    """

    numbers: NumbersCommand
    sheet: Sheet
    cards: tuple[str, ...] = ()
    names: bool = False
    first_cell: int = 1
    crop_marks: bool = False

    @property
    def kind(self) -> SymbolKind:
        """As which barcode."""
        return SymbolKind(self.numbers.symbology)

    def __repr__(self) -> str:
        """A description that may be logged: cards are only counted."""
        return f"PrintCommand({self.numbers!r}, sheet={self.sheet.id!r}, cards={len(self.cards)})"


class PrintedCard(Masked, frozen=True):
    """A card of a file, with the name on it if there is one."""

    number: str
    member: str = ""


class CardsToPrint(msgspec.Struct, frozen=True):
    """Cards whose numbers are taken, in the order of the file."""

    cards: tuple[PrintedCard, ...]
    repeated: bool = False


def cards_to_print(till: Till, command: PrintCommand) -> CardsToPrint | Refused:
    """Find out whether everything can be printed, then take the numbers.

    Nothing is taken for a barcode that would not fit, or that the till would refuse to read.

    Raises:
        StorageError: If the disk did not take it.
    """
    if len(command.cards) > NUMBERS_MAX:
        return Refused(Reason.NUMBERS_TOO_MANY, {"max": NUMBERS_MAX})
    if command.cards:
        with till.store.reader() as reader:
            return _given_cards(reader, till.programme, command)
    rule = card_rule(till.programme, command.numbers.rule_id, command.numbers.symbology)
    if isinstance(rule, Refused):
        return rule
    refused = _does_not_fit(Series.of(rule).number(0), command)
    if refused:
        return refused
    taken = reserve_numbers(till, command.numbers)
    if isinstance(taken, Refused):
        return taken
    return CardsToPrint(tuple(map(PrintedCard, taken.numbers)), taken.repeated)


def _given_cards(reader: Reader, programme: Programme, command: PrintCommand) -> CardsToPrint | Refused:
    printed = []
    for text in command.cards:
        card = read_card(programme, text)
        if isinstance(card, Refused):
            return card
        refused = _not_carried(programme, card, command.kind) or _does_not_fit(card.number, command)
        if refused:
            return refused
        printed.append(PrintedCard(card.number, _name(reader, card.number) if command.names else ""))
    return CardsToPrint(tuple(printed))


def _name(reader: Reader, number: str) -> str:
    known = reader.known_card(number)
    return known.profile.name if known and known.profile else ""


def _not_carried(programme: Programme, card: MemberCard, kind: SymbolKind) -> Refused | None:
    rule: CardRule = next(rule for rule in programme.cards if rule.id == card.rule_id)
    return None if may_carry(rule, kind) else Refused(Reason.SYMBOLOGY_NOT_ALLOWED, {"symbology": kind.value})


def _does_not_fit(number: str, command: PrintCommand) -> Refused | None:
    from texts.card_pdf import fits  # brings fpdf2

    if fits(make_symbol(command.kind, number), command.sheet):
        return None
    return Refused(Reason.BARCODE_TOO_WIDE, {"sheet": command.sheet.name})


def card_file(
    till: Till,
    command: PrintCommand,
    cards: CardsToPrint,
    language: str,
    progress: Callable[[int, int], None] | None = None,
) -> bytes:
    """The PDF file of cards.

    Args:
        till: Whose cards.
        command: What was asked.
        cards: What came of it.
        language: The language of the file.
        progress: Told how many cards are done and how many there are; a barcode is half a card.
    """
    from texts.card_pdf import PROGRESS_CARDS, CardFace, CardPaper, cards_pdf

    paper = CardPaper(
        sheet=command.sheet,
        shop=till.store.shop.name,
        programme=till.programme.name,
        first_cell=command.first_cell,
        crop_marks=command.crop_marks,
        language=language,
    )
    total = len(cards.cards)
    faces = []
    for done, card in enumerate(cards.cards, 1):
        faces.append(CardFace(card.number, make_symbol(command.kind, card.number), card.member))
        if progress and done % PROGRESS_CARDS == 0:
            progress(done // 2, total)

    def drawn(done: int, total: int) -> None:
        if progress:
            progress((total + done) // 2, total)

    return cards_pdf(paper, faces, drawn)


def phone_card(programme: Programme, text: str, *, as_svg: bool) -> bytes | Refused:
    """A member's card as a picture for a phone: a QR code, if the programme reads such cards as one.

    Args:
        programme: The rules.
        text: The card, as typed.
        as_svg: Whether as a drawing instead of pixels.
    """
    card = read_card(programme, text)
    if isinstance(card, Refused):
        return card
    refused = _not_carried(programme, card, SymbolKind.QR)
    if refused:
        return refused
    return qr_svg(card.number) if as_svg else qr_png(card.number)
