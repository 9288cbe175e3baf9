"""How a scanner that types is set up, from the keys of a barcode whose text is known."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

import msgspec

from hardware.symbology import AIM_LENGTH, is_identifier
from hardware.wedge.layouts import Layout, decode
from hardware.wedge.strokes import ENDS, Key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hardware.wedge.strokes import KeyStroke

TEST_TEXT: Final = "YZ-2/A+"
"""A text that no two of the layouts type with the same keys; all of it exists in Code 39 and Code 128."""

_ORDER: Final = (Layout.US, Layout.DE, Layout.FR, Layout.HOST)


class LayoutFinding(msgspec.Struct, frozen=True):
    """What the keys of a known text tell.

    Attributes:
        layouts: The layouts on which they give the text, the likeliest first; empty when none does.
        suffix: What the scanner presses behind a code: ``enter``, ``tab``, ``etx``, or empty for nothing.
        prefix: What it types in front of a code and of its identifier.
        aim: The symbology identifier with its bracket; empty when it sends none.
        host_agrees: Whether this machine's own layout makes the text of the keys.
        case_swapped: Whether capital and small letters are exchanged, as by a scanner set up for Caps Lock.
        pace_ms: The time between two keys on average, in milliseconds.
        pause_ms: The longest time between two keys, in milliseconds.
    """

    layouts: tuple[Layout, ...]
    suffix: str
    prefix: str
    aim: str
    host_agrees: bool
    case_swapped: bool
    pace_ms: int
    pause_ms: int

    @property
    def layout(self) -> Layout | None:
        """The likeliest layout; ``None`` when the keys do not give the text on any."""
        return self.layouts[0] if self.layouts else None


def deduce_layout(strokes: Sequence[KeyStroke], expected: str) -> LayoutFinding:
    """Find out how a scanner is set up.

    Args:
        strokes: All keys of one scan, with what ended it.
        expected: What the barcode holds; ``TEST_TEXT`` parts all layouts.

    Returns:
        The finding; without layouts when the keys do not give the text.
    """
    keys = [stroke for stroke in strokes if stroke.key is Key.CHARACTER and stroke.text not in ENDS]
    pauses = [later.t_ms - earlier.t_ms for earlier, later in itertools.pairwise(strokes)]
    texts = {layout: text for layout in _ORDER if (text := decode(keys, layout)) is not None}
    agree = {layout: text for layout, text in texts.items() if text.endswith(expected)}
    swapped = expected.swapcase()
    case_swapped = not agree and swapped != expected
    if case_swapped:
        agree = {layout: text for layout, text in texts.items() if text.endswith(swapped)}
    prefix, aim = _parted(next(iter(agree.values()), expected).removesuffix(swapped if case_swapped else expected))
    return LayoutFinding(
        tuple(agree),
        _suffix(strokes),
        prefix,
        aim,
        host_agrees=Layout.HOST in agree,
        case_swapped=case_swapped and bool(agree),
        pace_ms=round(sum(pauses) / len(pauses)) if pauses else 0,
        pause_ms=max(pauses, default=0),
    )


def _parted(framing: str) -> tuple[str, str]:
    """Prefix and identifier; the identifier stands next to the data."""
    aim = framing[-AIM_LENGTH:]
    return (framing[:-AIM_LENGTH], aim) if is_identifier(aim) else (framing, "")


def _suffix(strokes: Sequence[KeyStroke]) -> str:
    """What ended the code; of CR and LF the first."""
    for stroke in strokes:
        if stroke.key is Key.ENTER or (stroke.text and stroke.text in "\r\n"):
            return "enter"
        if stroke.key is Key.TAB:
            return "tab"
        if stroke.text in ENDS:
            return "etx"
    return ""
