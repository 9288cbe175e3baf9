"""The line between tills and head office: every message is encoded and decoded, and any of them may go wrong.

What it may do is what networks, proxies and impatient clients do: lose a call before or after head office acted on it,
deliver it twice, deliver it long after its sender gave up, and be down for a while.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
from msgspec.structs import replace

from headoffice.errors import Refusal
from loyalty.feed import ChangesReply, Cursor, EditsReply, EditsRequest, SnapshotInfo
from loyalty.numbering import NumbersReply, NumbersRequest
from loyalty.store_day import StoreDay
from loyalty.wire import (
    CompareReply,
    CompareRequest,
    HelloReply,
    HelloRequest,
    PushReply,
    PushRequest,
    RecordReply,
)
from terminal.sync.errors import Away, HeadOfficeSaysNo

if TYPE_CHECKING:
    import random
    from datetime import date
    from uuid import UUID

    from tests.simulation.office import Office
    from tests.simulation.versions import Age

T = TypeVar("T")
Answer = Callable[[], object]

LATE_MAX: Final = 20
"""How many calls are on their way at once; older ones are lost."""


class Fate(Enum):
    """What becomes of a call."""

    FINE = auto()
    LOST = auto()
    ANSWER_LOST = auto()
    TWICE = auto()
    LATE = auto()


WEIGHTS: Final = {Fate.FINE: 190, Fate.LOST: 3, Fate.ANSWER_LOST: 4, Fate.TWICE: 3, Fate.LATE: 3}


class Weather:
    """How all lines are at the moment.

    Attributes:
        rough: Whether calls may be lost at all; off while the world is healed.
        cut: Names of tills whose line is down.
        late: Calls that are still on their way, oldest first.
        calls: How many calls were made.
        tell: Hears of each call.
    """

    def __init__(self, rng: random.Random, tell: Callable[[str], None]) -> None:
        self._rng = rng
        self.tell = tell
        self.rough = True
        self.cut: set[str] = set()
        self.late: list[Answer] = []
        self.calls = 0

    def fate(self) -> Fate:
        """Draw what becomes of the next call."""
        self.calls += 1
        if not self.rough:
            return Fate.FINE
        return self._rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]

    def hold_back(self, call: Answer) -> None:
        """Keep a call on its way."""
        self.late = [*self.late, call][-LATE_MAX:]

    def deliver_late(self) -> int:
        """Deliver what was held back, in any order, to whoever is there now; nobody waits for the answers."""
        calls, self.late = self.late, []
        self._rng.shuffle(calls)
        for call in calls:
            try:
                call()
            except (Away, HeadOfficeSaysNo):
                continue
        return len(calls)

    def page(self, limit: int) -> int:
        """How many changes fit into a page this time."""
        return min(limit, self._rng.choice((1, 2, 5, limit))) if self.rough else limit


class Line:
    """Satisfies ``terminal.sync.session.OpenPort`` for one till.

    Args:
        till: The till's name.
        terminal_id: As whom it speaks.
        office: Who answers.
        weather: What the line does.
        told: Hears that head office has told what changed, before the till has heard it.

        age: How old the till's program is.

    Attributes:
        snapshots: How many files it was offered.
    """

    def __init__(
        self, till: str, terminal_id: UUID, office: Office, weather: Weather, told: Callable[[], None], age: Age
    ) -> None:
        self._till = till
        self._age = age
        self._told = told
        self._terminal_id = terminal_id
        self._office = office
        self._weather = weather
        self.snapshots = 0

    def hello(self, request: HelloRequest) -> HelloReply:
        """Both say which protocols they speak; what comes out of it is the newest that both do."""
        request = replace(request, protocol_min=self._age.oldest, protocol_max=self._age.newest)
        reply = self._call("hello", request, HelloReply)
        assert reply.protocol == self._age.agrees_on(self._office.age), reply.protocol
        return reply

    def push(self, request: PushRequest) -> PushReply:
        return self._call("push", request, PushReply)

    def edits(self, request: EditsRequest) -> EditsReply:
        return self._call("edits", request, EditsReply)

    def changes(self, after: Cursor | None, limit: int) -> ChangesReply:
        return self._call("changes", (after, self._weather.page(limit)), ChangesReply)

    def wait(self, n: int, seconds: int) -> Cursor:
        """Never waits: in the simulation nothing happens meanwhile."""
        return self._call("newest", None, Cursor)

    def snapshot(self) -> SnapshotInfo | None:
        offered = self._call("snapshot", None, tuple[SnapshotInfo | None])[0]
        self.snapshots += offered is not None
        return offered

    def snapshot_part(self, sha256: str, offset: int, length: int) -> bytes:
        return self._call("snapshot_part", (sha256, offset, length), bytes)

    def store_day(self, day: date) -> StoreDay:
        return self._call("store_day", day, StoreDay)

    def record(self, record_id: UUID) -> RecordReply:
        return self._call("record", record_id, RecordReply)

    def numbers(self, request: NumbersRequest) -> NumbersReply:
        """Never lost on the way, so that worlds stay as their seeds made them; its losses have tests of their own."""
        if self._till in self._weather.cut:
            raise Away("the line is cut")
        try:
            reply = self._office.answer(self._terminal_id, "numbers", msgspec.json.encode(request))
        except Refusal as error:
            raise HeadOfficeSaysNo(error.code, error.detail) from error
        return msgspec.json.decode(reply, type=NumbersReply)

    def compare(self, request: CompareRequest) -> CompareReply:
        return self._call("compare", request, CompareReply)

    def hang_up(self) -> None:
        """Nobody hangs up in the simulation."""

    def close(self) -> None:
        """There is nothing to close."""

    def _call(self, name: str, request: object, answer: type[T]) -> T:
        body = self._age.say(msgspec.json.encode(request))

        def deliver() -> bytes:
            try:
                return self._office.answer(self._terminal_id, name, body)
            except Refusal as error:
                raise HeadOfficeSaysNo(error.code, error.detail) from error

        if self._till in self._weather.cut:
            raise Away("the line is cut")
        fate = self._weather.fate()
        self._weather.tell(f"{self._till:>19} {name:<13} {fate.name.lower()}")
        if fate is Fate.LOST:
            raise Away("lost on the way")
        if fate is Fate.LATE:
            self._weather.hold_back(deliver)
            raise Away("no answer in time")
        reply = deliver()
        if fate is Fate.TWICE:
            reply = deliver()
        if name == "changes":
            self._told()
        if fate is Fate.ANSWER_LOST:
            raise Away("lost on the way back")
        return msgspec.json.decode(reply, type=answer)
