"""What a scanner that types made of the test barcode: layouts, Caps Lock and a missing Enter, from the text alone.

Somebody else has turned the keys into characters already, the machine or the till's own detector; so every pair of a
scanner's layout and a machine's is worked out and compared with what came.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

import msgspec

from hardware.frames import Terminator
from hardware.symbology import AIM_LENGTH, is_identifier
from hardware.wedge.layouts import Layout, decode, keys_for
from hardware.wedge.strokes import KeyStroke
from hardware.wizard import (
    FRAGMENT_MIN,
    TEST_TEXT,
    Deduced,
    Remark,
    RemarkCode,
    Verdict,
)

if TYPE_CHECKING:
    from hardware.scans import Scan

KEYBOARDS: Final = (Layout.US, Layout.DE, Layout.FR)

LIKE_MIN: Final = 0.5
"""The share of the test barcode's characters that must have come, in any place, for a text to be an attempt at it."""


def deduce_typed(text: str, *, ended: bool) -> Deduced:
    """What characters in a text field say about the scanner that typed them.

    Args:
        text: The characters.
        ended: Whether Enter came behind them.
    """
    end = Remark(RemarkCode.ENDS_WITH, {"terminator": Terminator.CR}) if ended else Remark(RemarkCode.NO_TERMINATOR)
    found = _judge(text)
    if found.verdict in (Verdict.OTHER_CODE, Verdict.NOTHING):
        return found
    return Deduced(verdict=found.verdict, aim=found.aim, remarks=(*found.remarks, end))


def deduce_scan(scan: Scan) -> Deduced:
    """What a code says that came in on the usual way, its frame taken off already."""
    if scan.rejected is not None:
        return Deduced(verdict=Verdict.OTHER_CODE)
    found = _judge(scan.text)
    if found.verdict is not Verdict.UNDERSTOOD:
        return found
    aim = Remark(RemarkCode.AIM_ON, {"aim": scan.aim}) if scan.aim else Remark(RemarkCode.AIM_OFF)
    return Deduced(verdict=Verdict.UNDERSTOOD, aim=scan.aim, layout=found.layout, remarks=(*found.remarks, aim))


def _judge(text: str) -> Deduced:
    """Which keyboards, which prefix, which case explain a text."""
    if not text.strip():
        return Deduced(verdict=Verdict.NOTHING)
    for caps in (False, True):
        noted = (Remark(RemarkCode.CAPS_LOCK),) if caps else ()
        for scanner, host in product(KEYBOARDS, KEYBOARDS):
            typed = _variants(typed_on(scanner, host))
            expected = next((each for each in map(_with_caps if caps else str, typed) if each in text), "")
            if not expected:
                continue
            front = text.partition(expected)[0]
            if scanner is host:
                return _with_front(front, noted)
            values = {"scanner": scanner.value.upper(), "host": host.value.upper()}
            found = _with_front(front, (Remark(RemarkCode.LAYOUT, values), *noted))
            return msgspec.structs.replace(found, layout=scanner.value)
    alike = len(set(text) & set(TEST_TEXT)) >= LIKE_MIN * len(set(TEST_TEXT))
    if alike and len(text) in range(len(TEST_TEXT), len(TEST_TEXT) + AIM_LENGTH + 1):
        return Deduced(verdict=Verdict.DAMAGED, remarks=(Remark(RemarkCode.LAYOUT_UNKNOWN, {"typed": text}),))
    if any(TEST_TEXT[at : at + FRAGMENT_MIN] in text for at in range(len(TEST_TEXT) - FRAGMENT_MIN + 1)):
        return Deduced(verdict=Verdict.DAMAGED, remarks=(Remark(RemarkCode.CHARACTERS_LOST),))
    return Deduced(verdict=Verdict.OTHER_CODE)


def _with_front(front: str, remarks: tuple[Remark, ...]) -> Deduced:
    """The test barcode was recognised; what stands in front of it is an identifier or a prefix."""
    aim = front[-AIM_LENGTH:] if is_identifier(front[-AIM_LENGTH:]) else ""
    prefix = front.removesuffix(aim)
    if prefix:
        remarks = (*remarks, Remark(RemarkCode.PREFIX, {"prefix": prefix}))
    return Deduced(verdict=Verdict.UNDERSTOOD, aim=aim, remarks=remarks)


def _with_caps(typed: str) -> str:
    """What comes out instead while Caps Lock is on; the German sharp s has no capital on most keyboards."""
    return "".join(each.swapcase() if len(each.swapcase()) == 1 else each for each in typed)


def _variants(typed: str) -> tuple[str, ...]:
    """What becomes of an accent in front of a digit: some systems write both, some neither, some the digit alone."""
    if not typed:
        return ()
    return tuple(dict.fromkeys((typed, typed.replace("`0", ""), typed.replace("`0", "0"))))


def typed_on(scanner: Layout, host: Layout, text: str = TEST_TEXT) -> str:
    """What comes out when a scanner types a text as on one keyboard and the machine reads another.

    Returns:
        The characters; empty when one of the two has no key for one of them.
    """
    try:
        keys = keys_for(text, scanner)
    except ValueError:
        return ""
    strokes = [KeyStroke(0, code, "", modifiers) for code, modifiers in keys]
    return decode(strokes, host) or ""
