"""Moments as exports write them, read by the shop's clock, in winter, in summer and in the hours between."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from terminal.app.importing import times
from terminal.app.importing.flaws import Bad, Wrong
from terminal.app.importing.times import At, WallClock, moment_text, read_day

BERLIN: Final = ZoneInfo("Europe/Berlin")
NOW: Final = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


class BerlinClock:
    """Satisfies ``loyalty.ports.Clock``: Berlin, one day in June, at noon UTC."""

    def now_us(self) -> int:
        return us(NOW)

    def utc_offset_min(self, at_us: int) -> int:
        offset = moment(at_us).astimezone(BERLIN).utcoffset()
        assert offset is not None
        return int(offset.total_seconds()) // 60

    def business_day(self, at_us: int) -> date:
        return moment(at_us).astimezone(BERLIN).date()


def us(at: datetime) -> int:
    """A moment as the ledger counts it."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def moment(at_us: int) -> datetime:
    """The other way round."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)


@pytest.fixture
def wall() -> WallClock:
    """The shop's clock on the wall."""
    return WallClock(BerlinClock())


@pytest.mark.parametrize(
    ("text", "utc", "offset"),
    [
        ("2025-12-31 14:05", "2025-12-31T13:05", 60),
        ("2025-12-31T14:05:06", "2025-12-31T13:05:06", 60),
        ("2025-12-31 14:05:06.250", "2025-12-31T13:05:06.250", 60),
        ("2025-07-01 14:05", "2025-07-01T12:05", 120),
        ("31.12.2025 14:05", "2025-12-31T13:05", 60),
        ("1.7.2025, 9:05:06 Uhr", "2025-07-01T07:05:06", 120),
        ("2025-12-31T14:05:00Z", "2025-12-31T14:05", 60),
        ("2025-12-31T23:30:00-0500", "2026-01-01T04:30", 60),
        ("2025-12-31T14:05:00+05:30", "2025-12-31T08:35", 60),
        ("2025-12-31", "2025-12-31T11:00", 60),
        ("31.12.2025", "2025-12-31T11:00", 60),
        ("2026-06-01 14:01", "2026-06-01T12:01", 120),
    ],
)
def test_usual_ways_to_write_a_moment(wall: WallClock, text: str, utc: str, offset: int) -> None:
    """In the shop's time without a zone; a day alone is noon."""
    at = wall.read(text)
    expected = datetime.fromisoformat(f"{utc}+00:00")
    assert at == At(us(expected), offset, expected.astimezone(BERLIN).date())


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", Wrong.MOMENT),
        ("yesterday", Wrong.MOMENT),
        ("2025-12-31 2 pm", Wrong.MOMENT),
        ("05/06/2025", Wrong.TWO_DAYS_POSSIBLE),
        ("12/31/2025 14:05", Wrong.TWO_DAYS_POSSIBLE),
        ("31.12.25", Wrong.TWO_DAYS_POSSIBLE),
        ("31-12-2025", Wrong.TWO_DAYS_POSSIBLE),
        ("46022.5868", Wrong.DAY_NUMBER),
        ("46022", Wrong.DAY_NUMBER),
        ("2025-02-29", Wrong.NO_SUCH_DAY),
        ("31.04.2025", Wrong.NO_SUCH_DAY),
        ("2025-12-31 24:00", Wrong.NO_SUCH_DAY),
        ("0000-01-01", Wrong.NO_SUCH_DAY),
        ("1969-12-31 23:00", Wrong.BEFORE_1970),
        ("1969-12-31T23:00Z", Wrong.BEFORE_1970),
        ("2026-06-01 14:03", Wrong.FUTURE),
        ("2026-06-02", Wrong.FUTURE),
        ("9999-12-31T23:59:59-05:00", Wrong.FUTURE),
        ("2025-03-30 02:30", Wrong.SKIPPED_HOUR),
    ],
)
def test_what_is_no_moment_or_could_be_two(wall: WallClock, text: str, wrong: Wrong) -> None:
    """Refused with the reason, never guessed."""
    found = wall.read(text)
    assert isinstance(found, Bad)
    assert found.wrong is wrong


