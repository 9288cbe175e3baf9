"""What somebody has to know of the copies at a glance: the dot is red until a copy is off this disk."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from terminal.backup.status import (
    STALE_ELSEWHERE_US,
    STALE_HERE_US,
    US_PER_HOUR,
    BackupStatus,
    Level,
    Made,
    PlaceStatus,
    Trouble,
    level_of,
)

NOW_US = 1_000 * US_PER_HOUR
EPOCH, OTHER = UUID(int=1, version=4), UUID(int=2, version=4)
ALL = Made("/media/stick", "x.backup", NOW_US - US_PER_HOUR, 100, EPOCH, 4096)
FINE = BackupStatus(records=100, epoch=EPOCH, here=PlaceStatus(newest=ALL), elsewhere=PlaceStatus(newest=ALL))


def aged(hours: int, records: int = 99) -> Made:
    """A copy of so many hours ago that lacks bookings."""
    return replace(ALL, made_at_us=NOW_US - hours * US_PER_HOUR, records=records)


def test_all_is_well_with_a_copy_here_and_one_elsewhere() -> None:
    """Green, and no dot."""
    assert level_of(FINE, NOW_US) is Level.FINE


def test_nothing_is_said_before_anything_was_looked_at() -> None:
    """A dot that is red for a second at every start would be overlooked when it matters."""
    assert level_of(BackupStatus(), NOW_US) is Level.STARTING


@pytest.mark.parametrize("trouble", [None, *Trouble])
def test_the_dot_is_red_until_a_copy_is_off_this_disk(trouble: Trouble | None) -> None:
    """Whatever the reason, and also where nobody wants a second place: that is the promise."""
    status = replace(FINE, elsewhere=PlaceStatus(trouble=trouble))
    assert level_of(status, NOW_US) is Level.NONE


def test_a_copy_elsewhere_is_old_when_bookings_have_come_since() -> None:
    """Two evenings without the stick; a till that stood still for its holidays lacks nothing."""
    hours = STALE_ELSEWHERE_US // US_PER_HOUR
    for made, level in (
        (aged(hours), Level.FINE),
        (aged(hours + 1), Level.OLD),
        (aged(hours + 1, records=100), Level.FINE),
        (replace(aged(hours + 1, records=100), epoch=OTHER), Level.OLD),
    ):
        assert level_of(replace(FINE, elsewhere=PlaceStatus(newest=made)), NOW_US) is level


def test_a_stick_that_is_taken_home_every_evening_is_no_trouble() -> None:
    """Its place is away, its copy is fresh: nobody needs a dot for doing what they should."""
    status = replace(FINE, elsewhere=PlaceStatus(newest=aged(20), trouble=Trouble.NOT_THERE))
    assert level_of(status, NOW_US) is Level.FINE


@pytest.mark.parametrize("trouble", [trouble for trouble in Trouble if trouble is not Trouble.BUSY])
def test_copies_that_fail_here_are_told_although_one_is_elsewhere(trouble: Trouble) -> None:
    """The next copy would not come."""
    assert level_of(replace(FINE, here=PlaceStatus(newest=ALL, trouble=trouble)), NOW_US) is Level.AILING


def test_a_copy_that_is_being_taken_by_hand_is_no_trouble() -> None:
    """It passes within seconds."""
    assert level_of(replace(FINE, here=PlaceStatus(newest=ALL, trouble=Trouble.BUSY)), NOW_US) is Level.FINE


def test_copies_here_that_have_stopped_coming_are_told() -> None:
    """A day and its close without one, although something was booked."""
    hours = STALE_HERE_US // US_PER_HOUR
    assert level_of(replace(FINE, here=PlaceStatus(newest=aged(hours))), NOW_US) is Level.FINE
    assert level_of(replace(FINE, here=PlaceStatus(newest=aged(hours + 1))), NOW_US) is Level.AILING
    assert level_of(replace(FINE, here=PlaceStatus()), NOW_US) is Level.FINE, "a till of one hour has none yet"


def test_a_copy_of_tomorrow_tells_of_a_wrong_clock_only() -> None:
    """It is not old."""
    assert level_of(replace(FINE, elsewhere=PlaceStatus(newest=aged(-100))), NOW_US) is Level.FINE
