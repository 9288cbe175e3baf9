"""What of a ledger belongs into its black box, read beside the till on connections that can't write."""

from __future__ import annotations

import hashlib
import hmac
import re
from contextlib import ExitStack, closing
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.chain import COLUMNS
from loyalty.directory import CardStatus
from loyalty.encoding import decode
from loyalty.feed import CardEdit, Edit, TextEdit, TombstoneEdit
from loyalty.records import EpochStart
from storage.blackbox_frames import BoxedEdit, BoxedProgramme, BoxedRecord, Heading
from storage.checks import read_shop
from storage.connection import open_reader
from storage.edits import EditReads
from storage.errors import StorageError
from storage.files import KEY_FILE, LEDGER_FILE, REPLICA_FILE, VAULT_FILE, os_errors
from storage.journal import head
from storage.outgoing import OutgoingReads
from storage.replica_rows import read_link
from storage.replica_view import is_replica
from storage.vault import TillKey, seal_bytes, till_key, unseal_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_AFTER: Final = f"SELECT {COLUMNS}, hash FROM journal WHERE seq > ? ORDER BY seq LIMIT ?"  # noqa: S608 - constant names
_CARD: Final = "SELECT number, member_id, status FROM card WHERE card_ref = ?"
_JOINED: Final = "SELECT terminal_id, server_id, url FROM head_office WHERE has_left = 0"
OWN_OFFICE: Final = "headoffice"
"""The folder among a till's data in which the head office lies that it serves the others of the shop with."""

EPOCH_START: Final = "epoch_start"
_LOOPBACK: Final = re.compile(r"https?://(localhost|127\.|\[::1\])")
_KEY_MARK: Final = b"stammkunde black box 1"

_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final[msgspec.json.Decoder[Edit]] = msgspec.json.Decoder(Edit)


class _Refs(msgspec.Struct, frozen=True):
    """What a record names of the side tables."""

    card_ref: UUID | None = None
    text_ref: UUID | None = None


_REFS: Final = msgspec.json.Decoder(_Refs)


class Look(msgspec.Struct, frozen=True):
    """The ledger as it stands.

    Attributes:
        heading: Whose it is.
        head_seq: Its last record.
        acked_seq: Up to where head office has acknowledged it; ``None`` for a till that stands alone, or whose head
            office lies on the same disk and is lost with it.
        telling: Whether changes become edits, to be told to a head office now or one day.
        key: Seals edits in the box.
    """

    heading: Heading
    head_seq: int
    acked_seq: int | None
    telling: bool
    key: bytes

    def base(self, copied: tuple[int, int]) -> int:
        """Behind which position records are needed in the box.

        Args:
            copied: See ``Heading``.
        """
        return copied[0] if self.acked_seq is None else self.acked_seq


def box_key(secret: bytes) -> bytes:
    """What seals edits in a box: made from head office's profile key, which a till that joins again is given again.

    A till that stands alone takes its programme key.
    """
    return hmac.digest(secret, _KEY_MARK, hashlib.sha256)


def seal_edit(edit: Edit, key: bytes) -> BoxedEdit:
    """An edit as it lies in the box."""
    nonce, box = seal_bytes(_ENCODER.encode(edit), key, edit.edit_id.bytes)
    return BoxedEdit(edit.edit_id.bytes, nonce, box)


def open_edit(boxed: BoxedEdit, keys: Iterable[bytes]) -> Edit | None:
    """An edit from the box; ``None`` when none of the keys opens it."""
    for key in keys:
        data = unseal_bytes(boxed.nonce, boxed.box, key, boxed.edit_id)
        if data is not None:
            return _DECODER.decode(data)
    return None


