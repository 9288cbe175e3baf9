"""A till that has joined a head office."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.joined_till import JoinedTill


@pytest.fixture
def till(tmp_path: Path) -> Iterator[JoinedTill]:
    """A joined till that has not talked to head office yet."""
    joined = JoinedTill(tmp_path / "data")
    yield joined
    joined.close()
