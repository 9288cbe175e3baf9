"""What a row of keys says: on which layout, with prefix and symbology identifier taken off."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from hardware.frames import RejectReason
from hardware.masking import masked
from hardware.symbology import AIM_LENGTH, is_identifier
from hardware.wedge.layouts import Layout, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hardware.wedge.strokes import KeyStroke

_CODE: Final = re.compile(r"[A-Za-z0-9 ./:_+%$?=&#@,~|\x1d-]+")
"""What codes are made of: Code 39, addresses of web pages, GS1 element strings."""

_GROUP_SEPARATOR: Final = "\x1d"


class LayoutChoice(StrEnum):
    """How the keys are read."""

    AUTO = "auto"
    """This machine's text when it is a member's number, otherwise as the layout that makes sense of the keys."""
    US = "us"
    DE = "de"
    FR = "fr"
    HOST = "host"


class Reading(msgspec.Struct, frozen=True):
    """What keys say.

    Attributes:
        text: The code, without prefix and identifier.
        raw: The same with them.
        aim: The symbology identifier with its bracket, or empty.
        layout: On which layout.
        is_member: Whether it is a number that cards of the programme have.
    """

    text: str
    raw: str
    aim: str
    layout: Layout
    is_member: bool

    @property
    def rejected(self) -> RejectReason | None:
        """Why it is no code, or ``None``; as with every other scanner."""
        if not self.text.strip():
            return RejectReason.NO_DATA
        if not all(each == _GROUP_SEPARATOR or unicodedata.category(each)[0] != "C" for each in self.text):
            return RejectReason.CONTROL_CHARACTER
        return None

    def __repr__(self) -> str:
        """A description that may be logged: the code is masked."""
        return f"Reading({masked(self.text)!r}, aim={self.aim!r}, layout={self.layout.value!r})"


class Reader:
    """Reads keys; remembers which layout made sense when only one did.

    Most scanners leave their factory set to the American layout and stay so, because digits are the same on many
    layouts. What this machine made of the keys is taken when it is a member's number; otherwise the American reading,
    unless only this machine's text looks like a code at all. Where both are possible (``YZ`` and ``ZY``), the layout
    decides that was the only possible one before.
    """

    def __init__(self, choice: LayoutChoice, is_member_number: Callable[[str], bool], prefix: str = "") -> None:
        """Start without experience.

        Args:
            choice: The layout, or ``AUTO``.
            is_member_number: Whether cards of the programme have such a number.
            prefix: What the scanner sends in front of every code; keys without it are no scan.
        """
        self._choice = choice
        self._is_member_number = is_member_number
        self._prefix = prefix
        self._proven: Layout | None = None

    def read(self, strokes: Sequence[KeyStroke]) -> Reading | None:
        """Read keys.

        Args:
            strokes: The keys, without what ended the code.

        Returns:
            What they say, or ``None`` when no layout makes anything of them or the prefix is missing.
        """
        if self._choice is not LayoutChoice.AUTO:
            return self._on(Layout(self._choice.value), strokes)
        order = (Layout.HOST, Layout.US, Layout.DE, Layout.FR)
        found = {layout: reading for layout in order if (reading := self._on(layout, strokes)) is not None}
        members = [reading for reading in found.values() if reading.is_member]
        if members:
            return self._chosen(members)
        both = [found[layout] for layout in (Layout.US, Layout.HOST) if layout in found]
        return self._chosen([reading for reading in both if _CODE.fullmatch(reading.text)] or both)

    def _chosen(self, possible: list[Reading]) -> Reading | None:
        """One of the possible readings; one that stands alone is remembered."""
        if len(possible) == 1:
            self._proven = possible[0].layout
        proven = [reading for reading in possible if reading.layout is self._proven]
        return next(iter(proven or possible), None)

    def _on(self, layout: Layout, strokes: Sequence[KeyStroke]) -> Reading | None:
        raw = decode(strokes, layout)
        if raw is None or not raw.startswith(self._prefix):
            return None
        text, aim = raw.removeprefix(self._prefix), ""
        if is_identifier(text[:AIM_LENGTH]):
            aim, text = text[:AIM_LENGTH], text[AIM_LENGTH:]
        return Reading(text, raw, aim, layout, self._is_member_number(text))
