"""What head office tells of a store's day, on its way to a till."""

from __future__ import annotations

import msgspec
import pytest

from loyalty.store_day import StoreDay, TillBehind, TillDay
from tests.fakes.day import DAY, WEEK_BEFORE

TOLD = StoreDay(
    "Innenstadt",
    1_795_276_800_000_000,
    DAY,
    WEEK_BEFORE,
    (TillDay("Kasse 1", msgspec.structs.replace(DAY, open_points=None)), TillDay("", DAY)),
    (TillBehind("Kasse 2", 0),),
)


def test_a_day_arrives_as_it_was_sent() -> None:
    """Every figure, exactly: shares are decimals and no floats, and what is unknown stays unknown."""
    assert msgspec.json.decode(msgspec.json.encode(TOLD), type=StoreDay) == TOLD


@pytest.mark.parametrize("broken", [b"{}", b"[]", msgspec.json.encode(TOLD).replace(b'"2026-11-21"', b'"2026-02-30"')])
def test_what_is_no_day_is_not_taken_for_one(broken: bytes) -> None:
    """A till shows nothing of it."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(broken, type=StoreDay)
