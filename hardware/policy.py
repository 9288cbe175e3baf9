"""One code held in front of a scanner is one scan: drops repeats."""

from __future__ import annotations

from typing import Final

import msgspec

REPEAT_WINDOW_S: Final = 0.7
"""The same code on the same device within this time is one scan, in seconds."""

REMEMBERED_MAX: Final = 16
"""How many different codes are remembered; a scanner cannot read more within the window."""


class PolicyCounters(msgspec.Struct):
    """What the policy decided.

    Attributes:
        passed: Codes let through.
        repeats: Codes dropped as repeats.
    """

    passed: int = 0
    repeats: int = 0


class RepeatPolicy:
    """Decides whether a code from one device is new.

    The window slides: every repeat starts it anew, so a trigger held for ten seconds is one scan and not fifteen. Each
    code has its own window, so two codes in view at once, a card with a barcode and a QR code, are two scans and not an
    endless alternation. One policy serves one device and outlives its reconnections: a scanner that sends its last code
    again when the line comes back has not scanned twice.
    """

    def __init__(self, window_s: float = REPEAT_WINDOW_S) -> None:
        """Start with nothing remembered.

        Args:
            window_s: Length of the window, in seconds; 0 lets everything through.
        """
        self._window_s = window_s
        self._t_last_by_code: dict[str, float] = {}
        self.counters = PolicyCounters()

    def is_new(self, code: str, t: float) -> bool:
        """Whether a code counts as a scan of its own.

        Args:
            code: What was read; whatever tells two codes apart.
            t: When, in seconds; a clock that begins anew, as that of the machine's keys does after 49.7 days (32 bits
                of milliseconds), makes the code a new one.

        Returns:
            ``False`` for a repeat.
        """
        t_last = self._t_last_by_code.pop(code, None)
        self._t_last_by_code[code] = t  # re-inserted at the end, so the first is always the one seen longest ago
        if len(self._t_last_by_code) > REMEMBERED_MAX:
            del self._t_last_by_code[next(iter(self._t_last_by_code))]
        if t_last is not None and 0 <= t - t_last < self._window_s:
            self.counters.repeats += 1
            return False
        self.counters.passed += 1
        return True
