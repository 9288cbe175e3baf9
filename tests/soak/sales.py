"""A random shop against a model that shares no line with it: balances, awards, reversals and retries must agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from loyalty.outcomes import Refused
from loyalty.records import ReversalReason
from loyalty.reversal import ReversalRequest
from loyalty.sale import Basket, RewardRequest
from storage.store import create_store, open_store
from storage.verify import verify
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.app.enrol import EnrolCommand, Enrolled, enrol
from terminal.app.redeem import RedeemCommand, Redeemed, redeem
from terminal.app.reverse import ReverseCommand, Reversed, reverse
from terminal.app.till import Till
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.ledger import PROGRAMME, card_number

if TYPE_CHECKING:
    from uuid import UUID

    from tests.soak.frame import Run

CARDS: Final = 40
STEPS_PER_VERIFY: Final = 400
STEPS_PER_SHOP: Final = 4_000
COFFEE_POINTS: Final = 50
FIVE_OFF_POINTS: Final = 100
FIVE_OFF_CENTS: Final = 500


@dataclass
class Bought:
    """A sale as the model remembers it: one line, perhaps money off."""

    card: str
    record_id: UUID
    cents: int
    points: int
    spent: int
    reversed_cents: int = 0
    taken_back: int = 0
    returned: bool = False


@dataclass
class Model:
    """The shop in a few numbers."""

    balances: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    sales: list[Bought] = field(default_factory=list)


class RandomShop:
    """Does one random thing after the other, in the shop and in the model."""

    def __init__(self, run: Run, number: int) -> None:
        self._run = run
        self._rng = run.rng
        self._clock = FakeClock()
        self._ids = SeededIds(run.rng.getrandbits(30), self._clock)
        self._directory = run.folder / f"shop{number}"
        self._store = create_store(
            self._directory,
            shop_name="Soak",
            till_name="1",
            currency="EUR",
            programme_text=PROGRAMME,
            clock=self._clock,
            ids=self._ids,
        )
        self._model = Model()

    def live(self) -> None:
        """Take steps until the shop is old or the time is over."""
        moves = (self._buy, self._buy, self._buy, self._take_coffee, self._undo_part, self._undo_whole, self._enrol)
        for step in range(1, STEPS_PER_SHOP + 1):
            if not self._run.goes_on():
                break
            self._clock.advance(minutes=self._rng.randrange(1, 240))
            till = Till(self._store, self._clock, self._ids)
            self._rng.choice(moves)(till, card_number(self._rng.randrange(CARDS)))
            self._run.count("steps")
            if step % STEPS_PER_VERIFY == 0:
                self._prove()
        self._prove()
        self._store.close()

    def _buy(self, till: Till, card: str) -> None:
        """A purchase, perhaps with five euro off, sometimes asked for twice with the same id."""
        cents = self._rng.randrange(1, 6_000)
        balance = self._model.balances.get(card, 0)
        wants = self._rng.random() < 0.3
        requests = (RewardRequest("five-off"),) if wants else ()
        command = EarnCommand(self._ids.record_id(), card, Basket(cents), requests)
        outcome = earn(till, command)
        possible = not wants or (balance >= FIVE_OFF_POINTS and cents >= FIVE_OFF_CENTS)
        assert isinstance(outcome, Earned if possible else Refused), (outcome, balance, cents)
        if isinstance(outcome, Refused):
            self._run.count("refusals")
            return
        spent, off = (FIVE_OFF_POINTS, FIVE_OFF_CENTS) if wants else (0, 0)
        points = (cents - off) // 100
        self._model.balances[card] = balance + points - spent
        self._model.sales.append(Bought(card, command.record_id, cents, points, spent))
        assert (outcome.record.points, outcome.balance) == (points, balance + points - spent)
        self._run.count("sales")
        if self._rng.random() < 0.1:
            again = earn(till, command)
            assert isinstance(again, Earned)
            assert again.repeated
            assert (again.seq, again.balance) == (outcome.seq, outcome.balance)
            self._run.count("retries")

    def _take_coffee(self, till: Till, card: str) -> None:
        balance = self._model.balances.get(card, 0)
        outcome = redeem(till, RedeemCommand(self._ids.record_id(), card, RewardRequest("coffee")))
        assert isinstance(outcome, Redeemed if balance >= COFFEE_POINTS else Refused), (outcome, balance)
        if isinstance(outcome, Redeemed):
            self._model.balances[card] = balance - COFFEE_POINTS
            assert outcome.balance == balance - COFFEE_POINTS
            self._run.count("redemptions")

    def _undo_part(self, till: Till, _card: str) -> None:
        """Some cents of a sale; more than is left undoes what is left, and then nothing."""
        if not self._model.sales:
            return
        sale = self._rng.choice(self._model.sales)
        cents = self._rng.randrange(1, sale.cents + 1)
        request = ReversalRequest(sale.record_id, amount_cents=cents)
        outcome = reverse(till, ReverseCommand(self._ids.record_id(), request, ReversalReason.RETURN))
        taken_cents = min(cents, sale.cents - sale.reversed_cents)
        self._take_back(sale, taken_cents, outcome)

    def _undo_whole(self, till: Till, _card: str) -> None:
        if not self._model.sales:
            return
        sale = self._rng.choice(self._model.sales)
        before = sale.reversed_cents, sale.returned or not sale.spent
        request = ReversalRequest(sale.record_id)
        outcome = reverse(till, ReverseCommand(self._ids.record_id(), request, ReversalReason.MISTAKE))
        if before == (sale.cents, True):
            assert isinstance(outcome, Reversed)
            assert outcome.repeated, "undoing twice answers with the first result"
            return
        returns = 0 if sale.returned else sale.spent
        sale.returned = True
        self._take_back(sale, sale.cents - sale.reversed_cents, outcome, returns)

    def _take_back(self, sale: Bought, cents: int, outcome: Reversed | Refused, returns: int = 0) -> None:
        if cents == 0 and returns == 0:
            assert isinstance(outcome, Refused), outcome
            self._run.count("refusals")
            return
        assert isinstance(outcome, Reversed), outcome
        sale.reversed_cents += cents
        due = sale.points * sale.reversed_cents // sale.cents - sale.taken_back
        sale.taken_back += due
        self._model.balances[sale.card] += returns - due
        assert (outcome.record.takes_back, outcome.record.returns) == (due, returns)
        assert outcome.balance == self._model.balances[sale.card]
        self._run.count("reversals")

    def _enrol(self, till: Till, card: str) -> None:
        name = f"Mitglied {self._rng.randrange(10_000)}"
        outcome = enrol(till, EnrolCommand(self._ids.record_id(), card, name))
        if card in self._model.names:
            assert isinstance(outcome, Refused)
            return
        assert isinstance(outcome, Enrolled)
        assert outcome.balance == self._model.balances.get(card, 0), "points collected before stay"
        self._model.names[card] = name
        self._run.count("enrolments")

    def _prove(self) -> None:
        """Close, verify, open: what the disk says is what the model says."""
        self._store.close()
        result = verify(self._directory)
        assert result.ok, result.problems
        self._store = open_store(self._directory, clock=self._clock, ids=self._ids)
        with self._store.reader() as reader:
            for card, balance in self._model.balances.items():
                row = reader.card(card)
                assert row is not None, card
                assert reader.account(row.member_id).balance == balance, card
                profile = reader.profile(row.member_id)
                assert (profile.name if profile else None) == self._model.names.get(card), card
        self._run.count("verifications")


def run(run: Run) -> None:
    """One shop after the other until the time is over."""
    while run.goes_on():
        RandomShop(run, run.counts.get("shops", 0)).live()
        run.count("shops")
