"""Reports asked of a standby, so that the database that takes what tills send has nothing else to do."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Final

import pytest

from headoffice.errors import StandbyDatabase
from headoffice.main import assemble
from tests.fakes.headoffice import PretendTill, member, open_store
from tests.fakes.postgres_pair import PostgresPair
from tests.fakes.served import command, document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POINTS: Final = 50


@pytest.fixture(scope="module")
def pair() -> Iterator[PostgresPair]:
    """A database and its standby."""
    both = PostgresPair()
    yield both
    both.remove()


@pytest.fixture(scope="module")
def data(pair: PostgresPair, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a head office that has booked a sale."""
    folder = tmp_path_factory.mktemp("office")
    with closing(assemble(folder, pair.primary.url("postgres"))) as head:
        open_store(head.database)
        till = PretendTill(head.database, 1)
        till.append(till.sale(member(0), POINTS * 100))
        till.push()
    pair.catch_up()
    return folder


@pytest.mark.parametrize("words", [("report", "day", "2026-11-21"), ("verify",), ("terminals",), ("conflicts",)])
def test_what_only_reads_is_the_same_on_a_standby(data: Path, pair: PostgresPair, words: tuple[str, ...]) -> None:
    """Reports, the proof and lists."""
    on_primary, on_standby = (
        document(data, "--database", cluster.url("postgres"), *words) for cluster in (pair.primary, pair.standby)
    )
    assert on_standby == on_primary


def test_what_writes_says_that_this_is_a_standby(data: Path, pair: PostgresPair) -> None:
    """Nobody has to read a database's own words to know which address to take."""
    ran = command(data, "--database", pair.standby.url("postgres"), "--json", "enrol-terminal", "Mitte", "Kasse 9")
    assert ran.returncode == 1, ran.stderr
    assert json.loads(ran.stdout)["error"]["code"] == "standby_database"


def test_a_standby_is_not_served(data: Path, pair: PostgresPair) -> None:
    """A server settles its books when it starts, which it could not here."""
    with pytest.raises(StandbyDatabase):
        assemble(data, pair.standby.url("postgres"))
