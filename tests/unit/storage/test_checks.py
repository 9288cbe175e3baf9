"""What is checked before a till opens says what is wrong; who only looks changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.checks import programme_key
from storage.files import KEY_BEFORE_JOINING, KEY_FILE

if TYPE_CHECKING:
    from tests.fakes.ledger import LedgerOfTests


@pytest.mark.parametrize("writable", [True, False])
def test_the_key_from_before_an_unfinished_joining_is_used(ledger: LedgerOfTests, *, writable: bool) -> None:
    """A till that may write puts it back; who only looks uses it and leaves the files as they are."""
    key, other = ledger.store.programme_key, bytes(32)
    (ledger.directory / KEY_BEFORE_JOINING).write_bytes(key)
    (ledger.directory / KEY_FILE).write_bytes(other)
    assert programme_key(ledger.directory, ledger.store._ledger, writable=writable) == key
    assert (ledger.directory / KEY_FILE).read_bytes() == (key if writable else other)
