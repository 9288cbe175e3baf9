"""What people do at a till: each move goes through the real use case and notes what the customer was told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from loyalty.encoding import encode
from loyalty.lines import ReversedLine
from loyalty.outcomes import Refused
from loyalty.records import CardAction, Redemption, Reversal, ReversalReason, Sale
from loyalty.reversal import ReversalRequest
from loyalty.sale import Basket, RewardRequest
from terminal.app.adjust import AdjustCommand, adjust
from terminal.app.cards import CardCommand, change_card
from terminal.app.close_day import CloseDayCommand, close_day
from terminal.app.earn import EarnCommand, earn
from terminal.app.enrol import EnrolCommand, enrol
from terminal.app.members import EraseCommand, Erased, MergeCommand, erase_member, merge_members
from terminal.app.redeem import RedeemCommand, redeem
from terminal.app.reverse import ReverseCommand, reverse
from tests.fakes.ledger import card_number
from tests.simulation.model import Receipt, moved

if TYPE_CHECKING:
    import random
    from uuid import UUID

    from loyalty.records import AnyRecord
    from terminal.app.till import Till
    from tests.simulation.model import Model
    from tests.simulation.tills import SimTill

CARDS: Final = 8
"""So few that tills meet over them all the time."""

CENTS_MAX: Final = 30_000
WORDS: Final = ("Adler", "Birke", "Celik", "Dorn", "Esche", "Fink", "Greif", "Hahn")


class Shop:
    """Customers at the tills.

    Attributes:
        sales: Every booking that can be undone, at whatever till it was made.
        said: What the last move came to, for the log.
    """

    def __init__(self, rng: random.Random, model: Model) -> None:
        self._rng = rng
        self._model = model
        self._people = 0
        self.sales: list[Sale | Redemption] = []
        self.said = ""

    def buy(self, sim: SimTill) -> None:
        """A purchase, perhaps with five euro off, sometimes asked for twice with the same id."""
        wants = (RewardRequest("five-off"),) if self._rng.random() < 0.25 else ()
        basket = Basket(self._rng.randrange(1, CENTS_MAX))
        command = EarnCommand(sim.ids.record_id(), self._card(), basket, wants)
        for _ in range(1 + (self._rng.random() < 0.1)):
            outcome = earn(sim.till, command)
            self._told(sim, outcome)

    def buy_without_card(self, sim: SimTill) -> None:
        """A product reward without a purchase: its own kind of record."""
        outcome = redeem(sim.till, RedeemCommand(sim.ids.record_id(), self._card(), RewardRequest("coffee")))
        self._told(sim, outcome)

    def undo(self, sim: SimTill) -> None:
        """All or some of a booking, through the use case; a till may know it or not."""
        if not self.sales:
            return
        original = self._rng.choice(self.sales)
        cents = self._rng.randrange(1, CENTS_MAX) if self._rng.random() < 0.5 else None
        request = ReversalRequest(original.record_id, amount_cents=cents)
        command = ReverseCommand(sim.ids.record_id(), request, ReversalReason.RETURN, note="zu süß")
        self._told(sim, reverse(sim.till, command))

    def undo_elsewhere(self, sim: SimTill) -> None:
        """The whole of a booking that this till can't look up, with the customer's paper: head office decides."""
        foreign = [item for item in self.sales if self._unknown_at(sim, item.record_id)]
        if not foreign:
            return
        original = self._rng.choice(foreign)
        with sim.store.unit() as unit:
            record = self._whole_reversal(sim.till, original)
            unit.append(record)
        self._note(sim, record)

    def adjust(self, sim: SimTill) -> None:
        """A correction by hand with a reason in words."""
        points = self._rng.choice((-150, -20, 30, 200))
        self._told(sim, adjust(sim.till, AdjustCommand(sim.ids.record_id(), self._card(), points, "Kulanz")))

    def enrol(self, sim: SimTill) -> None:
        """A card gets a person with a name of their own."""
        self._people += 1
        name = f"{self._rng.choice(WORDS)} Person{self._people}"
        command = EnrolCommand(sim.ids.record_id(), self._card(), name, email=f"p{self._people}@example.org")
        outcome = enrol(sim.till, command)
        self._told(sim, outcome)
        if not isinstance(outcome, Refused) and outcome.record.member_id:
            self._model.names[f"Person{self._people}"] = outcome.record.member_id

    def change_card(self, sim: SimTill) -> None:
        """A further card, a new one for a lost one, one out of use and back."""
        action = self._rng.choice((CardAction.ISSUE, CardAction.REPLACE, CardAction.BLOCK, CardAction.UNBLOCK))
        new = (
            card_number(CARDS + self._rng.randrange(CARDS)) if action in (CardAction.ISSUE, CardAction.REPLACE) else ""
        )
        self._told(sim, change_card(sim.till, CardCommand(sim.ids.record_id(), action, self._card(), new)))

    def merge(self, sim: SimTill) -> None:
        """Two accounts become one; a joined till leaves that to head office."""
        self._told(sim, merge_members(sim.till, MergeCommand(sim.ids.record_id(), self._card(), self._card())))

    def erase(self, sim: SimTill) -> None:
        """A person wants to be forgotten."""
        outcome = erase_member(sim.till, EraseCommand(self._card()))
        self.said = type(outcome).__name__
        if isinstance(outcome, Erased):
            self._model.acknowledge(sim, Receipt(outcome.member_id, "erasure", 0, outcome.member_id))

    def close_day(self, sim: SimTill) -> None:
        """The day is over."""
        outcome = close_day(sim.till, CloseDayCommand())
        self.said = type(outcome).__name__
        if not isinstance(outcome, Refused):
            for record in outcome.closes:
                self._note(sim, record)

    def _card(self) -> str:
        return card_number(self._rng.randrange(CARDS))

    def _told(self, sim: SimTill, outcome: object) -> None:
        """The outcome of a use case: a receipt, or a no."""
        self.said = f"{type(outcome).__name__} {getattr(outcome, 'reason', '')}".strip()
        record = getattr(outcome, "record", None)
        if record is not None:
            self._note(sim, record)

    def _note(self, sim: SimTill, record: AnyRecord) -> None:
        facts = json.loads(encode(record))
        self._model.acknowledge(sim, Receipt(record.record_id, facts["kind"], moved(facts), record.member_id))
        if isinstance(record, Sale | Redemption) and all(record.record_id != old.record_id for old in self.sales):
            self.sales.append(record)
        self.said = f"{facts['kind']} {str(record.record_id)[-6:]} {moved(facts):+d}"

    def _unknown_at(self, sim: SimTill, record_id: UUID) -> bool:
        with sim.store.reader() as reader:
            return reader.record(record_id) is None

    def _whole_reversal(self, till: Till, original: Sale | Redemption) -> Reversal:
        now_us = till.clock.now_us()
        with till.store.reader() as reader:
            day = reader.booking_day(till.clock.business_day(now_us)).day
        if isinstance(original, Sale):
            lines = tuple(ReversedLine(line.line, line.amount_cents, line.points) for line in original.lines)
            taken = original.redemptions
        else:
            lines, taken = (), (original.redemption,)
        return Reversal(
            record_id=till.ids.record_id(),
            member_id=original.member_id,
            at_us=now_us,
            business_day=day,
            utc_offset_min=60,
            programme_version=till.programme.version,
            command_digest="",
            original_id=original.record_id,
            lines=lines,
            redemptions=tuple(ReversedLine(line.line, line.value_cents, line.points) for line in taken),
            reason=ReversalReason.RETURN,
        )
