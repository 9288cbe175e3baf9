"""The receipt as a PDF: read back as text and as a picture."""

from __future__ import annotations

import contextlib

import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp

from hardware.receipt import ReceiptLine, ReceiptStyle, rule
from loyalty.receipt_code import CODE_LENGTH_MAX, PREFIX
from terminal.presenters.receipts import Receipt
from texts.i18n import LANGUAGES, Texts
from texts.qr import qr_rows
from texts.receipt_pdf import receipt_pdf

MM_PER_POINT = 25.4 / 72
LONGEST = (PREFIX + "0123456789ABCDEFGHJKLMNPQRSTUVWX" * 16)[:CODE_LENGTH_MAX]
LINES = (
    ReceiptLine("Bäckerei Morgenrot", style=ReceiptStyle.TITLE),
    ReceiptLine("21.11.2026 10:00", "Kasse 2"),
    rule(),
    ReceiptLine("Einkauf", "1\u202f233,45\u00a0€"),
    ReceiptLine(
        "Ein sehr langer Artikelname, der auf schmalem Papier keinen Platz in einer Zeile hat", "\u22125,00\u00a0€"
    ),
    ReceiptLine("Zu zahlen", "1\u202f228,45\u00a0€", ReceiptStyle.STRONG),
    ReceiptLine("Gutschein", "mit einem Text rechts, der zu lang für seine Hälfte ist"),
    ReceiptLine(),
    ReceiptLine("Kein Kassenbeleg", style=ReceiptStyle.CENTRED),
    ReceiptLine("01a1fd55-7a80-700b-\na579-82bd93bd04cf", style=ReceiptStyle.CENTRED),
)


def read(pdf: bytes) -> tuple[list[str], float, float, list[str]]:
    """Its text by lines, width and height in millimetres, and what its codes say."""
    with contextlib.closing(pypdfium2.PdfDocument(pdf)) as document:
        assert len(document) == 1
        page = document[0]
        width, height = (side * MM_PER_POINT for side in page.get_size())
        codes = zxingcpp.read_barcodes(page.render(scale=4).to_pil())
        return page.get_textpage().get_text_range().splitlines(), width, height, [code.text for code in codes]


def letters(text: str) -> str:
    """A text without its spaces and hyphens, which readers of PDF files see in their own way."""
    return "".join(letter for letter in text if letter.isalnum() or letter in ",.€\u2212")


@pytest.mark.parametrize("paper_mm", [58, 80])
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_on_one_page_of_the_papers_width(language: str, paper_mm: int) -> None:
    """Every word, the amounts with their euro sign, and the longest code a receipt can have."""
    content = Receipt(LINES, LONGEST, "Für eine Rückgabe an einer anderen Kasse")
    lines, width, height, codes = read(receipt_pdf(Texts(language), content, paper_mm, "Beleg"))
    assert width == pytest.approx(paper_mm, abs=0.1)
    assert height > 80
    assert codes == [LONGEST]
    written = letters(" ".join(lines))
    for line in (*LINES, ReceiptLine(content.qr_caption)):
        for word in f"{line.text} {line.right}".split():
            assert letters(word) in written


def test_a_receipt_without_a_code_is_shorter_and_has_none() -> None:
    """A till that stands alone has nothing to put there."""
    texts = Texts("de")
    _, _, height, codes = read(receipt_pdf(texts, Receipt(LINES), 80, "Beleg"))
    _, _, taller, _ = read(receipt_pdf(texts, Receipt(LINES, "SKR1ABC", "Rückgabe"), 80, "Beleg"))
    assert codes == []
    assert taller > height


def test_letters_that_the_typeface_lacks_are_marked() -> None:
    """A name may have any; the rest of the receipt is written all the same."""
    lines, *_ = read(receipt_pdf(Texts("en"), Receipt((ReceiptLine("Welcome, \u9673!"),)), 80, "Receipt"))
    assert lines == ["Welcome, ?!"]


def test_a_code_is_as_many_squares_as_its_text_needs() -> None:
    """Rows of equal length, with the three corners that readers look for."""
    rows = qr_rows(LONGEST)
    assert {len(row) for row in rows} == {len(rows)} == {73}
    corner = rows[0][:7]
    assert corner == rows[0][-7:] == rows[-1][:7] == "1111111"
