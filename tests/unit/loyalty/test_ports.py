"""Ports: what the rules expect of the outside world, and that the shared fakes provide it."""

from __future__ import annotations

from loyalty.ports import Clock, Ids
from tests.fakes.clock import FakeClock, SeededIds


def test_the_shared_fakes_satisfy_the_ports() -> None:
    """The type checker compares the signatures; here the ids keep what the port promises."""
    clock: Clock = FakeClock()
    ids: Ids = SeededIds()
    assert [ids.record_id().version, ids.random_id().version] == [7, 4]
    assert ids.record_id() < ids.record_id()
    assert clock.business_day(clock.now_us()).isoformat() == "2026-11-21"
