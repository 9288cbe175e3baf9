"""Putting another version of the programme into force."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from loyalty.document import Problem
from loyalty.encoding import command_digest
from loyalty.outcomes import Reason, Refused
from loyalty.programme import Programme, parse_programme
from loyalty.records import ProgrammeChange
from terminal.app.till import earlier, header

if TYPE_CHECKING:
    from terminal.app.till import Till


class AdoptCommand(msgspec.Struct, frozen=True):
    """The document as TOML text."""

    record_id: UUID
    text: str
    cashier_id: UUID | None = None


class Adopted(msgspec.Struct, frozen=True):
    """A programme that is in force.

    Attributes:
        programme: The rules.
        repeated: Whether this very document was in force already.
    """

    programme: Programme
    repeated: bool = False


class Mistakes(msgspec.Struct, frozen=True):
    """A document that can't come into force, with everything that is wrong with it."""

    problems: tuple[Problem, ...]


def adopt_programme(till: Till, command: AdoptCommand) -> Adopted | Mistakes | Refused:
    """Adopt a programme document; its version must be above the one in force, so that a version means one document.

    Returns:
        The programme once COMMIT has returned, or why the one in force stays.

    Raises:
        StorageError: If the disk did not take it.
    """
    programme = parse_programme(command.text)
    if isinstance(programme, list):
        return Mistakes(tuple(programme))
    currency = till.store.shop.currency
    if programme.currency != currency:
        return Mistakes((Problem("currency", f"The shop books in {currency}; that can't change"),))
    digest = command_digest(till.store.programme_key, "adopt_programme", command.text)
    with till.store.unit() as unit:
        before = earlier(unit, command.record_id, digest)
        if isinstance(before, Refused):
            return before
        if before is not None or programme == till.programme:
            return Adopted(programme, repeated=True)
        if programme.version <= till.programme.version:
            return Refused(Reason.PROGRAMME_VERSION_NOT_NEWER, {"version": till.programme.version})
        record = ProgrammeChange(
            **header(till, unit, command, None, digest),
            version=programme.version,
            document_hash=hashlib.sha256(command.text.encode()).hexdigest(),
        )
        unit.put_programme(programme, command.text)
        unit.append(record)
    return Adopted(programme)
