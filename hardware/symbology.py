"""Barcode kinds, as a scanner reports them in front of the data.

A scanner may send a symbology identifier ``]cm`` before each code: a letter for the symbology and a modifier character
for the options in force (ISO/IEC 15424, also called the AIM identifier).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

AIM_LENGTH: Final = 3
"""Length of a symbology identifier, in characters: flag, code character, modifier (ISO/IEC 15424, 4)."""

UPCA_LENGTH: Final = 12
"""Length of a UPC-A number, in digits, where a scanner does not widen it to EAN-13."""

EAN8_LENGTH: Final = 8
"""Length of an EAN-8 number, in digits."""


class Symbology(StrEnum):
    """Barcode kinds under the names that card rules use."""

    EAN13 = "ean13"
    EAN8 = "ean8"
    UPCA = "upca"
    EAN_ADDON = "ean_addon"
    CODE128 = "code128"
    GS1_128 = "gs1_128"
    CODE39 = "code39"
    CODE93 = "code93"
    CODE11 = "code11"
    CODABAR = "codabar"
    ITF = "itf"
    TWO_OF_FIVE = "two_of_five"
    MSI = "msi"
    PLESSEY = "plessey"
    TELEPEN = "telepen"
    GS1_DATABAR = "gs1_databar"
    GS1_COMPOSITE = "gs1_composite"
    PDF417 = "pdf417"
    MAXICODE = "maxicode"
    QR = "qr"
    GS1_QR = "gs1_qr"
    DATAMATRIX = "datamatrix"
    GS1_DATAMATRIX = "gs1_datamatrix"
    AZTEC = "aztec"
    HAN_XIN = "han_xin"
    OCR = "ocr"
    OTHER = "other"


_BY_LETTER: Final = {
    "A": Symbology.CODE39,
    "B": Symbology.TELEPEN,
    "C": Symbology.CODE128,
    "E": Symbology.EAN13,
    "F": Symbology.CODABAR,
    "G": Symbology.CODE93,
    "H": Symbology.CODE11,
    "I": Symbology.ITF,
    "L": Symbology.PDF417,
    "M": Symbology.MSI,
    "P": Symbology.PLESSEY,
    "Q": Symbology.QR,
    "R": Symbology.TWO_OF_FIVE,
    "S": Symbology.TWO_OF_FIVE,
    "U": Symbology.MAXICODE,
    "X": Symbology.OTHER,
    "Z": Symbology.OTHER,
    "d": Symbology.DATAMATRIX,
    "e": Symbology.GS1_DATABAR,
    "h": Symbology.HAN_XIN,
    "o": Symbology.OCR,
    "z": Symbology.AZTEC,
}
"""Code characters (ISO/IEC 15424, table 1) of the symbologies a counter scanner can meet."""

_BY_IDENTIFIER: Final = {
    "]C1": Symbology.GS1_128,
    "]E1": Symbology.EAN_ADDON,
    "]E2": Symbology.EAN_ADDON,
    "]E4": Symbology.EAN8,
    "]Q3": Symbology.GS1_QR,
    "]d2": Symbology.GS1_DATAMATRIX,
    "]e1": Symbology.GS1_COMPOSITE,
    "]e2": Symbology.GS1_COMPOSITE,
    "]e3": Symbology.GS1_COMPOSITE,
}
"""Identifiers whose modifier says more than the letter (ISO/IEC 15424, annex A; GS1 Specifications, 5.1.2)."""

_RETAIL_LENGTHS: Final = {EAN8_LENGTH: Symbology.EAN8, UPCA_LENGTH: Symbology.UPCA}

_MODIFIERS: Final = frozenset("0123456789ABCDEFabcdef")


def is_identifier(text: str) -> bool:
    """Whether three characters are an identifier that a scanner can send, and not data that start with ``]``."""
    return len(text) == AIM_LENGTH and text[0] == "]" and text[1] in _BY_LETTER and text[2] in _MODIFIERS


def symbology_of(aim: str, text: str) -> Symbology | None:
    """The barcode kind of a scan.

    Args:
        aim: The identifier with its bracket, such as ``]E0``; empty when the scanner sent none.
        text: The data; twelve digits under ``]E0`` are a UPC-A that the scanner did not widen to thirteen.

    Returns:
        The kind, or ``None`` when the scanner did not say.
    """
    if not is_identifier(aim):
        return None
    if aim == "]E0" and len(text) == UPCA_LENGTH:
        return Symbology.UPCA
    return _BY_IDENTIFIER.get(aim) or _BY_LETTER[aim[1]]


def retail_kind(text: str) -> Symbology:
    """Which of the EAN/UPC kinds it was, where a maker has one letter for all of them (an EAN-8 is ``]E4`` in AIM)."""
    return _RETAIL_LENGTHS.get(len(text), Symbology.EAN13)
