"""Limits let a burst through, then as much as the rate allows, and forget callers rather than grow."""

import pytest

from headoffice.api import limits
from headoffice.api.limits import Limiter


class Seconds:
    """A clock in seconds."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_and_then_the_rate_holds() -> None:
    """Three at once are let through; the fourth is told when to come again, and is let through then."""
    clock = Seconds()
    limiter = Limiter(0.5, 3, clock)
    assert [limiter.take("till") for _ in range(4)] == [0, 0, 0, 2]
    clock.now += 2
    assert limiter.take("till") == 0
    assert limiter.take("till") == 2


def test_callers_do_not_pay_for_each_other() -> None:
    """One that asks too much leaves the others alone."""
    limiter = Limiter(1, 1, Seconds())
    assert limiter.take("greedy") == 0
    assert limiter.take("greedy") == 1
    assert limiter.take("modest") == 0


def test_waiting_never_fills_more_than_the_bucket() -> None:
    """After a quiet year there is one burst and no more."""
    clock = Seconds()
    limiter = Limiter(1, 2, clock)
    limiter.take("till")
    clock.now += 365 * 24 * 3600
    assert [limiter.take("till") for _ in range(3)] == [0, 0, 1]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many addresses call, only so many are remembered; the one that was quiet longest is forgotten."""
    monkeypatch.setattr(limits, "BUCKETS_MAX", 2)
    limiter = Limiter(1, 1, Seconds())
    assert [limiter.take(caller) for caller in ("a", "b", "c")] == [0, 0, 0]
    assert limiter.take("c") == 1
    assert limiter.take("a") == 0, "a was forgotten and begins with a full bucket"
