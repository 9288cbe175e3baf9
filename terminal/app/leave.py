"""Standing alone again: the till keeps its journal and what it had learned of its members."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from loyalty.directory import Role
from loyalty.outcomes import Reason, Refused
from terminal.app.sign_in import check_pin

if TYPE_CHECKING:
    from terminal.app.till import Till


class LeaveCommand(msgspec.Struct, frozen=True):
    """Who wants the till to leave; at the command line nobody has to say so, who may write the files may do anything.

    Attributes:
        manager_id: The manager, ``None`` where nobody has a PIN, or at the command line.
        pin: As typed; never stored.
        trusted: Whether the PIN is asked at all.
    """

    manager_id: UUID | None = None
    pin: str = ""
    trusted: bool = False


class Alone(msgspec.Struct, frozen=True):
    """The till stands alone; so many records head office never got stay in its journal."""

    unsent: int


def leave(till: Till, command: LeaveCommand) -> Alone | Refused:
    """Stand alone from now on.

    Raises:
        StorageError: If the disk did not take it.
    """
    if till.store.head_office is None:
        return Refused(Reason.NOT_JOINED)
    if not command.trusted:
        refused = _manager_refusal(till, command)
        if refused is not None:
            return refused
    with till.store.reader() as reader:
        acked = reader.link().acked
        unsent = reader.head().seq - (acked.seq if acked else 0)
    till.store.leave()
    return Alone(unsent)


def _manager_refusal(till: Till, command: LeaveCommand) -> Refused | None:
    """Why this person may not decide it; where nobody has a PIN, whoever stands at the till decides."""
    with till.store.unit() as unit:
        managers = [row for row in unit.cashiers() if row.role is Role.MANAGER and not row.blocked]
        if not managers and command.manager_id is None:
            return None
        row = next((row for row in managers if row.cashier_id == command.manager_id), None)
        if row is None:
            return Refused(Reason.NOT_ALLOWED)
        return check_pin(till, unit, row, command.pin)
