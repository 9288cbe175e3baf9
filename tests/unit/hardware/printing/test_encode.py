"""Receipts as bytes, read back to paper by a reader that does not know the library that wrote them."""

import logging
from pathlib import Path

import pytest
import segno
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image

from hardware.printing.encode import ROWS_MAX, drawer_bytes, receipt_bytes
from hardware.printing.errors import PrinterMisconfigured
from hardware.printing.folding import fold
from hardware.printing.library import code_page, new_dummy
from hardware.printing.paper import Code, Feed, Knife, Picture, Pulse, Row
from hardware.printing.setup import Cut, PrinterSetup, QrMode
from hardware.receipt import LaidOutLine, ReceiptLine, ReceiptStyle, lay_out
from tests.fakes.printer import ENGLISH_LINES, GERMAN_LINES, SETUP, image_of, paper_of, print_job

NARROW = replace(SETUP, paper_mm=58)
CODE_DOTS_MIN = 3


def rows(setup: PrinterSetup, lines: tuple[ReceiptLine, ...]) -> list[LaidOutLine]:
    """What stands on the paper."""
    paper = paper_of(receipt_bytes(print_job(*lines), setup), setup.width)
    return [LaidOutLine(row.text, strong=row.strong) for row in paper.rows]


@pytest.mark.parametrize("setup", [NARROW, SETUP, replace(SETUP, columns=42)], ids=["58 mm", "80 mm", "42 columns"])
@pytest.mark.parametrize("lines", [GERMAN_LINES, ENGLISH_LINES], ids=["German", "English"])
def test_the_paper_shows_what_the_preview_shows(setup: PrinterSetup, lines: tuple[ReceiptLine, ...]) -> None:
    """Row by row and with its emphasis: umlauts, the euro sign, the minus of the locale, amounts at the margin."""
    assert rows(setup, lines) == lay_out(lines, setup.width)


def test_umlauts_and_the_euro_are_the_bytes_of_the_code_page_that_was_chosen() -> None:
    """CP858 under the number that printers know it by, and nothing is sent in UTF-8."""
    data = receipt_bytes(print_job(ReceiptLine("Käse 5 €")), SETUP)
    assert data.index(b"\x1bt\x13") < data.index(b"K\x84se 5 \xd5\n")


ANY_TEXT = st.one_of(st.text(max_size=80), st.text(st.characters(max_codepoint=0x24F), max_size=80))
ANY_LINE = st.builds(ReceiptLine, ANY_TEXT, ANY_TEXT, st.sampled_from(ReceiptStyle))


@given(
    st.lists(ANY_LINE, max_size=8).map(tuple),
    st.sampled_from([SETUP, NARROW, replace(SETUP, profile="simple"), replace(SETUP, code_page="CP866")]),
    ANY_TEXT,
)
def test_whatever_a_text_holds_it_is_printed_as_text(
    lines: tuple[ReceiptLine, ...], setup: PrinterSetup, caption: str
) -> None:
    """Names and articles are typed by people: no character of them is a command, an error, or wider than its cell."""
    page = code_page(setup, new_dummy(setup).profile).characters
    job = replace(print_job(), lines=lines, qr="https://example.org", qr_caption=caption)
    paper = paper_of(receipt_bytes(job, setup), setup.width)
    folded = [ReceiptLine(fold(line.text, page), fold(line.right, page), line.style) for line in lines]
    caption_row = [ReceiptLine(fold(caption, page), style=ReceiptStyle.CENTRED)] if caption else []
    expected = lay_out([*folded, *caption_row], setup.width)
    assert [row.text for row in paper.rows] == [row.text for row in expected]
    assert [row.strong for row in paper.rows if row.text] == [row.strong for row in expected if row.text]


@given(st.text(max_size=60))
def test_a_code_holds_what_it_is_given_or_is_left_out(content: str) -> None:
    """A code with other contents would be worse than none; what cannot be printed is not."""
    codes = paper_of(receipt_bytes(print_job(qr=content), SETUP), SETUP.width).codes
    assert [code.content for code in codes] == ([content] if content and content.isprintable() else [])


