"""Templates and folders in memory for worlds."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.simulation.templates import Templates, make_templates, memory_folder

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def worlds() -> Iterator[Path]:
    """Where worlds live."""
    with tempfile.TemporaryDirectory(prefix="worlds-", dir=memory_folder()) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def templates(worlds: Path) -> Templates:
    """Fresh tills and head office to copy."""
    return make_templates(worlds / "templates")


@pytest.fixture
def world_folder(worlds: Path) -> Iterator[Path]:
    """An empty folder for one world, gone afterwards."""
    with tempfile.TemporaryDirectory(dir=worlds) as folder:
        yield Path(folder)
