"""Whatever a till did before its disk was lost: head office and the box together give back every receipt, once."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.taking_over import left_over
from tests.integration.sync.recover_histories import History, Move

if TYPE_CHECKING:
    from storage.blackbox_frames import BoxedRecord
    from storage.blackbox_read import BlackBoxContents
    from storage.connection import Database

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


def test_the_proof_finds_a_receipt_that_was_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof that never fails would say nothing: here the box's last record is left out."""

    def all_but_the_last(ledger: Database, contents: BlackBoxContents) -> list[BoxedRecord]:
        return left_over(ledger, contents)[:-1]

    monkeypatch.setattr("storage.taking_over.left_over", all_but_the_last)
    history = History(tmp_path)
    with closing(history.world):
        history.play([(Move.SELL, 0), (Move.SELL, 1), (Move.BOX, 0)])
        with pytest.raises(AssertionError, match="1 of 2 receipts are not at head office"):
            history.lose_and_recover()
