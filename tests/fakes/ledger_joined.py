"""A joined till for tests, and head office's answers without a head office."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty.feed import ChangesReply, Cursor, Item, ProfileItem, StatementItem
from loyalty.wire import EpochHead
from storage.exchange import HeadOfficeRow
from storage.vault import seal
from tests.fakes.ledger import LedgerOfTests

if TYPE_CHECKING:
    from pathlib import Path

    from loyalty.directory import Profile
    from storage.exchange import Published
    from storage.replica import Replica
    from storage.types import Head

SERVER: Final = UUID(int=0x5E)
SERVER_EPOCH: Final = UUID(int=0x5EE)
TERMINAL: Final = UUID(int=0x7E)
PROGRAMME_KEY: Final = bytes(range(32))
PROFILE_KEY: Final = bytes(range(32, 64))
LATER: Final = date(2030, 1, 1)


def head_office(server_id: UUID = SERVER, terminal_id: UUID = TERMINAL) -> HeadOfficeRow:
    """Where the till of a test belongs."""
    return HeadOfficeRow(
        "http://127.0.0.1:8777", terminal_id, server_id, SERVER_EPOCH, bytes(32), "Mitte", joined_at_us=1
    )


def token(n: int) -> bytes:
    """The random token of a feed's step."""
    return hashlib.sha256(b"%d" % n).digest()[:16]


def cursor(n: int, epoch: UUID = SERVER_EPOCH) -> Cursor:
    """A step of the feed."""
    return Cursor(epoch, n, token(n))


def sealed(member_id: UUID, profile: Profile, key: bytes = PROFILE_KEY) -> ProfileItem:
    """A person as head office's answers carry one."""
    return ProfileItem(member_id, *seal(profile, key, member_id))


class JoinedLedger(LedgerOfTests):
    """A ledger that belongs to a head office.

    Attributes:
        replica: The sync thread's side; opened at the first use.
    """

    def __init__(self, directory: Path, seed: int = 1) -> None:
        super().__init__(directory, seed)
        self._replica: Replica | None = None
        self._n = 0
        self.join()

    def join(self, row: HeadOfficeRow | None = None) -> None:
        """Join, or join anew."""
        self.close_replica()
        self.store.join(row or head_office(), programme_key=PROGRAMME_KEY, profile_key=PROFILE_KEY)

    @property
    def replica(self) -> Replica:
        if self._replica is None:
            self._replica = self.store.open_replica()
        return self._replica

    def close_replica(self) -> None:
        """As when the sync thread ends."""
        if self._replica:
            self._replica.close()
            self._replica = None

    def close(self) -> None:
        self.close_replica()
        super().close()

    def head(self) -> Head:
        """The journal's last record."""
        with self.store.reader() as reader:
            return reader.head()

    def page(self, *items: Item, more: bool = False, reset: bool = False) -> ChangesReply:
        """The next page of changes, read now."""
        self._n += len(items)
        return ChangesReply(items, cursor(self._n), more, {}, reset, self.clock.now_us())

    def pull(self, *items: Item, covered_seq: int | None = None, reset: bool = False) -> Published:
        """Take one page over that includes own records up to a position, all of them unless told otherwise."""
        covered = self.head().seq if covered_seq is None else covered_seq
        self.replica.stage_page(self.page(*items, reset=reset), covered)
        return self.replica.publish()

    def statement(self, member_id: UUID, balance: int, **changed: object) -> StatementItem:
        """Head office's word on a member, without lots unless told otherwise."""
        return StatementItem(member_id, balance, **changed)  # type: ignore[arg-type]  # fields of a statement

    def acked(self) -> EpochHead:
        """The journal's head as head office acknowledges it."""
        head = self.head()
        return EpochHead(head.epoch, head.seq, head.hash)
