"""The wizard's reasoning: from what a scanner made of the test barcode to how it is set up."""

from __future__ import annotations

from typing import Final

import msgspec

TEST_TEXT: Final = "YZ-yz_/aA+0123456789"
"""What the test barcode says: characters that tell keyboard layouts, Caps Lock and wrong speeds apart."""


class Capture(msgspec.Struct, frozen=True, kw_only=True):
    """What one scan put on a line, byte for byte, from silence to silence.

    Attributes:
        device_id: The till's name of the scanner, or its port when it has none.
        port: Where it was heard.
        data: Every byte.
        gaps_ms: Milliseconds between its reads.
        baud: The speed the port was open at, in bits per second; 0 where speed means nothing.
    """

    device_id: str
    port: str
    data: bytes
    gaps_ms: tuple[int, ...] = ()
    baud: int = 0
