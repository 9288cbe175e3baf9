"""One world from one seed: some dozen steps of trade and trouble between tills and head office, then peace."""

from __future__ import annotations

import random
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from unittest import mock

from terminal.sync.steps import bootstrap
from tests.fakes.clock import FakeClock
from tests.simulation.chance import seeded_entropy
from tests.simulation.checks import check_all
from tests.simulation.crashes import TillStatements, copy_files
from tests.simulation.history import History
from tests.simulation.ledgers import rows
from tests.simulation.line import Line, Weather
from tests.simulation.model import Model
from tests.simulation.office import Office
from tests.simulation.office_moves import Manager
from tests.simulation.shares import (
    JOINED_AT_ONCE,
    OFFICE_CRASH_CHANCE,
    OFFICE_CRASH_WITHIN,
    SMALL,
    TILL_CHANCES,
    USUAL,
    WORLD_CHANCES,
    Size,
    Trouble,
)
from tests.simulation.shop_moves import Shop
from tests.simulation.tills import SimTill
from tests.simulation.versions import NEWEST, Age

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.simulation.templates import Templates

SNAPSHOT_PART_BYTES: Final = 30_000
"""So small that a file takes several calls."""

NOTED: Final = (
    "began_epoch",
    "server_restored",
    "bootstrapped",
    "fenced",
    "went off",
    "Away",
    "revoked",
    "protocol_unsupported",
)
"""What is counted when it is said of a round."""

QUIET_PASSES_MAX: Final = 10
"""In so many rounds of every till with head office nothing may be left to do."""


@dataclass
class Outcome:
    """What a world came to: what went wrong, and what was done how often."""

    problems: list[str]
    counts: dict[str, int] = field(default_factory=dict)


