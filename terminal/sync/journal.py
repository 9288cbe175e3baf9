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
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from loyalty.numbering import Block, Series
    from loyalty.programme import Programme
    from storage.exchange import Adoptions, HeadOfficeRow
    from storage.numbers import UntoldBlock
    from storage.store import Reader, Store, Unit
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

    def tell_again(self, *, missing: bool) -> None:
        """Remember that head office was put back and has to be told edits again, and then what it lacks even so."""
        ...

    def edits_repeated(self) -> None:
        """Remember that it has been told the edits."""
        ...

    def tell_missing(self) -> bool:
        """Make edits of some of what it lacks; gives whether more is left."""
        ...

    def drop_edits(self, through: int) -> None:
        """Take edits head office has taken from what waits, up to a stamp."""
        ...

    def forget_edits(self) -> None:
        """Delete some of the kept edits that are too old or too many."""
        ...

    def take_over(self, adoptions: Adoptions) -> None:
        """Let the ledger's own tables follow head office: erasures, cards, cashiers."""
        ...

    def adopt_programme(self, document: str) -> None:
        """Put a published programme into force."""
        ...

    def keep_numbers(self, series: Series, block: Block, server_epoch: UUID) -> None:
        """Keep a block of card numbers that head office gave to this till."""
        ...

    def numbers_told(self, blocks: Sequence[UntoldBlock], server_epoch: UUID) -> None:
        """Remember which card numbers head office knows this till to have."""
        ...


class JournalPort(Protocol):
    """What one round needs of the ledger.

    Attributes:
        followed: Whether the ledger's own tables are known to have followed all that has come down. Not known at first:
            the last run may have ended between taking something over and following it.
    """

    followed: bool

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
    def programme(self) -> Programme:
        """The rules in force."""
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

    Attributes:
        followed: See ``JournalPort``.
    """

    def __init__(self, owner: LedgerOwner, reader: Reader, head_office: HeadOfficeRow) -> None:
        self._owner = owner
        self._reader = reader
        self._head_office = head_office
        self.followed = False

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
    def programme(self) -> Programme:
        """The rules in force."""
        return self._owner.store.programme

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

    def tell_again(self, *, missing: bool) -> None:
        """Remember what head office has to be told again."""
        self._in_unit(lambda unit: unit.tell_again(missing=missing))

    def edits_repeated(self) -> None:
        """Remember that it has been told."""
        self._in_unit(lambda unit: unit.edits_repeated())

    def tell_missing(self) -> bool:
        """Make edits of some of what it lacks."""
        return self._in_unit(lambda unit: unit.tell_missing())

    def drop_edits(self, through: int) -> None:
        """Take edits head office has taken from what waits."""
        self._in_unit(lambda unit: unit.drop_edits(through))

    def forget_edits(self) -> None:
        """Delete some of the kept edits."""
        self._in_unit(lambda unit: unit.forget_edits())

    def take_over(self, adoptions: Adoptions) -> None:
        """Let the ledger's own tables follow head office."""
        self._owner.call(lambda till: take_over(till, adoptions))

    def adopt_programme(self, document: str) -> None:
        """Put a published programme into force."""
        self._owner.call(lambda till: adopt_published(till, document))

    def keep_numbers(self, series: Series, block: Block, server_epoch: UUID) -> None:
        """Keep a block of card numbers."""
        self._in_unit(lambda unit: unit.numbers.keep(series, block, server_epoch))

    def numbers_told(self, blocks: Sequence[UntoldBlock], server_epoch: UUID) -> None:
        """Remember what head office knows of them."""
        self._in_unit(lambda unit: unit.numbers.told(blocks, server_epoch))

    def _in_unit(self, work: Callable[[Unit], R]) -> R:
        def job(till: Till) -> R:
            with till.store.unit() as unit:
                return work(unit)

        return self._owner.call(job)


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
