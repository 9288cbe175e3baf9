"""Texts in the characters of a code page."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.printing.folding import ASCII, fold, without_stray_greek


def page(codec: str) -> frozenset[str]:
    """The upper half of a code page."""
    return frozenset(bytes([byte]).decode(codec, "ignore") for byte in range(0x80, 0x100)) - {""}


CP858, CP437, CP866, CP1252, CP1253 = (page(name) for name in ("cp858", "cp437", "cp866", "cp1252", "cp1253"))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Käse für 5 €, ½ Préis", "Käse für 5 €, ½ Préis"),
        ("Ba\u0308ckerei", "Bäckerei"),
        ("1\u202f234,50\u00a0€", "1 234,50 €"),
        ("\u22125,00", "-5,00"),
        ("„Brötchen“ – ‚frisch‘ …", "\"Brötchen\" - 'frisch' ..."),
        ("“quoted” it’s", '"quoted" it\'s'),
        ("• eins", "· eins"),
        ("Łódź Škoda Dvořák", "Lódz Skoda Dvorák"),
        ("Σωκράτης Ωμέγα", "Sokratis Omega"),
        ("Щукин Юлия", "Shchukin Yuliya"),
        ("王小明", "???"),
        ("👍🏽 ok", "?? ok"),
        ("№ 5 ™ ①", "No 5 TM 1"),
        ("a\x1b@b\x00c\x9bd", "a@bcd"),
        ("q\u0307", "q"),
    ],
)
def test_what_cp858_lacks_is_said_with_what_it_has(text: str, folded: str) -> None:
    """Euro and umlauts stay; quotation marks, foreign letters and unknown signs become something readable."""
    assert fold(text, CP858) == folded


def test_a_page_without_euro_and_umlauts_spells_them_out() -> None:
    """A Cyrillic page prints German names as German passports do."""
    assert fold("Größe Ärger ẞ 5 €", CP866) == "Groesse Aerger SS 5 EUR"
    assert fold("5 €", CP437) == "5 EUR"


def test_a_page_that_holds_a_character_keeps_it() -> None:
    """Windows pages have typographic quotation marks, and Cyrillic pages Cyrillic letters."""
    assert fold("„a“ – b", CP1252) == "„a“ – b"
    assert fold("Щукин", CP866) == "Щукин"


def test_a_name_is_not_written_half_in_each_alphabet() -> None:
    """Code page 437 has a few Greek letters for formulas; a Greek page has them all."""
    assert fold("Βίκτωρ", without_stray_greek(CP437)) == "Viktor"
    assert fold("Βίκτωρ", without_stray_greek(CP1253)) == "Βίκτωρ"


def test_line_ends_stay_where_they_are() -> None:
    """A text of several lines is laid out as such, whatever its line ends are."""
    assert fold("a\n\nb\r\nc", CP858) == "a\n\nb\nc"
    assert fold("", CP858) == ""


@given(st.text(), st.sampled_from([CP858, CP437, CP866, frozenset[str]()]))
def test_whatever_comes_only_characters_of_the_page_go(text: str, characters: frozenset[str]) -> None:
    """Nothing raises, and no control character passes; in this form it stays, so that one byte is one cell."""
    folded = fold(text, characters)
    assert set(folded) <= ASCII | characters | {"\n"}
    assert fold(folded, characters) == folded
    assert unicodedata.is_normalized("NFC", folded)