def test_hours_around_a_change_of_clocks(wall: WallClock) -> None:
    """The hour that came twice is the first one; those beside it are what they are."""
    in_utc = [
        moment(at.at_us).strftime("%H:%M")
        for text in ("2025-10-26 01:59", "2025-10-26 02:30", "2025-10-26 03:00", "2025-03-30 01:59", "2025-03-30 03:00")
        if isinstance(at := wall.read(text), At)
    ]
    assert in_utc == ["23:59", "00:30", "02:00", "00:59", "01:00"]


def test_every_moment_is_read_back_as_it_was_written(wall: WallClock) -> None:
    """Hour by hour around both changes of clocks, but for the hour that came twice."""
    hours = [datetime(2025, month, 24, tzinfo=UTC) + timedelta(hours=hour) for month in (3, 10) for hour in range(200)]
    wrong = []
    for at in hours:
        text = moment_text(us(at), BerlinClock().utc_offset_min(us(at)))
        if wall.read(text) != At(us(at), BerlinClock().utc_offset_min(us(at)), at.astimezone(BERLIN).date()):
            wrong.append(text)
    assert wrong == ["2025-10-26 02:00:00"]


def test_remembered_days_are_bounded(wall: WallClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever days a file names."""
    monkeypatch.setattr(times, "DAYS_KEPT_MAX", 3)
    for day in range(1, 20):
        assert isinstance(wall.read(f"2025-05-{day:02}"), At)
        assert len(wall._offsets) <= 3


DAYS: Final = (
    "2025-12-31",
    "2025-03-30",
    "2025-02-29",
    "31.12.2025",
    "1.7.2025",
    "30.03.2025",
    "31.04.2025",
    "2026-06-02",
)
HOURS: Final = ("", " 14:05", "T14:05", " 02:30", " 24:00", " 9:05", "  9:05", ", 9:05", " 14:60")
ENDS: Final = ("", ":06", ":06.25", ":60", "Z", ":06Z", ":06+05:30", "-1400", " Uhr", ":06 Uhr", "5", " ")


def test_parts_that_were_read_before_mean_the_same_together(wall: WallClock) -> None:
    """A clock that has read every other moment answers as one that has read none, right and wrong ones alike."""
    texts = [day + hour + end for day in DAYS for hour in HOURS for end in ENDS]
    fresh = [WallClock(BerlinClock()).read(text) for text in texts]
    assert [wall.read(text) for text in texts] == fresh
    assert [wall.read(text) for text in reversed(texts)] == fresh[::-1]
    assert len([at for at in fresh if isinstance(at, At)]) > 100


def test_a_usual_moment_is_put_together(wall: WallClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the day nor the minute is read a second time."""
    for text in ("2025-12-31T14:05:00Z", "2025-05-06T09:30:15Z", "31.12.2025 14:05", "06.05.2025", "31.12.2025"):
        assert isinstance(wall.read(text), At)
    monkeypatch.setattr(times, "_parts", lambda text: pytest.fail(f"read again: {text}"))
    for text in ("2025-12-31T09:30:00Z", "2025-05-06T14:05:15Z", "06.05.2025 14:05", "31.12.2025"):
        assert isinstance(wall.read(text), At)


def test_remembered_parts_are_bounded(wall: WallClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many fractions of a second a file names."""
    monkeypatch.setattr(times, "PARTS_KEPT_MAX", 3)
    for fraction in range(100, 120):
        assert isinstance(wall.read(f"2025-05-06 10:00:00.{fraction}"), At)
        assert isinstance(wall.read(f"2025-05-{fraction - 95:02} 10:00"), At)
    assert len(wall._iso.ends) <= 3
    assert len(wall._iso.days) <= 3


def test_days_alone() -> None:
    """For birthdays and enrolments; what a spreadsheet writes behind them is left out."""
    assert read_day("31.12.1990") == date(1990, 12, 31)
    assert read_day("1988-02-29 00:00:00") == date(1988, 2, 29)
    for text, wrong in (("soon", Wrong.DAY), ("29.02.1990", Wrong.NO_SUCH_DAY), ("1/2/1990", Wrong.TWO_DAYS_POSSIBLE)):
        found = read_day(text)
        assert isinstance(found, Bad)
        assert found.wrong is wrong
