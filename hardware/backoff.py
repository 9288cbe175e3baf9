"""How long to wait before a lost device is tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

DELAYS_S: Final = (0.25, 0.5, 1.0, 2.0, 5.0)
"""Waits between attempts, in seconds; the last one repeats."""

JITTER: Final = 0.2
"""Every wait is longer or shorter by up to this share, so that several devices on one hub do not try in step."""

PRESENCE_POLL_S: Final = 0.05
"""How often the device's place is looked at while waiting, in seconds; two ``stat`` calls."""

STABLE_S: Final = 5.0
"""A line that lived this long was a good one: the next wait starts with the shortest again, in seconds."""


class ReconnectSettings(msgspec.Struct, frozen=True, kw_only=True):
    """When a lost device is tried again.

    Attributes:
        delays_s: Waits between attempts, in seconds; the last one repeats.
        jitter: Share by which a wait may be longer or shorter, 0 to 1.
        presence_poll_s: How often its place is looked at while waiting, in seconds.
    """

    delays_s: tuple[float, ...] = DELAYS_S
    jitter: float = JITTER
    presence_poll_s: float = PRESENCE_POLL_S


class Backoff:
    """The growing waits of one device."""

    def __init__(self, settings: ReconnectSettings, random: Callable[[], float]) -> None:
        """Start with the shortest wait.

        Args:
            settings: The waits.
            random: Gives numbers from 0 to below 1.
        """
        self._settings = settings
        self._random = random
        self._attempts = 0

    def next_s(self) -> float:
        """The next wait, in seconds."""
        delays_s = self._settings.delays_s
        delay_s = delays_s[min(self._attempts, len(delays_s) - 1)]
        self._attempts += 1
        return delay_s * (1 + self._settings.jitter * (2 * self._random() - 1))

    def reset(self) -> None:
        """Start with the shortest wait again."""
        self._attempts = 0


class Attempts:
    """The attempts to reach one device, with the wait between them that ends early when its place changes."""

    def __init__(
        self, presence: Callable[[], Hashable | None], settings: ReconnectSettings, random: Callable[[], float]
    ) -> None:
        """Nothing has been tried.

        Args:
            presence: Looks at the device's place; see ``hardware.transport.Transport``.
            settings: The waits.
            random: Gives numbers from 0 to below 1.
        """
        self._look = presence
        self._settings = settings
        self._backoff = Backoff(settings, random)
        self._seen: Hashable | None = None

    def begin(self) -> None:
        """One more attempt: remember what stands at the device's place now."""
        self._seen = self._look()

    def succeeded(self) -> None:
        """The device works: after the next loss the shortest wait comes first again."""
        self._backoff.reset()

    def wait(self, pause: Callable[[float], bool]) -> bool:
        """Wait for the next attempt.

        Args:
            pause: Waits at most so many seconds, and says whether something else ended the wait.

        Returns:
            Whether ``pause`` ended it; otherwise the time was over or the device's place has changed.
        """
        remaining_s = self._backoff.next_s()
        while remaining_s > 0:
            slice_s = min(remaining_s, self._settings.presence_poll_s)
            if pause(slice_s):
                return True
            remaining_s -= slice_s
            presence = self._look()
            if presence is not None and presence != self._seen:
                self._backoff.reset()
                return False
            self._seen = presence
        return False
