"""A shop whose till will be lost, for the tests of recovering."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.lonely_till import LonelyTill
from tests.fakes.lost_till import LostTill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LostTill]:
    """Two tills and a head office at work."""
    made = LostTill(tmp_path)
    yield made
    made.close()


@pytest.fixture
def lonely(tmp_path: Path) -> Iterator[LonelyTill]:
    """A till at work."""
    made = LonelyTill(tmp_path)
    yield made
    made.close()
