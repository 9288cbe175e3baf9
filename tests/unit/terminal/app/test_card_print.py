"""Cards to be printed: what is decided before a number is taken, and what becomes of the file."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from hardware.symbols import SymbolKind
from loyalty.cards import MemberCard, classify
from loyalty.outcomes import Reason, Refused
from terminal.app.card_numbers import NumbersCommand, NumbersTaken, card_rule, reserve_numbers
from terminal.app.card_print import CardsToPrint, PrintCommand, PrintedCard, card_file, cards_to_print, phone_card
from terminal.app.enrol import EnrolCommand, Enrolled, enrol
from terminal.app.till import Till
from tests.fakes.ledger import LedgerOfTests, card_number
from texts.sheets import SHEETS, SheetName

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    """A till that stands alone; its plastic cards may be any kind of barcode."""
    with closing(LedgerOfTests(tmp_path / "till")) as ledger:
        yield Till(ledger.store, ledger.clock, ledger.ids)


def order(till: Till, count: int = 3, kind: SymbolKind = SymbolKind.EAN13) -> PrintCommand:
    """Some fresh cards on labels."""
    return PrintCommand(NumbersCommand(till.ids.random_id(), count, symbology=kind.value), SHEETS[SheetName.L7160])


def test_the_cards_of_an_order_are_those_of_its_numbers(till: Till) -> None:
    """In order, without names; repeated they are the same."""
    command = order(till)
    first, again = cards_to_print(till, command), cards_to_print(till, command)
    assert isinstance(first, CardsToPrint)
    assert isinstance(again, CardsToPrint)
    assert (first.repeated, again.repeated, again.cards) == (False, True, first.cards)
    for card in first.cards:
        assert isinstance(classify(card.number, till.programme.cards), MemberCard)
        assert card.member == ""


def test_a_name_is_printed_on_its_members_card_only(till: Till) -> None:
    """And only when it was asked for."""
    done = enrol(till, EnrolCommand(till.ids.record_id(), card_number(1), "Anna Schneider"))
    assert isinstance(done, Enrolled)
    cards = (card_number(1), card_number(2))
    plain = PrintCommand(order(till).numbers, SHEETS[SheetName.A4], cards)
    named = PrintCommand(order(till).numbers, SHEETS[SheetName.A4], cards, names=True)
    assert cards_to_print(till, plain) == CardsToPrint((PrintedCard(cards[0]), PrintedCard(cards[1])))
    assert cards_to_print(till, named) == CardsToPrint((PrintedCard(cards[0], "Anna Schneider"), PrintedCard(cards[1])))


def test_progress_goes_on_from_the_first_barcode_to_the_last_card(till: Till) -> None:
    """One bar for making barcodes and drawing cards; it never goes back, and it ends."""
    told: list[tuple[int, int]] = []
    command = order(till, 250)
    cards = cards_to_print(till, command)
    assert isinstance(cards, CardsToPrint)
    assert card_file(till, command, cards, "en", lambda done, total: told.append((done, total))).startswith(b"%PDF")
    assert [done for done, _ in told] == [50, 100, 175, 225, 250]
    assert {total for _, total in told} == {250}


def test_numbers_are_taken_by_the_rule_that_was_named(till: Till) -> None:
    """Or by the first there is; a rule nobody knows takes none."""
    taken = reserve_numbers(till, NumbersCommand(till.ids.random_id(), 2, "plastic"))
    assert isinstance(taken, NumbersTaken)
    assert reserve_numbers(till, NumbersCommand(till.ids.random_id(), 1, "wood")) == Refused(
        Reason.CARD_RULE_UNKNOWN, {"rule": "wood"}
    )
    assert card_rule(till.programme) == till.programme.cards[0]


def test_a_card_for_a_phone_is_a_picture(till: Till) -> None:
    """Where the rule takes any kind of barcode."""
    svg, png = (phone_card(till.programme, card_number(1), as_svg=as_svg) for as_svg in (True, False))
    assert isinstance(svg, bytes)
    assert isinstance(png, bytes)
    assert png.startswith(b"\x89PNG")
    assert b"<svg" in svg
