"""The till's four sounds, worked out as samples: the same cue at the same volume is always the same bytes.

They are told apart by pitch and by pattern, so that somebody who hears only one of the two still knows which it was:
one high tone, three rising ones, two low falling ones, three equal short ones.
"""

from __future__ import annotations

import io
import math
import struct
import wave
from enum import StrEnum
from typing import Final

import msgspec

SAMPLE_RATE_HZ: Final = 22_050
"""Samples a second: enough for tones up to 2 kHz on any loudspeaker of a till."""

SAMPLE_BYTES: Final = 2
PEAK_MAX: Final = 29_000
"""The largest sample at full volume, of 32,767: a margin for players that resample."""

RAMP_MS: Final = 5
"""How long a tone takes to come and to go, in milliseconds; a hard edge would click."""

CUE_LENGTH_MAX_MS: Final = 400
"""The longest cue, in milliseconds: it must be over before the next customer's card."""


class Cue(StrEnum):
    """What a cashier should hear without looking."""

    FOUND = "found"
    """A member is on the screen."""
    AWARDED = "awarded"
    """A booking is on disk."""
    REFUSED = "refused"
    """Something was refused; the screen says what."""
    UNKNOWN = "unknown"
    """A card nobody knows yet, or a code that is no card."""


class Tone(msgspec.Struct, frozen=True):
    """A piece of a cue: a pitch for some time, or silence at 0 Hz."""

    frequency_hz: int
    duration_ms: int


_GAP: Final = Tone(0, 45)

PATTERNS: Final[dict[Cue, tuple[Tone, ...]]] = {
    Cue.FOUND: (Tone(880, 110),),
    Cue.AWARDED: (Tone(784, 80), Tone(1047, 80), Tone(1319, 140)),
    Cue.REFUSED: (Tone(392, 130), _GAP, Tone(294, 200)),
    Cue.UNKNOWN: (Tone(622, 60), _GAP, Tone(622, 60), _GAP, Tone(622, 60)),
}
"""What each cue is made of; pitches of the tempered scale with A4 at 440 Hz (ISO 16), rounded to whole hertz."""


def duration_ms(cue: Cue) -> int:
    """How long a cue sounds, in milliseconds."""
    return sum(tone.duration_ms for tone in PATTERNS[cue])


def wav(cue: Cue, volume_percent: int) -> bytes:
    """A cue as a WAV file: one channel of 16-bit PCM samples.

    Args:
        cue: Which.
        volume_percent: 0 to 100; 0 is a file of silence.

    Raises:
        ValueError: The volume is out of range.
    """
    if not 0 <= volume_percent <= 100:  # noqa: PLR2004 - percent
        raise ValueError(f"A volume is 0 to 100 percent, not {volume_percent}")
    values = samples(cue, volume_percent)
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(SAMPLE_BYTES)
        writer.setframerate(SAMPLE_RATE_HZ)
        writer.writeframes(struct.pack(f"<{len(values)}h", *values))
    return file.getvalue()


def samples(cue: Cue, volume_percent: int) -> list[int]:
    """A cue as samples of 16 bits with their sign."""
    peak = PEAK_MAX * volume_percent / 100
    return [sample for tone in PATTERNS[cue] for sample in _tone(tone, peak)]


def _tone(tone: Tone, peak: float) -> list[int]:
    count = SAMPLE_RATE_HZ * tone.duration_ms // 1000
    ramp = SAMPLE_RATE_HZ * RAMP_MS // 1000
    step = 2 * math.pi * tone.frequency_hz / SAMPLE_RATE_HZ
    return [
        round(peak * min(1.0, index / ramp, (count - 1 - index) / ramp) * math.sin(step * index))
        for index in range(count)
    ]
