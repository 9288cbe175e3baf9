"""Feeds the parsers what broken scanners can send: they never raise, never grow, and chunks do not matter."""

from __future__ import annotations

import gc
import tracemalloc
import unicodedata
from typing import TYPE_CHECKING, Final

from hardware.frames import AimMode, Frame, FrameParser, FrameSettings, Rejected, Terminator
from hardware.hidpos import DATA_BYTES, REPORT_BYTES, ReportParser
from hardware.profiles import CODE_LETTERS, ReportLayout
from hardware.traffic import Listening, Traffic
from tests.fakes.ledger import card_number

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from hardware.worker import Parser
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
    b"P01",
)
"""What hardware.md says a till must survive, as far as it comes over a line."""

TERMINATORS: Final = (
    frozenset({Terminator.CR, Terminator.LF, Terminator.CRLF}),
    frozenset({Terminator.TAB}),
    frozenset({Terminator.ETX}),
    frozenset({Terminator.NONE}),
)
LETTERS: Final = ({}, {}, {}, *CODE_LETTERS.values())

ROUNDS_BEFORE: Final = 200
"""After so many rounds whatever is remembered is full; from then on memory may not grow."""

GROWTH_BYTES_MAX: Final = 256 * 1024
"""Growth that is chance and not a leak: caches of the interpreter, in bytes."""


def run(run: Run) -> None:
    """Feed until the time is over, on parsers that live as long as the run, as those of a till do."""
    line, traffic = FrameParser(), Traffic()
    listening = Listening("soak", traffic)
    reports = {layout: ReportParser(layout) for layout in ReportLayout}
    t, rounds, before = 0.0, 0, 0
    tracemalloc.start()
    try:
        while run.goes_on():
            _any_settings(run)
            t = _live(run, line, listening, _chunks(_stream(run.rng), run.rng), t)
            for parser in reports.values():
                t = _live(run, parser, listening, [_report(run.rng) for _ in range(run.rng.randrange(1, 20))], t)
            rounds += 1
            if rounds == ROUNDS_BEFORE:
                before = _held_bytes()
            elif rounds > ROUNDS_BEFORE and rounds % ROUNDS_BEFORE == 0:
                grown = _held_bytes() - before
                assert grown < GROWTH_BYTES_MAX, f"{grown:,} bytes more than after {ROUNDS_BEFORE} rounds"
                run.count("looks at the memory")
    finally:
        tracemalloc.stop()


def _held_bytes() -> int:
    """What the program holds now, in bytes."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def _any_settings(run: Run) -> None:
    """One stream under settings by chance: whole and in pieces it gives the same."""
    settings = FrameSettings(
        prefix=run.rng.choice((b"", b"", b"~")),
        terminators=run.rng.choice(TERMINATORS),
        aim=run.rng.choice((AimMode.AUTO, AimMode.AUTO, AimMode.ALWAYS, AimMode.NEVER)),
        code_letters=run.rng.choice(LETTERS),
    )
    stream = _stream(run.rng)
    whole = _outcomes(settings, [stream])
    chunked = _outcomes(settings, _chunks(stream, run.rng))
    assert chunked == whole, (settings, stream)
    run.count("streams")
    run.count("bytes", len(stream))
    run.count("frames", sum(isinstance(outcome, Frame) for outcome in whole))
    run.count("refused", sum(isinstance(outcome, Rejected) for outcome in whole))


def _live(run: Run, parser: Parser, listening: Listening, reads: Sequence[bytes], t: float) -> float:
    """Reads with pauses on a parser that goes on; lines that go away and machines that sleep among them."""
    for data in reads:
        t += run.rng.choice((0.0, 0.0, 0.0, 0.001, 0.1, 0.3, 2.0))
        chance = run.rng.random()
        if chance < 0.002:
            parser.reset()
        outcomes = parser.interrupt(t) if chance > 0.998 else []
        listening.heard(data, round(t * 1e9))
        outcomes += parser.feed(data, t)
        if outcomes:
            listening.made(outcomes)
        for outcome in outcomes:
            text = outcome.text if isinstance(outcome, Frame) else ""
            assert not any(unicodedata.category(each) == "Cc" for each in text.replace("\x1d", "")), text
        run.count("reads of living parsers")
    return t


def _report(rng: random.Random) -> bytes:
    """Mostly as it should be, some are cut, some have a length or an id that lies."""
    data = rng.choice((card_number(rng.randrange(1_000)).encode(), rng.randbytes(rng.randrange(DATA_BYTES + 1))))
    head = bytes([rng.choice((2, 2, 2, 2, 4)), len(data)]) + rng.choice((b"]E0", b"]Q1", b"\0\0\0", b""))
    report = bytearray((head + data).ljust(REPORT_BYTES, b"\0")[: REPORT_BYTES - 1] + bytes([rng.randrange(4) == 0]))
    if rng.random() < 0.05:
        report[1] = rng.randrange(256)
    return bytes(report[: rng.randrange(1, REPORT_BYTES)] if rng.random() < 0.05 else report)


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
