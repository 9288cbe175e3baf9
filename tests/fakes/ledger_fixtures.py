"""Fixtures of the ledger's tests, shared by its unit and integration tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.ledger import LedgerOfTests
from tests.fakes.ledger_joined import JoinedLedger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.store import Reader

__all__ = ["joined", "joined_reader", "ledger", "reader"]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[LedgerOfTests]:
    """A new shop with an open till."""
    made = LedgerOfTests(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def reader(ledger: LedgerOfTests) -> Iterator[Reader]:
    """Reads beside the open till."""
    with ledger.store.reader() as opened:
        yield opened


@pytest.fixture
def joined(tmp_path: Path) -> Iterator[JoinedLedger]:
    """A new shop whose open till belongs to a head office that has not spoken yet."""
    made = JoinedLedger(tmp_path / "joined")
    yield made
    made.close()


@pytest.fixture
def joined_reader(joined: JoinedLedger) -> Iterator[Reader]:
    """Reads beside that till."""
    with joined.store.reader() as opened:
        yield opened
