"""A shop that commands run on."""

from pathlib import Path

import pytest

from tests.fakes.command_line import ANNA, CommandLine


@pytest.fixture
def empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """A folder in which no shop has been set up."""
    return CommandLine(tmp_path / "data", capsys)


@pytest.fixture
def shop(empty: CommandLine) -> CommandLine:
    """The bakery, with nobody enrolled."""
    empty.done("init", "--shop", "Bäckerei Morgenrot", "--programme", "bakery")
    return empty


@pytest.fixture
def anna(shop: CommandLine) -> CommandLine:
    """The bakery with Anna enrolled and 500 points on her card."""
    shop.done("member", "add", "--name", "Anna Bauer", "--card", ANNA, "--phone", "0171 2345678")
    shop.done("adjust", ANNA, "500", "--reason", "welcome")
    return shop
