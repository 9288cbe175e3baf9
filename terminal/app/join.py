"""Belonging to a head office: what the ledger does once head office has taken the till in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from storage.exchange import HeadOfficeRow

if TYPE_CHECKING:
    from terminal.app.till import Till


class JoinCommand(msgspec.Struct, frozen=True):
    """What head office gave to this till.

    Attributes:
        head_office: Who it is, and as whom it knows this till.
        programme_key: The secret behind the accounts of unknown cards, the same on all its tills.
        profile_key: Opens the people in its answers.
    """

    head_office: HeadOfficeRow
    programme_key: bytes
    profile_key: bytes


class Joined(msgspec.Struct, frozen=True):
    """The till belongs to head office; so many records are on their way there."""

    store: str
    waiting: int


def join(till: Till, command: JoinCommand) -> Joined:
    """Belong to head office from now on, with the whole journal and everybody this till knows.

    A till that joins anew, after it was fenced or lost its key, does so with unchanged record ids: head office knows
    what it has.

    Raises:
        StorageError: If the disk did not take it; the till stands as it stood.
    """
    till.store.join(command.head_office, programme_key=command.programme_key, profile_key=command.profile_key)
    with till.store.reader() as reader:
        return Joined(command.head_office.store, reader.head().seq)