class World:
    """One simulated shop with its head office.

    Args:
        seed: Decides everything.
        folder: For the files; empty.
        templates: Fresh tills and a fresh head office to copy.
        tell: Hears what happens, step by step.
        trouble: How much goes wrong.
        size: How many tills there are and how long it lives.
    """

    def __init__(
        self,
        seed: int,
        folder: Path,
        templates: Templates,
        tell: Callable[[str], None] = lambda _line: None,
        *,
        trouble: Trouble = USUAL,
        size: Size = SMALL,
    ) -> None:
        self.trouble = trouble
        self.size = size
        self.rng = random.Random(seed)
        self.seed = seed
        self.folder = folder
        self.tell = tell
        self.counts: dict[str, int] = {}
        self.problems: list[str] = []
        self.copied = False
        self.truth = FakeClock()
        self.model = Model()
        self.weather = Weather(self.rng, tell)
        self.statements = TillStatements()
        files = copy_files(templates.office, folder / "office.0")
        self.office = Office(files, self.truth, self.rng, self.model, self.statements)
        self.shop = Shop(self.rng, self.model, self._line_of)
        self.manager = Manager(self.rng, self.model, self.office, templates.document)
        self.history = History(self.office)
        self.known_before = templates.known
        self.tills: list[SimTill] = []
        for template in templates.tills[: self.rng.randint(size.tills_min, size.tills_max)]:
            name = template.name
            directory = copy_files(template, folder / f"{name}.0")
            self.tills.append(SimTill(name, directory, self.truth, self.rng, self.statements))
        for program in self.everybody():
            program.age = Age(NEWEST if trouble.same_age else self.rng.randint(1, NEWEST))

    def run(self) -> Outcome:
        """Live, come to rest, and say what is wrong then."""
        with ExitStack() as stack:
            stack.enter_context(seeded_entropy(f"world {self.seed}"))
            stack.enter_context(self.statements.watched())
            stack.enter_context(mock.patch.object(bootstrap, "SNAPSHOT_PART_MAX", SNAPSHOT_PART_BYTES))
            stack.callback(self._close)
            self._begin()
            for number in range(self.rng.randint(self.size.steps_min, self.size.steps_max)):
                self._step(number)
                if self.problems:
                    return Outcome(self.problems, self.counts)
            problems = self._come_to_rest() or check_all(self)
            return Outcome(problems, self.counts | {"lots ended": self.manager.ended})

    def everybody(self) -> list[SimTill | Office]:
        """All machines that write records."""
        return [*self.tills, self.office]

    def belonging(self) -> list[SimTill]:
        """The tills that must agree with head office when all is quiet."""
        return [sim for sim in self.tills if sim.joined and not sim.shut_out]

    def scope_of(self, sim: SimTill) -> str:
        """The region whose members a till holds, as head office sees it; empty for all."""
        found = rows(
            self.office.database_file, "SELECT scope FROM terminal WHERE terminal_id = ?", (sim.terminal_id.hex,)
        )
        return str(found[0][0]) if found else ""

    def _is_listed(self, sim: SimTill) -> bool:
        """Whether head office knows a till; one that was put back may not."""
        known = "SELECT 1 FROM terminal WHERE terminal_id = ?"
        return bool(rows(self.office.database_file, known, (sim.terminal_id.hex,)))

    def count(self, what: str) -> None:
        """Note that something was done."""
        self.counts[what] = self.counts.get(what, 0) + 1

    # ------------------------------------------------------------------------------------------ living

    def _begin(self) -> None:
        self.office.open()
        for sim in self.tills:
            sim.open()
            if self.rng.random() < JOINED_AT_ONCE:
                sim.join(self.office)

    def _step(self, number: int) -> None:
        self.truth.advance(seconds=self.rng.choice((1, 5, 40, 600, 4_000, 30_000)))
        chances = {**TILL_CHANCES, **WORLD_CHANCES, **self.trouble.chances}
        name = self.rng.choices(list(chances), list(chances.values()))[0]
        if name in WORLD_CHANCES:
            said = str(getattr(self, f"_{name}")() or "")
            self._log(number, "world", name, said)
            return
        sim = self.rng.choice(self.tills)
        crash_within = self.trouble.crash_within if self.rng.random() < self.trouble.crash_chance else None
        if name == "sync":
            said = self._sync(sim, crash_within)
        else:
            move = getattr(self.shop, name)
            self.shop.said = ""
            done = sim.run(lambda: move(sim), crash_within=crash_within)
            said = self.shop.said if done else self._went_off(sim)
        self._log(number, sim.name, name, said)

    def _log(self, number: int, who: str, what: str, said: str) -> None:
        self.count(what)
        for noted in NOTED:
            if noted in said:
                self.count(noted)
        self.tell(f"{number:3} {self.truth.at_us // 1_000_000 % 10_000_000:>9} {who:<8} {what:<16} {said}")

    def _line_of(self, sim: SimTill) -> Line:
        """A line of one till, whatever the weather."""
        return Line(sim.name, sim.terminal_id, self.office, self.weather, self._remember, sim.age)

    def _sync(self, sim: SimTill, crash_within: int | None = None) -> str:
        """One round of one till, if it belongs to head office."""
        if not sim.joined:
            return "stands alone"
        if self.weather.rough and self.rng.random() < OFFICE_CRASH_CHANCE:
            self.office.burn(OFFICE_CRASH_WITHIN)
        said: list[str] = []
        line = self._line_of(sim)
        before = sim.cursor()
        try:
            done = sim.run(lambda: said.append(sim.round(line)), crash_within=crash_within)
        finally:
            self.office.fuse.left = None
        self.history.remember()
        if sim.cursor() != before:
            self.problems += self.history.differences(sim, self.scope_of(sim))
        return said[0] if done else self._went_off(sim)

    def _remember(self) -> None:
        """Keep what head office tells now; the till may hand in more and go off before it asks again."""
        left, self.office.fuse.left = self.office.fuse.left, None
        try:
            self.history.remember()
        finally:
            self.office.fuse.left = left

    def _went_off(self, sim: SimTill) -> str:
        """What was acknowledged before the crash is there when the till has started again."""
        missing = sim.missing()
        if missing:
            self.problems.append(f"{sim.name} has lost in a crash what it had acknowledged: {missing}")
        return "the till went off"

    def _deliver_late(self) -> str:
        return f"{self.weather.deliver_late()} calls"

    def _cut(self) -> str:
        """A till's line goes down, or comes up."""
        name = self.rng.choice(self.tills).name
        self.weather.cut ^= {name}
        return f"{name} {'down' if name in self.weather.cut else 'up'}"

    def _join(self) -> str:
        """A till that stood alone, or that head office does not want any more, joins with a new code."""
        waiting = [sim for sim in self.tills if not sim.shut_out and (not sim.joined or sim.wants_code)]
        if not waiting:
            return ""
        sim = self.rng.choice(waiting)
        return f"{sim.name} {sim.join(self.office)}"

    def _keep_image(self) -> str:
        place = self.rng.choice(self.everybody())
        place.keep_image()
        return place.name

    def _put_back(self) -> str:
        """A machine is set up again from an older copy of its files."""
        place = self.rng.choice(self.everybody())
        if not place.images:
            return ""
        if isinstance(place, Office):
            place.put_back(self.rng.choice(place.images), with_archive=self.rng.random() < 0.2)
        else:
            place.put_back(self.rng.choice(place.images))
        gone = self.model.put_back(self.everybody())
        return f"{place.name}, {len(gone)} facts are lost for good"

    def _copy(self) -> str:
        """Somebody sets a second till up from a copy of the first one's disk."""
        if len(self.tills) >= self.size.tills_max:
            return ""
        sim = self.rng.choice(self.tills)
        self.copied = True
        self.tills.append(sim.copy(f"copy{len(self.tills)}", self.rng, self.truth))
        return f"of {sim.name}"

    def _revoke(self) -> str:
        joined = [sim for sim in self.tills if sim.joined and not sim.shut_out and self._is_listed(sim)]
        if len(joined) < SMALL.tills_min + 1:
            return ""
        sim = self.rng.choice(joined)
        self.office.head.revoke(sim.terminal_id)
        for twin in self.tills:
            twin.shut_out |= twin.joined and twin.terminal_id == sim.terminal_id
        return sim.name

    def _clock_off(self) -> str:
        sim = self.rng.choice(self.tills)
        seconds = self.rng.choice((-7_200, -100, 0, 90, 4_000))
        sim.clock.put_off(seconds)
        return f"{sim.name} by {seconds} s"

    def _weeks_pass(self) -> None:
        """The shop is closed for its holidays: points end meanwhile, and tills that were away come back late."""
        self.truth.advance(days=self.rng.choice((8, 20, 33)))

    def _upgrade(self) -> str:
        """Somebody gets a newer version of the program; at each place when its people find the time."""
        place = self.rng.choice(self.everybody())
        place.age = place.age.upgraded()
        return f"{place.name} to {place.age.newest}"

    def _office_adjust(self) -> str:
        self.manager.adjust()
        return self.manager.said

    def _office_merge(self) -> str:
        self.manager.merge()
        return self.manager.said

    def _office_erase(self) -> str:
        self.manager.said = ""
        self.manager.erase()
        return self.manager.said

    def _office_expire(self) -> str:
        self.manager.expire()
        return self.manager.said

    def _office_publish(self) -> str:
        self.manager.publish()
        return self.manager.said

    def _office_scope(self) -> str:
        self.manager.change_scope(self)
        return self.manager.said

    # ------------------------------------------------------------------------------------- coming to rest

    def _come_to_rest(self) -> list[str]:
        """Mend everything, let everybody talk until nothing changes any more; says who is stuck."""
        self.tell("--- peace")
        self.weather.rough = False
        self.weather.cut.clear()
        self.weather.deliver_late()
        self.truth.advance(days=2)
        for program in self.everybody():
            program.age = Age()
        for number, sim in enumerate(self.tills):
            if sim.shut_out and not self.office.times_put_back and not self.copied:
                self._log(number, sim.name, "hand_in", sim.hand_in(self.office))
            else:
                sim.shut_out = False  # people have sorted it out; it joins again
        for number in range(QUIET_PASSES_MAX):
            for sim in self.tills:
                if not sim.shut_out and (not sim.joined or sim.wants_code):
                    self._log(number, sim.name, "join", sim.join(self.office))
                self._log(number, sim.name, "sync", self._sync(sim))
            newest = self.office.head.newest()
            ended = self.office.head.expire_due()  # also of what came late
            self.manager.ended += ended
            if not ended and all(sim.standing().rests_at(newest) for sim in self.belonging()):
                return self.problems
        standing = {sim.name: sim.standing() for sim in self.belonging()}
        return [f"after {QUIET_PASSES_MAX} rounds of everybody there is still something to do: {standing}"]

    def _close(self) -> None:
        for sim in self.tills:
            sim.close()
        self.office.close()
