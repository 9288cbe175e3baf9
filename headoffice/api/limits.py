"""How much one terminal or one address may ask for: a token bucket each, in bounded memory."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

BUCKETS_MAX: Final = 10_000
"""The most callers that are remembered; the one that has been quiet longest is forgotten first."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at_s: float


class Limiter:
    """Counts calls by caller; a caller nobody remembers has a full bucket.

    Not thread-safe: it lives on the event loop.
    """

    def __init__(self, per_s: float, burst: int, monotonic: Callable[[], float]) -> None:
        """Begin with every bucket full.

        Args:
            per_s: Calls per second that a bucket is refilled with.
            burst: Calls that a full bucket allows at once.
            monotonic: A clock that never goes back, in seconds.
        """
        assert per_s > 0
        assert burst >= 1
        self._per_s = per_s
        self._burst = burst
        self._monotonic = monotonic
        self._buckets: OrderedDict[Hashable, _Bucket] = OrderedDict()

    def take(self, caller: Hashable) -> int:
        """Count one call.

        Returns:
            0 when it may go on, otherwise after how many whole seconds to come again.
        """
        now_s = self._monotonic()
        bucket = self._buckets.get(caller)
        if bucket is None:
            bucket = _Bucket(self._burst, now_s)
            self._buckets[caller] = bucket
            if len(self._buckets) > BUCKETS_MAX:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(caller)
        bucket.tokens = min(self._burst, bucket.tokens + (now_s - bucket.at_s) * self._per_s)
        bucket.at_s = now_s
        if bucket.tokens < 1:
            return math.ceil((1 - bucket.tokens) / self._per_s)
        bucket.tokens -= 1
        return 0
