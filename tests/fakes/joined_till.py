"""A till that has joined the head office of the tests, and rounds between the two."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID

from loyalty.cards import account_id
from loyalty.records import Sale
from loyalty.sale import Basket
from storage.exchange import Link, ReplicaState
from storage.types import AccountRow
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.app.till import Till
from terminal.sync.context import Hooks
from terminal.sync.journal import OwnLedger
from terminal.sync.keys import KeyStore
from terminal.sync.round import RoundResult
from terminal.sync.session import Session
from tests.fakes.head_office_port import PROFILE_KEY, FakeHeadOffice
from tests.fakes.ledger import LedgerOfTests, card_number

PROGRAMME_KEY = bytes(range(1, 33))


class JoinedTill:
    """One till on a ledger of tests, joined to a fake head office.

    Attributes:
        ledger: Its files, clock and ids.
        office: The head office.
    """

    def __init__(self, directory: Path, *, join: bool = True) -> None:
        self.ledger = LedgerOfTests(directory)
        self.office = FakeHeadOffice(self.ledger.clock)
        if join:
            self.join()

    @property
    def till(self) -> Till:
        return Till(self.ledger.store, self.ledger.clock, self.ledger.ids)

    @property
    def owner(self) -> OwnLedger:
        return OwnLedger(self.till)

    def join(self) -> None:
        """Belong to the head office."""
        KeyStore(self.ledger.directory, None).keep(self.office.row.terminal_id, bytes(32))
        self.ledger.store.join(self.office.row, programme_key=PROGRAMME_KEY, profile_key=PROFILE_KEY)

    def session(self) -> Session:
        """An open line; to be closed."""
        head_office = self.ledger.store.head_office
        assert head_office is not None
        keys = KeyStore(self.ledger.directory, None)
        return Session(self.owner, head_office, keys, self.ledger.clock, lambda *_: self.office)

    def round(self, hooks: Hooks | None = None) -> RoundResult:
        """One round on a line of its own."""
        with closing(self.session()) as session:
            return session.round(hooks or Hooks(), "tests")

    def member(self, number: int = 1) -> UUID:
        """The account of a card with a running number."""
        return account_id(self.ledger.store.programme_key, card_number(number))

    def sell(self, number: int = 1, cents: int = 1_000) -> Sale:
        """Book a sale; a point per euro."""
        earned = earn(self.till, EarnCommand(self.ledger.ids.record_id(), card_number(number), Basket(cents)))
        assert isinstance(earned, Earned), earned
        return earned.record

    def account(self, number: int = 1) -> AccountRow:
        """The effective account of a card."""
        with self.ledger.store.reader() as reader:
            return reader.account(self.member(number))

    def link(self) -> Link:
        """How it stands with head office."""
        with self.ledger.store.reader() as reader:
            return reader.link()

    def state(self) -> ReplicaState | None:
        """How far its replica goes."""
        with self.ledger.store.reader() as reader:
            return reader.replica_state()

    def head_seq(self) -> int:
        """The journal's last position."""
        with self.ledger.store.reader() as reader:
            return reader.head().seq

    def close(self) -> None:
        self.ledger.close()


def until(stopping_after: int) -> Callable[[], bool]:
    """Says stop from the n-th question on."""
    asked = 0

    def stopping() -> bool:
        nonlocal asked
        asked += 1
        return asked > stopping_after

    return stopping
