"""Moments and days as exports write them, in the shop's time where they name no zone.

Read are ISO 8601 and the German order. Anything with slashes could mean two days and is refused, whatever its numbers:
a file is written in one order throughout, and its first line does not tell which.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from loyalty.bounds import TIME_MAX_US
from terminal.app.importing.flaws import Bad, Wrong

if TYPE_CHECKING:
    from loyalty.ports import Clock

DAYS_KEPT_MAX: Final = 10_000
"""For how many days the offset from UTC is remembered."""

PARTS_KEPT_MAX: Final = 10_000
"""How many days, and how many endings of moments, are remembered as they are written."""

US_PER_S: Final = 1_000_000
US_PER_MINUTE: Final = 60 * US_PER_S
DAY_US: Final = 24 * 60 * US_PER_MINUTE
NOON_US: Final = 12 * 60 * US_PER_MINUTE
"""When a sale was whose file tells only the day, in microseconds after midnight."""

SLACK_US: Final = 2 * US_PER_MINUTE
"""How far ahead of the till's clock a moment may lie, in microseconds."""

_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_TIME: Final = r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,6})\d*)?)?"
_ISO: Final = re.compile(rf"(\d{{4}})-(\d\d)-(\d\d)(?:[T ]+{_TIME} ?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_GERMAN: Final = re.compile(rf"(\d{{1,2}})\.(\d{{1,2}})\.(\d{{4}})(?:,? +{_TIME}(?: Uhr)?)?", re.ASCII)
_TWO_WAYS: Final = re.compile(r"(?!\d{4}-)\d{1,4}([/.-])\d{1,2}\1\d{1,4}(?:\D.*)?", re.ASCII)
_IN_PLACES: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?|\d\d\.\d\d\.\d{4}(?: \d\d:\d\d.*)?", re.ASCII)
"""Moments whose day has ten characters and whose hour and minute the next six, so that each can be read by itself."""

_DAY_ENDS: Final = 10
_MINUTE_ENDS: Final = 16
_DAY_NUMBER: Final = re.compile(r"\d{5}(?:[.,]\d+)?", re.ASCII)


class At(NamedTuple):
    """A moment.

    Attributes:
        at_us: Microseconds since 1970 UTC.
        utc_offset_min: The shop's offset from UTC then, in minutes.
        day: The shop's day.
    """

    at_us: int
    utc_offset_min: int
    day: date


class _Known:
    """The parts of moments that were read already; a file has few of each, and any of them fit together."""

    __slots__ = ("days", "ends", "minutes")

    def __init__(self) -> None:
        self.days: dict[str, date] = {}
        self.minutes: dict[str, int] = {}
        self.ends: dict[str, tuple[int, int | None]] = {}

    def read(self, text: str) -> tuple[date, int, int | None] | None:
        """The same as ``_parts``, if there was each part of it before."""
        day = self.days.get(text[:_DAY_ENDS])
        minute_us = self.minutes.get(text[_DAY_ENDS:_MINUTE_ENDS])
        end = self.ends.get(text[_MINUTE_ENDS:])
        if day is None or minute_us is None or end is None:
            return None
        return day, minute_us + end[0], end[1]

    def learn(self, text: str, day: date, after_midnight_us: int, zone_min: int | None) -> None:
        """Take down the parts of a moment that was read."""
        if len(self.days) < PARTS_KEPT_MAX and len(self.ends) < PARTS_KEPT_MAX and _IN_PLACES.fullmatch(text):
            behind_us = after_midnight_us % US_PER_MINUTE
            self.days[text[:_DAY_ENDS]] = day
            self.minutes[text[_DAY_ENDS:_MINUTE_ENDS]] = after_midnight_us - behind_us
            self.ends[text[_MINUTE_ENDS:]] = behind_us, zone_min


class WallClock:
    """Reads times of day as the shop's own clock showed them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._latest_us = min(clock.now_us() + SLACK_US, TIME_MAX_US)
        self._offsets: dict[int, int | None] = {}
        self._iso = _Known()
        self._german = _Known()

    def read(self, text: str) -> At | Bad:
        """Read a moment; one that names only the day is noon."""
        known = self._iso if text[4:5] == "-" else self._german
        if usual := known.read(text):
            return self.at(*usual)
        found = _parts(text)
        if isinstance(found, Bad):
            return found
        day, told_us, zone = found
        after_midnight_us = NOON_US if told_us is None else told_us
        known.learn(text, day, after_midnight_us, zone)
        return self.at(day, after_midnight_us, zone)

    def at(self, day: date, after_midnight_us: int, zone_min: int | None = None) -> At | Bad:
        """The moment at which a clock showed some time of a day, in the shop or in a zone that is named."""
        wall_us = (day.toordinal() - _EPOCH_ORDINAL) * DAY_US + after_midnight_us
        offset = self._offset_at_wall(wall_us) if zone_min is None else zone_min
        if offset is None:
            return Bad(Wrong.SKIPPED_HOUR)
        at_us = wall_us - offset * US_PER_MINUTE
        if at_us < 0:
            return Bad(Wrong.BEFORE_1970)
        if at_us > self._latest_us:
            return Bad(Wrong.FUTURE)
        if zone_min is not None:
            around = self._offset_around(at_us // DAY_US)
            offset = self._clock.utc_offset_min(at_us) if around is None else around
            day = date.fromordinal(_EPOCH_ORDINAL + (at_us + offset * US_PER_MINUTE) // DAY_US)
        return At(at_us, offset, day)

    def _offset_at_wall(self, wall_us: int) -> int | None:
        """The shop's offset when its clock showed a time; ``None`` for a time that was skipped.

        Of a time that came twice it is the first.
        """
        usual = self._offset_around(wall_us // DAY_US)
        if usual is not None:
            return usual
        around = {self._utc_offset(wall_us + beside) for beside in (-DAY_US, DAY_US)}
        fitting = [offset for offset in around if self._utc_offset(wall_us - offset * US_PER_MINUTE) == offset]
        return max(fitting, default=None)

    def _offset_around(self, days: int) -> int | None:
        """The one offset from the day before some day to the day behind it; ``None`` when clocks were changed."""
        if days not in self._offsets:
            if len(self._offsets) >= DAYS_KEPT_MAX:
                self._offsets.clear()
            before, after = (self._utc_offset(days * DAY_US + beside) for beside in (-DAY_US, 2 * DAY_US))
            self._offsets[days] = before if before == after else None
        return self._offsets[days]

    def _utc_offset(self, at_us: int) -> int:
        return self._clock.utc_offset_min(min(max(at_us, 0), self._latest_us))


def read_day(text: str) -> date | Bad:
    """Read a day; a time behind it, as spreadsheets write one, is left out."""
    found = _parts(text)
    if isinstance(found, Bad):
        return Bad(Wrong.DAY) if found.wrong is Wrong.MOMENT else found
    return found[0]


def _parts(text: str) -> tuple[date, int | None, int | None] | Bad:
    """Day, microseconds after midnight where they are told, and the zone's offset in minutes where one is."""
    if iso := _ISO.fullmatch(text):
        year, month, day, hour, minute, second, fraction, zone = iso.groups()
    elif german := _GERMAN.fullmatch(text):
        day, month, year, hour, minute, second, fraction = german.groups()
        zone = None
    elif _DAY_NUMBER.fullmatch(text):
        return Bad(Wrong.DAY_NUMBER)
    else:
        return Bad(Wrong.TWO_DAYS_POSSIBLE if _TWO_WAYS.fullmatch(text) else Wrong.MOMENT)
    try:
        of_day = date(int(year), int(month), int(day))
        if hour is None:
            return of_day, None, None
        at = time(int(hour), int(minute), int(second or 0), int((fraction or "").ljust(6, "0")))
    except ValueError:
        return Bad(Wrong.NO_SUCH_DAY)
    seconds = (at.hour * 60 + at.minute) * 60 + at.second
    return of_day, seconds * US_PER_S + at.microsecond, None if zone is None else _zone_min(zone)


def _zone_min(zone: str) -> int:
    if zone == "Z":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return -minutes if zone[0] == "-" else minutes


def moment_text(at_us: int, utc_offset_min: int) -> str:
    """A moment as the shop's clock showed it, for sentences."""
    wall = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us, minutes=utc_offset_min)
    return f"{wall:%Y-%m-%d %H:%M:%S}"
