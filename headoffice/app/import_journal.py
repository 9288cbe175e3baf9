"""Handing in what a till that was shut out still has: a manager brings its signed file.

Its records are booked and its edits of people taken by the same code as if the till had sent them itself.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, TypeVar

import msgspec

from headoffice.app.edits import take_edits
from headoffice.errors import FileUnusable, Refusal
from headoffice.intake import ingest
from headoffice.people.handed_in import open_edits
from headoffice.signatures import verified
from headoffice.store.rows import TerminalRow, terminal_row
from headoffice.views import ImportResult
from loyalty.handover import (
    EDITS_LINE,
    LINE_BYTES_MAX,
    HandoverEdits,
    HandoverEnd,
    HandoverHeader,
    handover_bytes,
)
from loyalty.wire import PushRequest, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from headoffice.office import Office
    from loyalty.feed import EditsRequest

Read = TypeVar("Read")


def import_journal(office: Office, path: Path) -> ImportResult:
    """Book a till's journal file under the till's id, whether or not it may still talk to head office.

    Records and edits keep their ids, so what is known already changes nothing, and the file can be handed in again. An
    older file has no edits.

    Raises:
        FileUnusable: It is no such file, was changed since the till signed it, or does not follow on what is here.
    """
    header = _check(office, path)
    with office.database.snapshot() as connection:
        terminal = terminal_row(connection, header.terminal_id)
    if terminal is None or terminal.public_key != header.public_key or not terminal.public_key:
        raise FileUnusable(f"{path}: not signed by a till of this head office")
    verdicts: Counter[Verdict] = Counter()
    edits = 0
    for number, line in enumerate(_lines(path), start=1):
        if line.startswith(EDITS_LINE):
            request = _open(office, header, path, number, line)
            edits += take_edits(office, terminal, request).taken
        elif number > 1 and not _is_end(line):
            verdicts.update(_take(office, terminal, _read(path, number, line, PushRequest), f"{path}, line {number}"))
    return ImportResult(
        terminal_id=header.terminal_id,
        records=verdicts.total(),
        booked=verdicts[Verdict.BOOKED],
        duplicates=verdicts[Verdict.DUPLICATE],
        conflicts=verdicts[Verdict.CONFLICT],
        waiting=verdicts[Verdict.WAITING],
        quarantined=verdicts[Verdict.QUARANTINED],
        edits=edits,
    )


def _take(office: Office, terminal: TerminalRow, request: PushRequest, place: str) -> tuple[Verdict, ...]:
    try:
        outcome = ingest.push(office.database, terminal, request, office.clock.now_us(), by_hand=True)
    except Refusal as refusal:
        raise FileUnusable(f"{place}: {refusal.support}") from refusal
    if outcome.gap is not None:
        raise FileUnusable(f"{place}: {outcome.gap}, the file does not follow on what is here")
    return outcome.verdicts


def _open(office: Office, header: HandoverHeader, path: Path, number: int, line: bytes) -> EditsRequest:
    sealed = _read(path, number, line, HandoverEdits)
    request = open_edits(office.secrets.signing_key, header.terminal_id, sealed)
    if request is None:
        raise FileUnusable(f"{path}, line {number}: not sealed for this head office")
    return request


def _check(office: Office, path: Path) -> HandoverHeader:
    """Read the whole file once before anything of it is booked; every byte is under the signature."""
    digest = hashlib.sha256()
    header: HandoverHeader | None = None
    end: HandoverEnd | None = None
    for number, line in enumerate(_lines(path), start=1):
        if end is not None:
            raise FileUnusable(f"{path}, line {number}: something follows the signature")
        if header is None:
            header = _read(path, number, line, HandoverHeader)
        elif _is_end(line):
            end = _read(path, number, line, HandoverEnd)
            continue
        elif line.startswith(EDITS_LINE):
            _open(office, header, path, number, line)
        digest.update(line)
    if header is None or end is None:
        raise FileUnusable(f"{path}: the file was cut off")
    if not verified(header.public_key, handover_bytes(digest.digest()), end.signature):
        raise FileUnusable(f"{path}: the signature does not fit")
    return header


def _is_end(line: bytes) -> bool:
    return line.startswith(b'{"signature"')


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while line := file.readline(LINE_BYTES_MAX + 1):
                if len(line) > LINE_BYTES_MAX:
                    raise FileUnusable(f"{path}: a line is longer than {LINE_BYTES_MAX} bytes")
                yield line
    except OSError as error:
        raise FileUnusable(f"{path}: {error}") from error


def _read(path: Path, number: int, line: bytes, kind: type[Read]) -> Read:
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise FileUnusable(f"{path}, line {number}: {error}") from error
