"""Feeds the frame parser what a broken scanner can send: it never raises, never grows, and chunks do not matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hardware.frames import Frame, FrameParser, FrameSettings, Rejected, Terminator
from tests.fakes.ledger import card_number

if TYPE_CHECKING:
    import random

    from tests.soak.frame import Run

STREAM_BYTES_MAX: Final = 4_000
PIECES: Final = (
    b"\r",
    b"\n",
    b"\r\n",
    b"\t",
    b"\x03",
    b"\x00\x00\x00",
    b"\xff\xfe",
    b"]",
    b"]E0",
    b"]C1\x1d",
    b"]zz",
    b"\x11\x13",
    "Größe".encode("latin-1"),
    "Größe".encode(),
    b"4111111111111111",
    b"\x1b[31m",
)
"""What hardware.md says a till must survive, as far as it comes over a line."""

TERMINATORS: Final = (
    frozenset({Terminator.CR, Terminator.LF, Terminator.CRLF}),
    frozenset({Terminator.TAB}),
    frozenset({Terminator.ETX}),
    frozenset({Terminator.NONE}),
)


def run(run: Run) -> None:
    """Feed until the time is over."""
    while run.goes_on():
        settings = FrameSettings(prefix=run.rng.choice((b"", b"", b"~")), terminators=run.rng.choice(TERMINATORS))
        stream = _stream(run.rng)
        whole = _outcomes(settings, [stream])
        chunked = _outcomes(settings, _chunks(stream, run.rng))
        assert chunked == whole, (settings, stream)
        run.count("streams")
        run.count("bytes", len(stream))
        run.count("frames", sum(isinstance(outcome, Frame) for outcome in whole))
        run.count("refused", sum(isinstance(outcome, Rejected) for outcome in whole))


def _stream(rng: random.Random) -> bytes:
    """Cards, known oddities and noise in any order."""
    parts: list[bytes] = []
    while sum(map(len, parts)) < rng.randrange(1, STREAM_BYTES_MAX):
        kind = rng.random()
        if kind < 0.4:
            parts.append(card_number(rng.randrange(1_000)).encode() + rng.choice(PIECES))
        elif kind < 0.8:
            parts.append(rng.choice(PIECES))
        else:
            parts.append(rng.randbytes(rng.randrange(1, 700)))
    return b"".join(parts)


def _chunks(stream: bytes, rng: random.Random) -> list[bytes]:
    chunks: list[bytes] = []
    while stream:
        size = rng.choice((1, 1, 2, 3, 17, 600))
        chunks.append(stream[:size])
        stream = stream[size:]
    return chunks


def _outcomes(settings: FrameSettings, chunks: list[bytes]) -> list[Frame | Rejected]:
    """All that a parser makes of a stream that arrives in one moment, and of the silence behind it."""
    parser = FrameParser(settings)
    found: list[Frame | Rejected] = []
    for chunk in chunks:
        found += parser.feed(chunk, 1.0)
    found += parser.tick(100.0)
    assert all(len(outcome.raw) <= settings.length_bytes_max for outcome in found if isinstance(outcome, Frame))
    return found
