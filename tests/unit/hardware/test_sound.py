"""The four cues: short, told apart by pitch and by pattern, as loud as asked, and the same bytes every time."""

from __future__ import annotations

import io
import math
import struct
import wave
from itertools import combinations

import pytest

from hardware.sound import (
    CUE_LENGTH_MAX_MS,
    PATTERNS,
    PEAK_MAX,
    SAMPLE_RATE_HZ,
    Cue,
    duration_ms,
    samples,
    wav,
)

CUES = list(Cue)


def read(data: bytes) -> tuple[int, list[int]]:
    """Sample rate and samples of a WAV file, read by somebody else's reader."""
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getcomptype()) == (1, 2, "NONE")
        frames = file.readframes(file.getnframes())
        return file.getframerate(), list(struct.unpack(f"<{len(frames) // 2}h", frames))


def strength(values: list[int], frequency_hz: float) -> float:
    """How much of a frequency is in some samples (Goertzel's algorithm), as a share of their whole energy."""
    step = 2 * math.cos(2 * math.pi * frequency_hz / SAMPLE_RATE_HZ)
    last = before = 0.0
    for value in values:
        last, before = value + step * last - before, last
    power = last * last + before * before - step * last * before
    energy = sum(value * value for value in values)
    return 2 * power / (len(values) * energy) if energy else 0.0


@pytest.mark.parametrize("cue", CUES)
def test_a_cue_is_a_file_others_can_read_and_is_short(cue: Cue) -> None:
    """Mono, 16 bits, and over before the next card: 400 ms at the most."""
    rate, values = read(wav(cue, 70))
    assert rate == SAMPLE_RATE_HZ
    assert values == samples(cue, 70)
    assert abs(len(values) * 1000 / rate - duration_ms(cue)) < 1
    assert duration_ms(cue) <= CUE_LENGTH_MAX_MS


@pytest.mark.parametrize("cue", CUES)
def test_every_tone_has_the_pitch_of_its_pattern(cue: Cue) -> None:
    """Listened to with ears of our own: nearly all energy of a tone is at its frequency, and silence is silent."""
    values, at = samples(cue, 100), 0
    for tone in PATTERNS[cue]:
        count = SAMPLE_RATE_HZ * tone.duration_ms // 1000
        part, at = values[at : at + count], at + count
        if tone.frequency_hz == 0:
            assert not any(part)
        else:
            assert strength(part, tone.frequency_hz) > 0.9
            assert strength(part, tone.frequency_hz * 1.4) < 0.1
    assert at == len(values)


@pytest.mark.parametrize(("one", "other"), [*combinations(CUES, 2)])
def test_two_cues_differ_in_pitch_and_in_pattern(one: Cue, other: Cue) -> None:
    """No tone of one is within a semitone and a half of a tone of the other, and they don't have the same rhythm."""
    pitches = [{tone.frequency_hz for tone in PATTERNS[cue] if tone.frequency_hz} for cue in (one, other)]
    apart = 2 ** (1.5 / 12)
    assert all(max(a, b) / min(a, b) > apart for a in pitches[0] for b in pitches[1])
    rhythms = [[(bool(tone.frequency_hz), tone.duration_ms) for tone in PATTERNS[cue]] for cue in (one, other)]
    assert rhythms[0] != rhythms[1]


@pytest.mark.parametrize("cue", CUES)
@pytest.mark.parametrize("volume", [1, 10, 50, 100])
def test_the_peak_follows_the_volume(cue: Cue, volume: int) -> None:
    """In proportion, within two percent of full scale, and never near the limit where players distort."""
    peak = max(abs(value) for value in samples(cue, volume))
    assert abs(peak - PEAK_MAX * volume / 100) <= PEAK_MAX * 0.02
    assert peak <= PEAK_MAX


@pytest.mark.parametrize("cue", CUES)
def test_volume_nought_is_silence(cue: Cue) -> None:
    """Of the same length, so that nothing depends on it."""
    assert len(samples(cue, 0)) == len(samples(cue, 100))
    assert not any(samples(cue, 0))


@pytest.mark.parametrize("cue", CUES)
def test_no_tone_begins_or_ends_with_a_click(cue: Cue) -> None:
    """Neighbouring samples never jump further than the steepest part of the highest tone does."""
    values = samples(cue, 100)
    highest = max(tone.frequency_hz for tone in PATTERNS[cue])
    steepest = PEAK_MAX * 2 * math.pi * highest / SAMPLE_RATE_HZ
    jumps = [abs(b - a) for a, b in zip([0, *values], [*values, 0], strict=True)]
    assert max(jumps) <= steepest * 1.05


def test_the_same_cue_is_the_same_bytes() -> None:
    """A pure function: a test on another machine hears the same."""
    assert wav(Cue.FOUND, 33) == wav(Cue.FOUND, 33)
    assert len({wav(cue, 33) for cue in CUES}) == len(CUES)


@pytest.mark.parametrize("volume", [-1, 101])
def test_a_volume_out_of_range_is_a_mistake_of_the_caller(volume: int) -> None:
    """Percent end at 100: more would be cut off and sound broken."""
    with pytest.raises(ValueError, match="0 to 100"):
        wav(Cue.FOUND, volume)
