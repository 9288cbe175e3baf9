"""Barcodes: read back by another program, and never saying anything but what they were asked to say."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from hardware.symbology import symbology_of
from hardware.symbols import QR_QUIET, Symbol, SymbolKind, make_symbol, qr_png, qr_svg
from loyalty.cards import CardRule, Check, MemberCard, classify, with_check_digit

CARD = with_check_digit("290000000001", Check.GS1)
TOKEN = "BM-7K3QX9TZ2M4P"
FORMATS = {"EAN-13": "]E0", "Code 128": "]C0", "QR Code": "]Q1"}


def picture(symbol: Symbol, module_px: int = 4) -> Image.Image:
    """A symbol as a printer puts it on paper; bars are a quarter as high as they are wide together."""
    height = module_px if symbol.is_square else symbol.columns
    image = Image.new("L", (symbol.columns * module_px, len(symbol.rows) * height), 255)
    for index, runs in enumerate(symbol.rows):
        for start, length in runs:
            box = (start * module_px, index * height, (start + length) * module_px, (index + 1) * height)
            image.paste(0, box)
    return image


def read(image: Image.Image) -> list[tuple[str, str]]:
    """What a reader makes of a picture: text and kind of every barcode on it."""
    return [(found.text, str(found.format)) for found in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        (SymbolKind.EAN13, CARD, "EAN-13"),
        (SymbolKind.CODE128, CARD, "Code 128"),
        (SymbolKind.CODE128, TOKEN, "Code 128"),
        (SymbolKind.CODE128, "0042", "Code 128"),
        (SymbolKind.CODE128, "A-1" * 21, "Code 128"),
        (SymbolKind.QR, TOKEN, "QR Code"),
        (SymbolKind.QR, "Z" * 64, "QR Code"),
        (SymbolKind.QR, CARD, "QR Code"),
    ],
)
def test_a_symbol_says_what_it_was_made_of(kind: SymbolKind, text: str, found: str) -> None:
    """To a reader that knows nothing of how it was made; blurred and turned a little as well."""
    sharp = picture(make_symbol(kind, text))
    assert read(sharp) == [(text, found)]
    held = sharp.filter(ImageFilter.GaussianBlur(1.2)).rotate(4, expand=True, fillcolor=255)
    assert read(held) == [(text, found)]


@pytest.mark.parametrize(("kind", "left", "right"), [(SymbolKind.EAN13, 11, 7), (SymbolKind.CODE128, 10, 10)])
def test_bars_keep_their_quiet_zones(kind: SymbolKind, left: int, right: int) -> None:
    """They belong to the symbol, so that nobody prints into them."""
    symbol = make_symbol(kind, CARD)
    (runs,) = symbol.rows
    assert runs[0][0] == left
    assert runs[-1][0] + runs[-1][1] == symbol.columns - right
    assert not symbol.is_square


def test_a_qr_code_keeps_its_quiet_zone() -> None:
    """Four modules on every side."""
    symbol = make_symbol(SymbolKind.QR, TOKEN)
    assert len(symbol.rows) == symbol.columns == 21 + 2 * QR_QUIET
    assert symbol.is_square
    assert symbol.rows[:QR_QUIET] == symbol.rows[-QR_QUIET:] == ((),) * QR_QUIET
    assert min(runs[0][0] for runs in symbol.rows if runs) == QR_QUIET


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (SymbolKind.EAN13, CARD[:-1] + "0"),
        (SymbolKind.EAN13, CARD[:-1]),
        (SymbolKind.EAN13, CARD + "0"),
        (SymbolKind.EAN13, TOKEN),
        (SymbolKind.EAN13, ""),
        (SymbolKind.CODE128, "Ä"),
    ],
)
def test_a_symbol_that_would_say_something_else_is_not_made(kind: SymbolKind, text: str) -> None:
    """The library replaces a wrong check digit without a word, and adds one where it is missing."""
    with pytest.raises(ValueError, match=r"would say|can say") as error:
        make_symbol(kind, text)
    assert not text or text not in str(error.value)


RULES = (
    CardRule(id="plastic", prefix="29", length=13, check=Check.GS1, symbologies=("ean13",)),
    CardRule(id="phone", prefix="BM-", length=15, digits_only=False, symbologies=("qr",)),
)


def on_a_phone(scale: float, *, dark: bool) -> Image.Image:
    """A card on a phone's screen: in a frame of its background, larger or smaller, and light on dark at night."""
    code = Image.open(io.BytesIO(qr_png(TOKEN))).convert("L")
    code = code.resize((round(code.width * scale), round(code.height * scale)), Image.Resampling.BILINEAR)
    screen = Image.new("L", (code.width + 200, code.height * 2), 255)
    screen.paste(code, (100, code.height // 2))
    return ImageOps.invert(screen) if dark else screen


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("scale", [0.3, 0.7, 1.0, 2.3])
def test_a_card_on_a_phone_is_read_and_known(scale: float, dark: bool) -> None:
    """Scaled as phones do, light on dark, a little blurred: the till knows the member's card."""
    screen = on_a_phone(scale, dark=dark).filter(ImageFilter.GaussianBlur(0.8))
    ((text, kind),) = read(screen)
    assert classify(text, RULES, symbology=symbology_of(FORMATS[kind], text)) == MemberCard(TOKEN, "phone")


def test_every_printed_kind_is_known_by_what_a_scanner_reports() -> None:
    """What we print, a scanner sends with its identifier, and the rule takes it."""
    for kind, text, rule in ((SymbolKind.EAN13, CARD, "plastic"), (SymbolKind.QR, TOKEN, "phone")):
        ((found, name),) = read(picture(make_symbol(kind, text)))
        assert classify(found, RULES, symbology=symbology_of(FORMATS[name], found)) == MemberCard(text, rule)


def test_pictures_for_phones_are_pictures() -> None:
    """One with pixels, one without; dark on white, so that they are read in a mail, too."""
    assert read(Image.open(io.BytesIO(qr_png(TOKEN))).convert("L")) == [(TOKEN, "QR Code")]
    svg = qr_svg(TOKEN)
    assert svg.startswith(b"<?xml")
    assert b"<svg" in svg
    assert TOKEN.encode() not in svg
