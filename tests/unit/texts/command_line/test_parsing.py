"""Ids, days and moments of both command lines."""

from datetime import UTC, date, datetime

import pytest
import typer

from tests.fakes.clock import FakeClock, us_of
from texts.command_line import parsing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21T14:30+01:00", datetime(2026, 11, 21, 13, 30, tzinfo=UTC)),
        ("2026-11-21T14:30Z", datetime(2026, 11, 21, 14, 30, tzinfo=UTC)),
        ("2026-11-21T14:30:15", datetime(2026, 11, 21, 13, 30, 15, tzinfo=UTC)),
        ("2026-11-21", datetime(2026, 11, 20, 23, 0, tzinfo=UTC)),
        ("1969-12-31T23:59:59+00:00", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_moment_is_microseconds_since_1970(text: str, expected: datetime) -> None:
    """With an offset it is exact, without one the shop's time of day (here one hour ahead of UTC)."""
    assert parsing.moment(text, FakeClock()) == us_of(expected)


@pytest.mark.parametrize("text", ["", "now", "2026-02-30", "25:00", "2026-11-21T14:30+99:00"])
def test_what_is_no_moment_is_a_usage_error(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(typer.BadParameter):
        parsing.moment(text, FakeClock())


def test_a_year_the_system_cannot_hold_is_a_usage_error() -> None:
    """Time zone tables end somewhere, and the program does not end with them."""

    class EndOfTime(FakeClock):
        def utc_offset_min(self, at_us: int) -> int:
            raise OverflowError

    with pytest.raises(typer.BadParameter):
        parsing.moment("9999-12-31", EndOfTime())


def test_a_day_is_iso() -> None:
    """Other orders of day and month mean two days."""
    assert parsing.day("2026-11-21") == date(2026, 11, 21)
    with pytest.raises(typer.BadParameter):
        parsing.day("21.11.2026")


def test_what_is_no_id_is_a_usage_error() -> None:
    """The message shows what one looks like."""
    with pytest.raises(typer.BadParameter, match="0198c0de"):
        parsing.uuid("17")
