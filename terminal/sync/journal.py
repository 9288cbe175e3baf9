"""The ledger as the sync thread sees it: it reads on connections of its own and asks the owner for the few writes."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Protocol, TypeVar
from uuid import UUID

from loyalty.feed import TombstoneEdit
from storage.tombstones import read_tombstones
from terminal.app.adopt_pending import adopt_published, take_over

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.exchange import Adoptions, HeadOfficeRow
    from storage.store import Reader, Store
    from terminal.app.till import Till

R = TypeVar("R")


class LedgerOwner(Protocol):
    """Whoever may write the ledger: the till's storage thread, or a command that has it open."""

    @property
    def store(self) -> Store:
        """The open store; other threads ask it for readers only."""
        ...

    def call(self, work: Callable[[Till], R]) -> R:
        """Do a piece of writing in order with the sales and wait until it is on disk."""
        ...


class LedgerJobs(Protocol):
    """The writes one round may need of the ledger; each is short and returns when it is on disk."""

    def begin_epoch(self) -> None:
        """Go on in a new epoch: head office knows more of this till than its own file."""
        ...

    def tell_again(self) -> None:
        """Let everything the till knows of people and cards become edits once more: head office was put back."""
        ...

    def drop_edits(self, through: int) -> None:
        """Forget edits head office has taken, up to a stamp."""
        ...

    def take_over(self, adoptions: Adoptions) -> None:
        """Let the ledger's own tables follow head office: erasures, cards, cashiers."""
        ...

    def adopt_programme(self, document: str) -> None:
        """Put a published programme into force."""
        ...


class JournalPort(Protocol):
    """What one round needs of the ledger."""

    @property
    def directory(self) -> Path:
        """The data directory."""
        ...

    @property
    def head_office(self) -> HeadOfficeRow:
        """Whom the till has joined, and as whom."""
        ...

    @property
    def reader(self) -> Reader:
        """Reads on the thread of the round."""
        ...

    @property
    def jobs(self) -> LedgerJobs:
        """Writes."""
        ...

    def tombstones(self) -> list[TombstoneEdit]:
        """Everybody who was erased, under ids that are the same every time."""
        ...


class Journal:
    """Satisfies ``JournalPort`` and ``LedgerJobs`` on an open store.

    Args:
        owner: Whoever may write it.
        reader: Reads on the thread of the round.
        head_office: Whom the till has joined.
    """

    def __init__(self, owner: LedgerOwner, reader: Reader, head_office: HeadOfficeRow) -> None:
        self._owner = owner
        self._reader = reader
        self._head_office = head_office

    @property
    def directory(self) -> Path:
        """The data directory."""
        return self._owner.store.directory

    @property
    def head_office(self) -> HeadOfficeRow:
        """Whom the till has joined."""
        return self._head_office

    @property
    def reader(self) -> Reader:
        """Reads on the thread of the round."""
        return self._reader

    @property
    def jobs(self) -> LedgerJobs:
        """Writes, done by the owner."""
        return self

    def tombstones(self) -> list[TombstoneEdit]:
        """Everybody who was erased; the file outside the database knows them all."""
        return [
            TombstoneEdit(
                edit_id=_erasure_id(known.member_id),
                member_id=known.member_id,
                erased_at_us=known.erased_at_us,
                erased_day=date.fromisoformat(known.erased_day),
            )
            for known in read_tombstones(self.directory)
        ]

    def begin_epoch(self) -> None:
        """Go on in a new epoch."""
        self._owner.call(lambda till: till.store.begin_epoch())

    def tell_again(self) -> None:
        """Tell everything once more; in small pieces, so that a sale waits for one at most."""
        more = self._owner.call(lambda till: till.store.tell(again=True))
        while more:
            more = self._owner.call(lambda till: till.store.tell())

    def drop_edits(self, through: int) -> None:
        """Forget edits head office has taken."""

        def drop(till: Till) -> None:
            with till.store.unit() as unit:
                unit.drop_edits(through)

        self._owner.call(drop)

    def take_over(self, adoptions: Adoptions) -> None:
        """Let the ledger's own tables follow head office."""
        self._owner.call(lambda till: take_over(till, adoptions))

    def adopt_programme(self, document: str) -> None:
        """Put a published programme into force."""
        self._owner.call(lambda till: adopt_published(till, document))


class OwnLedger:
    """Satisfies ``LedgerOwner`` for whoever has the store open itself."""

    def __init__(self, till: Till) -> None:
        self._till = till

    @property
    def store(self) -> Store:
        """The open store."""
        return self._till.store

    def call(self, work: Callable[[Till], R]) -> R:
        """Do it here and now."""
        return work(self._till)


def _erasure_id(member_id: UUID) -> UUID:
    """A UUID version 8 (RFC 9562, 5.8) from SHA-256 over the member: head office takes each erasure once."""
    digest = bytearray(hashlib.sha256(f"erasure {member_id}".encode()).digest()[:16])
    digest[6] = (digest[6] & 0x0F) | 0x80
    digest[8] = (digest[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(digest))
