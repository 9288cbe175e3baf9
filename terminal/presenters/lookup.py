"""Finding a booking by what a receipt says: its code, or the number of the booking, of this till or another.

Head office is asked about this till's own bookings as well while it answers: another till may have undone them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from loyalty import receipt_code
from loyalty.outcomes import Reason, Refused
from loyalty.wire import ProblemCode, RecordReply
from terminal.app.elsewhere import Elsewhere, told_by_head_office
from terminal.sync.receipts import read_receipt
from terminal.sync.status import SyncMode

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.store import Reader
    from terminal.presenters.base import Surroundings
    from terminal.sync.outcomes import Declined

NOT_PROVED = frozenset({Reason.RECEIPT_TILL_UNKNOWN, Reason.RECEIPT_TILL_SHUT_OUT})
"""What head office can know better than this till: whose receipt it is."""


class Looked(msgspec.Struct, frozen=True):
    """What came of looking.

    Attributes:
        record_id: The booking that was meant, ``None`` when the text names none.
        elsewhere: What is known of it, for one of another till.
        refused: Why it can't be undone without more.
    """

    record_id: UUID | None
    elsewhere: Elsewhere | None = None
    refused: Refused | None = None

    @property
    def needs_manager(self) -> bool:
        """Whether a manager may vouch for it: it may be real, and nobody here can know."""
        return self.record_id is not None and self.refused is not None and self.elsewhere is None


class Lookup:
    """One question at a time; a late answer to an earlier one is dropped.

    Args:
        surroundings: Ledger and line.
        done: Hears what was found.
        failed: Hears what broke.
    """

    def __init__(
        self, surroundings: Surroundings, done: Callable[[Looked], None], failed: Callable[[Exception], None]
    ) -> None:
        self._around = surroundings
        self._done = done
        self._failed = failed
        self._turn = 0
        self._asking = False

    @property
    def asking(self) -> bool:
        """Whether an answer is awaited."""
        return self._asking

    def forget(self) -> None:
        """Wait for no answer any more."""
        self._turn += 1
        self._asking = False

    def find(self, text: str) -> None:
        """Look for a booking; ``done`` hears of it later, or at once when nobody has to be asked."""
        self.forget()
        if receipt_code.is_code(text):
            found = receipt_code.read(text)
            if isinstance(found, Refused):
                self._done(Looked(None, refused=found))
            elif not self._is_own(found.original.record_id):
                self._asking = True
                answer = partial(self._receipt_read, self._turn, found.original.record_id)
                self._around.desk.read(partial(_read, text), answer, self._broke)
            return
        try:
            record_id = UUID(text.strip())
        except ValueError:
            self._done(Looked(None, refused=Refused(Reason.RECEIPT_CODE_UNREADABLE)))
            return
        if not self._is_own(record_id):
            self._ask_head_office(record_id, None)

    def _is_own(self, record_id: UUID) -> bool:
        """Whether this till has the booking, or can't have heard of any other; then the answer is given."""
        if self._around.desk.reader.record(record_id) is not None:
            self._ask_about_own(record_id)
        elif not self._around.sync.joined:
            self._done(Looked(None, refused=Refused(Reason.RECORD_UNKNOWN)))
        else:
            return False
        return True

    def _ask_about_own(self, record_id: UUID) -> None:
        """Learn what others undid of it; whatever keeps head office from saying so, this till knows the booking."""
        actions = self._around.sync_actions
        if actions is None or self._around.sync.mode is not SyncMode.ONLINE:
            self._done(Looked(record_id))
            return
        self._asking = True
        actions.record(record_id, partial(self._told_of_own, self._turn, record_id), self._broke)

    def _told_of_own(self, turn: int, record_id: UUID, outcome: RecordReply | Declined) -> None:
        if turn != self._turn:
            return
        found = told_by_head_office(self._around.desk.reader, outcome) if isinstance(outcome, RecordReply) else None
        self._answer(Looked(record_id, elsewhere=found if isinstance(found, Elsewhere) else None))

    def _receipt_read(self, turn: int, record_id: UUID, found: Elsewhere | Refused) -> None:
        if turn != self._turn:
            return
        if isinstance(found, Refused) and found.reason not in NOT_PROVED:
            self._answer(Looked(None, refused=found))
        else:
            self._ask_head_office(record_id, found)

    def _ask_head_office(self, record_id: UUID, receipt: Elsewhere | Refused | None) -> None:
        """Head office knows what was undone elsewhere; offline the cashier is told at once and does not wait."""
        actions = self._around.sync_actions
        if actions is None or self._around.sync.mode is not SyncMode.ONLINE:
            self._answer(_without_head_office(record_id, receipt, Reason.RECORD_OF_ANOTHER_TILL))
            return
        self._asking = True
        actions.record(record_id, partial(self._told, self._turn, record_id, receipt), self._broke)

    def _told(
        self, turn: int, record_id: UUID, receipt: Elsewhere | Refused | None, outcome: RecordReply | Declined
    ) -> None:
        if turn != self._turn:
            return
        if isinstance(outcome, RecordReply):
            found = told_by_head_office(self._around.desk.reader, outcome)
            self._answer(
                Looked(None, refused=found) if isinstance(found, Refused) else Looked(record_id, elsewhere=found)
            )
            return
        missing = outcome.why is ProblemCode.NOT_FOUND
        reason = Reason.RECORD_NOT_THERE_YET if missing else Reason.RECORD_OF_ANOTHER_TILL
        self._answer(_without_head_office(record_id, receipt, reason))

    def _answer(self, looked: Looked) -> None:
        self._asking = False
        self._done(looked)

    def _broke(self, error: Exception) -> None:
        self._asking = False
        self._failed(error)


def _read(text: str, reader: Reader) -> Elsewhere | Refused:
    return read_receipt(reader, text)


def _without_head_office(record_id: UUID, receipt: Elsewhere | Refused | None, reason: Reason) -> Looked:
    """What the receipt alone proves, else why a manager is needed."""
    if isinstance(receipt, Elsewhere):
        return Looked(record_id, elsewhere=receipt)
    return Looked(record_id, refused=receipt or Refused(reason))
