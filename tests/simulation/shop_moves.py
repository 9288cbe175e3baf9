"""What people do at a till: each move goes through the real use case and notes what the customer was told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from loyalty.encoding import encode
from loyalty.outcomes import Refused
from loyalty.records import CardAction, Purpose, Redemption, ReversalReason, Sale
from loyalty.reversal import Receipt as PaperReceipt
from loyalty.reversal import ReversalRequest
from loyalty.sale import Basket, RewardRequest
from terminal.app.adjust import AdjustCommand, adjust
from terminal.app.cards import CardCommand, change_card
from terminal.app.close_day import CloseDayCommand, close_day
from terminal.app.consent import ConsentCommand, change_consent
from terminal.app.earn import EarnCommand, earn
from terminal.app.elsewhere import Elsewhere, told_by_head_office
from terminal.app.enrol import EnrolCommand, enrol
from terminal.app.members import EraseCommand, Erased, MergeCommand, erase_member, merge_members
from terminal.app.rate import RateCommand, Rated, rate
from terminal.app.redeem import RedeemCommand, redeem
from terminal.app.reverse import ReverseCommand, Vouch, reverse
from terminal.sync.errors import Away, HeadOfficeSaysNo
from terminal.sync.keys import KeyStore
from terminal.sync.receipts import code_of, read_receipt
from tests.fakes.clock import US_PER_SECOND
from tests.fakes.ledger import card_number
from tests.simulation.model import Receipt, moved

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from uuid import UUID

    from loyalty.records import AnyRecord
    from tests.simulation.line import Line
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

    def __init__(self, rng: random.Random, model: Model, line_of: Callable[[SimTill], Line]) -> None:
        self._rng = rng
        self._model = model
        self._line_of = line_of
        self._cards: dict[UUID, str] = {}
        self._codes: dict[UUID, str] = {}
        self._people = 0
        self.sales: list[Sale | Redemption] = []
        self.said = ""

    def buy(self, sim: SimTill) -> None:
        """A purchase, perhaps with five euro off, sometimes asked for twice with the same id."""
        wants = (RewardRequest("five-off"),) if self._rng.random() < 0.25 else ()
        basket = Basket(self._rng.randrange(1, CENTS_MAX))
        command = EarnCommand(sim.ids.record_id(), self._card(), basket, wants)
        self._cards[command.record_id] = command.card
        for _ in range(1 + (self._rng.random() < 0.1)):
            outcome = earn(sim.till, command)
            self._told(sim, outcome)

    def buy_late(self, sim: SimTill) -> None:
        """A forgotten purchase is entered hours or days later, from the slip of paper it was noted on."""
        hours = self._rng.choice((2, 20, 45, 400))
        at_us = sim.corrected.now_us() - hours * 3_600 * US_PER_SECOND
        basket = Basket(self._rng.randrange(1, CENTS_MAX))
        command = EarnCommand(sim.ids.record_id(), self._card(), basket, at_us=at_us)
        self._cards[command.record_id] = command.card
        self._told(sim, earn(sim.till, command))

    def rate(self, sim: SimTill) -> None:
        """A customer gives stars, where the till's program asks for them; head office's may never have heard of it."""
        if not (sim.age.knows_ratings and self.sales):
            return
        outcome = rate(sim.till, RateCommand(self.sales[-1].record_id, self._rng.randrange(1, 6)))
        self.said = type(outcome).__name__
        if isinstance(outcome, Rated):
            sim.ids.minted.add(outcome.record.record_id)  # derived from the booking's, so nobody draws it
            self._note(sim, outcome.record)

    def buy_without_card(self, sim: SimTill) -> None:
        """A product reward without a purchase: its own kind of record."""
        command = RedeemCommand(sim.ids.record_id(), self._card(), RewardRequest("coffee"))
        self._cards[command.record_id] = command.card
        self._told(sim, redeem(sim.till, command))

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
        """A booking this till has not written: head office is asked; without a line the receipt, or a manager."""
        foreign = [item for item in self.sales if sim.joined and self._unknown_at(sim, item.record_id)]
        if not foreign:
            return
        original = self._rng.choice(foreign)
        request = ReversalRequest(original.record_id)
        elsewhere = self._ask(sim, original.record_id) or self._read_code(sim, original.record_id)
        if elsewhere is not None and self._rng.random() < 0.3:
            request = ReversalRequest(original.record_id, amount_cents=self._rng.randrange(1, CENTS_MAX))
        vouch = None
        if elsewhere is None:
            taken = (original.redemption,) if isinstance(original, Redemption) else original.redemptions
            sums = (original.amount_cents, original.points) if isinstance(original, Sale) else (0, 0)
            vouch = Vouch(PaperReceipt(*sums, sum(item.points for item in taken)), self._cards[original.record_id])
        command = ReverseCommand(sim.ids.record_id(), request, ReversalReason.RETURN, elsewhere=elsewhere, vouch=vouch)
        for _ in range(1 + (self._rng.random() < 0.1)):
            self._told(sim, reverse(sim.till, command))

    def _ask(self, sim: SimTill, record_id: UUID) -> Elsewhere | None:
        """What head office says of a booking; nothing when the line fails or it has not heard of it."""
        try:
            reply = self._line_of(sim).record(record_id)
        except (Away, HeadOfficeSaysNo):
            return None
        with sim.store.reader() as reader:
            found = told_by_head_office(reader, reply)
        return found if isinstance(found, Elsewhere) else None

    def _read_code(self, sim: SimTill, record_id: UUID) -> Elsewhere | None:
        """What the customer's receipt proves, for who has kept it and at a till that knows its writer."""
        code = self._codes.get(record_id)
        if code is None or self._rng.random() < 0.3:
            return None
        with sim.store.reader() as reader:
            found = read_receipt(reader, code)
        return found if isinstance(found, Elsewhere) else None

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
            sim.named.add(outcome.record.member_id)

    def change_consent(self, sim: SimTill) -> None:
        """A member agrees to something, or no longer."""
        purpose, granted = self._rng.choice(tuple(Purpose)), self._rng.random() < 0.6
        self._told(sim, change_consent(sim.till, ConsentCommand(sim.ids.record_id(), self._card(), purpose, granted)))

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
            if sim.joined:
                key, _ = KeyStore(sim.directory, None).find(sim.terminal_id)
                self._codes[record.record_id] = code_of(record, sim.terminal_id, key)
        self.said = f"{facts['kind']} {str(record.record_id)[-6:]} {moved(facts):+d}"

    def _unknown_at(self, sim: SimTill, record_id: UUID) -> bool:
        with sim.store.reader() as reader:
            return reader.record(record_id) is None
