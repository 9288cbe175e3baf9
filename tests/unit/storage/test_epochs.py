"""Epochs: the first record of each says under which key its till wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty.encoding import encode
from storage.epochs import key_fits

if TYPE_CHECKING:
    from tests.fakes.ledger import LedgerOfTests


def test_only_the_key_of_the_newest_epoch_fits(ledger: LedgerOfTests) -> None:
    """Another key would give unknown cards other accounts."""
    key, database = ledger.store.programme_key, ledger.store._ledger
    ledger.store.begin_epoch()
    assert key_fits(database, key)
    assert not key_fits(database, bytes(len(key)))


def test_no_key_fits_a_start_that_is_another_record(ledger: LedgerOfTests) -> None:
    """The columns say where an epoch begins, the payload is a sale: nothing there proves a key."""
    key, database = ledger.store.programme_key, ledger.store._ledger
    database.run("DROP TRIGGER journal_refuses_update")
    database.run("UPDATE journal SET payload = ? WHERE seq = 1", (encode(ledger.sale(None)),))
    assert not key_fits(database, key)
