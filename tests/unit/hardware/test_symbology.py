"""Barcode kinds from the identifiers that scanners send."""

import pytest

from hardware.symbology import Symbology, is_identifier, retail_kind, symbology_of
from loyalty.cards import SYMBOLOGIES


@pytest.mark.parametrize(
    ("aim", "text", "symbology"),
    [
        ("]E0", "2912345678904", Symbology.EAN13),
        ("]E0", "012345678905", Symbology.UPCA),
        ("]E4", "12345670", Symbology.EAN8),
        ("]E1", "12", Symbology.EAN_ADDON),
        ("]C0", "X1", Symbology.CODE128),
        ("]C1", "8018", Symbology.GS1_128),
        ("]A0", "X1", Symbology.CODE39),
        ("]I0", "12", Symbology.ITF),
        ("]Q1", "token", Symbology.QR),
        ("]Q3", "8018", Symbology.GS1_QR),
        ("]d1", "X", Symbology.DATAMATRIX),
        ("]d2", "8018", Symbology.GS1_DATAMATRIX),
        ("]e0", "8018", Symbology.GS1_DATABAR),
        ("]L0", "X", Symbology.PDF417),
        ("]z0", "X", Symbology.AZTEC),
    ],
)
def test_identifiers_name_the_kind(aim: str, text: str, symbology: Symbology) -> None:
    """Letter and modifier together say which kind it was (ISO/IEC 15424)."""
    assert symbology_of(aim, text) is symbology


@pytest.mark.parametrize("aim", ["", "]", "]y0", "E0", "]E0]"])
def test_without_an_identifier_the_kind_is_unknown(aim: str) -> None:
    """Nothing is guessed from the digits."""
    assert symbology_of(aim, "2912345678904") is None


def test_names_are_what_card_rules_write() -> None:
    """Card rules compare strings: the values are part of the programme document's language."""
    assert {"ean13", "upca", "ean8", "code128", "gs1_128", "code39", "itf", "qr", "datamatrix"} <= set(Symbology)


@pytest.mark.parametrize("text", ["]E0", "]Cf", "]XA"])
def test_hexadecimal_modifiers_are_identifiers(text: str) -> None:
    """Modifiers are hexadecimal digits; option values are added up."""
    assert is_identifier(text)


def test_card_rules_know_the_same_barcode_kinds() -> None:
    """The rules stand on nothing, so they name the kinds themselves; one that only one side knew would never match."""
    assert set(Symbology) == SYMBOLOGIES


@pytest.mark.parametrize(
    ("text", "kind"),
    [("2912345678904", Symbology.EAN13), ("012345678905", Symbology.UPCA), ("12345670", Symbology.EAN8)],
)
def test_where_one_letter_stands_for_all_retail_codes_the_length_decides(text: str, kind: Symbology) -> None:
    """Some makers do not tell EAN-13, EAN-8 and UPC-A apart."""
    assert retail_kind(text) is kind
