"""How long to wait before trying again: longer every time, and never in step with the other tills of the shop."""

from __future__ import annotations

from typing import Final

from loyalty.wire import ProblemCode
from terminal.sync.errors import PASSING, SyncError
from terminal.sync.status import SyncTrouble

PAUSE_MAX_S: Final = 60.0
"""The longest pause while head office does not answer, in seconds."""

PROBLEM_PAUSE_S: Final = 60.0
"""The pause while somebody has to do something first, in seconds."""


class Pauses:
    """Counts failures in a row; full jitter, as all tills lose a server at the same moment and must not return so."""

    def __init__(self) -> None:
        self._failures = 0

    def succeeded(self) -> None:
        """Head office has answered."""
        self._failures = 0

    def after(self, error: SyncError) -> float:
        """How long to wait after a failure, in seconds."""
        from tenacity import RetryCallState, Retrying, wait_random, wait_random_exponential

        self._failures += 1
        state = RetryCallState(Retrying(), None, (), {})
        state.attempt_number = self._failures
        if passes(error):
            return float(wait_random_exponential(multiplier=1, max=PAUSE_MAX_S)(state))
        return float(wait_random(PROBLEM_PAUSE_S / 2, PROBLEM_PAUSE_S)(state))


def passes(error: SyncError) -> bool:
    """Whether a failure goes away by itself, so that the till is offline and nobody has to do anything."""
    if isinstance(error.why, ProblemCode):
        return error.why in PASSING
    return error.why is SyncTrouble.UNREACHABLE