@pytest.mark.parametrize("setup", [NARROW, SETUP], ids=["58 mm", "80 mm"])
@pytest.mark.parametrize("length", [1, 26, 150, 490])
def test_a_code_is_drawn_by_the_printer_and_fits_its_paper(setup: PrinterSetup, length: int) -> None:
    """With error correction M, in squares that thermal paper holds apart, and with room for the quiet zone."""
    content = "SKR1" + "A" * (length - 4) if length > 4 else "7"
    (code,) = paper_of(receipt_bytes(print_job(qr=content), setup), setup.width).codes
    assert (code.content, code.level, code.centred) == (content, "M", True)
    modules = segno.make_qr(content, error="m", boost_error=False).symbol_size(border=4)[0]
    assert code.dots_per_module >= CODE_DOTS_MIN
    assert modules * code.dots_per_module <= setup.dots


@pytest.mark.parametrize("setup", [NARROW, SETUP], ids=["58 mm", "80 mm"])
@pytest.mark.parametrize("content", ["7", "https://example.org/k/ß€", "SKR1" + "A7" * 243])
def test_a_code_drawn_by_the_till_reads_back(setup: PrinterSetup, content: str) -> None:
    """For printers that draw none: the dots on the paper are a code that scanners read."""
    data = receipt_bytes(print_job(qr=content), replace(setup, qr=QrMode.RASTER))
    (picture,) = paper_of(data, setup.width).pictures
    assert picture.width_dots <= setup.dots
    assert picture.centred
    (read,) = zxingcpp.read_barcodes(image_of(picture))
    assert read.text == content


def test_a_model_without_codes_of_its_own_gets_a_picture() -> None:
    """The set-up says nothing about codes; the model does, and the shop may overrule it."""
    simple = replace(NARROW, profile="simple")
    job = print_job(qr="A")
    assert paper_of(receipt_bytes(job, simple), 32).codes == ()
    assert len(paper_of(receipt_bytes(job, simple), 32).pictures) == 1
    assert len(paper_of(receipt_bytes(job, replace(simple, qr=QrMode.NATIVE)), 32).codes) == 1


def test_a_code_that_fits_no_paper_is_left_out_with_its_caption(caplog: pytest.LogCaptureFixture) -> None:
    """The receipt comes out all the same; the log says so without what the code holds."""
    job = replace(print_job(qr="SECRET" * 400), qr_caption="For a return")
    with caplog.at_level(logging.WARNING):
        paper = paper_of(receipt_bytes(job, NARROW), NARROW.width)
    assert paper.codes == ()
    assert "For a return" not in paper.text
    assert "2400 characters" in caplog.text
    assert "SECRET" not in caplog.text


def test_the_parts_come_in_the_order_of_the_counter() -> None:
    """The drawer first, while paper runs; then text, code, feed and knife."""
    paper = paper_of(receipt_bytes(print_job(ReceiptLine("a"), qr="b", drawer=True), SETUP), SETUP.width)
    assert [type(each) for each in paper.elements[1:]] == [Pulse, Row, Code, Feed, Knife]


@pytest.mark.parametrize(
    ("cut", "profile", "knives"),
    [
        (Cut.FULL, "default", [Knife(partial=False)]),
        (Cut.PARTIAL, "default", [Knife(partial=True)]),
        (Cut.NONE, "default", []),
        (Cut.FULL, "simple", []),
        (Cut.FULL, "TM-U220B", [Knife(partial=True)]),
    ],
)
def test_the_knife_does_what_it_can(cut: Cut, profile: str, knives: list[Knife]) -> None:
    """A model without the wanted cut makes the other one; one without a knife gets no command for it."""
    paper = paper_of(receipt_bytes(print_job(), replace(SETUP, cut=cut, profile=profile)), SETUP.width)
    assert [each for each in paper.elements if isinstance(each, Knife)] == knives
    assert [each for each in paper.elements if isinstance(each, Feed)] == [Feed(SETUP.feed_lines)]


