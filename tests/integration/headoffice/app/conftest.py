"""A whole head office on either kind of database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.office import TestedOffice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[TestedOffice]:
    """Head office with one store."""
    office = TestedOffice(tmp_path / "office", database_url)
    yield office
    office.close()
