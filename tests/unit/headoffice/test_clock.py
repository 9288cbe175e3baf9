"""The shop's time zone decides on the day, wherever the server stands."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfoNotFoundError

import pytest

from headoffice.clock import SystemIds, ZoneClock
from tests.fakes.clock import us_of


def test_the_day_is_the_shops_own() -> None:
    """Half past midnight in Berlin is still yesterday in UTC."""
    clock = ZoneClock()
    at_us = us_of(datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    assert clock.business_day(at_us) == date(2026, 7, 2)
    assert ZoneClock("America/New_York").business_day(at_us) == date(2026, 7, 1)


def test_summer_time_is_known() -> None:
    """The offset is that of the moment, not of now."""
    clock = ZoneClock()
    assert clock.utc_offset_min(us_of(datetime(2026, 7, 1, tzinfo=UTC))) == 120
    assert clock.utc_offset_min(us_of(datetime(2026, 12, 1, tzinfo=UTC))) == 60


def test_the_clock_goes() -> None:
    """Forward, and after this program was written."""
    clock = ZoneClock()
    first = clock.now_us()
    assert us_of(datetime(2025, 1, 1, tzinfo=UTC)) < first <= clock.now_us()


def test_a_zone_that_does_not_exist_is_an_error() -> None:
    """At once, not with the first expiry."""
    with pytest.raises(ZoneInfoNotFoundError):
        ZoneClock("Europe/Nowhere")


def test_ids_are_of_their_versions_and_differ() -> None:
    """Record ids rise with time (RFC 9562, 5.7)."""
    ids = SystemIds()
    assert (ids.record_id().version, ids.random_id().version) == (7, 4)
    assert len({ids.record_id() for _ in range(100)} | {ids.random_id() for _ in range(100)}) == 200
