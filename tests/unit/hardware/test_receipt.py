"""Receipt lines on the grid of the paper."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.receipt import (
    WIDTH_58_MM,
    WIDTH_76_MM,
    WIDTH_80_MM,
    WIDTH_MIN,
    LaidOutLine,
    ReceiptLine,
    ReceiptStyle,
    cells,
    lay_out,
    render,
    rule,
)


def one(line: ReceiptLine, width: int = WIDTH_58_MM) -> str:
    """The one row a line makes."""
    (row,) = render([line], width)
    return row


def test_text_and_amount_stand_at_the_two_margins() -> None:
    """The amount ends at the right margin, to the character."""
    assert one(ReceiptLine("Betrag", "23,45 €")) == "Betrag                   23,45 €"


def test_no_break_spaces_of_number_formats_become_ordinary_ones() -> None:
    """Printers' code pages have no narrow no-break space; the width stays right."""
    row = one(ReceiptLine("Summe", "1\u202f234,50\u00a0€"))
    assert row == "Summe                 1 234,50 €"
    assert len(row) == WIDTH_58_MM


def test_a_decomposed_umlaut_takes_one_cell() -> None:
    """Text typed on a Mac lines up like text typed elsewhere."""
    assert one(ReceiptLine("Ba\u0308ckerei", "1")) == "Bäckerei" + " " * 23 + "1"


def test_a_mark_without_composed_form_takes_no_cell() -> None:
    """Width is counted in cells of paper, not in code points."""
    row = one(ReceiptLine("q\u0307", "1"))
    assert cells(row) == WIDTH_58_MM
    assert len(row) == WIDTH_58_MM + 1


def test_wide_characters_take_two_cells() -> None:
    """A name in Han characters does not push the amount off the paper."""
    assert cells(one(ReceiptLine("王小明", "100"))) == WIDTH_58_MM


def test_long_text_wraps_between_words_and_the_amount_stands_beside_its_end() -> None:
    """Nothing is cut off, and the amount belongs to the last row."""
    assert render([ReceiptLine("Ein sehr langer Name für ein kleines Brötchen", "0,45")], WIDTH_58_MM) == [
        "Ein sehr langer Name für",
        "ein kleines Brötchen        0,45",
    ]


def test_a_word_longer_than_the_paper_is_broken() -> None:
    """Even the longest compound noun ends up on the paper whole."""
    rows = render([ReceiptLine("x" * 70)], WIDTH_58_MM)
    assert [len(row) for row in rows] == [32, 32, 6]


def test_a_right_text_that_needs_the_line_goes_below() -> None:
    """A long right-hand text gets rows of its own at the right margin."""
    assert render([ReceiptLine("Nächste Stufe", "noch 1.234 Punkte bis Gold")], WIDTH_58_MM) == [
        "Nächste Stufe",
        "      noch 1.234 Punkte bis Gold",
    ]


def test_a_right_text_alone_stands_at_the_margin() -> None:
    """A sum without a caption is still a sum."""
    assert one(ReceiptLine(right="5,00")) == " " * 28 + "5,00"


@pytest.mark.parametrize("width", [WIDTH_58_MM, WIDTH_76_MM, WIDTH_80_MM])
def test_titles_stand_in_the_middle(width: int) -> None:
    """Left and right of a centred text differ by one cell at most."""
    row = one(ReceiptLine("Bäckerei Morgenrot", style=ReceiptStyle.TITLE), width)
    left = len(row) - len(row.lstrip())
    assert abs(left - (width - len(row))) <= 1


def test_long_centred_text_wraps_and_each_row_is_centred() -> None:
    """A long notice keeps its shape."""
    rows = render([ReceiptLine("Dies ist kein Kassenbeleg und kein Gutschein", style=ReceiptStyle.CENTRED)], 32)
    assert rows == [" Dies ist kein Kassenbeleg und", "         kein Gutschein"]


def test_a_rule_spans_the_paper() -> None:
    """A line across, whatever the width."""
    assert render([rule()], WIDTH_76_MM) == ["-" * 42]


def test_an_empty_line_stays_an_empty_line() -> None:
    """Space between two blocks is kept."""
    assert render([ReceiptLine("a"), ReceiptLine(), ReceiptLine("b")], WIDTH_58_MM) == ["a", "", "b"]


def test_line_ends_in_a_text_count() -> None:
    """A shop's address arrives as one text of several lines."""
    assert render([ReceiptLine("Hauptstraße 1\n12345 Ort")], WIDTH_58_MM) == ["Hauptstraße 1", "12345 Ort"]


def test_emphasis_is_kept_for_who_can_show_it() -> None:
    """Every row of an emphasised line is emphasised, and no other."""
    lines = [ReceiptLine("Punkte", "+23", ReceiptStyle.STRONG), ReceiptLine("Danke")]
    assert lay_out(lines, 16) == [LaidOutLine("Punkte       +23", strong=True), LaidOutLine("Danke", strong=False)]


def test_control_characters_do_not_reach_the_printer() -> None:
    """A member called ESC p cannot open the cash drawer."""
    assert one(ReceiptLine("Anna\x1bp\u200b\u202e")) == "Annap"


def test_paper_too_narrow_for_columns_is_refused() -> None:
    """A wrong width is a mistake in the settings and not a garbled receipt."""
    with pytest.raises(ValueError, match="at least"):
        render([], WIDTH_MIN - 1)


LINES = st.lists(
    st.builds(ReceiptLine, st.text(max_size=120), st.text(max_size=120), st.sampled_from(list(ReceiptStyle))),
    max_size=5,
)
LATIN = st.text(st.characters(codec="latin-1", exclude_categories=["Cc", "Cf"]), max_size=120)
WIDTHS = st.sampled_from([WIDTH_MIN, WIDTH_58_MM, WIDTH_76_MM, WIDTH_80_MM])


@given(lines=LINES, width=WIDTHS)
def test_no_row_is_ever_wider_than_the_paper(lines: list[ReceiptLine], width: int) -> None:
    """Whatever text comes, the layout holds and no control character comes out."""
    rows = render(lines, width)
    assert len(rows) >= len(lines)
    assert all(cells(row) <= width for row in rows)
    assert not any(unicodedata.category(each) == "Cc" for row in rows for each in row)


@given(text=LATIN, right=LATIN, style=st.sampled_from([ReceiptStyle.NORMAL, ReceiptStyle.TITLE]), width=WIDTHS)
def test_no_character_is_lost_or_moved(text: str, right: str, style: ReceiptStyle, width: int) -> None:
    """Wrapping moves spaces and nothing else: left text first, then the right one."""
    printed = "".join("".join(render([ReceiptLine(text, right, style)], width)).split())
    assert printed == "".join(f"{text} {right}".split())
