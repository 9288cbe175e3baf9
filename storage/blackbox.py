"""The black box: a second copy, on another volume, of what exists nowhere but on this till's disk.

For a till of a head office that is what head office has not acknowledged: records, and edits of people and cards,
sealed. A till that stands alone has nobody to acknowledge anything; its box goes back to the last copy but one off this
disk, and to the very first record while there are no two copies.

The box is made from the ledger alone, so whenever something about the file is not as it should be it is written anew.
One thing is never overwritten: records that the ledger does not have, because it was put back to an older state.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, Final

import msgspec

from storage.blackbox_file import BoxWriting, ends_of_chains, gone_on_with
from storage.blackbox_frames import BOX_SUFFIX, PART_SUFFIX, box_name
from storage.blackbox_read import read_box_file
from storage.blackbox_source import BoxSource, Look, open_edit
from storage.errors import BlackBoxAway, BlackBoxFull, DiskFull, known_error
from storage.files import make_directory, make_private, sync_directory, write_durably

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.blackbox_frames import Heading

PRUNE_BYTES_MIN: Final = 64 * 1024
"""What is no longer needed stays in the box until it is this much, and half of it: writing anew costs more."""

FILE_ID_BYTES: Final = 16


class BlackBox:
    """Follows the journal from connections of its own; belongs to the thread that first calls ``catch_up``.

    Args:
        directory: The data directory of an open till.
        folder: Where the box lies; several tills may share it. Made when it is missing and its parent is there.

    Attributes:
        boxed_seq: Up to which journal position everything that counts is in the box; 0 before the first ``catch_up``.
        set_aside: Whether the folder holds an older box of this till with bookings that its ledger does not have
            (the ledger was put back); ``stammkunde ledger recover`` takes them in.
    """

    def __init__(self, directory: Path, folder: Path) -> None:
        self._directory = directory
        self._folder = folder
        self._source: BoxSource | None = None
        self._writing: BoxWriting | None = None
        self._copied_seq = 0
        self._device: int | None = None
        self._is_doubtful = False
        self._full_at: tuple[int | None, int] | None = None
        self.boxed_seq = 0
        self.set_aside = False

    def catch_up(self) -> int:
        """Write what the ledger has beyond the box, and wait until it is on that volume's disk.

        Cheap when there is nothing to do. After any error the next call looks at the folder anew, so a stick may be
        unplugged and plugged in again.

        Returns:
            How many records were written.

        Raises:
            BlackBoxAway: The folder can't be reached or written.
            BlackBoxFull: Its volume, or the box's own bound, has no room.
            StorageError: The ledger can't be read.
        """
        if self._source is None:
            self._source = BoxSource(self._directory)
        source, look = self._source, self._source.look()
        stands = (look.acked_seq, self._copied_seq)
        if self._full_at == stands:  # nothing has become dispensable since
            raise BlackBoxFull(f"{self._folder}: the box has reached its bound")
        writing, self._writing = self._writing, None  # known again when this call has come to its end
        with _box_errors(self._folder):
            self._check_folder()
            try:
                writing, done = self._brought_up_to_date(source, look, writing)
            except BlackBoxFull:
                self._full_at = stands
                raise
        self._writing, self._full_at = writing, None
        self.boxed_seq = writing.last_seq
        return done

    def _brought_up_to_date(self, source: BoxSource, look: Look, writing: BoxWriting | None) -> tuple[BoxWriting, int]:
        """The file with everything in it, and how many records that took."""
        done = 0
        if writing is None or not self._is_as_left(look, writing):
            writing = self._open(source, look)
            done = writing.records_written
        before = writing.records_written
        copied = writing.heading.copied
        try:
            self._append(source, look, writing)
            done += writing.records_written - before
            if not self._is_to_be_pruned(source, look, writing):
                return writing, done
            copied = writing.heading.copied
        except BlackBoxFull:  # what is no longer needed may make room
            last_seq = self.boxed_seq
            writing = self._write_anew(source, look, copied)
            return writing, max(0, writing.last_seq - last_seq)
        return self._write_anew(source, look, copied), done

    def copied_elsewhere(self, seq: int) -> None:
        """A good copy of the ledger up to this position lies off this disk.

        Counts for a till that stands alone: nobody acknowledges its records, so the box goes on from the copy before
        the newest one. A till of a head office keeps what that has not acknowledged, whatever was copied.
        """
        self._copied_seq = max(self._copied_seq, seq)

    def close(self) -> None:
        """Close its connections; closing twice is allowed. A later call looks at ledger and folder anew."""
        self._writing = None
        if self._source is not None:
            self._source.close()
            self._source = None

    def _path(self, heading: Heading) -> Path:
        return self._folder / box_name(heading.ledger_id)

    def _check_folder(self) -> None:
        """Make the folder where its parent is there; never take the empty place of a stick for the stick."""
        if not self._folder.exists():
            make_directory(self._folder, parents=False)
        device = self._folder.stat().st_dev
        if self._device not in (None, device) and device == self._directory.stat().st_dev:
            raise BlackBoxAway(f"{self._folder}: its volume is not there; this is the till's own disk")
        self._device = device

    def _is_as_left(self, look: Look, writing: BoxWriting) -> bool:
        """Whether the file can be gone on with: same till, same head office, nothing older wanted, nobody wrote."""
        if not writing.heading.says_the_same(look.heading) or look.base(writing.heading.copied) < writing.base_seq:
            return False
        try:
            return self._path(look.heading).stat().st_size == writing.size
        except OSError:
            return False

    def _open(self, source: BoxSource, look: Look) -> BoxWriting:
        """Go on with the file that lies there, or write one anew; what the ledger does not have is set aside."""
        path = self._path(look.heading)
        self._look_at_old_boxes(source, look)
        if not path.exists():
            return self._write_anew(source, look, (0, 0))
        found = read_box_file(path)
        if found is None or not all(map(source.holds, ends_of_chains(found.records))):
            self._put_aside(path, found.file_id if found else b"")
            self._look_at_old_boxes(source, look)
            return self._write_anew(source, look, (0, 0))
        copied = found.heading.copied if found.heading and found.heading.copied[1] <= look.head_seq else (0, 0)
        writing = None if self._is_doubtful or found.damage else gone_on_with(found, look)
        if writing is None:
            return self._write_anew(source, look, copied)
        if found.torn_bytes:
            with path.open("rb+") as file:
                file.truncate(found.good_bytes)
                os.fsync(file.fileno())
        self._keep_key(source, look, writing)
        return writing

    def _put_aside(self, path: Path, file_id: bytes) -> None:
        """Give a file that can't be this ledger's box another name, under which recovering still finds it."""
        name = (file_id or os.urandom(FILE_ID_BYTES)).hex()[:8]
        path.replace(path.with_name(f"{path.name.removesuffix(BOX_SUFFIX)}.before-{name}{BOX_SUFFIX}"))
        sync_directory(self._folder)

    def _look_at_old_boxes(self, source: BoxSource, look: Look) -> None:
        """Boxes that were set aside go when the ledger has all their records; else they are told of.

        So do boxes of tills whose records this one has taken over: with them it took every edit that it could open.
        """
        self.set_aside = False
        stem = box_name(look.heading.ledger_id).removesuffix(BOX_SUFFIX)
        own = list(self._folder.glob(f"{stem}.before-*{BOX_SUFFIX}"))
        taken = [self._folder / box_name(ledger_id) for ledger_id in source.taken_from()]
        for path in (*own, *(path for path in taken if path.exists())):
            found = read_box_file(path)
            if found is None:
                continue
            if found.damage or not all(map(source.knows, found.records)):
                self.set_aside = True
            elif path in own or all(open_edit(edit, [look.key]) for edit in found.edits):
                path.unlink()

    def _write_anew(self, source: BoxSource, look: Look, copied: tuple[int, int]) -> BoxWriting:
        """Make the whole file from the ledger, aside, and move it into place when it is on the disk."""
        heading = msgspec.structs.replace(look.heading, copied=copied)
        writing = BoxWriting(os.urandom(FILE_ID_BYTES), heading, look.base(copied))
        path = self._path(heading)
        part = path.with_name(path.name.removesuffix(BOX_SUFFIX) + PART_SUFFIX)
        part.unlink(missing_ok=True)
        make_private(part)
        try:
            with part.open("wb") as file:
                file.write(writing.frame(heading))
                for piece in writing.contents(source, look):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise
        sync_directory(self._folder)
        self._is_doubtful = False
        self._keep_key(source, look, writing)
        return writing

    def _append(self, source: BoxSource, look: Look, writing: BoxWriting) -> None:
        """Add what is new, in pieces that are each on the disk before the next one is read."""
        path, good = self._path(look.heading), writing.size
        file: BinaryIO | None = None
        try:
            for piece in self._pieces(source, look, writing):
                file = file or path.open("ab")
                file.write(piece)
                file.flush()
                self._is_doubtful = True  # when the sync fails nobody knows what is on that disk
                os.fsync(file.fileno())
                self._is_doubtful = False
                good += len(piece)
        except BaseException:
            with suppress(OSError):
                os.truncate(path, good)
            raise
        finally:
            if file is not None:
                file.close()

    def _pieces(self, source: BoxSource, look: Look, writing: BoxWriting) -> Iterator[bytes]:
        copied = writing.heading.copied
        if look.acked_seq is None and self._copied_seq > copied[1]:
            writing.heading = msgspec.structs.replace(writing.heading, copied=(copied[1], self._copied_seq))
            yield writing.frame(writing.heading)
        yield from writing.contents(source, look)

    def _is_to_be_pruned(self, source: BoxSource, look: Look, writing: BoxWriting) -> bool:
        """Whether so much is no longer needed that writing anew is worth it, or somebody was erased."""
        if look.heading.erased != writing.heading.erased:
            return True
        waiting = None if look.acked_seq is None else source.waiting_count()
        dead = writing.dead_bytes(look.base(writing.heading.copied), waiting)
        return dead >= PRUNE_BYTES_MIN and 2 * dead >= writing.size

    def _keep_key(self, source: BoxSource, look: Look, writing: BoxWriting) -> None:
        """A box with the whole journal of a till that stands alone is a copy like any other: its key lies beside it."""
        path = key_path(self._path(look.heading))
        if look.acked_seq is None and writing.base_seq == 0:
            write_durably(path, source.programme_key())
        elif path.exists():
            path.unlink()


def key_path(box: Path) -> Path:
    """Where the programme key lies beside the box of a till that stands alone."""
    return box.with_name(f"{box.name}.key")


@contextmanager
def _box_errors(folder: Path) -> Iterator[None]:
    """Whatever the volume says, the box is full or away; the till sells on."""
    try:
        yield
    except OSError as error:
        if isinstance(known_error(error, str(folder)), DiskFull):
            raise BlackBoxFull(f"{folder}: {error}") from error
        raise BlackBoxAway(f"{folder}: {error}") from error
