"""A hand for what comes from head office: what was asked of sync waits here until a test answers it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID

from msgspec.structs import replace

from loyalty.outcomes import Refused
from loyalty.records import Redemption, Sale
from loyalty.store_day import StoreDay
from loyalty.wire import RecordReply
from terminal.presenters.states import Notice
from terminal.sync.outcomes import Declined, Exported, Invited, Joined, Left, Serving
from terminal.sync.status import KeyPlace, SyncMode, SyncStatus
from tests.fakes.counter import Counter

Failed = Callable[[Exception], None]


class FakeSyncActions:
    """Satisfies ``terminal.presenters.sync_port.SyncActions``.

    Attributes:
        asked: What was asked, with its arguments, oldest first.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self._answer: Callable[[object], None] = _nobody_asked
        self._fail: Failed = _nobody_asked

    def sync_now(self) -> None:
        self.asked.append(("sync_now",))

    def join(self, url: str, code: str, done: Callable[[Joined | Declined | Refused], None], failed: Failed) -> None:
        self._note(done, failed, "join", url, code)

    def leave(self, manager_id: UUID | None, pin: str, done: Callable[[Left | Refused], None], failed: Failed) -> None:
        self._note(done, failed, "leave", manager_id, pin)

    def serve(self, on: bool, done: Callable[[Serving | Declined | Refused], None], failed: Failed) -> None:
        self._note(done, failed, "serve", on)

    def invite(self, name: str, done: Callable[[Invited | Declined | Refused], None], failed: Failed) -> None:
        self._note(done, failed, "invite", name)

    def export(self, path: Path, done: Callable[[Exported | Declined | Refused], None], failed: Failed) -> None:
        self._note(done, failed, "export", path)

    def store_day(self, day: date, done: Callable[[StoreDay | Declined], None], failed: Failed) -> None:
        self._note(done, failed, "store_day", day)

    def record(self, record_id: UUID, done: Callable[[RecordReply | Declined], None], failed: Failed) -> None:
        self._note(done, failed, "record", record_id)

    def receipt_code(self, record: Sale | Redemption, done: Callable[[str | Declined], None], failed: Failed) -> None:
        self._note(done, failed, "receipt_code", record.record_id)

    def _note(self, done: Callable[..., None], failed: Failed, *asked: object) -> None:
        self.asked.append(asked)
        self._answer, self._fail = done, failed

    def answer(self, outcome: object) -> None:
        """Answer what was asked last."""
        self._answer(outcome)

    def fail(self, error: Exception) -> None:
        """Let what was asked last break."""
        self._fail(error)


def _nobody_asked(_answer: object) -> None:
    raise AssertionError("nothing was asked")


def online(counter: Counter, **changed: object) -> SyncStatus:
    """A till in good order with head office, except for what a test says."""
    status = SyncStatus(
        SyncMode.ONLINE,
        acked_seq=12,
        last_contact_us=counter.clock.now_us(),
        store="Innenstadt",
        url="https://head.example:8443",
        key_place=KeyPlace.KEYRING,
    )
    return replace(status, **changed)


def hear(counter: Counter, **changed: object) -> None:
    """The line tells something new."""
    counter.shell.sync_status(online(counter, **changed))


def noted(counter: Counter) -> str:
    """All remarks of the sync screen."""
    return "\n".join(note.text for note in counter.shell.sync.state.notes)


def said(notice: Notice | None) -> str:
    """What a notice says."""
    return notice.text if notice else ""
