"""Safe to spend: each limit can be the one that decides, and the answer says which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from loyalty.offline import US_PER_HOUR, Known, SafeLimit, safe_to_spend
from loyalty.programme import Offline

NOW = 1_795_000_000_000_000
RULE = Offline(points_per_redemption_max=500, points_per_member_max=800, redemptions_max=2, statement_age_hours_max=24)
FRESH = Known(available=300, as_of_us=NOW - US_PER_HOUR, own_spent=0, own_redemptions=0, caught_up=True)


@pytest.mark.parametrize(
    ("known", "points", "limit"),
    [
        pytest.param(FRESH, 300, SafeLimit.BALANCE, id="all of a small balance"),
        pytest.param(replace(FRESH, available=900), 500, SafeLimit.PER_REDEMPTION, id="so much at once"),
        pytest.param(
            replace(FRESH, available=2_000, own_spent=500, own_redemptions=1), 300, SafeLimit.PER_MEMBER, id="so much"
        ),
        pytest.param(
            replace(FRESH, own_spent=250, own_redemptions=1), 50, SafeLimit.BALANCE, id="own spending is taken off"
        ),
        pytest.param(replace(FRESH, own_redemptions=2), 0, SafeLimit.REDEMPTIONS, id="not a third time"),
        pytest.param(replace(FRESH, as_of_us=NOW - 25 * US_PER_HOUR), 0, SafeLimit.STATEMENT_OLD, id="too long ago"),
        pytest.param(replace(FRESH, as_of_us=0), 0, SafeLimit.NO_STATEMENT, id="head office never spoke of it"),
        pytest.param(replace(FRESH, caught_up=False), 0, SafeLimit.NOT_CAUGHT_UP, id="restored and not caught up"),
        pytest.param(replace(FRESH, available=-40), 0, SafeLimit.BALANCE, id="a debt is not below nothing"),
    ],
)
def test_the_smallest_limit_decides_and_is_named(known: Known, points: int, limit: SafeLimit) -> None:
    """The screen says how much is safe and why."""
    safe = safe_to_spend(RULE, known, NOW)
    assert (safe.points, safe.limit) == (points, limit)
    assert safe.as_of_us == known.as_of_us


@given(st.integers(-1_000, 5_000), st.integers(0, 5_000), st.integers(0, 5), st.booleans())
def test_never_more_than_the_statement_less_own_spending(
    available: int, spent: int, redemptions: int, caught_up: bool
) -> None:
    """Whatever the numbers are."""
    known = Known(available, NOW, spent, redemptions, caught_up)
    safe = safe_to_spend(RULE, known, NOW)
    assert 0 <= safe.points <= max(0, available - spent)
