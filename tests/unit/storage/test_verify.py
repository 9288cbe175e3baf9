"""The proof accepts a record in the form of an older version, whatever its fields hold."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from loyalty.chain import COLUMNS, chain_hash
from loyalty.encoding import encode
from storage.files import TIP_FILE
from storage.schema import JOURNAL
from storage.verify import verify

if TYPE_CHECKING:
    from tests.fakes.ledger import LedgerOfTests


@pytest.mark.parametrize(
    ("left_out", "accepted"), [(b'"late":false,', True), (b'"quantity":1,', True), (b'"late":false', False)]
)
def test_a_purchase_may_lack_what_came_later(ledger: LedgerOfTests, left_out: bytes, accepted: bool) -> None:
    """In the record itself and in its lines; but what is there must be written as it was."""
    sale = ledger.sale(ledger.member())
    ledger.append(sale)
    database = ledger.store._ledger
    payload = encode(sale).replace(left_out, b"", 1)
    assert payload != encode(sale)
    row = list(database.one(f"SELECT {COLUMNS} FROM journal WHERE seq = 3") or ())  # noqa: S608 - names of our own
    row[10:12] = payload, hashlib.sha256(payload).digest()
    database.run("DROP TRIGGER journal_refuses_update")
    changed = (*row[10:12], chain_hash(row))
    database.run("UPDATE journal SET payload = ?, body_hash = ?, hash = ? WHERE seq = 3", changed)
    database.run(JOURNAL[1])
    ledger.close()
    (ledger.directory / TIP_FILE).unlink(missing_ok=True)
    problems = verify(ledger.directory).problems
    assert accepted is not bool(problems), problems
