"""Turns the bytes of a scanner into whole codes: a pure state machine without a clock.

The parser never guesses. What is not exactly one clean frame becomes a ``Rejected`` or a counter, because half a card
number may be somebody else's card number.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from hardware.decoding import decoded, is_clean
from hardware.masking import masked
from hardware.symbology import AIM_LENGTH, Symbology, is_identifier, retail_kind

SCAN_LENGTH_MAX: Final = 512
"""Longest frame by default, in bytes, with prefix and identifier and without the terminator."""

SCAN_LENGTH_LIMIT: Final = 4096
"""Largest value the setting takes, in bytes; a QR code holds 2,953 bytes (ISO/IEC 18004, table 7)."""

PREFIX_LENGTH_MAX: Final = 16
"""Longest prefix, in bytes."""

INTER_CHARACTER_TIMEOUT_S: Final = 0.2
"""Silence that ends a frame of a wired scanner, in seconds."""

RESYNC_SILENCE_S: Final = 1.0
"""After a broken frame, bytes up to a terminator are its late tail, unless silence was this long first; in seconds."""

_NUL: Final = 0x00
_CR: Final = 0x0D
_LF: Final = 0x0A
_IDLE_LINE: Final = 0xFF
_FLOW_CONTROL: Final = frozenset({0x11, 0x13})  # XON and XOFF: a scanner's own flow control, never data


class Terminator(StrEnum):
    """What ends a frame."""

    CR = "cr"
    LF = "lf"
    CRLF = "crlf"
    TAB = "tab"
    ETX = "etx"
    NONE = "none"
    """Silence: the scanner sends no terminator."""


_SINGLE_BYTE: Final = {Terminator.CR: _CR, Terminator.LF: _LF, Terminator.TAB: 0x09, Terminator.ETX: 0x03}


class AimMode(StrEnum):
    """Whether the scanner sends a symbology identifier in front of the data."""

    AUTO = "auto"
    """Take it when it is there. A code whose own data start like an identifier is then misread as one."""
    ALWAYS = "always"
    """Refuse a frame without one."""
    NEVER = "never"
    """Leave the data alone."""


class FrameSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one scanner is set up.

    Attributes:
        prefix: Bytes in front of every frame; a frame without them is refused.
        terminators: What ends a frame; with ``NONE`` silence ends it too.
        length_bytes_max: Longest frame, in bytes without terminator.
        inter_character_timeout_s: Silence that ends a frame, in seconds.
        aim: Whether symbology identifiers are expected.
        code_letters: The maker's own letters that stand in front of every code, after the identifier if there is one;
            a frame without one of them is refused. Empty: such letters are data.
    """

    prefix: bytes = b""
    terminators: frozenset[Terminator] = frozenset({Terminator.CR, Terminator.LF, Terminator.CRLF})
    length_bytes_max: int = SCAN_LENGTH_MAX
    inter_character_timeout_s: float = INTER_CHARACTER_TIMEOUT_S
    aim: AimMode = AimMode.AUTO
    code_letters: Mapping[str, Symbology] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse settings with which no frame could ever arrive."""
        if not self.terminators:
            msg = "`terminators` must name at least one terminator, or `none`"
            raise ValueError(msg)
        if not 1 <= self.length_bytes_max <= SCAN_LENGTH_LIMIT:
            msg = f"`length_bytes_max` must be between 1 and {SCAN_LENGTH_LIMIT}"
            raise ValueError(msg)
        if not 0 < self.inter_character_timeout_s < RESYNC_SILENCE_S:
            msg = f"`inter_character_timeout_s` must be above 0 and below {RESYNC_SILENCE_S}"
            raise ValueError(msg)
        if len(self.prefix) > PREFIX_LENGTH_MAX:
            msg = f"`prefix` must not be longer than {PREFIX_LENGTH_MAX} bytes"
            raise ValueError(msg)
        if set(self.prefix) & {_NUL, _CR, _LF, _IDLE_LINE, *_FLOW_CONTROL, *self.terminator_bytes}:
            msg = "`prefix` must not hold a terminator, NUL, 0xFF, XON or XOFF"
            raise ValueError(msg)

    @property
    def terminator_bytes(self) -> frozenset[int]:
        """The bytes that end a frame on their own."""
        return frozenset(_SINGLE_BYTE[each] for each in self.terminators if each in _SINGLE_BYTE)


class RejectReason(StrEnum):
    """Why bytes were not taken as a code."""

    TOO_LONG = "too_long"
    TIMEOUT = "timeout"
    LATE_TAIL = "late_tail"
    """The rest of a frame that had already been given up."""
    CONTROL_CHARACTER = "control_character"
    LINE_NOISE = "line_noise"
    PREFIX_MISSING = "prefix_missing"
    AIM_MISSING = "aim_missing"
    """The identifier that the settings promise, the standard's or the maker's own, is not there."""
    NO_DATA = "no_data"


class Frame(msgspec.Struct, frozen=True):
    """One whole code.

    Attributes:
        text: The code, without prefix, identifier and terminator; of control characters only GS (0x1D) can occur.
        raw: The frame's bytes with prefix and identifier, without terminator and flow control.
        aim: The symbology identifier with its bracket, or empty.
        t: When its last byte arrived, in seconds.
        kind: The barcode kind that the maker's own letter named, or ``None``.
    """

    text: str
    raw: bytes
    aim: str
    t: float
    kind: Symbology | None = None

    def __repr__(self) -> str:
        """A description that may be logged: the code is masked."""
        return f"Frame({masked(self.text)!r}, length={len(self.text)}, aim={self.aim!r}, t={self.t!r})"


class Rejected(msgspec.Struct, frozen=True):
    """Bytes that are no code.

    Attributes:
        reason: Why not.
        raw_length: How many bytes it was about; of a frame that is too long, how many came before it was given up.
        t: When that was known, in seconds.
    """

    reason: RejectReason
    raw_length: int
    t: float


class ParserCounters(msgspec.Struct):
    """What the parser dropped without a word, since the parser was made.

    Attributes:
        empty: Terminators with nothing before them.
        flow_control: XON and XOFF bytes.
        noise: NUL bytes between frames, as a plug or a break condition makes them.
        skipped: Bytes of frames that had already been given up.
    """

    empty: int = 0
    flow_control: int = 0
    noise: int = 0
    skipped: int = 0


class FrameParser:
    """Collects bytes until a frame is whole.

    The same bytes at the same time give the same frames however they are cut into reads. Memory is bounded by
    ``length_bytes_max``.
    """

    def __init__(self, settings: FrameSettings | None = None) -> None:
        """Start between two frames.

        Args:
            settings: The scanner's set-up; the default takes CR, LF and CR LF.
        """
        self._settings = settings or FrameSettings()
        self._terminators = self._settings.terminator_bytes
        self._silence_ends = Terminator.NONE in self._settings.terminators
        self._lf_ends_after_cr = not self._settings.terminators.isdisjoint({Terminator.CRLF, Terminator.LF})
        # Where CR LF is a terminator and CR alone is not, the CR waits among the data until its LF has come.
        self._pending_max = self._settings.length_bytes_max + (1 if self._lf_ends_after_cr else 0)
        self._resync_s = self._settings.inter_character_timeout_s if self._silence_ends else RESYNC_SILENCE_S
        self.counters = ParserCounters()
        self._pending = bytearray()
        self._start_over()

    def _start_over(self) -> None:
        self._pending.clear()
        self._previous = -1
        # A line opened between the CR and the LF of one terminator must not begin with that LF.
        self._swallow_lf = _CR in self._terminators
        self._skipping = False
        self._tail_bytes = 0
        self._gap_while_skipping = False
        self._t_last_byte: float = 0.0

    @property
    def is_idle(self) -> bool:
        """Whether nothing has begun: no time-out is running."""
        return not self._pending and not self._skipping

    def reset(self) -> int:
        """Forget a frame that has begun, because the line is gone.

        Returns:
            How many bytes were thrown away.
        """
        discarded = len(self._pending)
        self._start_over()
        return discarded

    def interrupt(self, t: float) -> list[Frame | Rejected]:
        """Give up a frame that has begun, because the machine slept and nobody knows what was lost meanwhile.

        What comes before the next terminator is the frame's late tail, unless a second passes first.

        Args:
            t: Now, in seconds of the clock of ``feed``.

        Returns:
            The refusal, or nothing between two frames.
        """
        if self.is_idle:
            return []
        found: list[Frame | Rejected] = []
        if self._pending:
            found.append(Rejected(RejectReason.TIMEOUT, len(self._pending), t))
            self._pending.clear()
        self._skipping, self._gap_while_skipping, self._tail_bytes = True, True, 0
        self._t_last_byte = t
        return found

    def feed(self, data: bytes, t: float) -> list[Frame | Rejected]:
        """Take the bytes of one read.

        Args:
            data: The bytes; may be empty.
            t: When they were read, in seconds of any clock that does not go back.

        Returns:
            What became whole, in the order of arrival.
        """
        found = self.tick(t)
        for byte in data:
            outcome = self._take(byte, t)
            if outcome is not None:
                found.append(outcome)
        if data:
            self._t_last_byte = t
        return found

    def tick(self, t: float) -> list[Frame | Rejected]:
        """Let time pass without bytes.

        Args:
            t: Now, in seconds of the same clock.

        Returns:
            At most one outcome: the frame that silence ended, or the part of a frame given up.
        """
        silence_s = t - self._t_last_byte
        if self.is_idle or silence_s < self._settings.inter_character_timeout_s:
            return []
        found: list[Frame | Rejected] = []
        if self._pending:
            data = bytes(self._pending)
            self._pending.clear()
            if self._silence_ends:
                found.append(self._judge(data, self._t_last_byte))
            else:
                found.append(Rejected(RejectReason.TIMEOUT, len(data), t))
                self._skipping = True
        if self._skipping:
            if not self._gap_while_skipping:
                self._gap_while_skipping, self._tail_bytes = True, 0
            if silence_s >= self._resync_s:
                self._stop_skipping()
        return found

    def _take(self, byte: int, t: float) -> Frame | Rejected | None:
        if byte in _FLOW_CONTROL:
            self.counters.flow_control += 1
            return None
        previous, self._previous = self._previous, byte
        swallow_lf, self._swallow_lf = self._swallow_lf, False
        if byte == _LF and swallow_lf:
            return None
        if byte in self._terminators or (byte == _LF and previous == _CR and self._lf_ends_after_cr):
            return self._end(byte, t)
        return self._collect(byte, t)

    def _collect(self, byte: int, t: float) -> Rejected | None:
        """A byte that is neither a terminator nor part of one."""
        if self._skipping:
            self.counters.skipped += 1
            self._tail_bytes += 1
            return None
        if byte == _NUL and not self._pending:
            self.counters.noise += 1
            return None
        self._pending.append(byte)
        if len(self._pending) > self._pending_max:
            return self._give_up(t)
        return None

    def _give_up(self, t: float) -> Rejected:
        length = len(self._pending)
        self._pending.clear()
        self._skipping = True
        return Rejected(RejectReason.TOO_LONG, length, t)

    def _end(self, byte: int, t: float) -> Frame | Rejected | None:
        """A terminator arrived: finish what was collected."""
        self._swallow_lf = byte == _CR
        if self._skipping:
            tail_bytes, gap = self._tail_bytes, self._gap_while_skipping
            self._stop_skipping()
            # Without a pause these bytes are the rest of a frame that has been reported already.
            return Rejected(RejectReason.LATE_TAIL, tail_bytes, t) if gap and tail_bytes else None
        data = bytes(self._pending)
        self._pending.clear()
        if byte == _LF:
            data = data.removesuffix(b"\r")
        if not data:
            self.counters.empty += 1
            return None
        return self._judge(data, t)

    def _stop_skipping(self) -> None:
        self._skipping = False
        self._gap_while_skipping = False
        self._tail_bytes = 0

    def _judge(self, raw: bytes, t: float) -> Frame | Rejected:
        """Decide whether the bytes of a finished frame are a code."""
        settings = self._settings
        text = decoded(raw.removeprefix(settings.prefix))
        aim = ""
        if settings.aim is not AimMode.NEVER and is_identifier(text[:AIM_LENGTH]):
            aim, text = text[:AIM_LENGTH], text[AIM_LENGTH:]
        kind: Symbology | None = None
        if settings.code_letters:
            kind, text = _without_letter(text, settings.code_letters)
        faults = {
            RejectReason.TOO_LONG: len(raw) > settings.length_bytes_max,
            RejectReason.LINE_NOISE: _IDLE_LINE in raw,
            RejectReason.PREFIX_MISSING: not raw.startswith(settings.prefix),
            RejectReason.CONTROL_CHARACTER: not is_clean(text),
            RejectReason.AIM_MISSING: (settings.aim is AimMode.ALWAYS and not aim)
            or (bool(settings.code_letters) and kind is None),
            RejectReason.NO_DATA: not text.strip(),
        }
        for reason, applies in faults.items():
            if applies:
                return Rejected(reason, len(raw), t)
        return Frame(text, raw, aim, t, kind)


def _without_letter(text: str, letters: Mapping[str, Symbology]) -> tuple[Symbology | None, str]:
    """The kind that the letters in front of a text name, and the text behind them."""
    for length in sorted({len(each) for each in letters}, reverse=True):
        kind = letters.get(text[:length])
        if kind is not None:
            rest = text[length:]
            return retail_kind(rest) if kind is Symbology.EAN13 else kind, rest
    return None, text
