"""A shop that commands run on. It is set up once and copied for each test; ids go on from another seed."""

import shutil
from pathlib import Path

import pytest

from tests.fakes.command_line import ANNA, CommandLine


@pytest.fixture(scope="session")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bakery's data directory, with nobody enrolled; to be copied."""
    command_line = CommandLine(tmp_path_factory.mktemp("bakery") / "data")
    command_line.done("init", "--shop", "Bäckerei Morgenrot", "--programme", "bakery")
    return command_line.directory


@pytest.fixture(scope="session")
def annas(bakery: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bakery's data directory with Anna enrolled and 500 points on her card; to be copied."""
    command_line = CommandLine(_copy(bakery, tmp_path_factory.mktemp("anna")), seed=2)
    command_line.done("member", "add", "--name", "Anna Bauer", "--card", ANNA, "--phone", "0171 2345678")
    command_line.done("adjust", ANNA, "500", "--reason", "welcome")
    return command_line.directory


@pytest.fixture
def empty(tmp_path: Path) -> CommandLine:
    """A folder in which no shop has been set up."""
    return CommandLine(tmp_path / "data")


@pytest.fixture
def shop(bakery: Path, tmp_path: Path) -> CommandLine:
    """The bakery, with nobody enrolled."""
    return CommandLine(_copy(bakery, tmp_path), seed=3)


@pytest.fixture
def anna(annas: Path, tmp_path: Path) -> CommandLine:
    """The bakery with Anna enrolled and 500 points on her card."""
    return CommandLine(_copy(annas, tmp_path), seed=3)


def _copy(directory: Path, folder: Path) -> Path:
    return Path(shutil.copytree(directory, folder / "data"))
