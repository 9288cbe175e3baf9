"""Joining: a code works once and not for long, and a till never knows newer rules than head office."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from headoffice.errors import Refusal
from headoffice.store.tables import JOIN_CODE, STORE
from headoffice.views import ProgrammeState
from loyalty.wire import ProblemCode
from tests.fakes.office import TILL_KEY, TestedOffice


def _refused(office: TestedOffice, code: str, protocol: int = 1) -> ProblemCode:
    with pytest.raises(Refusal) as refusal:
        office.head.join(office.join_request(code, protocol=protocol))
    return refusal.value.code


def test_a_till_joins_with_its_code_and_learns_the_keys(office: TestedOffice) -> None:
    """From then on it belongs to the store, under an id that head office gave."""
    made = office.head.enrol_terminal("Mitte", "Kasse 1")
    reply = office.head.join(office.join_request(made.code))
    row = office.head.terminal(reply.terminal_id)
    assert (row.store, row.name, row.public_key) == ("Mitte", "Kasse 1", TILL_KEY.public_key().public_bytes_raw())
    assert reply.programme_key == office.head.secrets.programme_key
    assert (reply.server_id, reply.server_epoch) == (office.head.server.server_id, office.head.server.epoch)


def test_a_code_works_once(office: TestedOffice) -> None:
    """Who finds the slip of paper later gets nowhere."""
    made = office.head.enrol_terminal("Mitte", "Kasse 1")
    office.head.join(office.join_request(made.code))
    assert _refused(office, made.code) is ProblemCode.CODE_INVALID


def test_a_code_is_read_as_people_write_it(office: TestedOffice) -> None:
    """Small letters, no dashes, and an O for a zero are the same code."""
    made = office.head.enrol_terminal("Mitte", "Kasse 1")
    typed = made.code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert office.head.join(office.join_request(typed)).store == "Mitte"


def test_a_code_ends_after_a_day(office: TestedOffice) -> None:
    """A forgotten code is no open door."""
    made = office.head.enrol_terminal("Mitte", "Kasse 1")
    office.clock.advance(hours=24)
    assert _refused(office, made.code) is ProblemCode.CODE_INVALID


def test_another_code_is_no_code(office: TestedOffice) -> None:
    """Guessing is answered like everything else that does not work."""
    office.head.enrol_terminal("Mitte", "Kasse 1")
    assert _refused(office, "0000-0000-0000-0000") is ProblemCode.CODE_INVALID


def test_only_the_hash_of_a_code_is_kept(office: TestedOffice) -> None:
    """Who reads the database can't join with what is in it."""
    made = office.head.enrol_terminal("Mitte", "Kasse 1")
    with office.head.database.snapshot() as connection:
        row = connection.execute(select(JOIN_CODE)).one()
    assert len(row.code_hash) == 32
    assert made.code.replace("-", "") not in repr(row)


def test_a_till_of_another_protocol_keeps_its_code(office: TestedOffice) -> None:
    """After an update it joins with the code it has."""
    made = office.head.enrol_terminal("Mitte", "Kasse 1")
    assert _refused(office, made.code, protocol=99) is ProblemCode.PROTOCOL_UNSUPPORTED
    assert office.head.join(office.join_request(made.code)).protocol == 1


def test_a_store_is_made_with_its_first_till(office: TestedOffice) -> None:
    """Its region can be told later, and is not forgotten with the next till."""
    office.head.enrol_terminal("Nord", "Kasse 1")
    office.head.enrol_terminal("Nord", "Kasse 2", region="Hamburg")
    office.head.enrol_terminal("Nord", "Kasse 3")
    with office.head.database.snapshot() as connection:
        regions = list(connection.scalars(select(STORE.c.region).where(STORE.c.name == "Nord")))
    assert regions == ["Hamburg"]
    assert office.head.stores() == ("Mitte", "Nord")


def test_a_till_that_counted_further_gets_the_rules_under_a_higher_number(office: TestedOffice) -> None:
    """It adopts only newer rules than its own; what is still to come is moved on too, in its order."""
    office.publish(3)
    office.publish(4, starts_in_days=7)
    office.join(version=9)
    states = {view.version: view.state for view in office.head.programmes()}
    assert states == {
        3: ProgrammeState.REPLACED,
        4: ProgrammeState.REPLACED,
        10: ProgrammeState.IN_FORCE,
        11: ProgrammeState.PENDING,
    }


def test_a_till_behind_moves_no_number(office: TestedOffice) -> None:
    """Its rules are older, so it adopts the published ones as they are."""
    office.publish(3)
    office.join(version=2)
    assert [view.version for view in office.head.programmes()] == [3]


def test_a_till_may_join_before_anything_is_published(office: TestedOffice) -> None:
    """It goes on with its own rules."""
    office.join(version=9)
    assert office.head.programmes() == ()
