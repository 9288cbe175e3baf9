"""One counter per test, on a ledger of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.counter import Counter


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    """The bakery's counter."""
    made = Counter(tmp_path / "till")
    yield made
    made.close()
