"""Signing in at the till: a PIN against its argon2id hash, with waiting times that grow after wrong ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.directory import Role
from loyalty.encoding import command_digest
from loyalty.outcomes import Reason, Refused
from loyalty.records import CashierSession, SessionAction
from storage.types import CashierRow
from terminal.app.till import header

if TYPE_CHECKING:
    from storage.store import Unit
    from terminal.app.till import Till

WAITS_FROM_FAILURE: Final = 3
"""The first wrong PIN in a row that costs waiting; the ones before it are slips of the finger."""

FIRST_WAIT_S: Final = 30
WAIT_MAX_S: Final = 15 * 60
"""The first waiting time and the longest; it doubles with every further wrong PIN, in seconds."""

US_PER_S: Final = 1_000_000


class SignIn(msgspec.Struct, frozen=True):
    """Somebody wants to work at the till.

    Attributes:
        record_id: Minted when the PIN was asked for.
        cashier_id: Who they say they are.
        pin: As typed; never stored.
    """

    record_id: UUID
    cashier_id: UUID
    pin: str


class SignedIn(msgspec.Struct, frozen=True):
    """Somebody who proved who they are."""

    cashier: CashierRow


def sign_in(till: Till, command: SignIn) -> SignedIn | Refused:
    """Check a PIN; a right one is journalled as the beginning of a session, a wrong one is counted.

    Returns:
        Who signed in, or why not; after some wrong PINs how many seconds to wait.

    Raises:
        StorageError: If the disk did not take it.
    """
    with till.store.unit() as unit:
        row = unit.cashier(command.cashier_id)
        if row is None:
            return Refused(Reason.CASHIER_UNKNOWN)
        if row.blocked:
            return Refused(Reason.CASHIER_BLOCKED)
        refused = check_pin(till, unit, row, command.pin)
        if refused is not None:
            return refused
        row = msgspec.structs.replace(row, failures=0, locked_until_us=0)
        session = _Session(command.record_id, row.cashier_id)
        digest = command_digest(till.store.programme_key, "sign_in", command.record_id, row.cashier_id)
        unit.append(CashierSession(**header(till, unit, session, None, digest), action=SessionAction.SIGN_IN))
    return SignedIn(row)


def check_pin(till: Till, unit: Unit, row: CashierRow, pin: str) -> Refused | None:
    """Check a PIN; a wrong one is counted and costs waiting from the third on, a right one ends the counting.

    Returns:
        Why not, if not.
    """
    now_us = till.clock.now_us()
    if now_us < row.locked_until_us:
        return Refused(Reason.PIN_LOCKED, {"seconds": -(-(row.locked_until_us - now_us) // US_PER_S)})
    if pin_matches(row.pin_hash, pin):
        unit.put_cashier(msgspec.structs.replace(row, failures=0, locked_until_us=0))
        return None
    row = counted(row, now_us)
    unit.put_cashier(row)
    wait_s = -(-(row.locked_until_us - now_us) // US_PER_S)
    return Refused(Reason.PIN_LOCKED, {"seconds": wait_s}) if wait_s > 0 else Refused(Reason.PIN_WRONG)


def manager_refusal(till: Till, unit: Unit, manager_id: UUID | None, pin: str) -> Refused | None:
    """Why this person may not decide it; where nobody has a PIN, whoever stands at the till decides."""
    managers = [row for row in unit.cashiers() if row.role is Role.MANAGER and not row.blocked]
    if not managers and manager_id is None:
        return None
    row = next((row for row in managers if row.cashier_id == manager_id), None)
    return Refused(Reason.NOT_ALLOWED) if row is None else check_pin(till, unit, row, pin)


class _Session(msgspec.Struct, frozen=True):
    record_id: UUID
    cashier_id: UUID | None


def counted(row: CashierRow, now_us: int) -> CashierRow:
    """One more wrong PIN, and from the third on a time to wait."""
    failures = row.failures + 1
    if failures < WAITS_FROM_FAILURE:
        return msgspec.structs.replace(row, failures=failures)
    wait_s = min(FIRST_WAIT_S << min(failures - WAITS_FROM_FAILURE, 10), WAIT_MAX_S)
    return msgspec.structs.replace(row, failures=failures, locked_until_us=now_us + wait_s * US_PER_S)


def pin_matches(pin_hash: str, pin: str) -> bool:
    """Whether a PIN is the one that was hashed."""
    from argon2 import PasswordHasher
    from argon2.exceptions import VerificationError

    try:
        return PasswordHasher().verify(pin_hash, pin)
    except VerificationError:
        return False
