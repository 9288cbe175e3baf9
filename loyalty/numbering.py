"""Fresh card numbers: how a rule's numbers are counted, and how head office shares them out among its tills.

Two tills that cannot see each other must never hand out the same number. So a joined till counts only within blocks
that head office gave to it alone. And whatever counts begins at a place that is drawn: a till that stands alone by the
epoch of its journal, head office's blocks by the till's request. So journals and databases that were put back or
copied, and shops that are joined later, go on in places far apart instead of all at one.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from loyalty.cards import CARD_LENGTH_MAX, CARD_LENGTH_MIN, CardRule, Check, with_check_digit

BLOCK_NUMBERS: Final = 1_000
"""How many numbers a till is given at once, where the range is large."""

BLOCKS_OF_RANGE_MIN: Final = 100
"""A range is cut into at least so many blocks, so that one till does not take it all."""

NUMBERS_MAX: Final = 10_000
"""The most numbers that are taken or given at once: a file of cards, a shop's order at the printer's."""

HELD_MAX: Final = 200
"""The most blocks a till names in one request."""

SERIAL_DIGITS_MAX: Final = 18
"""Fresh numbers of longer rules begin with zeros: so much fits the integers of databases and messages (64 bits)."""

Serial = Annotated[int, Meta(ge=0, lt=10**SERIAL_DIGITS_MAX)]


class Series(msgspec.Struct, frozen=True, order=True):
    """The numbers of one card rule, counted by the digits between prefix and check digit.

    Two versions of a programme whose rules agree in these three share a series, whatever the rules are called.

    Attributes:
        prefix: What every number starts with.
        length: The whole length, in characters.
        check: How the last digit follows from those before it.
    """

    prefix: Annotated[str, Meta(pattern=r"^[A-Z0-9-]{0,20}\Z")]
    length: Annotated[int, Meta(ge=CARD_LENGTH_MIN, le=CARD_LENGTH_MAX)]
    check: Check

    def __post_init__(self) -> None:
        """Refuse a series without any number of its own."""
        if len(self.prefix) >= self.length:
            msg = "`prefix` must be shorter than `length`"
            raise ValueError(msg)
        if self.check is not Check.NONE and self.prefix and not self.prefix.isdecimal():
            msg = "A check digit needs digits before it"
            raise ValueError(msg)

    @classmethod
    def of(cls, rule: CardRule) -> Series:
        """The series of a rule's numbers; where letters are allowed, fresh numbers hold digits all the same."""
        return cls(rule.prefix, rule.length, rule.check)

    @property
    def digits(self) -> int:
        """How many digits count the numbers."""
        return self.length - len(self.prefix) - (self.check is not Check.NONE)

    @property
    def capacity(self) -> int:
        """How many numbers there are to be counted."""
        return int(10 ** min(self.digits, SERIAL_DIGITS_MAX))

    @property
    def block_numbers(self) -> int:
        """How many numbers a till is given at once."""
        return min(BLOCK_NUMBERS, max(1, self.capacity // BLOCKS_OF_RANGE_MIN))

    def number(self, serial: int) -> str:
        """The card number with this serial, check digit included."""
        body = f"{serial:0{self.digits}d}" if self.digits else ""
        return with_check_digit(f"{self.prefix}{body}", self.check)

    def lowest(self, serial: int) -> str:
        """The first text of the length that could be the number with this serial, whatever its check digit."""
        return self._open_ended(serial).ljust(self.length, "0")

    def highest(self, serial: int) -> str:
        """The last such text."""
        return self._open_ended(serial).ljust(self.length, "9")

    def serial_within(self, text: str) -> int:
        """The serial of whatever number of this length and prefix; of another check digit, too."""
        return int(text[len(self.prefix) : len(self.prefix) + self.digits] or "0")

    def start(self, seed: UUID) -> int:
        """Where to begin counting: at a block's beginning, drawn from an id.

        SHA-256 spreads the beginnings evenly. In the usual range of ten digits two of them meet within a hundred
        blocks about twice in a hundred thousand.
        """
        slots = self.capacity // BLOCK_NUMBERS
        text = f"numbers {seed} {self.prefix} {self.length} {self.check.value}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()) % slots * BLOCK_NUMBERS if slots else 0

    def _open_ended(self, serial: int) -> str:
        return f"{self.prefix}{serial:0{self.digits}d}" if self.digits else self.prefix


def request_id(epoch: UUID, series: Series, blocks: int) -> UUID:
    """The id under which a till asks for its next block, the same however often it has to ask.

    A UUID version 8 (RFC 9562, 5.8) from SHA-256 over what makes the block the next one, so that nothing needs to be
    on disk before the question: an answer that got lost is given again, and no block is wasted on it.

    Args:
        epoch: The epoch of the till's journal.
        series: Which numbers.
        blocks: How many blocks of the series it was given in that epoch.
    """
    text = f"number block {epoch} {series.prefix} {series.length} {series.check.value} {blocks}"
    digest = bytearray(hashlib.sha256(text.encode()).digest()[:16])
    digest[6] = (digest[6] & 0x0F) | 0x80
    digest[8] = (digest[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(digest))


# ------------------------------------------------------------------------------------------ on the wire


class Block(msgspec.Struct, frozen=True):
    """Serials from ``first`` to ``last``, both included."""

    first: Serial
    last: Serial


class Held(msgspec.Struct, frozen=True):
    """Numbers that a till has, or has handed out, and that head office may not know of."""

    series: Series
    block: Block


class NumbersRequest(msgspec.Struct, frozen=True):
    """A till tells of the numbers it has, and asks for more.

    Attributes:
        request_id: See ``request_id``; the same id with another question is refused.
        series: Of which numbers a block is asked for; ``None`` only to tell.
        count: How many numbers the block should have.
        held: Blocks to be kept from other tills: handed out before this till joined, or given by a head office that
            was put back to a time before.
    """

    request_id: UUID
    series: Series | None = None
    count: Annotated[int, Meta(ge=1, le=NUMBERS_MAX)] = BLOCK_NUMBERS
    held: Annotated[tuple[Held, ...], Meta(max_length=HELD_MAX)] = ()


class NumbersReply(msgspec.Struct, frozen=True):
    """What head office gives.

    Attributes:
        block: For this till alone, possibly smaller than asked for; ``None`` when the range is used up, or when
            nothing was asked for.
    """

    block: Block | None = None
