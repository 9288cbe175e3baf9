"""The file of figures: sets of members by days, and what every day sold, as of one position of the journal.

It is made aside from the projections, put in place as a whole and never changed, and may be deleted at any time. The
position it speaks of is named with the hash there, so that a file about another journal is of no use. Sets and sums
carry checksums: figures are believed, and a flipped bit in them would stand on paper.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Final

import msgspec

from storage.connection import open_in_memory
from storage.errors import Damaged
from storage.file_view import FileView
from storage.search_index import newest_stamp

if TYPE_CHECKING:
    from collections.abc import Collection

    from storage.connection import Database

FIGURES_APPLICATION_ID: Final = 0x53544B46
"""``STKF`` in the file header."""

FIGURES_VERSION: Final = 1
"""``user_version``. 1: first layout (2026-11-22). Another one is made anew, never migrated."""

STATE: Final = "state"
SPANS: Final = "spans"
SOLD: Final = "sold"

FIGURES_TABLES: Final = (
    """CREATE TABLE part(
  kind TEXT NOT NULL,
  level INTEGER NOT NULL,
  number INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (kind, level, number)
) STRICT""",
    "CREATE TABLE member(n INTEGER PRIMARY KEY, member_id BLOB NOT NULL) STRICT",
)
_PUT: Final = "INSERT INTO part(kind, level, number, checksum, bytes) VALUES (?, ?, ?, ?, ?)"
_PART: Final = "SELECT checksum, bytes FROM part WHERE kind = ? AND level = ? AND number = ?"
_NUMBERS: Final = "SELECT n FROM member WHERE member_id IN (SELECT unhex(value) FROM json_each(?))"
_MEMBERS: Final = "SELECT member_id FROM member WHERE n IN (SELECT value FROM json_each(?))"
Sold = tuple[str, int, int, int, int]
"""A business day, then purchases with a card and their cents, and purchases without and theirs."""


class State(msgspec.Struct, frozen=True):
    """What a file speaks of.

    Attributes:
        seq: Up to which record of the journal.
        hash: That record's hash.
        stamp: Up to which change of profiles, among which erasures are told.
        members: How many accounts there are.
        days: The first and the last day on which anything is.
    """

    seq: int
    hash: bytes
    stamp: int
    members: int
    days: tuple[int, int]


STATE_CODER: Final = (msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(State))
SOLD_CODER: Final = (msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(list[Sold]))
"""How these two parts are written and read."""


class FiguresView(FileView):
    """One thread's connection to the file of figures."""

    __slots__ = ()

    def is_usable(self, database: Database) -> bool:
        """Whether it is a file of this layout."""
        found = (database.value("PRAGMA application_id"), database.value("PRAGMA user_version"))
        return found == (FIGURES_APPLICATION_ID, FIGURES_VERSION)

    def empty(self) -> Database:
        """A file of nothing, which no ledger agrees with."""
        database = open_in_memory()
        for statement in FIGURES_TABLES:
            database.run(statement)
        return database

    def figures(self, ledger: Database) -> Figures | None:
        """The figures, if the file speaks of this ledger as it is or as it was.

        Raises:
            StorageError: They can't be read.
        """
        database = self.database()
        raw = _read(database, STATE, 0, 0)
        state = STATE_CODER[1].decode(raw) if raw else None
        if state is None or state.stamp > newest_stamp(ledger):
            return None
        agreed = ledger.value("SELECT hash FROM journal WHERE seq = ?", (state.seq,))
        return Figures(database, state) if agreed == state.hash else None


class Figures:
    """A file that speaks of the ledger beside it; its sets are ``figures_bits.MemberSets``.

    Attributes:
        state: What it speaks of.
    """

    def __init__(self, database: Database, state: State) -> None:
        self._database = database
        self._known: dict[tuple[str, int, int], int] = {}
        self.state = state

    @property
    def days(self) -> tuple[int, int]:
        """The first and the last day on which anything is."""
        return self.state.days

    @property
    def everybody(self) -> int:
        """All accounts that stand for themselves."""
        return (1 << self.state.members) - 1

    def block(self, kind: str, level: int, number: int) -> int:
        """One set; see ``figures_bits.MemberSets``."""
        key = (kind, level, number)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = int.from_bytes(_read(self._database, *key) or b"", "little")
        return found

    def spans(self, bit: int) -> int:
        """Whose days as a member, as a binary number, have this bit."""
        return self.block(SPANS, 0, bit)

    def sold(self) -> list[Sold]:
        """What every day sold."""
        return SOLD_CODER[1].decode(_read(self._database, SOLD, 0, 0) or b"\x90")

    def numbered(self, members: Collection[bytes]) -> int:
        """The set of these members; who is not known is not in it."""
        rows = self._database.all(_NUMBERS, (json.dumps([member.hex() for member in members]),))
        return sum(1 << n for (n,) in rows)

    def members(self, numbered: int) -> list[bytes]:
        """The members of a set."""
        rows = self._database.all(_MEMBERS, (json.dumps(_numbers_in(numbered)),))
        return [member for (member,) in rows]


def put_part(database: Database, kind: str, level: int, number: int, contents: bytes) -> None:
    """Write one part of the file, packed where that is worth it.

    Args:
        database: The file.
        kind: What it is.
        level: Which size of block.
        number: Which one.
        contents: Its bytes.
    """
    packed = zlib.compress(contents, 1)
    raw = b"z" + packed if len(packed) * 2 < len(contents) else b"=" + contents
    database.run(_PUT, (kind, level, number, zlib.crc32(raw), raw))


def bytes_of(members: int) -> bytes:
    """A set as the file holds it."""
    return members.to_bytes((members.bit_length() + 7) // 8, "little")


def _read(database: Database, kind: str, level: int, number: int) -> bytes | None:
    """One part of the file.

    Raises:
        Damaged: It is not as it was written.
    """
    row = database.one(_PART, (kind, level, number))
    if row is None:
        return None
    checksum, raw = row
    if zlib.crc32(raw) != checksum:
        raise Damaged(f"{database.name}: {kind} {level}/{number} is not as it was written")
    return zlib.decompress(raw[1:]) if raw[:1] == b"z" else raw[1:]


def _numbers_in(members: int) -> list[int]:
    return [
        place * 8 + bit for place, byte in enumerate(bytes_of(members)) if byte for bit in range(8) if byte >> bit & 1
    ]