@pytest.mark.parametrize(("pin", "pulse_ms"), [(2, 100), (5, 250), (2, 2), (5, 510)])
def test_the_drawer_gets_its_pulse_on_its_pin(pin: int, pulse_ms: int) -> None:
    """With a receipt and without one."""
    setup = replace(SETUP, drawer_pin=pin, drawer_pulse_ms=pulse_ms)
    for data in (drawer_bytes(setup), receipt_bytes(print_job(drawer=True), setup)):
        assert paper_of(data, SETUP.width).pulses == (Pulse(pin, pulse_ms),)
    assert paper_of(receipt_bytes(print_job(), setup), SETUP.width).pulses == ()


def test_the_logo_stands_above_the_text_and_no_wider_than_the_paper(tmp_path: Path) -> None:
    """A colour picture with a transparent ground, four times as wide as the paper."""
    logo = tmp_path / "logo.png"
    Image.new("RGBA", (2304, 400), (0, 0, 0, 0)).save(logo)
    picture = Image.open(logo)
    picture.paste((200, 0, 0, 255), (0, 0, 1152, 400))
    picture.save(logo)
    paper = paper_of(receipt_bytes(print_job(), replace(SETUP, logo=str(logo))), SETUP.width)
    first = paper.elements[1]
    assert isinstance(first, Picture)
    assert (first.width_dots, first.height_dots, first.centred) == (576, 100, True)
    printed = image_of(first)
    assert printed.crop((0, 0, 280, 100)).histogram()[0] > 0, "colour is dithered into dots"
    assert printed.crop((296, 0, 576, 100)).histogram()[0] == 0, "what is transparent is paper"
    assert paper_of(receipt_bytes(replace(print_job(), logo=False), SETUP), SETUP.width).pictures == ()


def test_a_printer_of_two_byte_characters_is_told_otherwise_before_the_text() -> None:
    """Inexpensive printers read umlauts as half a Chinese sign until then."""
    data = receipt_bytes(print_job(ReceiptLine("Müßig")), replace(SETUP, double_byte=True))
    assert paper_of(data, SETUP.width, double_byte=True).text == "Müßig"
    plain = receipt_bytes(print_job(ReceiptLine("Müßig")), SETUP)
    assert paper_of(plain, SETUP.width, double_byte=True).text != "Müßig"


def test_a_second_try_says_so_on_top_in_the_words_of_the_job() -> None:
    """Half a receipt may lie there already; the first try says nothing of the kind."""
    job = print_job(ReceiptLine("a"), again_lines=(ReceiptLine("Second try", style=ReceiptStyle.CENTRED),))
    assert paper_of(receipt_bytes(job, SETUP), SETUP.width).text == "a"
    again = paper_of(receipt_bytes(job, SETUP, again=True), SETUP.width)
    assert [row.text.strip() for row in again.rows] == ["Second try", "a"]


def test_a_receipt_without_end_is_cut_off_and_says_so() -> None:
    """A loop that adds lines uses up a roll, not the shop's stock of them."""
    paper = paper_of(receipt_bytes(print_job(*[ReceiptLine("a")] * (ROWS_MAX + 1)), SETUP), SETUP.width)
    assert len(paper.rows) == ROWS_MAX
    assert paper.rows[-1].text == "..."


@pytest.mark.parametrize("wrong", [replace(SETUP, profile="TM-Nothing"), replace(SETUP, code_page="CP000")])
def test_a_model_or_code_page_that_does_not_exist_is_named(wrong: PrinterSetup) -> None:
    """Support sees which word of the settings is wrong."""
    with pytest.raises(PrinterMisconfigured) as refused:
        receipt_bytes(print_job(), wrong)
    assert "TM-Nothing" in refused.value.support or "CP000" in refused.value.support