class BoxSource:
    """Reads one ledger, on the thread that makes it.

    Raises:
        StorageError: It can't be opened.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        with ExitStack() as opened:
            self._ledger = opened.enter_context(closing(open_reader(directory / LEDGER_FILE)))
            self._vault = opened.enter_context(closing(open_reader(directory / VAULT_FILE)))
            self._edits = EditReads(self._ledger, self._vault)
            self._journal = OutgoingReads(self._ledger, self._vault)
            self._opened = opened.pop_all()

    def close(self) -> None:
        """Close the connections."""
        self._opened.close()

    def look(self) -> Look:
        """See how the ledger stands."""
        shop = read_shop(self._ledger)
        row = self._ledger.one(_JOINED)
        profile_key = till_key(self._vault, TillKey.PROFILES) if row else None
        ids: tuple[UUID | None, UUID | None] = (None, None)
        if row and profile_key:
            ids = (UUID(bytes=row[0]), UUID(bytes=row[1]))
            if (self._directory / OWN_OFFICE).is_dir() and _LOOPBACK.match(row[2]):
                profile_key = None
        erased = int(self._ledger.value("SELECT count(*) FROM tombstone"))
        names = (shop.terminal_id, shop.name, shop.till_name, shop.currency)
        return Look(
            heading=Heading(*names, shop.created_at_us, *ids, erased=erased),
            head_seq=head(self._ledger).seq,
            acked_seq=self._acked() if profile_key else None,
            telling=self._ledger.one("SELECT 1 FROM head_office") is not None,
            key=box_key(profile_key or self.programme_key()),
        )

    def programme_key(self) -> bytes:
        """The secret behind the accounts of unknown cards."""
        path = self._directory / KEY_FILE
        with os_errors(str(path)):
            return path.read_bytes()

    def _acked(self) -> int:
        """What head office has acknowledged; nothing while its state here can't be read or is of another journal."""
        path = self._directory / REPLICA_FILE
        if not path.exists():
            return 0
        try:
            with closing(open_reader(path)) as replica:
                acked = read_link(replica).acked if is_replica(replica) else None
        except StorageError:
            return 0
        return acked.seq if acked and self._journal.holds(acked) else 0

    def records_after(self, seq: int, limit: int) -> list[BoxedRecord]:
        """The next records behind a position."""
        return [BoxedRecord(*row) for row in self._ledger.all(_AFTER, (seq, limit))]

    def holds(self, record: BoxedRecord) -> bool:
        """Whether a record stands in the journal where the box says."""
        return bool(self._ledger.value("SELECT hash FROM journal WHERE seq = ?", (record.seq,)) == record.hash)

    def knows(self, record: BoxedRecord) -> bool:
        """Whether a record stands in the journal, wherever that is; beginnings of epochs belong to one chain alone."""
        if record.kind == EPOCH_START:
            return True
        return self._ledger.one("SELECT 1 FROM journal WHERE record_id = ?", (record.record_id,)) is not None

    def taken_from(self) -> list[UUID]:
        """The ledgers whose records this one has taken over from their boxes."""
        starts = self._ledger.all("SELECT payload FROM journal WHERE kind = 'epoch_start' ORDER BY seq")
        records = (decode(payload) for (payload,) in starts)
        return [record.taken_from for record in records if isinstance(record, EpochStart) and record.taken_from]

    def programmes(self, *, newest: bool) -> list[BoxedProgramme]:
        """The rules that were adopted, oldest first.

        Args:
            newest: Only those in force.
        """
        rows = self._ledger.all("SELECT version, document FROM programme ORDER BY version")
        return [BoxedProgramme(*row) for row in (rows[-1:] if newest else rows)]

    def newest_version(self) -> int:
        """The version of the rules in force."""
        return int(self._ledger.value("SELECT ifnull(max(version), 0) FROM programme"))

    def waiting_edits(self, stamp: int) -> list[tuple[int, Edit]]:
        """Edits behind a stamp that no head office has taken."""
        return self._edits.edits_after(stamp)

    def waiting_count(self) -> int:
        """How many wait."""
        return self._edits.edits_waiting()

    def side_rows(self, records: Iterable[BoxedRecord]) -> list[Edit]:
        """Cards and texts that records name, of a till that writes no edits: a backup before them has no such rows."""
        found: list[Edit] = []
        for record in records:
            refs = _REFS.decode(record.payload)
            if refs.card_ref and (row := self._ledger.one(_CARD, (refs.card_ref.bytes,))):
                number, member, status = row
                edit_id = _made_id("card", refs.card_ref.bytes, number.encode(), member, status.encode())
                found.append(CardEdit(edit_id, refs.card_ref, number, UUID(bytes=member), CardStatus(status)))
            if refs.text_ref:
                text = self._ledger.value("SELECT text FROM free_text WHERE text_ref = ?", (refs.text_ref.bytes,))
                if text is not None:
                    found.append(TextEdit(_made_id("text", refs.text_ref.bytes), refs.text_ref, text))
        return found

    def erasures(self) -> list[Edit]:
        """Everybody who was erased."""
        rows = self._ledger.all("SELECT member_id, erased_at_us, erased_day FROM tombstone ORDER BY member_id")
        return [
            TombstoneEdit(_made_id("tombstone", member), UUID(bytes=member), at_us, date.fromisoformat(day))
            for member, at_us, day in rows
        ]


def _made_id(*parts: bytes | str) -> UUID:
    """A UUID version 8 (RFC 9562, 5.8) for an edit that only the box has; the same row gives the same id."""
    text = b"\x00".join(part.encode() if isinstance(part, str) else part for part in ("black box", *parts))
    digest = bytearray(hashlib.sha256(text).digest()[:16])
    digest[6] = (digest[6] & 0x0F) | 0x80
    digest[8] = (digest[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(digest))
