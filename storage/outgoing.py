"""The journal as it is handed in: whole records in order, epoch by epoch, and what both sides count of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty.wire import BATCH_BYTES_MAX, BATCH_RECORDS_MAX, EpochFacts
from storage.exchange import EpochRange, JournalRow
from storage.reads import Reads

if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyalty.wire import EpochHead

_AFTER: Final = "SELECT seq, epoch, payload, hash, prev_hash, at_us FROM journal WHERE seq > ? ORDER BY seq LIMIT ?"
_STARTS: Final = "SELECT seq, epoch FROM journal INDEXED BY journal_epoch_start WHERE kind = 'epoch_start' ORDER BY seq"


class OutgoingReads(Reads):
    """Reads for the sync thread."""

    __slots__ = ()

    def records_after(
        self, seq: int, limit_records: int = BATCH_RECORDS_MAX, limit_bytes: int = BATCH_BYTES_MAX
    ) -> list[JournalRow]:
        """The records behind a position, as many as one push may hold.

        Args:
            seq: The position; 0 for all.
            limit_records: At most so many.
            limit_bytes: At most so many bytes of payload; the first record comes in any case.

        Returns:
            Records of one epoch in journal order; empty when there are none behind ``seq``.
        """
        rows: list[JournalRow] = []
        size = 0
        for row in self._ledger.each(_AFTER, (seq, limit_records)):
            found = JournalRow(row[0], UUID(bytes=row[1]), *row[2:])
            size += len(found.payload)
            if rows and (size > limit_bytes or found.epoch != rows[0].epoch):
                break
            rows.append(found)
        return rows

    def epochs(self) -> list[EpochRange]:
        """All epochs in journal order; positions run on from one to the next."""
        starts = self._ledger.all(_STARTS)
        newest = int(self._ledger.value("SELECT ifnull(max(seq), 0) FROM journal"))
        ends = [seq - 1 for seq, _ in starts[1:]] + [newest]
        return [EpochRange(UUID(bytes=epoch), seq, end) for (seq, epoch), end in zip(starts, ends, strict=True)]

    def position_prefix(self, positions: Mapping[UUID, int]) -> int:
        """The last position up to which head office has every record of this journal.

        Args:
            positions: By epoch, the last position it has; an epoch it does not name it has nothing of.
        """
        covered = 0
        for epoch in self.epochs():
            covered = max(covered, min(positions.get(epoch.epoch, 0), epoch.last))
            if covered < epoch.last:
                break
        return covered

    def holds(self, head: EpochHead) -> bool:
        """Whether a record stands in this journal with this epoch, position and hash."""
        row = self._ledger.one("SELECT epoch, hash FROM journal WHERE seq = ?", (head.seq,))
        return row == (head.epoch.bytes, head.hash)

    def facts(self, epoch: UUID, seq: int) -> EpochFacts | None:
        """One epoch as recorded up to a position; ``None`` when that is not a position of it.

        What was counted before is remembered, as a journal never changes behind its end.
        """
        row = self._ledger.one("SELECT epoch, hash FROM journal WHERE seq = ?", (seq,))
        first = next((item.first for item in self.epochs() if item.epoch == epoch), None)
        if row is None or row[0] != epoch.bytes or first is None:
            return None
        counted_to, points = self._counted.get(epoch, (first - 1, 0))
        if counted_to > seq:
            counted_to, points = first - 1, 0
        points += int(
            self._ledger.value(
                "SELECT ifnull(sum(points), 0) FROM booking WHERE seq > ? AND seq <= ?", (counted_to, seq)
            )
        )
        self._counted[epoch] = (seq, points)
        return EpochFacts(epoch, seq, row[1], seq - first + 1, points)
