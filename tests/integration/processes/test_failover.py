"""The loss of head office's primary database under load: its standby has everything that was acknowledged."""

from __future__ import annotations

import random
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.fakes.postgres_pair import PostgresPair
from tests.integration.processes.failover import lose_the_primary
from tests.integration.processes.shop import RECEIPTS_BETWEEN, Shop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVERS = 2


@pytest.fixture
def running() -> Iterator[ExitStack]:
    """Whatever a test started has ended when the test has."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def pair(running: ExitStack) -> PostgresPair:
    """A database with a standby."""
    both = PostgresPair()
    running.callback(both.remove)
    return both


def test_a_synchronous_standby_has_every_acknowledged_record(
    tmp_path: Path, running: ExitStack, pair: PostgresPair
) -> None:
    """The primary is cut off while three tills sell; they carry on, and every receipt is at head office once."""
    name = pair.primary.create_database()
    shop = Shop(tmp_path, running, servers=SERVERS, database=pair.url(name))
    shop.trade_under_kills(random.Random(3), kills=1)
    assert lose_the_primary(shop, pair, name) == 0
    shop.prove()


def test_what_an_asynchronous_standby_lacks_is_noticed_and_handed_in_again(
    tmp_path: Path, running: ExitStack, pair: PostgresPair
) -> None:
    """Where commits wait for nobody, acknowledged records are lost with the primary; but not for good.

    The tills find head office behind what it had acknowledged, and send everything from there on once more.
    """
    name = pair.primary.create_database()
    pair.wait_for_nobody(name)
    shop = Shop(tmp_path, running, servers=SERVERS, database=pair.url(name))
    for till in shop.tills:
        till.wait_for(RECEIPTS_BETWEEN)
    pair.cut_the_line()
    for till in shop.tills:
        till.wait_for(RECEIPTS_BETWEEN)
    assert lose_the_primary(shop, pair, name) > 0, "the proof would not notice a loss"
    shop.prove()
