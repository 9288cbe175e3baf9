"""Programmes: published with a start, under a number that is new to every till."""

from __future__ import annotations

import hashlib

from headoffice.store.archive import Archive, ProgrammeLine
from headoffice.views import ProgrammeState, Published
from loyalty.document import Problem
from loyalty.feed import ProgrammeItem
from loyalty.records import ProgrammeChange
from tests.fakes.office import PROGRAMME, TestedOffice


def _states(office: TestedOffice) -> dict[int, ProgrammeState]:
    return {view.version: view.state for view in office.head.programmes()}


def test_a_programme_is_in_force_from_its_start(office: TestedOffice) -> None:
    """Until then the one before is."""
    office.publish(1)
    office.publish(2, starts_in_days=2)
    assert _states(office) == {2: ProgrammeState.PENDING, 1: ProgrammeState.IN_FORCE}
    office.clock.advance(days=2)
    assert _states(office) == {2: ProgrammeState.IN_FORCE, 1: ProgrammeState.REPLACED}


def test_a_programme_that_something_newer_overtakes_will_not_start(office: TestedOffice) -> None:
    """Somebody plans the rules for Christmas and mends a mistake in today's: the plan is lost, and has to be told."""
    office.publish(1)
    office.publish(2, starts_in_days=9)
    assert [view.overtaken_by for view in office.head.programmes()] == [0, 0]
    office.publish(3, starts_in_days=2)
    office.publish(4, starts_in_days=12)
    assert {view.version: view.overtaken_by for view in office.head.programmes()} == {1: 0, 2: 3, 3: 0, 4: 0}
    office.clock.advance(days=3)
    assert {view.version: view.overtaken_by for view in office.head.programmes()} == {1: 0, 2: 3, 3: 0, 4: 0}
    office.clock.advance(days=7)
    assert [view.overtaken_by for view in office.head.programmes()] == [0, 0, 0, 0]


def test_tills_hear_of_it_with_document_and_start(office: TestedOffice) -> None:
    """In good time."""
    till = office.till()
    office.publish(4, starts_in_days=2)
    [item] = [item for item in office.head.changes(till.row, None).items if isinstance(item, ProgrammeItem)]
    assert (item.version, item.starts_at_us) == (4, office.clock.now_us() + 2 * 86_400_000_000)
    assert "version = 4" in item.document


def test_a_used_number_is_counted_on(office: TestedOffice) -> None:
    """Forgetting to raise it must not keep the tills on the old rules."""
    office.publish(3)
    assert office.publish(3) == 4
    assert office.publish(2) == 5
    assert "version = 5" in office.head.programmes()[0].document


def test_numbers_go_on_behind_what_tills_came_to_by_themselves(office: TestedOffice) -> None:
    """A till that stood alone had changed its rules eight times."""
    till = office.till()
    till.append(ProgrammeChange(**till.header(None), version=8, document_hash="00"))
    till.push(2)
    assert office.publish(1) == 9


def test_a_start_in_the_past_is_now(office: TestedOffice) -> None:
    """Nobody is served under rules that were not published."""
    published = office.head.publish(PROGRAMME, starts_at_us=1, by="Ines")
    assert published == Published(1, office.clock.now_us())
    assert office.head.programmes()[0].published_by == "Ines"


def test_mistakes_are_told_all_at_once(office: TestedOffice) -> None:
    """And nothing is published."""
    problems = office.head.publish(
        PROGRAMME.replace("points = 1\n", "points = 0\n").replace("format = 1", "format = 9")
    )
    assert isinstance(problems, tuple)
    assert len(problems) >= 1
    assert office.head.programmes() == ()


def test_another_currency_is_a_mistake(office: TestedOffice) -> None:
    """Sums of two currencies can't be added."""
    problems = office.head.publish(PROGRAMME.replace('"EUR"', '"CHF"'))
    assert problems == (Problem("currency", "Head office counts in EUR"),)


def test_a_publication_is_archived(office: TestedOffice) -> None:
    """It stands in no till's journal, so it would be lost with the database."""
    office.publish(1)
    lines = Archive(office.data / "archive" / "authority.jsonl").lines()
    assert [line.version for line in lines if isinstance(line, ProgrammeLine)] == [1]


def test_a_till_that_joined_before_anything_was_published_gets_it_too(office: TestedOffice) -> None:
    """Its own rules had a higher number, which head office hears of with its journal."""
    till = office.till()
    office.publish(1)
    till.append(ProgrammeChange(**till.header(None), version=8, document_hash="00"))
    office.head.push(till.row, till.request(2))
    assert _states(office) == {9: ProgrammeState.IN_FORCE, 1: ProgrammeState.REPLACED}


def test_a_till_that_adopts_what_was_published_moves_no_number(office: TestedOffice) -> None:
    """Else every adoption would be followed by another publication."""
    till = office.till()
    office.publish(1)
    document_hash = hashlib.sha256(office.head.programmes()[0].document.encode()).hexdigest()
    till.append(
        ProgrammeChange(**till.header(None), version=1, document_hash=document_hash),
        ProgrammeChange(**till.header(None), version=0, document_hash="00"),
        b'{"kind":"programme_change"}',
    )
    office.head.push(till.row, till.request(2))
    assert _states(office) == {1: ProgrammeState.IN_FORCE}
