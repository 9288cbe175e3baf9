"""Tills for the tests of use cases."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from terminal.app.till import Till
from tests.fakes.ledger import LedgerOfTests
from tests.fakes.ledger_joined import JoinedLedger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[LedgerOfTests]:
    """A till that stands alone."""
    with closing(LedgerOfTests(tmp_path / "till")) as made:
        yield made


@pytest.fixture
def joined(tmp_path: Path) -> Iterator[JoinedLedger]:
    """A till that belongs to a head office."""
    with closing(JoinedLedger(tmp_path / "till")) as made:
        yield made


@pytest.fixture
def till(ledger: LedgerOfTests) -> Till:
    """The use cases of one that stands alone."""
    return Till(ledger.store, ledger.clock, ledger.ids)
