"""What people at head office do: correct, merge, forget, expire, publish, shut out, move a till to another region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from headoffice.views import Adjusted, Erased, Published
from loyalty.programme import with_version
from tests.fakes.clock import US_PER_DAY, US_PER_MINUTE
from tests.fakes.ledger import card_number
from tests.simulation.model import Receipt
from tests.simulation.shop_moves import CARDS

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from headoffice.service import HeadOffice
    from tests.simulation.model import Model
    from tests.simulation.office import Office
    from tests.simulation.world import World

EXPIRY_CHANCE: Final = 0.7
EXPIRY: Final = """
[expiry]
months = 1
since = 2026-01-01
round_to = "day"
grace_days = 9
"""
"""Of most programmes that head office publishes, so that points end while the world is watched."""

CRASH_CHANCE: Final = 0.15
CRASH_WITHIN: Final = 25


class Manager:
    """Somebody at head office.

    Attributes:
        said: What the last move came to, for the log.
        published: How many programmes were published.
        ended: How many lots of points have expired.
    """

    def __init__(self, rng: random.Random, model: Model, office: Office, document: str) -> None:
        self._rng = rng
        self._model = model
        self._office = office
        self._document = document
        self.ended = 0
        self.published = 0
        self.said = ""

    def adjust(self) -> None:
        """A correction that no till makes."""
        points = self._rng.choice((-80, 15, 120))

        def act(head: HeadOffice) -> None:
            outcome = head.adjust(self._card(), points, "Reklamation", by="Frau Sommer")
            self.said = type(outcome).__name__
            if isinstance(outcome, Adjusted):
                self._office.wrote(outcome)

        self._do(act)

    def merge(self) -> None:
        """Two cards turn out to be one person's."""
        one, other = self._card(), self._card()

        def act(head: HeadOffice) -> None:
            self.said = type(head.merge(one, other, by="Frau Sommer")).__name__

        self._do(act)

    def erase(self) -> None:
        """Somebody writes to head office and wants to be forgotten."""
        hits = self._office.head.find_members("Person", 50)
        if not hits:
            return
        member_id = self._rng.choice(hits).member_id

        def act(head: HeadOffice) -> None:
            outcome = head.erase(member_id, by="Frau Sommer")
            self.said = type(outcome).__name__
            if isinstance(outcome, Erased):
                for erased in outcome.member_ids:
                    self._model.acknowledge(self._office, Receipt(erased, "erasure", 0, erased))

        self._do(act)

    def expire(self) -> None:
        """The daily job."""

        def act(head: HeadOffice) -> None:
            ended = head.expire_due()
            self.ended += ended
            self.said = f"{ended} lots"

        self._do(act)

    def publish(self) -> None:
        """A new version of the rules, at once or from some time on."""
        document = self._document + (EXPIRY if self._rng.random() < EXPIRY_CHANCE else "")
        starts = self._office.clock.now_us() + self._rng.choice((0, 0, 90 * US_PER_MINUTE, US_PER_DAY))

        def act(head: HeadOffice) -> None:
            outcome = head.publish(with_version(document, 2), starts_at_us=starts, by="Frau Sommer")
            assert isinstance(outcome, Published), outcome
            self.published += 1
            self.said = f"version {outcome.version}"

        self._do(act)

    def change_scope(self, world: World) -> None:
        """A till that head office shows holds the members of one region from now on, or all again."""
        shown = {view.terminal_id for view in self._office.head.terminals()}  # one put back may not know all of them
        terminal_ids = [sim.terminal_id for sim in world.tills if sim.joined and sim.terminal_id in shown]
        if not terminal_ids:
            return
        terminal_id = self._rng.choice(terminal_ids)
        scope = self._rng.choice(("", "nord", "süd"))
        self._do(lambda head: head.change_scope(terminal_id, scope))
        self.said = f"scope {scope!r}"

    def _do(self, act: Callable[[HeadOffice], None]) -> None:
        crashes = self._rng.random() < CRASH_CHANCE
        if not self._office.run(act, crash_within=CRASH_WITHIN if crashes else None):
            self.said = "head office went off"

    def _card(self) -> str:
        return card_number(self._rng.randrange(CARDS))
