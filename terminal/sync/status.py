"""How the till stands with head office, as one value: the pill, the sync screen and ``sync status`` show it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from loyalty.wire import ProblemCode
    from terminal.app.adopt_pending import Unreadable


class SyncMode(StrEnum):
    """How the till stands with head office."""

    ALONE = "alone"
    STARTING = "starting"
    ONLINE = "online"
    OFFLINE = "offline"
    PROBLEM = "problem"


class SyncTrouble(StrEnum):
    """Why the till itself can't go on with head office; what head office says is a ``ProblemCode``."""

    UNREACHABLE = "unreachable"
    ADDRESS_WRONG = "address_wrong"
    CODE_UNREADABLE = "code_unreadable"
    CODE_WITHOUT_FINGERPRINT = "code_without_fingerprint"
    CERTIFICATE_WRONG = "certificate_wrong"
    CERTIFICATE_CHANGED = "certificate_changed"
    KEYS_MISSING = "keys_missing"
    NOT_ENCRYPTED = "not_encrypted"
    ANSWER_WRONG = "answer_wrong"
    FACTS_DIFFER = "facts_differ"
    REPLICA_UNUSABLE = "replica_unusable"
    CANNOT_SERVE = "cannot_serve"
    FILE_NOT_WRITTEN = "file_not_written"


class Task(StrEnum):
    """What takes long enough to show its progress."""

    SENDING = "sending"
    DOWNLOADING = "downloading"
    CHECKING = "checking"
    CATCHING_UP = "catching_up"


class KeyPlace(StrEnum):
    """Where the private key of this till lies."""

    KEYRING = "keyring"
    FILE = "file"


class Progress(msgspec.Struct, frozen=True):
    """How far a long task is: ``done`` of ``total`` records or bytes; a total of 0 means that nobody knows yet."""

    what: Task
    done: int
    total: int = 0


class PendingProgramme(msgspec.Struct, frozen=True):
    """A programme head office has published that is not in force here yet."""

    version: int
    starts_at_us: int


class UnreadableProgramme(msgspec.Struct, frozen=True):
    """A programme head office has published that this till can't put into force, and why."""

    version: int
    starts_at_us: int
    why: Unreadable


class SyncStatus(msgspec.Struct, frozen=True):
    """One look at the line to head office. The default is a till that stands alone.

    Attributes:
        mode: How the till stands with head office.
        waiting: Journal records head office has not acknowledged.
        oldest_us: When the oldest of them was made, 0 when there is none.
        acked_seq: The last journal position head office has acknowledged, 0 for none.
        last_contact_us: When head office last answered, in microseconds since 1970 UTC, 0 for never.
        problem: Why sync stands still, ``None`` unless the mode says problem.
        quarantined: Own records head office stored but could not read.
        conflicts: Open conflicts of this store's members, for people to look at.
        store: The store this till belongs to.
        url: Where head office is.
        clock_off_ms: How far the till's clock is ahead of head office's, in milliseconds.
        progress: The long task that is running.
        key_place: Where the private key lies, ``None`` while there is none.
        pending: The next programme, ``None`` when there is none.
        unreadable: The newest published programme that this till can't read, ``None`` when it can read them all.
        serving: The address under which this till serves the others of the shop, empty when it does not.
        caught_up: Whether head office's state has been taken over completely since joining or being put back.
    """

    mode: SyncMode = SyncMode.ALONE
    waiting: int = 0
    oldest_us: int = 0
    acked_seq: int = 0
    last_contact_us: int = 0
    problem: ProblemCode | SyncTrouble | None = None
    quarantined: int = 0
    conflicts: int = 0
    store: str = ""
    url: str = ""
    clock_off_ms: int = 0
    progress: Progress | None = None
    key_place: KeyPlace | None = None
    pending: PendingProgramme | None = None
    unreadable: UnreadableProgramme | None = None
    serving: str = ""
    caught_up: bool = True

    @property
    def joined(self) -> bool:
        """Whether the till belongs to a head office."""
        return self.mode is not SyncMode.ALONE
