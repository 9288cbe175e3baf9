"""Random histories of a till before its disk is lost, and what has to be at head office when it is recovered."""

from __future__ import annotations

from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING
from unittest.mock import patch
from uuid import UUID

from loyalty.directory import Profile
from loyalty.records import ReversalReason
from loyalty.reversal import ReversalRequest
from loyalty.sale import RewardRequest
from storage.blackbox_frames import box_name
from terminal.app.close_day import CloseDayCommand, close_day
from terminal.app.members import EraseCommand, erase_member
from terminal.app.redeem import RedeemCommand, Redeemed, redeem
from terminal.app.reverse import ReverseCommand, Reversed, reverse
from terminal.sync.errors import Away
from terminal.sync.recover import Recovered
from tests.fakes.clock import US_PER_DAY
from tests.fakes.ledger import card_number
from tests.fakes.lost_till import LostTill
from tests.fakes.office_till import OfficeLine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from loyalty.records import Sale
    from loyalty.wire import PushReply, PushRequest


class Move(Enum):
    """What may happen at a till."""

    SELL = "sell"
    SELL_MUCH = "sell much"
    SELL_ELSEWHERE = "sell elsewhere"
    REDEEM = "redeem"
    REVERSE = "reverse"
    ENROL = "enrol"
    ERASE = "erase"
    CLOSE_DAY = "close day"
    ROUND = "round"
    ROUND_WHOSE_ANSWER_IS_LOST = "round whose answer is lost"
    ROUND_ELSEWHERE = "round elsewhere"
    BOX = "box"


class History:
    """One till's life up to its loss.

    Attributes:
        world: The till, the other one and head office.
        written: The ids of everything it gave a receipt for, in order.
        boxed: How many of them the box had after each time it caught up, and how large it was then.
    """

    def __init__(self, folder: Path) -> None:
        self.world = LostTill(folder)
        self.written: list[UUID] = []
        self.boxed: list[tuple[int, int]] = []
        self._sales: list[Sale] = []

    def play(self, moves: Sequence[tuple[Move, int]]) -> None:
        """Let things happen, each to one of three members."""
        for move, number in moves:
            self._do(move, 1 + number % 3)

    def cut(self, part: float) -> int:
        """Tear off a part of what the box wrote last; gives how many receipts were on its disk before that."""
        if len(self.boxed) < 2:
            return self.boxed[-1][0] if self.boxed else 0
        (count, before), (_, size) = self.boxed[-2:]
        if size <= before:  # the file was written anew: there is no last piece
            return self.boxed[-1][0]
        with self._box().open("rb+") as file:
            file.truncate(round(size - part * (size - before)))
        return count

    def lose_and_recover(self, part: float = 0.0) -> int:
        """Lose the disk, recover, and prove it; gives how many receipts there were."""
        world = self.world
        sure = set(self.written[: self.cut(part)]) | (set(world.at_head_office()) & set(self.written))
        world.lose()
        done = world.recover(world.command() if self.boxed else world.command(black_box=None))
        assert isinstance(done, Recovered), done
        assert done.waiting == 0
        there = world.at_head_office()
        assert len(set(there)) == len(there)
        assert sure <= set(there), f"{len(sure - set(there))} of {len(sure)} receipts are not at head office"
        world.assert_whole()
        return len(self.written)

    def _box(self) -> Path:
        return self.world.folder / box_name(self.world.till.ledger.store.shop.terminal_id)

    def _do(self, move: Move, number: int) -> None:
        world, till = self.world, self.world.till
        match move:
            case Move.SELL | Move.SELL_MUCH:
                self._sales.append(world.sell(number, 60_000 if move is Move.SELL_MUCH else 1_000))
                self.written.append(self._sales[-1].record_id)
            case Move.SELL_ELSEWHERE:
                world.sell(number, at=world.other)
            case Move.ROUND:
                till.round()
            case Move.ROUND_WHOSE_ANSWER_IS_LOST:
                self._round_without_answer()
            case Move.ROUND_ELSEWHERE:
                world.other.round()
            case Move.BOX:
                world.box.catch_up()
                self.boxed.append((len(self.written), self._box().stat().st_size))
            case _:
                self._change(move, number)

    def _change(self, move: Move, number: int) -> None:
        till, ids = self.world.till.till, self.world.till.ledger.ids
        match move:
            case Move.REDEEM:
                reward = RedeemCommand(ids.record_id(), card_number(number), RewardRequest("off-5"))
                if isinstance(redeem(till, reward), Redeemed):
                    self.written.append(reward.record_id)
            case Move.REVERSE if self._sales:
                request = ReversalRequest(self._sales[-number % len(self._sales)].record_id, amount_cents=500)
                undo = ReverseCommand(ids.record_id(), request, ReversalReason.MISTAKE)
                if isinstance(reverse(till, undo), Reversed):
                    self.written.append(undo.record_id)
            case Move.ENROL:
                with till.store.unit() as unit:
                    unit.put_profile(self.world.till.ledger.member(number), Profile(f"Anna {ids.random_id().hex[:6]}"))
            case Move.ERASE:
                erase_member(till, EraseCommand(card_number(number)))
            case Move.CLOSE_DAY:
                close_day(till, CloseDayCommand())
                self.world.till.ledger.clock.at_us += US_PER_DAY

    def _round_without_answer(self) -> None:
        """Head office takes everything, and the till never hears of it."""
        push = OfficeLine.push

        def deaf(line: OfficeLine, request: PushRequest) -> PushReply:
            push(line, request)
            raise Away("the answer is lost")

        with patch.object(OfficeLine, "push", deaf), suppress(Away):
            self.world.till.round()
