"""A joined till's open line: its reader, its replica, the connection, and the rounds on them. Belongs to one thread."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Protocol, Self

import msgspec

from terminal.sync.http import HttpHeadOffice
from terminal.sync.journal import Journal
from terminal.sync.line import Line
from terminal.sync.port import HeadOfficePort
from terminal.sync.round import US_PER_MS, run_round

if TYPE_CHECKING:
    from loyalty.ports import Clock
    from storage.exchange import HeadOfficeRow, Link
    from storage.store import Reader
    from terminal.sync.context import Hooks
    from terminal.sync.journal import LedgerOwner
    from terminal.sync.keys import KeyStore
    from terminal.sync.round import RoundResult


class OpenPort(HeadOfficePort, Protocol):
    """A line that can be ended."""

    def hang_up(self) -> None:
        """End the call that is going on, from another thread; every further one fails at once."""
        ...

    def close(self) -> None:
        """Close the line."""
        ...


class Connect(Protocol):
    """Opens a line to the head office a till has joined."""

    def __call__(self, head_office: HeadOfficeRow, private_key: bytes, clock: Clock, offset_ms: int) -> OpenPort:
        """Open it; nothing is sent yet.

        Args:
            head_office: Whom to.
            private_key: The till's, raw.
            clock: The machine's clock, uncorrected.
            offset_ms: What head office last said about that clock.
        """
        ...


def connect_over_http(head_office: HeadOfficeRow, private_key: bytes, clock: Clock, offset_ms: int) -> OpenPort:
    """The real line."""
    line = Line(head_office.url, head_office.ca_pem)
    return HttpHeadOffice(line, head_office.terminal_id, private_key, clock, offset_ms=offset_ms)


class Session:
    """One joined till while its sync runs.

    Attributes:
        head_office: Whom it has joined.
        reader: Reads of its ledger.
        key_place: Where its key lies.
    """

    def __init__(
        self, owner: LedgerOwner, head_office: HeadOfficeRow, keys: KeyStore, clock: Clock, connect: Connect
    ) -> None:
        """Open everything; nothing is sent yet.

        Raises:
            Broken: The till's key is gone.
            StorageError: The replica can't be opened or made.
        """
        self.head_office = head_office
        self._clock = clock
        self._connect = connect
        self._offset_ms = 0
        self._private_key, self.key_place = keys.find(head_office.terminal_id)
        with ExitStack() as opened:
            self.reader: Reader = opened.enter_context(closing(owner.store.reader()))
            self._replica = opened.enter_context(closing(owner.store.open_replica()))
            self._offset_ms = self._replica.link().offset_ms
            self._port = opened.enter_context(closing(self.new_port()))
            self._journal = Journal(owner, self.reader, head_office)
            self._opened = opened.pop_all()

    def new_port(self) -> OpenPort:
        """A further line, for a thread that listens while this one works."""
        return self._connect(self.head_office, self._private_key, self._clock, self._offset_ms)

    def link(self) -> Link:
        """How this till stands with head office."""
        return self._replica.link()

    def round(self, hooks: Hooks, software: str) -> RoundResult:
        """Do one round; see ``run_round``."""
        result = run_round(self._journal, self._replica, self._port, self._clock, hooks=hooks, software=software)
        self._offset_ms = result.offset_ms
        return result

    def heard_nothing(self) -> None:
        """Head office has answered that there is nothing new: the till is in contact all the same."""
        link = self._replica.link()
        now_us = self._clock.now_us() + link.offset_ms * US_PER_MS
        self._replica.put_link(msgspec.structs.replace(link, last_contact_us=now_us))

    def has_something_to_send(self) -> bool:
        """Whether a round would hand anything in."""
        acked = self._replica.link().acked
        return self.reader.head().seq > (acked.seq if acked else 0) or self.reader.edits_waiting() > 0

    def hang_up(self) -> None:
        """End the call that is going on; from another thread."""
        self._port.hang_up()

    def close(self) -> None:
        """Close everything."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
