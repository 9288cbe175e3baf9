"""Programme versions: published with a start, numbered so that every till takes them for newer than its own."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import func, select

from headoffice.authority import put_programme
from headoffice.store.archive import ProgrammeLine
from headoffice.store.tables import PROGRAMME, RECORD, SERVER
from headoffice.views import ProgrammeState, ProgrammeView, Published
from loyalty.document import Problem
from loyalty.encoding import decode
from loyalty.programme import Programme, parse_programme, with_version
from loyalty.records import ProgrammeChange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from headoffice.office import Office
    from loyalty.wire import PushRequest, WireRecord


def publish(
    office: Office, document: str, *, starts_at_us: int | None = None, by: str = ""
) -> Published | tuple[Problem, ...]:
    """Publish a document under its own version, or the next free one when that is used.

    Returns:
        The version, or all mistakes of the document.
    """
    programme = parse_programme(document)
    if isinstance(programme, list):
        return tuple(programme)
    if programme.currency != office.server.currency:
        return (Problem("currency", f"Head office counts in {office.server.currency}"),)
    now_us = office.clock.now_us()
    starts_us = max(now_us, starts_at_us or 0)

    def work(connection: Connection) -> ProgrammeLine:
        newest = max(_newest_published(connection), _newest_recorded(connection))
        version = max(programme.version, newest + 1)
        line = ProgrammeLine(version, numbered(document, version), starts_us, now_us, by)
        put_programme(connection, line)
        return line

    line = office.database.transact(work)
    office.archive.append([line])
    return Published(line.version, line.starts_at_us)


def count_on(office: Office, till_version: int) -> None:
    """Publish what is in force and what is to come again, above the version that a joining till knows.

    A till adopts only what is newer than its own rules; one that stood alone may have counted further.
    """
    now_us = office.clock.now_us()

    def work(connection: Connection) -> list[ProgrammeLine]:
        known = _lines(connection)
        current = [line for line, state in _states(known, now_us) if state is not ProgrammeState.REPLACED]
        if not current or till_version < min(line.version for line in current):
            return []
        first = max(till_version, *(line.version for line in known)) + 1
        again = [
            msgspec.structs.replace(line, version=version, document=numbered(line.document, version))
            for version, line in enumerate(sorted(current, key=lambda line: line.version), start=first)
        ]
        for line in again:
            put_programme(connection, line)
        return again

    office.archive.append(office.database.transact(work))


def count_on_behind(office: Office, request: PushRequest) -> None:
    """Count on when a till's journal tells of rules of its own that it would take for newer than the published ones.

    It happens to a till that joined before anything was published. Rules it has from here are known by their hash.
    """
    adopted = [record for record in map(_change, request.records) if record is not None]
    if not adopted:
        return
    with office.database.snapshot() as connection:
        published = {line.version: _hash(line.document) for line in _lines(connection)}
    own = [record.version for record in adopted if published.get(record.version) != record.document_hash]
    if own:
        count_on(office, max(own))


def _change(wire: WireRecord) -> ProgrammeChange | None:
    if b'"programme_change"' not in wire.payload:
        return None
    try:
        record = decode(wire.payload)
    except ValueError:
        return None
    return record if isinstance(record, ProgrammeChange) else None


def _hash(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()


def numbered(document: str, version: int) -> str:
    """A document under another version.

    Raises:
        ValueError: The version could not be replaced; the document was checked before, so that is a bug.
    """
    changed = with_version(document, version)
    programme = parse_programme(changed)
    if isinstance(programme, list) or programme.version != version:
        raise ValueError(f"The programme can't be given version {version}")
    return changed


def programmes(office: Office) -> tuple[ProgrammeView, ...]:
    """All published versions, newest first."""
    now_us = office.clock.now_us()
    with office.database.snapshot() as connection:
        lines = _lines(connection)
    states = _states(lines, now_us)
    return tuple(
        ProgrammeView(
            version=line.version,
            name=_read(line).name,
            state=state,
            starts_at_us=line.starts_at_us,
            published_at_us=line.published_at_us,
            published_by=line.published_by,
            document=line.document,
            overtaken_by=_overtaken_by(lines, line) if line.starts_at_us > now_us else 0,
        )
        for line, state in reversed(states)
    )


def _overtaken_by(lines: Sequence[ProgrammeLine], line: ProgrammeLine) -> int:
    """The version that keeps one from starting, 0 when none does."""
    higher = (other for other in lines if other.version > line.version)
    return next((other.version for other in higher if other.starts_at_us <= line.starts_at_us), 0)


def _states(lines: Sequence[ProgrammeLine], now_us: int) -> list[tuple[ProgrammeLine, ProgrammeState]]:
    """Where each version stands: tills go to the highest that has started and never back to a lower one."""
    begun = max((line.version for line in lines if line.starts_at_us <= now_us), default=0)
    states = {True: ProgrammeState.PENDING, False: ProgrammeState.REPLACED}
    return [
        (line, ProgrammeState.IN_FORCE if line.version == begun else states[line.version > begun]) for line in lines
    ]


def _lines(connection: Connection) -> list[ProgrammeLine]:
    columns = [PROGRAMME.c[name] for name in ProgrammeLine.__struct_fields__]
    return [ProgrammeLine(*row) for row in connection.execute(select(*columns).order_by(PROGRAMME.c.version))]


def _read(line: ProgrammeLine) -> Programme:
    programme = parse_programme(line.document)
    assert isinstance(programme, Programme), "only documents without mistakes are published"
    return programme


def _newest_published(connection: Connection) -> int:
    """The highest number given; publishers wait for each other at head office's own row."""
    connection.execute(select(SERVER.c.id).with_for_update())
    return connection.scalar(select(func.max(PROGRAMME.c.version))) or 0


def _newest_recorded(connection: Connection) -> int:
    """The highest version that any till's journal has come to by itself."""
    payloads = connection.scalars(select(RECORD.c.payload).where(RECORD.c.kind == "programme_change"))
    changes = (decode(payload) for payload in payloads)
    return max((change.version for change in changes if isinstance(change, ProgrammeChange)), default=0)
