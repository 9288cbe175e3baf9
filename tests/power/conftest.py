"""The compiled logger for the tests; without a compiler, or on another system, they say why they are left out."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.power.judge import Judge
from tests.power.recording import CannotRecord, build_logger

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there


@pytest.fixture(scope="session")
def power_folder() -> Iterator[Path]:
    """A folder in memory, so that the syncs of a recorded till cost nothing."""
    with tempfile.TemporaryDirectory(prefix="power-", dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def power_logger(power_folder: Path) -> Path:
    """The logger of writes, compiled once."""
    try:
        return build_logger(power_folder)
    except CannotRecord as error:
        pytest.skip(str(error))


@pytest.fixture
def judge(power_folder: Path) -> Judge:
    """A judge with a folder in memory."""
    return Judge(power_folder / "judged")
