"""The newest word on each sale, for whoever waits."""

from __future__ import annotations

from uuid import UUID

from msgspec.structs import replace

from terminal.register.board import SALES_KEPT, Board
from terminal.register.wire import BasketState, SaleMessage

SALE = SaleMessage("k1-17", BasketState.OPEN, 0, UUID(int=1), 2345, "EUR")


def test_a_change_gets_another_revision_and_is_heard_once() -> None:
    """Publishing the same again is no news."""
    board = Board()
    heard: list[str] = []
    end = board.listen(heard.append)
    assert board.publish(SALE).revision == 1
    assert board.publish(SALE).revision == 1
    assert board.publish(replace(SALE, amount_cents=2500)).revision == 2
    assert heard == ["k1-17", "k1-17"]
    end()
    board.publish(SALE)
    assert len(heard) == 2
    newest = board.newest("k1-17")
    assert newest is not None
    assert (newest.revision, newest.amount_cents) == (3, 2345)


def test_only_so_many_sales_are_kept() -> None:
    """The one that changed longest ago goes first; the ledger still has it."""
    board = Board()
    for number in range(SALES_KEPT):
        board.publish(replace(SALE, sale_id=str(number)))
    board.publish(replace(SALE, sale_id="0", amount_cents=1))
    board.publish(replace(SALE, sale_id="new"))
    assert board.newest("0") is not None
    assert board.newest("1") is None


def test_silence_is_counted_from_the_last_word() -> None:
    """A register that has died is noticed."""
    now_s = [100.0]
    board = Board(lambda: now_s[0])
    now_s[0] = 160.0
    assert board.silent_s == 60
    board.heard()
    assert board.silent_s == 0
