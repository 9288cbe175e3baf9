"""What people ask of sync, done on the sync thread; each answer goes home to the thread that paints."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from loyalty.outcomes import Reason, Refused
from terminal.app.leave import Alone, LeaveCommand, leave
from terminal.sync.errors import SyncError
from terminal.sync.outcomes import Declined, Exported, Invited, Joined, Left, Serving
from terminal.sync.questions import Questions

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path
    from uuid import UUID

    from loyalty.records import Redemption, Sale
    from loyalty.store_day import StoreDay
    from loyalty.wire import RecordReply
    from terminal.sync.journal import LedgerOwner
    from terminal.sync.keys import KeyStore
    from terminal.sync.supervise import Supervisor
    from terminal.sync.thread import SyncThread

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Requests:
    """What can be asked, for whoever owns the ledger: the sync thread, or a command. Every method waits for the result.

    Attributes:
        owner: The ledger.
        keys: This till's keys.
        supervisor: Runs the server for the others of the shop.
    """

    owner: LedgerOwner
    keys: KeyStore
    supervisor: Supervisor

    def join(self, url: str, code: str) -> Joined | Declined:
        """Belong to the head office at an address, with the one-time code it gave."""
        from terminal.sync.joining import Applicant, apply_to_join, move_in  # brings the network's libraries

        store = self.owner.store
        applicant = Applicant(store.shop.till_name, store.shop.terminal_id, store.programme.version)
        try:
            admitted = apply_to_join(url, code, applicant)
        except SyncError as error:
            return Declined(error.why)
        joined = move_in(self.owner, admitted, self.keys)
        return Joined(joined.store, joined.waiting)

    def leave(self, command: LeaveCommand) -> Left | Refused:
        """Stand alone again."""
        before = self.owner.store.head_office
        done = self.owner.call(lambda till: leave(till, command))
        if isinstance(done, Alone):
            if before is not None:
                self.keys.forget(before.terminal_id)
            return Left(done.unsent)
        return done

    def export(self, path: Path) -> Exported | Declined | Refused:
        """Write what head office has not acknowledged to a new file."""
        from terminal.sync.export import export_unacknowledged  # brings cryptography

        store = self.owner.store
        head_office = store.head_office
        if head_office is None:
            return Refused(Reason.NOT_JOINED)
        try:
            private_key, _ = self.keys.find(head_office.terminal_id)
            with store.reader() as reader:
                written = export_unacknowledged(reader, head_office, store.shop.terminal_id, private_key, path)
        except SyncError as error:
            return Declined(error.why)
        return Exported(path, written.records, written.edits)

    def receipt_code(self, record: Sale | Redemption) -> str | Declined:
        """The code of a booking of this till, empty when it has none: the till stands alone, or it is too long."""
        from terminal.sync.receipts import code_of  # brings cryptography

        head_office = self.owner.store.head_office
        if head_office is None:
            return ""
        try:
            private_key, _ = self.keys.find(head_office.terminal_id)
        except SyncError as error:
            return Declined(error.why)
        return code_of(record, head_office.terminal_id, private_key)

    def serve(self, *, on: bool, listen: str | None = None) -> Serving | Declined | Refused:
        """Begin or end to serve the other tills of the shop; who begins joins the new head office as its first till."""
        if not on:
            self.supervisor.switch_off()
            return Serving("")
        head_office = self.owner.store.head_office
        if head_office is not None and not self.supervisor.is_own(head_office):
            return Refused(Reason.ALREADY_JOINED)
        try:
            self.supervisor.switch_on(self.owner.store, listen)
            if head_office is None:
                place = self.supervisor.place()
                code = self.supervisor.invite(self.owner.store.shop.till_name)
                applied = self.join(place.own_url, code)
                if isinstance(applied, Declined):
                    return applied
        except SyncError as error:
            return Declined(error.why)
        return Serving(self.supervisor.place().address)

    def invite(self, name: str) -> Invited | Declined | Refused:
        """Make a one-time code for another till of the shop."""
        try:
            return Invited(name, self.supervisor.invite(name))
        except SyncError as error:
            return Declined(error.why)


class SyncService:
    """Satisfies ``terminal.presenters.sync_port.SyncActions``.

    Args:
        thread: The sync thread.
        owner: The ledger.
        supervisor: Runs the server for the others of the shop.
        deliver: Hands a call over to the painting thread.
    """

    def __init__(
        self,
        thread: SyncThread,
        owner: LedgerOwner,
        supervisor: Supervisor,
        deliver: Callable[[Callable[[], None]], None],
    ) -> None:
        self._thread = thread
        self._owner = owner
        self._supervisor = supervisor
        self._deliver = deliver
        self._questions = Questions(thread.new_line, deliver)

    def stop(self) -> None:
        """Wait for no answer any more; the till is being closed."""
        self._questions.stop()

    def sync_now(self) -> None:
        """Begin a round without waiting for the next one."""
        self._thread.ask()

    def join(
        self,
        url: str,
        code: str,
        done: Callable[[Joined | Declined | Refused], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Belong to the head office at an address."""
        self._do(lambda requests: requests.join(url, code), done, failed)

    def leave(
        self,
        manager_id: UUID | None,
        pin: str,
        done: Callable[[Left | Refused], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Stand alone again."""

        def work(requests: Requests) -> Left | Refused:
            return requests.leave(LeaveCommand(manager_id, pin))

        self._do(work, done, failed)

    def serve(
        self,
        on: bool,  # noqa: FBT001 - a switch's new state
        done: Callable[[Serving | Declined | Refused], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Begin or end to serve the other tills of the shop."""
        self._do(lambda requests: requests.serve(on=on), done, failed)

    def invite(
        self, name: str, done: Callable[[Invited | Declined | Refused], None], failed: Callable[[Exception], None]
    ) -> None:
        """Make a one-time code for another till of the shop."""
        self._do(lambda requests: requests.invite(name), done, failed)

    def export(
        self, path: Path, done: Callable[[Exported | Declined | Refused], None], failed: Callable[[Exception], None]
    ) -> None:
        """Write what head office has not acknowledged to a new file."""
        self._do(lambda requests: requests.export(path), done, failed)

    def store_day(
        self, day: date, done: Callable[[StoreDay | Declined], None], failed: Callable[[Exception], None]
    ) -> None:
        """Read a business day of the whole store."""
        self._questions.ask(lambda port: port.store_day(day), done, failed)

    def record(
        self, record_id: UUID, done: Callable[[RecordReply | Declined], None], failed: Callable[[Exception], None]
    ) -> None:
        """Read a booking of another till."""
        self._questions.ask(lambda port: port.record(record_id), done, failed)

    def receipt_code(
        self, record: Sale | Redemption, done: Callable[[str | Declined], None], failed: Callable[[Exception], None]
    ) -> None:
        """Sign a booking of this till for its receipt, on the sync thread, where the key is."""
        self._do(lambda requests: requests.receipt_code(record), done, failed)

    def _do(
        self, work: Callable[[Requests], R], done: Callable[[R], None], failed: Callable[[Exception], None]
    ) -> None:
        def task() -> None:
            try:
                result = work(Requests(self._owner, self._thread.keys, self._supervisor))
            except Exception as error:  # noqa: BLE001 - goes home like a result; a bug reaches the crash handler there
                self._deliver(partial(failed, error))
            else:
                self._deliver(partial(done, result))
            self._thread.ask()

        self._thread.submit(task)
