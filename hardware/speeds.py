"""What a serial port makes of characters that were sent at another speed: from the garbage back to the speed.

A port samples the line in the middle of each of its own bits. When the sender's bits are longer or shorter, what is
read is wrong, but wrong in a way that can be worked out; so the known text is sent in thought at every usual speed, and
the speed whose garbage looks most like what came is the one. A second scan at that speed proves it.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

import msgspec

from hardware.transport import Parity

if TYPE_CHECKING:
    from collections.abc import Iterator

BAUDS: Final = (300, 600, 1_200, 2_400, 4_800, 9_600, 19_200, 38_400, 57_600, 115_200)
"""The speeds scanners can be set to, in bits per second."""

USUAL_BAUDS: Final = (9_600, 115_200)

LIKENESS_MIN: Final = 0.6
"""How much of the garbage must agree, from 0 to 1; a real port may lose its step once or twice in a text."""

COMPARED_BYTES_MIN: Final = 4
"""Less garbage fits too many speeds; also the fewest different bytes of it, since zeros alone fit every slow one."""

COMPARED_BYTES_MAX: Final = 256


class Framing(msgspec.Struct, frozen=True):
    """How a character goes over the line.

    Attributes:
        baud: Speed, in bits per second.
        data_bits: 7 or 8.
        parity: Parity bit.
    """

    baud: int
    data_bits: int = 8
    parity: Parity = Parity.NONE

    @property
    def short(self) -> str:
        """As manuals write it, such as ``9600 7E1``."""
        return f"{self.baud} {self.data_bits}{self.parity}1"

    def settings(self) -> dict[str, str | int]:
        """The settings of a scanner that say the same, by their names in the table ``[scanner]``."""
        return {"baud": self.baud, "data_bits": self.data_bits, "parity": self.parity.name.lower()}


_SHAPES: Final = (
    (8, Parity.NONE),
    (7, Parity.EVEN),
    (7, Parity.ODD),
    (8, Parity.EVEN),
    (8, Parity.ODD),
)


def next_to_try(baud: int) -> int:
    """The speed to try when nothing is known: what most scanners leave the factory with, then the other one."""
    return USUAL_BAUDS[0] if baud != USUAL_BAUDS[0] else USUAL_BAUDS[1]


def suggestion(found: Framing | None, tried: Framing | None) -> Framing:
    """How to listen next after garbage.

    Args:
        found: What would explain the garbage, if anything does.
        tried: How the port was open, ``None`` for the usual way.
    """
    return found or Framing(next_to_try(tried.baud if tried else USUAL_BAUDS[0]))


def sent_as(garbage: bytes, known: bytes, baud: int) -> Framing | None:
    """How a known text must have been sent for a port to read this.

    Args:
        garbage: What the port read, with eight data bits and no parity.
        known: What was sent; what came with it, a terminator for example, does no harm.
        baud: The speed the port was open at, in bits per second.

    Returns:
        The framing, or ``None`` when none explains it.
    """
    best, likeness = None, LIKENESS_MIN
    heard = garbage[:COMPARED_BYTES_MAX]
    if len(set(heard)) < COMPARED_BYTES_MIN:
        return None
    for speed in BAUDS:
        for data_bits, parity in _SHAPES:
            framing = Framing(speed, data_bits, parity)
            alike = SequenceMatcher(None, read_at(known, framing, baud), heard, autojunk=False).ratio()
            if alike > likeness:
                best, likeness = framing, alike
    return best


def read_at(text: bytes, framing: Framing, baud: int) -> bytes:
    """What a port that is open at ``baud`` with 8N1 reads when a text is sent in another way, without a pause."""
    line = [bit for byte in text for bit in _bits(byte, framing)]
    return bytes(_sampled(line, baud / framing.baud))


def _bits(byte: int, framing: Framing) -> Iterator[int]:
    """One character on the line: start bit, data from the lowest bit up, parity, stop bit."""
    yield 0
    data = [byte >> place & 1 for place in range(framing.data_bits)]
    yield from data
    if framing.parity is not Parity.NONE:
        yield (sum(data) + (framing.parity is Parity.ODD)) % 2
    yield 1


def _sampled(line: list[int], bit: float) -> Iterator[int]:
    """Sample a line whose bits are ``bit`` receiver's bits long; before and after it the line rests at 1."""

    def level(t: float) -> int:
        place = int(t // bit)
        return line[place] if 0 <= place < len(line) else 1

    t, end = 0.0, len(line) * bit
    while True:
        start = _next_fall(line, bit, t)
        if start >= end:
            return
        if level(start + 0.5) == 1:  # too short for a start bit
            t = start + 0.5
            continue
        yield sum(level(start + 1.5 + place) << place for place in range(8))
        t = start + 9.5


def _next_fall(line: list[int], bit: float, t: float) -> float:
    """When the line next goes from 1 to 0, at the earliest at a time."""
    for place in range(max(0, int(t // bit)), len(line)):
        begins = place * bit
        if begins >= t and line[place] == 0 and (place == 0 or line[place - 1] == 1):
            return begins
    return len(line) * bit
