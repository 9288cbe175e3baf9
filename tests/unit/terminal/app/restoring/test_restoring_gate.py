"""A manager's PIN where nothing can be written down: checked, counted in memory, and never a bug."""

from __future__ import annotations

from uuid import UUID

import pytest

from loyalty.directory import Role
from loyalty.outcomes import Reason
from storage.types import CashierRow
from terminal.app.cashiers import hash_pin
from terminal.app.restoring_gate import Gate
from tests.fakes.clock import FakeClock

MIRA = UUID(int=7)
PIN = "2468"


@pytest.fixture(scope="module")
def mira() -> CashierRow:
    """A manager, as a ledger names her."""
    return CashierRow(MIRA, "Mira", Role.MANAGER, hash_pin(PIN), blocked=False, failures=0, locked_until_us=0)


def reason(gate: Gate, row: CashierRow, pin: str) -> Reason | None:
    """Why not."""
    refused = gate.refusal([row], MIRA, pin)
    return refused.reason if refused else None


def test_the_right_pin_opens_and_ends_the_counting(mira: CashierRow) -> None:
    """Two slips, the right one, two slips: no waiting."""
    gate = Gate(FakeClock())
    for _ in range(2):
        assert [reason(gate, mira, pin) for pin in ("1357", "1357", PIN)] == [Reason.PIN_WRONG, Reason.PIN_WRONG, None]


def test_the_third_wrong_one_costs_waiting_also_on_another_copy(mira: CashierRow) -> None:
    """The same person of an older copy is the same person."""
    clock = FakeClock()
    gate = Gate(clock)
    for _ in range(2):
        reason(gate, mira, "1357")
    assert reason(gate, mira, "1357") is Reason.PIN_LOCKED
    assert reason(gate, mira, PIN) is Reason.PIN_LOCKED
    clock.advance(minutes=1)
    assert reason(gate, mira, PIN) is None


def test_who_is_none_of_them_may_not(mira: CashierRow) -> None:
    """Nor does a damaged hash open to anybody."""
    gate = Gate(FakeClock())
    refused = gate.refusal([mira], UUID(int=8), PIN)
    assert refused is not None
    assert refused.reason is Reason.NOT_ALLOWED
    damaged = CashierRow(MIRA, "Mira", Role.MANAGER, "\xa5\xa5", blocked=False, failures=0, locked_until_us=0)
    assert reason(gate, damaged, PIN) is Reason.PIN_WRONG
