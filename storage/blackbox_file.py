"""A black box's file in the making: which frames come next, and what of it is still needed."""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from storage.blackbox_frames import BOX_BYTES_MAX, BoxedRecord, Heading, frame_bytes
from storage.blackbox_source import seal_edit
from storage.errors import BlackBoxFull

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from loyalty.feed import Edit
    from storage.blackbox_frames import Boxed
    from storage.blackbox_read import BoxFile
    from storage.blackbox_source import BoxSource, Look

RECORDS_AT_ONCE: Final = 500
"""How many records are written between two syncs."""


class BoxWriting:
    """What is known of the file, so that a call need not read what an earlier one wrote.

    Attributes:
        file_id: Its random id.
        heading: The newest one in it.
        size: In bytes, with everything that was asked for.
        base_seq: From behind which position it holds every record that was needed then.
        last_seq: Its newest record, or the position behind which the next one is wanted.
        records_written: How many records were asked for.
    """

    def __init__(self, file_id: bytes, heading: Heading, base_seq: int) -> None:
        self.file_id = file_id
        self.heading = heading
        self.size = 0
        self.base_seq = base_seq
        self.last_seq = base_seq
        self.records_written = 0
        self._number = 0
        self._version = 0
        self._records: deque[tuple[int, int]] = deque()
        self._edits: set[bytes] = set()
        self._edit_bytes = 0
        self._stamp = 0
        self._dead = 0

    def know(self, found: BoxFile) -> None:
        """Go on behind what a file holds."""
        self._number, self.size = found.frames, found.good_bytes
        self._version = max((programme.version for programme in found.programmes), default=0)
        self._records.extend((record.seq, len(record.payload)) for record in found.records)
        self.last_seq = found.records[-1].seq if found.records else self.base_seq
        self._edits = {edit.edit_id for edit in found.edits}
        self._edit_bytes = sum(len(edit.box) for edit in found.edits)

    def frame(self, content: Boxed) -> bytes:
        """The next frame.

        Raises:
            BlackBoxFull: The box would be larger than its bound.
        """
        data = frame_bytes(content, self.file_id, self._number)
        if self.size + len(data) > BOX_BYTES_MAX:
            raise BlackBoxFull(f"the box would be larger than {BOX_BYTES_MAX} bytes")
        self._number += 1
        self.size += len(data)
        return data

    def contents(self, source: BoxSource, look: Look) -> Iterator[bytes]:
        """What the file lacks, in pieces: rules, records, edits."""
        self.last_seq = max(self.last_seq, look.base(self.heading.copied))
        if source.newest_version() > self._version:
            yield b"".join(self._programmes(source))
        while records := source.records_after(self.last_seq, RECORDS_AT_ONCE):
            side = b"" if look.acked_seq is not None else self._edits_of(source.side_rows(records), look.key)
            yield side + b"".join(map(self._record, records))
        if look.telling:
            while waiting := source.waiting_edits(self._stamp):
                self._stamp = waiting[-1][0]
                if piece := self._edits_of((edit for _, edit in waiting), look.key):
                    yield piece
        if look.acked_seq is None and look.heading.erased and (piece := self._edits_of(source.erasures(), look.key)):
            yield piece

    def dead_bytes(self, base: int, waiting: int | None) -> int:
        """How much of the file is no longer needed, roughly.

        Args:
            base: Records up to here are elsewhere.
            waiting: How many edits wait; ``None`` for a till that stands alone, whose box has side rows besides.
        """
        while self._records and self._records[0][0] <= base:
            self._dead += self._records.popleft()[1]
        dead = self._dead
        if waiting is not None and self._edits:
            gone = max(0, len(self._edits) - waiting)
            dead += self._edit_bytes * gone // len(self._edits)
        return dead

    def _programmes(self, source: BoxSource) -> Iterator[bytes]:
        for programme in source.programmes(newest=self.base_seq > 0):
            if programme.version > self._version:
                self._version = programme.version
                yield self.frame(programme)

    def _record(self, record: BoxedRecord) -> bytes:
        data = self.frame(record)
        self._records.append((record.seq, len(data)))
        self.last_seq = record.seq
        self.records_written += 1
        return data

    def _edits_of(self, edits: Iterable[Edit], key: bytes) -> bytes:
        pieces = []
        for edit in edits:
            if edit.edit_id.bytes not in self._edits:
                pieces.append(self.frame(seal_edit(edit, key)))
                self._edits.add(edit.edit_id.bytes)
                self._edit_bytes += len(pieces[-1])
        return b"".join(pieces)


def ends_of_chains(records: tuple[BoxedRecord, ...]) -> list[BoxedRecord]:
    """The last record of each unbroken chain: where the journal holds it, it holds all before it."""
    ends = [record for record, after in pairwise(records) if after.prev_hash != record.hash]
    return [*ends, *records[-1:]]


def gone_on_with(found: BoxFile, look: Look) -> BoxWriting | None:
    """What is known of a file that lies there; ``None`` when it has to be written anew."""
    heading = found.heading
    if heading is None or not heading.says_the_same(look.heading) or heading.erased != look.heading.erased:
        return None
    if heading.copied[1] > look.head_seq:  # the ledger was put back to before that copy
        return None
    base = look.base(heading.copied)
    first, last_seq = look.head_seq + 1, -1
    for record in found.records:
        first = first if record.seq == last_seq + 1 else record.seq
        last_seq = record.seq
    if first > base + 1:
        return None  # something that is needed is missing before its newest records
    writing = BoxWriting(found.file_id, heading, first - 1)
    writing.know(found)
    return writing
