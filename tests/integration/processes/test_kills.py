"""Head office and three tills as real processes, killed in turn under load: nothing acknowledged is lost or doubled."""

from __future__ import annotations

import random
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.integration.processes.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.postgres import Postgres

KILLS = 5
"""Every process once: one server and three tills, or two servers and three tills."""


@pytest.fixture
def running() -> Iterator[ExitStack]:
    """Whatever a test started has ended when the test has."""
    with ExitStack() as stack:
        yield stack


def test_three_tills_and_one_server_on_sqlite(tmp_path: Path, running: ExitStack) -> None:
    """Each of them is killed in turn while all sell; afterwards both sides' proofs agree and no receipt is missing."""
    shop = Shop(tmp_path, running, servers=1, database=None)
    shop.trade_under_kills(random.Random(1), KILLS)
    shop.prove()


def test_three_tills_and_two_servers_on_postgresql(tmp_path: Path, running: ExitStack, postgres: Postgres) -> None:
    """The same with two API processes on one database, of which the tills use either."""
    shop = Shop(tmp_path, running, servers=2, database=postgres.url(postgres.create_database()))
    shop.trade_under_kills(random.Random(2), KILLS)
    shop.prove()
