"""Texts for the two-line display: they fit, whatever a name is made of, and a display reads them as they were meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.pole import COLUMNS, CodePage, PoleDialect, PoleProtocol, PoleRow, PoleText, fit, writable
from tests.fakes.pole import FakePole

ANNA = PoleText(PoleRow("Änne", "1.284 Punkte"), PoleRow("+46 Punkte", "18,45\u00a0€"))
DIALECTS = [
    PoleDialect(protocol=PoleProtocol.ESCPOS, code_page=CodePage.CP858),
    PoleDialect(protocol=PoleProtocol.ESCPOS, code_page=CodePage.CP437),
    PoleDialect(protocol=PoleProtocol.ESCPOS, code_page=CodePage.ASCII),
    PoleDialect(protocol=PoleProtocol.CD5220, code_page=CodePage.CP437),
    PoleDialect(protocol=PoleProtocol.CD5220, code_page=CodePage.ASCII),
]


def display(dialect: PoleDialect) -> FakePole:
    """A display that talks as the dialect does."""
    return FakePole(protocol=dialect.protocol.value)


def shown(row: PoleRow, code_page: CodePage = CodePage.CP858) -> str:
    """A line as it is read."""
    return fit(row, code_page).decode(code_page.value)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (PoleRow("Anna", "1.284 Punkte"), "Anna    1.284 Punkte"),
        (PoleRow("Maximilian-Alexander", "1.284 Punkte"), "Maximil 1.284 Punkte"),
        (PoleRow("Anna Sophie", "1.284.567 Punkte"), "Ann 1.284.567 Punkte"),
        (PoleRow("", "18,45 €"), "             18,45 €"),
        (PoleRow("Anna", "eine Zahl, die allein zu lang ist"), "eine Zahl, die allei"),
        (PoleRow("Bäckerei am Marktplatz"), "Bäckerei am Marktpla"),
        (PoleRow("Willkommen!", centred=True), "    Willkommen!     "),
        (PoleRow("  Anna  ", "  5  "), "Anna               5"),
        (PoleRow(), " " * COLUMNS),
    ],
)
def test_the_name_is_cut_and_the_amount_is_not(row: PoleRow, line: str) -> None:
    """Twenty characters: the right text keeps its place, one space stands before it, the left gets the rest."""
    assert shown(row).ljust(COLUMNS) == line.ljust(COLUMNS)
    assert len(fit(row, CodePage.CP858)) == COLUMNS


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (CodePage.CP858, "Jürgen Öz ß 5,00 €"),
        (CodePage.CP437, "Jürgen Öz ß 5,00 EUR"),
        (CodePage.ASCII, "Juergen Oez ss 5,00 EUR"),
    ],
)
def test_what_a_code_page_lacks_is_spelled_out(page: CodePage, text: str) -> None:
    """The euro sign is in CP858 alone; without umlauts they are two letters each."""
    assert writable("Jürgen Öz ß 5,00\u00a0€", page) == text


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Łukasz", "Lukasz"), ("Zoë", "Zoe"), ("Søren", "Soren"), ("Иван", "????"), ("J\u0308org", "Jorg")],
)
def test_letters_lose_accents_before_they_are_lost(name: str, plain: str) -> None:
    """A name stays recognisable where it can."""
    assert writable(name, CodePage.ASCII) == plain


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: f"{one.protocol}-{one.code_page}")
def test_a_display_reads_what_was_meant(dialect: PoleDialect) -> None:
    """From switched on to shown: both lines stand where they belong, in its own code page, without a cursor."""
    pole = display(dialect)
    pole.take(dialect.opening())
    assert pole.is_dark
    assert (pole.brightness, pole.has_cursor) == (4, False)
    pole.take(dialect.frame(ANNA))
    euro = "18,45 €" if dialect.code_page is CodePage.CP858 else "18,45 EUR"
    name = "Aenne" if dialect.code_page is CodePage.ASCII else "Änne"
    assert pole.rows == (
        f"{name}{'1.284 Punkte':>{COLUMNS - len(name)}}",
        f"+46 Punkte{euro:>{COLUMNS - 10}}",
    )


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: f"{one.protocol}-{one.code_page}")
def test_a_shorter_text_leaves_nothing_of_the_longer_and_does_not_flicker(dialect: PoleDialect) -> None:
    """The next customer does not see the end of another's name, and nothing is cleared in between."""
    pole = display(dialect)
    pole.take(dialect.opening())
    cleared = pole.cleared
    pole.take(dialect.frame(ANNA))
    pole.take(dialect.frame(PoleText(PoleRow("Hi"))))
    assert pole.rows == ("Hi".ljust(COLUMNS), " " * COLUMNS)
    assert pole.cleared == cleared


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: f"{one.protocol}-{one.code_page}")
def test_a_frame_alone_is_enough_for_a_display_that_lost_its_memory(dialect: PoleDialect) -> None:
    """Switched off and on, it shows the next text rightly without having been opened anew."""
    pole = display(dialect)
    pole.take(dialect.frame(PoleText(PoleRow("Grüße") if dialect.code_page is not CodePage.ASCII else PoleRow("Hi"))))
    assert pole.rows[0].rstrip() in ("Grüße", "Hi")


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: f"{one.protocol}-{one.code_page}")
def test_a_closed_till_leaves_it_dark(dialect: PoleDialect) -> None:
    """Nobody's name and balance stand there over night."""
    pole = display(dialect)
    pole.take(dialect.opening() + dialect.frame(ANNA))
    pole.take(dialect.closing())
    assert pole.is_dark


def test_a_display_behind_a_printer_is_chosen_first() -> None:
    """Whoever spoke last to the printer on the same line has not to be known."""
    pole = FakePole(is_chosen=False)
    pole.take(PoleDialect().frame(PoleText(PoleRow("Hallo"))))
    assert pole.rows[0].rstrip() == "Hallo"


@pytest.mark.parametrize(("asked", "set_to"), [(0, 1), (1, 1), (3, 3), (9, 4)])
@pytest.mark.parametrize("protocol", list(PoleProtocol))
def test_brightness_stays_within_what_displays_know(protocol: PoleProtocol, asked: int, set_to: int) -> None:
    """Four steps; anything else would be taken for something else."""
    dialect = PoleDialect(protocol=protocol, brightness=asked)
    pole = display(dialect)
    pole.take(dialect.opening())
    assert pole.brightness == set_to


@given(st.text(max_size=60), st.text(max_size=30), st.sampled_from(DIALECTS), st.booleans())
def test_no_text_becomes_a_command(left: str, right: str, dialect: PoleDialect, centred: bool) -> None:
    """Names come from people and codes from scanners: whatever they hold, the display shows 20 characters a line."""
    pole = display(dialect)
    pole.take(dialect.opening())
    level, cleared = pole.brightness, pole.cleared
    frame = dialect.frame(PoleText(PoleRow(left, right, centred=centred), PoleRow(right, left)))
    pole.take(frame)
    assert [len(row) for row in pole.rows] == [COLUMNS, COLUMNS]
    assert (pole.brightness, pole.cleared) == (level, cleared)
    assert len(frame) == len(dialect.frame(PoleText()))
