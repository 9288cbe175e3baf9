"""Verify says what is wrong and where, and finds each kind of damage by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.fakes.headoffice import member
from tests.fakes.office import TestedOffice

if TYPE_CHECKING:
    from tests.fakes.headoffice import PretendTill

REDEMPTION = "(SELECT record_id FROM record WHERE kind = 'redemption')"
POINT_AT_WHAT_IS_THERE = f"UPDATE record SET original_id = {REDEMPTION} WHERE state = 'waiting'"  # noqa: S608 - no input


def _busy_shop(office: TestedOffice) -> PretendTill:
    """Records of most kinds, one of them damaged on the way, one waiting, one from before a restore."""
    office.publish(1)
    till = office.till()
    sale = till.sale(member(1), 5_000)
    till.append(
        till.enrolment(member(1)),
        sale,
        till.reversal(sale, 1_000, 10),
        till.redemption(member(1), 30),
        b'{"kind":"nonsense"',
        till.sale(None, 700),
        till.reversal(till.sale(member(5), 100)),
    )
    till.begin_epoch()
    till.append(till.sale(member(2), 900), till.merge(member(2), member(1)))
    till.push_all()
    office.edit(till, office.card(member(1)), office.cashier(office.ids.random_id(), "Ines"))
    office.head.adjust(member(1), 5, "Kulanz", by="Ines")
    office.head.newest()
    return till


def test_a_sound_database_has_no_problem(office: TestedOffice) -> None:
    """Whatever happened to it."""
    _busy_shop(office)
    steps: list[tuple[int, int]] = []
    result = office.head.verify(lambda done, total: steps.append((done, total)))
    assert result.problems == ()
    assert result.ok
    assert result.records > 9
    assert steps[-1][0] == steps[-1][1]


def test_an_empty_database_has_no_problem(office: TestedOffice) -> None:
    """Not even the first day."""
    office.assert_sound()


@pytest.mark.parametrize(
    ("damage", "check", "said"),
    [
        ("UPDATE record SET payload = body_hash WHERE kind = 'enrolment'", "chain", "changed"),
        ("UPDATE record SET body_hash = payload WHERE kind = 'enrolment'", "registry", "hash"),
        ("UPDATE record SET kind = 'consent' WHERE kind = 'enrolment'", "registry", "columns"),
        ("UPDATE terminal_record SET hash = record.body_hash FROM record WHERE seq = 3", "chain", "changed"),
        ("DELETE FROM terminal_record WHERE seq = 4", "chain", "missing"),
        ("DELETE FROM record WHERE kind = 'redemption'", "chain", "missing"),
        ("UPDATE terminal_epoch SET points = points + 1", "chain", "head"),
        ("UPDATE account SET balance = balance + 1 WHERE balance > 0", "account", "balance"),
        ("UPDATE account SET merged_into = member_id WHERE merged_into IS NULL", "account", "merged"),
        ("DELETE FROM account WHERE balance > 0", "account", "does not exist"),
        ("UPDATE entry SET points = points + 1 WHERE kind = 'earn'", "entry", "moved"),
        ("DELETE FROM entry WHERE kind = 'redeem'", "entry", "moved"),
        ("UPDATE entry SET points = -999 WHERE kind = 'take_back'", "entry", "undone"),
        ("UPDATE record SET points = 7 WHERE kind = 'reversal' AND state = 'booked'", "entry", "something else"),
        ("DELETE FROM record WHERE kind = 'adjustment'", "entry", "without a record"),
        ("UPDATE day_total SET sales = sales + 1", "day_total", "sales"),
        ("DELETE FROM day_total", "day_total", "missing"),
        ("UPDATE day_total SET reversed_cents = 0", "day_total", "reversed"),
        ("DELETE FROM feed WHERE kind = 'member'", "feed", "told"),
        ("DELETE FROM feed WHERE kind = 'programme'", "feed", "told"),
        ("DELETE FROM feed WHERE kind = 'cashier'", "feed", "told"),
        ("UPDATE feed SET n = n + 100", "feed", "goes up"),
        (POINT_AT_WHAT_IS_THERE, "registry", "waits"),
    ],
)
def test_damage_is_found_and_named(office: TestedOffice, damage: str, check: str, said: str) -> None:
    """Each table by the check that is there for it."""
    _busy_shop(office)
    with office.head.database.write() as connection:
        assert connection.execute(text(damage)).rowcount != 0
    result = office.head.verify()
    assert not result.ok
    assert any(problem.check == check and said in problem.message for problem in result.problems), result.problems
    assert all(problem.where for problem in result.problems)
