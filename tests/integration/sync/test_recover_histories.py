"""Whatever a till did before its disk was lost: head office and the box together give back every receipt, once."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.sync.recover_histories import History, Move

MOVES = st.lists(st.tuples(st.sampled_from(Move), st.integers(0, 2)), max_size=25)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves=MOVES, part=st.floats(0, 1))
def test_every_receipt_that_was_boxed_or_sent_is_at_head_office_once(
    moves: list[tuple[Move, int]], part: float
) -> None:
    """And the recovered till shows the balances that head office has, with both ledgers proved."""
    with TemporaryDirectory() as folder:
        history = History(Path(folder))
        with closing(history.world):
            history.play(moves)
            history.lose_and_recover(part)
