"""GS1 element strings: what a GS1 barcode says, as application identifiers with their values.

Read only after a symbology identifier that promises them (``]C1``, ``]d2``, ``]Q3``, ``]e0``; GS1 General
Specifications, 5.1.2): without it the same digits may be anybody's number.
"""

from __future__ import annotations

from typing import Final

CARRIERS: Final = frozenset({"gs1_128", "gs1_datamatrix", "gs1_qr", "gs1_databar"})
"""Barcode kinds whose data are element strings."""

SEPARATOR: Final = "\x1d"
"""How a scanner sends FNC1 between two element strings (GS1 General Specifications, 7.8.3)."""

ELEMENTS_MAX: Final = 30
"""The most element strings that are read of one barcode; a real one holds a handful."""

VALUE_LENGTH_MAX: Final = 90
"""The longest value of any application identifier, in characters (GS1 General Specifications, 3.2)."""

GTIN: Final = "01"
SERVICE_RELATION: Final = "8018"
"""The Global Service Relation Number of a recipient: a member's number (GS1 General Specifications, 3.9.13)."""

_IDENTIFIER_LENGTHS: Final = {
    **dict.fromkeys(("00", "01", "02", "03", "04", *map(str, range(10, 23)), "30", "37", *map(str, range(90, 100))), 2),
    **dict.fromkeys(("23", "24", "25", "40", "41", "42", "71"), 3),
    **dict.fromkeys(("31", "32", "33", "34", "35", "36", "39", "43", "70", "72", "80", "81", "82"), 4),
}
"""By its first two digits, how long an application identifier is (GS1 General Specifications, 3.2)."""

_PREDEFINED_LENGTHS: Final = {
    "00": 20,
    **dict.fromkeys(("01", "02", "03"), 16),
    "04": 18,
    **dict.fromkeys((*map(str, range(11, 20)),), 8),
    "20": 4,
    **dict.fromkeys(("31", "32", "33", "34", "35", "36"), 10),
    "41": 16,
}
"""By its first two digits, the length of an element string that needs no separator behind it (figure 7.8.5-2)."""

_FIXED_VALUES: Final = {SERVICE_RELATION: 18, "8017": 18}
"""Values of one length whose element string needs a separator all the same, unless it is the last."""


def elements(text: str) -> dict[str, str] | None:
    """Take the data of a GS1 barcode apart.

    Args:
        text: What the scanner sent behind the symbology identifier, with ``SEPARATOR`` for FNC1.

    Returns:
        By application identifier, its value; ``None`` when the text does not keep the rules to its end. Half a barcode
        is never read: its rest may say that the first part means something else.
    """
    found: dict[str, str] = {}
    rest = text.removeprefix(SEPARATOR)  # some scanners send the FNC1 in first position as well
    while rest:
        taken = _first(rest)
        if taken is None or taken[0] in found or len(found) == ELEMENTS_MAX:
            return None
        identifier, value, rest = taken
        found[identifier] = value
    return found or None


def _first(text: str) -> tuple[str, str, str] | None:
    """The first element string's identifier and value, and what comes behind it."""
    length = _IDENTIFIER_LENGTHS.get(text[:2])
    if length is None or not (text[:length].isascii() and text[:length].isdigit()):
        return None
    identifier = text[:length]
    whole = _PREDEFINED_LENGTHS.get(text[:2])
    if whole is not None:
        value, rest = text[length:whole], text[whole:].removeprefix(SEPARATOR)
        return (identifier, value, rest) if len(text) >= whole and value.isascii() and value.isdigit() else None
    value, _, rest = text[length:].partition(SEPARATOR)
    fixed = _FIXED_VALUES.get(identifier)
    if fixed is not None and not (len(value) == fixed and value.isascii() and value.isdigit()):
        return None
    return (identifier, value, rest) if 1 <= len(value) <= VALUE_LENGTH_MAX else None
