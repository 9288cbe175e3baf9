"""A manager hands in the journal of a till that was shut out: signed, whole, and each record once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update

from headoffice.errors import FileUnusable
from headoffice.store.tables import TERMINAL
from loyalty.handover import LINE_BYTES_MAX, HandoverEnd, HandoverHeader, handover_bytes
from tests.fakes.headoffice import member
from tests.fakes.office import TILL_KEY, TestedOffice

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.headoffice import PretendTill


def _till(office: TestedOffice) -> PretendTill:
    """A till with its own key, revoked before it handed its last records in."""
    till = office.till()
    with office.head.database.write() as connection:
        key = TILL_KEY.public_key().public_bytes_raw()
        connection.execute(update(TERMINAL).where(TERMINAL.c.terminal_id == till.terminal_id).values(public_key=key))
    till.append(till.sale(member(1), 5_000))
    till.push(2)
    till.append(till.sale(member(1), 900), till.redemption(member(1), 100), b"nonsense")
    till.begin_epoch()
    till.append(till.sale(member(2), 700))
    office.head.revoke(till.terminal_id)
    return till


def _lines(till: PretendTill, key: Ed25519PrivateKey = TILL_KEY, first: int = 1) -> list[bytes]:
    epochs = list(dict.fromkeys(epoch for epoch, _ in till.records))
    header = HandoverHeader(till.terminal_id, till.ledger_id, TILL_KEY.public_key().public_bytes_raw(), tuple(epochs))
    starts = [next(wire.seq for of, wire in till.records if of == epoch) for epoch in epochs]
    batches = [till.request(max(first, start)) for start in starts]
    lines = [msgspec.json.encode(part) + b"\n" for part in (header, *batches)]
    signature = key.sign(handover_bytes(hashlib.sha256(b"".join(lines)).digest()))
    return [*lines, msgspec.json.encode(HandoverEnd(signature)) + b"\n"]


def _write(path: Path, lines: list[bytes]) -> Path:
    path.write_bytes(b"".join(lines))
    return path


def test_what_a_revoked_till_had_not_handed_in_is_booked(office: TestedOffice, tmp_path: Path) -> None:
    """What was known already is a duplicate, and the till stays shut out."""
    till = _till(office)
    result = office.head.import_journal(_write(tmp_path / "journal", _lines(till)))
    assert (result.terminal_id, result.records, result.booked) == (till.terminal_id, 7, 3)
    assert (result.duplicates, result.conflicts, result.quarantined, result.waiting) == (2, 1, 1, 0)
    assert (office.balance(member(1)), office.balance(member(2))) == (-41, 7)
    [view] = office.head.terminals()
    assert view.status == "revoked"
    office.assert_sound()


def test_a_file_may_be_handed_in_again(office: TestedOffice, tmp_path: Path) -> None:
    """Nothing is booked twice."""
    path = _write(tmp_path / "journal", _lines(_till(office)))
    office.head.import_journal(path)
    again = office.head.import_journal(path)
    assert (again.booked, again.conflicts, again.duplicates) == (0, 0, 6)
    assert office.balance(member(1)) == -41


def test_a_changed_file_is_refused_whole(office: TestedOffice, tmp_path: Path) -> None:
    """One byte, one line more or less, or another signature: nothing of it is booked."""
    lines = _lines(_till(office))
    changed = [
        [lines[0], lines[1].replace(b'"seq":3', b'"seq":4'), *lines[2:]],
        [lines[0], *lines[2:]],
        lines[:-1],
        [*lines, lines[1]],
        [lines[0], lines[2], lines[1], *lines[3:]],
        lines[1:],
        [b"\xff\xfe not JSON\n"],
        [],
        [b"x" * (LINE_BYTES_MAX + 1)],
        _lines(_till(office), key=Ed25519PrivateKey.generate()),
    ]
    for number, wrong in enumerate(changed):
        with pytest.raises(FileUnusable):
            office.head.import_journal(_write(tmp_path / f"journal-{number}", wrong))
    assert office.balance(member(1)) == 100


def test_a_file_of_somebody_else_is_refused(office: TestedOffice, tmp_path: Path) -> None:
    """The key in the file must be that of the till it names."""
    till = _till(office)
    stranger = office.till()
    header = HandoverHeader(stranger.terminal_id, till.ledger_id, TILL_KEY.public_key().public_bytes_raw(), ())
    line = msgspec.json.encode(header) + b"\n"
    end = HandoverEnd(TILL_KEY.sign(handover_bytes(hashlib.sha256(line).digest())))
    with pytest.raises(FileUnusable, match="not signed by a till"):
        office.head.import_journal(_write(tmp_path / "journal", [line, msgspec.json.encode(end)]))


def test_a_file_that_leaves_records_out_says_so(office: TestedOffice, tmp_path: Path) -> None:
    """A gap can't be booked over."""
    with pytest.raises(FileUnusable, match="records_missing"):
        office.head.import_journal(_write(tmp_path / "journal", _lines(_till(office), first=4)))


def test_a_missing_file_is_an_error_for_people(office: TestedOffice, tmp_path: Path) -> None:
    """A name was mistyped."""
    with pytest.raises(FileUnusable):
        office.head.import_journal(tmp_path / "nothing")
