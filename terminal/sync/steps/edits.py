"""What people changed goes up: profiles, cards, texts, cashiers, erasures; each is taken once, by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from loyalty.feed import EDITS_MAX, EditsRequest
from terminal.sync.errors import answer_wrong

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loyalty.feed import Edit
    from terminal.sync.context import Round

EDIT_BYTES_MAX: Final = 512 * 1024
"""The most bytes of edits in one request, far below the largest body."""


def send_edits(around: Round) -> int:
    """Hand in every edit that waits.

    They stay in the ledger until what head office made of them has come down: until then this till shows its own words.

    Returns:
        The stamp of the last one, 0 when there was none.
    """
    stamp = 0
    while waiting := around.reader.edits_after(stamp, EDITS_MAX):
        _send(around, [edit for _, edit in waiting])
        stamp = waiting[-1][0]
    return stamp


def send_kept(around: Round) -> None:
    """Repeat every edit head office once had taken, in the old order; it takes those it has lost since."""
    stamp = 0
    while kept := around.reader.kept_after(stamp, EDITS_MAX):
        _send(around, [edit for _, edit in kept if edit is not None])
        stamp = kept[-1][0]
    around.journal.jobs.edits_repeated()


def tell_missing(around: Round) -> None:
    """Tell head office of people and cards that it lacks even after its edits were repeated; in small pieces."""
    while around.journal.jobs.tell_missing():
        around.go_on()


def forget_edits(around: Round) -> None:
    """Delete the kept edits that are too old or too many; in small pieces, so that a sale waits for one at most."""
    while around.reader.has_outdated_edits():
        around.go_on()
        around.journal.jobs.forget_edits()


def send_tombstones(around: Round) -> None:
    """Repeat every erasure to a head office that was put back: it must forget again before anything is read from it."""
    _send(around, around.journal.tombstones())


def _send(around: Round, edits: Sequence[Edit]) -> None:
    for part in parts(edits):
        around.go_on()
        reply = around.port.edits(EditsRequest(part))
        if reply.taken != len(part):
            raise answer_wrong(f"{reply.taken} of {len(part)} edits taken")


def parts(edits: Sequence[Edit]) -> Iterator[tuple[Edit, ...]]:
    """Edits in pieces that are bounded in number and in bytes."""
    part: list[Edit] = []
    size = 0
    for edit in edits:
        length = len(msgspec.json.encode(edit))
        if part and (len(part) == EDITS_MAX or size + length > EDIT_BYTES_MAX):
            yield tuple(part)
            part, size = [], 0
        part.append(edit)
        size += length
    if part:
        yield tuple(part)
