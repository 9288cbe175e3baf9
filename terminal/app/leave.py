"""Standing alone again: the till keeps its journal and what it had learned of its members."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from loyalty.outcomes import Reason, Refused
from terminal.app.sign_in import manager_refusal

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
        with till.store.unit() as unit:
            refused = manager_refusal(till, unit, command.manager_id, command.pin)
        if refused is not None:
            return refused
    with till.store.reader() as reader:
        acked = reader.link().acked
        unsent = reader.head().seq - (acked.seq if acked else 0)
    till.store.leave()
    return Alone(unsent)
