"""What grows for ever would fill the disk one day; what may still be asked for has to stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headoffice.app.prune import EDITS_SEEN_US, STEPS_KEPT_US
from headoffice.errors import Refusal
from headoffice.store.tables import EDIT_SEEN, FEED_MARK, FEED_STEP, JOIN_CODE
from loyalty.feed import EDITS_KEPT_US
from tests.fakes.headoffice import count, member
from tests.fakes.office import TestedOffice

if TYPE_CHECKING:
    from loyalty.feed import Cursor
    from tests.fakes.headoffice import PretendTill

DAY_US = 24 * 3600 * 1_000_000


def wait(office: TestedOffice, days: int) -> None:
    """Days go by, each with its upkeep."""
    for _ in range(days):
        office.clock.at_us += DAY_US
        office.head.keep_up()


def change(office: TestedOffice, till: PretendTill) -> Cursor:
    """Something happens, and a till hears of it."""
    till.clock.at_us = office.clock.at_us
    till.append(till.sale(member(1)))
    till.push(len(till.records))
    return office.head.changes(till.row, None).cursor


def test_codes_go_when_they_are_good_no_more(office: TestedOffice) -> None:
    """A used one too; one that still works stays and works."""
    used = office.head.enrol_terminal("Mitte", "Kasse 1")
    office.head.join(office.join_request(used.code))
    office.clock.at_us += DAY_US // 2
    fresh = office.head.enrol_terminal("Mitte", "Kasse 2")
    office.clock.at_us += DAY_US // 2
    office.head.keep_up()
    assert count(office.head.database, JOIN_CODE) == 1
    office.head.join(office.join_request(fresh.code))
    with pytest.raises(Refusal):
        office.head.join(office.join_request(used.code))
    wait(office, 1)
    assert count(office.head.database, JOIN_CODE) == 0


def test_an_edit_is_known_as_long_as_a_till_may_repeat_it(office: TestedOffice) -> None:
    """An old word never comes back over a newer one; an id that nobody can repeat is forgotten."""
    till = office.till()
    old = office.profile(member(1), "Anna Alt")
    till.append(till.enrolment(member(1)))
    till.push(2)
    office.edit(till, old)
    office.clock.at_us += EDITS_SEEN_US
    office.edit(till, office.profile(member(1), "Anna Neu"))
    office.head.keep_up()
    office.edit(till, old)
    found = office.head.member(member(1))
    assert found is not None
    assert found.profile is not None
    assert found.profile.name == "Anna Neu"
    office.clock.at_us += 1
    office.head.keep_up()
    assert count(office.head.database, EDIT_SEEN) == 1
    assert EDITS_SEEN_US > EDITS_KEPT_US + DAY_US


def test_a_till_that_was_silent_for_a_season_begins_anew_and_others_go_on(office: TestedOffice) -> None:
    """The steps since the oldest mark that counts are there; without its step a cursor is not of this past."""
    till = office.till()
    silent = change(office, till)
    change(office, till)
    wait(office, 1)
    recent = change(office, till)
    wait(office, STEPS_KEPT_US // DAY_US - 1)
    newest = change(office, till)
    assert not office.head.changes(till.row, silent).reset
    wait(office, 1)
    assert [office.head.changes(till.row, cursor).reset for cursor in (silent, recent, newest)] == [True, False, False]
    steps = count(office.head.database, FEED_STEP)
    assert count(office.head.database, FEED_MARK) <= STEPS_KEPT_US // DAY_US + 1
    wait(office, 2)
    assert count(office.head.database, FEED_STEP) < steps


def test_where_nothing_happens_nobody_begins_anew(office: TestedOffice) -> None:
    """The newest step stays, however old it is."""
    till = office.till()
    newest = change(office, till)
    wait(office, 2 * STEPS_KEPT_US // DAY_US)
    assert not office.head.changes(till.row, newest).reset
    assert count(office.head.database, FEED_STEP) == 1
    office.assert_sound()


def test_an_empty_head_office_has_nothing_to_prune(office: TestedOffice) -> None:
    """Not even a mark."""
    with office.head.database.write() as connection:
        connection.execute(FEED_STEP.delete())
    wait(office, 2)
    assert count(office.head.database, FEED_MARK) == 0
