"""The people at the till and their PINs, which are kept as argon2id hashes and never in the clear."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.directory import Role
from loyalty.outcomes import Reason, Refused
from storage.types import CashierRow
from terminal.app.enrol import NAME_LENGTH_MAX

if TYPE_CHECKING:
    from storage.store import Reader
    from terminal.app.till import Till

PIN_LENGTH_MIN: Final = 4
PIN_LENGTH_MAX: Final = 12
"""Bounds of a PIN, in digits."""

ARGON2_MEMORY_KIB: Final = 19_456
ARGON2_PASSES: Final = 2
ARGON2_LANES: Final = 1
"""Cost of one argon2id hash: OWASP's password storage cheat sheet; 19 MiB leaves the till within its memory."""


class AddCashier(msgspec.Struct, frozen=True):
    """A new person at the till."""

    cashier_id: UUID
    name: str
    pin: str
    role: Role = Role.CASHIER


class CashierNameTaken(msgspec.Struct, frozen=True):
    """Somebody of this name works here already; on the lock screen people choose themselves by name."""


class CashierKept(msgspec.Struct, frozen=True):
    """A cashier who is on disk."""

    cashier: CashierRow


def pin_is_simple(pin: str) -> bool:
    """Whether a PIN is not 4 to 12 digits, or one that is guessed first: all the same, or a row up or down."""
    if not (pin.isascii() and pin.isdigit() and PIN_LENGTH_MIN <= len(pin) <= PIN_LENGTH_MAX):
        return True
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return len(steps) == 1 and steps <= {-1, 0, 1}


def hash_pin(pin: str) -> str:
    """The argon2id hash of a PIN with a salt of its own (RFC 9106)."""
    from argon2 import PasswordHasher

    hasher = PasswordHasher(time_cost=ARGON2_PASSES, memory_cost=ARGON2_MEMORY_KIB, parallelism=ARGON2_LANES)
    return hasher.hash(pin)


def add_cashier(till: Till, command: AddCashier) -> CashierKept | CashierNameTaken | Refused:
    """Let somebody work at the till.

    Raises:
        StorageError: If the disk did not take it.
    """
    name = " ".join(unicodedata.normalize("NFC", command.name).split())
    if not name:
        return Refused(Reason.NAME_MISSING)
    if len(name) > NAME_LENGTH_MAX or any(unicodedata.category(character)[0] == "C" for character in name):
        return Refused(Reason.NAME_INVALID)
    if pin_is_simple(command.pin):
        return Refused(Reason.PIN_TOO_SIMPLE)
    row = CashierRow(command.cashier_id, name, command.role, hash_pin(command.pin))
    with till.store.unit() as unit:
        if find_cashier(unit, name) is not None:
            return CashierNameTaken()
        unit.put_cashier(row)
    return CashierKept(row)


def block_cashier(till: Till, who: str) -> CashierKept | Refused:
    """Keep somebody from signing in; what they booked stays under their name.

    Raises:
        StorageError: If the disk did not take it.
    """
    with till.store.unit() as unit:
        row = find_cashier(unit, who)
        if row is None:
            return Refused(Reason.CASHIER_UNKNOWN)
        row = msgspec.structs.replace(row, blocked=True)
        unit.put_cashier(row)
    return CashierKept(row)


def reset_cashier(till: Till, who: str, pin: str) -> CashierKept | Refused:
    """Give somebody a new PIN; a block and the waiting time after wrong PINs end with it.

    Raises:
        StorageError: If the disk did not take it.
    """
    if pin_is_simple(pin):
        return Refused(Reason.PIN_TOO_SIMPLE)
    pin_hash = hash_pin(pin)
    with till.store.unit() as unit:
        row = find_cashier(unit, who)
        if row is None:
            return Refused(Reason.CASHIER_UNKNOWN)
        row = msgspec.structs.replace(row, pin_hash=pin_hash, blocked=False, failures=0, locked_until_us=0)
        unit.put_cashier(row)
    return CashierKept(row)


def find_cashier(reader: Reader, who: str) -> CashierRow | None:
    """Somebody by name, in any case of letters, or by id."""
    wanted = _folded(who)
    return next((row for row in reader.cashiers() if wanted in (_folded(row.name), str(row.cashier_id))), None)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()
