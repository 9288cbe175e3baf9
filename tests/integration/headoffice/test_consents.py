"""What head office makes of consents: the same whatever arrives first, from whichever till, and whoever is merged."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from headoffice.checks.consents import check_consents
from headoffice.checks.findings import Findings
from headoffice.people.erasing import erase
from headoffice.store.engine import Database, migrate, open_engine
from headoffice.store.tables import ACCOUNT
from loyalty.consent import ConsentState
from loyalty.records import AnyRecord, Consent, Purpose
from terminal.app.consent import ConsentCommand, Consented, change_consent
from tests.fakes.clock import START
from tests.fakes.headoffice import PretendTill, found_head_office, member, open_store, statement
from tests.fakes.ledger import card_number
from tests.fakes.office import TestedOffice
from tests.fakes.office_till import OfficeTill

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

ANNA = member(1)
BEN = member(2)
NOW_US = int(START.timestamp() * 1_000_000)


def said(database: Database, member_id: UUID) -> dict[str, bool]:
    """What a statement says, by purpose."""
    return {state.purpose.value: state.granted for state in statement(database, member_id).consents}


def consent(
    till: PretendTill, member_id: UUID, *, granted: bool, at_us: int = 0, purpose: Purpose = Purpose.EMAIL
) -> Consent:
    """A yes or no, so long after the beginning."""
    header = till.header(member_id, at_us=NOW_US + at_us)
    return Consent(**header, purpose=purpose, text_version="1", granted=granted)


def check(database: Database) -> list[str]:
    """What verify's check finds."""
    findings = Findings(0, None)
    with database.snapshot() as connection:
        check_consents(connection, findings)
    return [problem.where for problem in findings.problems]


def test_the_newest_word_counts_and_a_withdrawal_before_an_older_yes(till: PretendTill) -> None:
    """Within one batch and over several."""
    till.append(consent(till, ANNA, granted=True, at_us=1), consent(till, ANNA, granted=True, purpose=Purpose.SMS))
    till.push()
    assert said(till.database, ANNA) == {"email": True, "sms": True}
    till.append(consent(till, ANNA, granted=False, at_us=2))
    till.push(4)
    till.append(consent(till, ANNA, granted=True, at_us=1), consent(till, ANNA, granted=True, at_us=2))
    till.push(5)
    assert said(till.database, ANNA) == {"email": False, "sms": True}
    assert statement(till.database, ANNA).consents[0] == ConsentState(
        Purpose.EMAIL, granted=False, at_us=NOW_US + 2, text_version="1"
    )
    assert check(till.database) == []


def test_texts_of_one_moment_are_told_apart_byte_by_byte(till: PretendTill, other_till: PretendTill) -> None:
    """No database's language may decide, or two of them would say different things."""
    for texts, one, name in ((("a", "B"), till, ANNA), (("B", "a"), other_till, BEN)):
        for text in texts:
            header = one.header(name, at_us=NOW_US)
            one.append(Consent(**header, purpose=Purpose.EMAIL, text_version=text, granted=True))
        one.push()
    told = [statement(till.database, name).consents[0].text_version for name in (ANNA, BEN)]
    assert told == ["a", "a"]


def test_a_merge_takes_the_union_and_moves_nothing(till: PretendTill, other_till: PretendTill) -> None:
    """Also when one of the records arrives only after the merge."""
    till.append(consent(till, ANNA, granted=True), till.merge(ANNA, BEN))
    till.push()
    other_till.append(consent(other_till, ANNA, granted=False, at_us=5))
    other_till.push()
    assert said(till.database, BEN) == {"email": False}
    assert said(till.database, ANNA) == {}
    assert check(till.database) == []


def test_an_erased_member_agrees_to_nothing(till: PretendTill) -> None:
    """Nor does what arrives later; and who had been merged with another takes nothing along."""
    till.append(consent(till, ANNA, granted=True), consent(till, BEN, granted=True, purpose=Purpose.SMS))
    till.push()
    with till.database.write() as connection:
        erase(connection, ANNA, NOW_US, START.date())
    till.append(consent(till, ANNA, granted=True, at_us=9))
    till.push(4)
    assert said(till.database, ANNA) == {}
    till.append(till.merge(ANNA, BEN))
    till.push(5)
    assert said(till.database, BEN) == {"sms": True}


def test_who_was_merged_into_an_erased_account_is_no_person_any_more(till: PretendTill) -> None:
    """The surviving account's tombstone counts for all that lead to it."""
    till.append(consent(till, ANNA, granted=True), consent(till, BEN, granted=True))
    till.push()
    with till.database.write() as connection:
        erase(connection, BEN, NOW_US, START.date())
    till.append(till.merge(ANNA, BEN))
    till.push(4)
    assert (said(till.database, ANNA), said(till.database, BEN)) == ({}, {})


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE consent SET at_us = at_us + 1",
        "DELETE FROM consent",
        "INSERT INTO consent SELECT member_id, 'sms', granted, at_us, text_version FROM consent",
    ],
)
def test_what_the_records_do_not_say_is_found(till: PretendTill, damage: str) -> None:
    """Changed, missing, or made up."""
    till.append(consent(till, ANNA, granted=True))
    till.push()
    with till.database.write() as connection:
        connection.exec_driver_sql(damage)
    assert check(till.database) == [f"account {ANNA}"]


