"""One counter per test, on a ledger of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.counter import Counter
from tests.fakes.sync_line import FakeSyncActions


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    """The bakery's counter."""
    made = Counter(tmp_path / "till")
    yield made
    made.close()


@pytest.fixture
def line(counter: Counter) -> FakeSyncActions:
    """Sync runs behind this counter."""
    made = FakeSyncActions()
    counter.around.sync_actions = made
    return made
