"""Head office as a till sees it: the calls of ``loyalty.wire``, whatever carries them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from loyalty.feed import ChangesReply, Cursor, EditsReply, EditsRequest, SnapshotInfo
    from loyalty.numbering import NumbersReply, NumbersRequest
    from loyalty.store_day import StoreDay
    from loyalty.wire import CompareReply, CompareRequest, HelloReply, HelloRequest, PushReply, PushRequest, RecordReply


class HeadOfficePort(Protocol):
    """The line to head office, in the name of one till.

    Every call raises ``Away`` when there is no line and ``HeadOfficeSaysNo`` when head office refuses.
    """

    def hello(self, request: HelloRequest) -> HelloReply:
        """Compare notes: what head office holds of this till."""
        ...

    def push(self, request: PushRequest) -> PushReply:
        """Hand in records."""
        ...

    def edits(self, request: EditsRequest) -> EditsReply:
        """Hand in what was changed on people, cards and texts."""
        ...

    def changes(self, after: Cursor | None, limit: int) -> ChangesReply:
        """One page of what changed since a cursor; ``None`` for everything."""
        ...

    def wait(self, n: int, seconds: int) -> Cursor:
        """The newest step of the feed, as soon as it is behind ``n`` or the time is up."""
        ...

    def snapshot(self) -> SnapshotInfo | None:
        """The file to begin with; ``None`` when pulling from the start is as good."""
        ...

    def snapshot_part(self, sha256: str, offset: int, length: int) -> bytes:
        """Bytes of that file."""
        ...

    def store_day(self, day: date) -> StoreDay:
        """A business day of the store the till stands in."""
        ...

    def record(self, record_id: UUID) -> RecordReply:
        """A record of any till, with what was undone of it."""
        ...

    def numbers(self, request: NumbersRequest) -> NumbersReply:
        """Tell of the card numbers this till has, and be given a block for it alone."""
        ...

    def compare(self, request: CompareRequest) -> CompareReply:
        """Hold both sides' facts against each other."""
        ...