def test_a_withdrawal_at_one_till_is_known_at_the_other(tmp_path: Path) -> None:
    """Real tills and their rounds; an old yes that is handed in late changes nothing."""
    card = card_number(1)
    with (
        closing(TestedOffice(tmp_path / "office", None)) as office,
        closing(OfficeTill(tmp_path / "first", office, 1)) as first,
        closing(OfficeTill(tmp_path / "second", office, 2)) as second,
    ):
        first.enrol(card, "Anna Bauer")
        first.round()
        second.round()
        change(second, card, granted=True)
        first.ledger.clock.advance(minutes=1)
        change(first, card, granted=False)
        first.round()
        assert shown(second, card) == {"email": True}, "what it said itself, until it has heard of the other"
        second.round()
        assert shown(first, card) == shown(second, card) == {"email": False}
        (hit,) = office.head.find_members("Anna", 1)
        member_view = office.head.member(hit.member_id)
        assert member_view is not None
        assert [state.granted for state in member_view.statement.consents] == [False]
        office.assert_sound()


def change(till: OfficeTill, card: str, *, granted: bool) -> None:
    """A member says yes or no to e-mail at a till."""
    command = ConsentCommand(till.ledger.ids.record_id(), card, Purpose.EMAIL, granted)
    assert isinstance(change_consent(till.till, command), Consented)


def shown(till: OfficeTill, card: str) -> dict[str, bool]:
    """What a till shows."""
    found = till.card(card)
    assert found is not None
    with till.ledger.store.reader() as reader:
        return {state.purpose.value: state.granted for state in reader.consents(found.member_id)}


class Event(NamedTuple):
    """What one of two tills writes: a consent, or a merge where ``into`` is somebody else."""

    till: int
    member: int
    into: int
    purpose: Purpose
    granted: bool
    at_us: int


EVENTS = st.lists(
    st.builds(
        Event,
        till=st.integers(0, 1),
        member=st.integers(1, 3),
        into=st.integers(1, 4),
        purpose=st.sampled_from((Purpose.EMAIL, Purpose.SMS)),
        granted=st.booleans(),
        at_us=st.integers(0, 3),
    ),
    min_size=1,
    max_size=10,
)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a head office, to be copied."""
    path = tmp_path_factory.mktemp("consents") / "template.sqlite"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    database = Database(engine)
    found_head_office(database)
    open_store(database)
    database.close()
    return path


@settings(max_examples=25, deadline=None)
@given(events=EVENTS, order=st.permutations((0, 0, 1, 1)), split=st.integers(1, 5))
def test_no_order_of_arrival_makes_a_difference(
    template: Path, events: list[Event], order: list[int], split: int
) -> None:
    """Two tills hand their journals in, in parts and in turns; records and merges meet in every order."""
    path = template.with_name("copy.sqlite")
    shutil.copy(template, path)
    database = Database(open_engine(f"sqlite:///{path}"))
    try:
        tills = [PretendTill(database, 1), PretendTill(database, 2)]
        for event in events:
            tills[event.till].append(_record(tills[event.till], event))
        done = Counter[int]()
        for number, most in (*((number, split) for number in order), (0, len(events) + 1), (1, len(events) + 1)):
            one, start = tills[number], done[number]
            last = min(len(one.records), start + most)
            if last > start:
                one.push(start + 1, last)
                done[number] = last
        assert check(database) == []
        _check_families(database, events)
    finally:
        database.close()
        for left in path.parent.glob("copy.sqlite*"):
            left.unlink()


def _record(till: PretendTill, event: Event) -> AnyRecord:
    if event.into <= 3 and event.into != event.member:
        return till.merge(member(event.member), member(event.into))
    return consent(till, member(event.member), granted=event.granted, at_us=event.at_us, purpose=event.purpose)


def _check_families(database: Database, events: list[Event]) -> None:
    """By a rule of this test's own: a purpose is agreed to when its last yes is newer than its last no."""
    families = [{number} for number in range(1, 4)]
    for event in events:
        if event.into <= 3 and event.into != event.member:
            joined = [family for family in families if family & {event.member, event.into}]
            families = [family for family in families if family not in joined] + [set().union(*joined)]
    consents = [event for event in events if event.into > 3 or event.into == event.member]
    with database.snapshot() as connection:
        standing: dict[Any, Any] = dict(connection.execute(select(ACCOUNT.c.member_id, ACCOUNT.c.merged_into)).all())
    for family in families:
        wanted = {}
        for purpose in (Purpose.EMAIL, Purpose.SMS):
            words = [one for one in consents if one.member in family and one.purpose is purpose]
            if words:
                yes = max((one.at_us for one in words if one.granted), default=-1)
                no = max((one.at_us for one in words if not one.granted), default=-1)
                wanted[purpose.value] = yes > no
        (root,) = {standing.get(member(number)) or member(number) for number in family}
        assert said(database, root) == wanted
