"""A small demo shop, made once for all tests that only look at it."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest

from storage.store import open_store
from terminal.demo.history import Year
from terminal.demo.shop import make_shop
from tests.fakes.clock import FakeClock, SeededIds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.store import Reader

SATURDAY = date(2026, 11, 21)
HALF_PAST_TWO_S = 14 * 3_600 + 30 * 60


def nothing(_share: float) -> None:
    """Progress nobody watches."""


@pytest.fixture(scope="session")
def year() -> Year:
    """A year of a shop with 150 members, up to a Saturday afternoon."""
    return Year(members=150, today=SATURDAY, now_s=HALF_PAST_TWO_S)


@pytest.fixture(scope="session")
def shop(year: Year, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop's data directory; nobody writes to it."""
    directory = tmp_path_factory.mktemp("demo") / "shop"
    make_shop(directory, year, FakeClock(), nothing)
    return directory


@pytest.fixture
def reader(shop: Path) -> Iterator[Reader]:
    """Reads in the shop."""
    clock = FakeClock()
    with (
        open_store(shop, clock=clock, ids=SeededIds(1, clock), writable=False) as store,
        closing(store.reader()) as opened,
    ):
        yield opened
