"""Who may restore a till whose ledger can't be written: a manager's PIN, checked without writing anything down.

Wrong PINs are counted as long as the program runs; the ledger, where they are counted otherwise, is what is broken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from loyalty.outcomes import Reason, Refused
from terminal.app.sign_in import US_PER_S, counted, pin_matches

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from loyalty.ports import Clock
    from storage.types import CashierRow


class Gate:
    """Checks PINs against the people that a damaged ledger, or a copy, still names."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rows: dict[UUID, CashierRow] = {}

    def refusal(self, managers: Iterable[CashierRow], manager_id: UUID | None, pin: str) -> Refused | None:
        """Why this person may not decide it, ``None`` when they may.

        Args:
            managers: Who may.
            manager_id: Who says to be one of them.
            pin: As typed; never stored.
        """
        row = next((row for row in managers if row.cashier_id == manager_id), None)
        if row is None:
            return Refused(Reason.NOT_ALLOWED)
        known = self._rows.get(row.cashier_id)
        if known is not None:  # the same person, of another copy perhaps: the wrong PINs count all the same
            row = msgspec.structs.replace(row, failures=known.failures, locked_until_us=known.locked_until_us)
        now_us = self._clock.now_us()
        if now_us < row.locked_until_us:
            return Refused(Reason.PIN_LOCKED, {"seconds": -(-(row.locked_until_us - now_us) // US_PER_S)})
        if _matches(row, pin):
            self._rows.pop(row.cashier_id, None)
            return None
        row = self._rows[row.cashier_id] = counted(row, now_us)
        wait_s = -(-(row.locked_until_us - now_us) // US_PER_S)
        return Refused(Reason.PIN_LOCKED, {"seconds": wait_s}) if wait_s > 0 else Refused(Reason.PIN_WRONG)


def _matches(row: CashierRow, pin: str) -> bool:
    try:
        return pin_matches(row.pin_hash, pin)
    except ValueError:  # a damaged page has made something else of the hash
        return False
