"""What a till does with a head office while the power may go at the till; head office's own disk is another one.

Head office is the real one in the same process. Its files, and those of the other till, lie outside the record.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final
from unittest import mock

from loyalty.sale import Basket
from storage.exchange import HeadOfficeRow
from storage.replica import Replica
from terminal.app.earn import EarnCommand, earn
from terminal.app.enrol import EnrolCommand, enrol
from terminal.app.members import EraseCommand, erase_member
from terminal.sync.journal import Journal, OwnLedger
from terminal.sync.round import run_round
from tests.fakes.ledger import card_number
from tests.fakes.office import TestedOffice
from tests.fakes.office_till import OfficeLine, OfficeTill
from tests.power.scenario import CARDS, Scenario
from tests.power.state import replica_of
from tests.power.workloads import admit, buy, end_day, forget, rename, reopen, settle, take, undo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.exchange import Published
    from tests.power.scenario import Moves

STEPS: Final = 12


class JoinedScenario(Scenario):
    """A till under the logger, a head office and another till that are not.

    Attributes:
        office: Head office.
        other: The other till.
    """

    def __init__(self, root: Path, seed: int) -> None:
        super().__init__(root, seed)
        outside = Path(tempfile.mkdtemp())
        self.office = TestedOffice(outside / "office", None)
        self.other = OfficeTill(outside / "other", self.office, seed + 2)

    def join(self) -> None:
        """Belong to head office."""
        code = self.office.head.enrol_terminal("Mitte", f"Kasse {self.rng.getrandbits(30)}")
        reply = self.office.head.join(self.office.join_request(code.code))
        ids = (reply.terminal_id, reply.server_id, reply.server_epoch)
        row = HeadOfficeRow("http://localhost:1", *ids, reply.server_key, reply.store)
        with self.step("joining", whole=False):
            self.store.join(row, programme_key=reply.programme_key, profile_key=reply.profile_key)

    def told(self) -> None:
        """Say what the replica holds now."""
        self.mark(published=replica_of(self.directory))

    def publications(self) -> Iterator[None]:
        """Say each time when head office's state becomes visible."""
        publish = Replica.publish

        def and_say(replica: Replica) -> Published:
            published = publish(replica)
            self.told()
            return published

        with mock.patch.object(Replica, "publish", and_say):
            yield

    def end(self) -> None:
        """End everything."""
        self.close()
        self.other.close()
        self.office.close()


def exchange(shop: Scenario) -> None:
    """A round with head office, after the other till had one."""
    assert isinstance(shop, JoinedScenario)
    if shop.store.head_office is None:
        return
    shop.office.clock.at_us = shop.clock.at_us
    shop.other.round()
    with shop.step("round", whole=False), closing(shop.store.reader()) as reader:
        with closing(shop.store.open_replica()) as replica:
            head_office = shop.store.head_office
            journal = Journal(OwnLedger(shop.till), reader, head_office)
            run_round(journal, replica, OfficeLine(shop.office.head, head_office.terminal_id), shop.clock)
        shop.told()


def elsewhere(shop: Scenario) -> None:
    """The other till sells, enrols, or erases somebody."""
    assert isinstance(shop, JoinedScenario)
    ledger, till = shop.other.ledger, shop.other.till
    ledger.clock.at_us = shop.clock.at_us
    number = card_number(shop.rng.randrange(CARDS))
    chance = shop.rng.random()
    if chance < 0.5:
        earn(till, EarnCommand(ledger.ids.record_id(), number, Basket(shop.rng.randrange(100, 9_000))))
    elif chance < 0.9:
        enrol(till, EnrolCommand(ledger.ids.record_id(), number, f"Anderswo {shop.rng.randrange(10_000)}"))
    else:
        erase_member(till, EraseCommand(number))


def leave_and_join(shop: Scenario) -> None:
    """The till stands alone for a moment, or for longer."""
    assert isinstance(shop, JoinedScenario)
    if shop.store.head_office is None:
        shop.join()
    else:
        with shop.step("leaving", whole=False):
            shop.store.leave()
    shop.told()


def forget_here(shop: Scenario) -> None:
    """A member is erased at this till, which takes the person out of head office's state without asking it."""
    assert isinstance(shop, JoinedScenario)
    forget(shop)
    shop.told()


def begin_epoch(shop: Scenario) -> None:
    """The till finds that it was put back."""
    with shop.step("new epoch", whole=False):
        shop.store.begin_epoch()
    assert isinstance(shop, JoinedScenario)
    shop.told()


def _run(root: Path, seed: int, moves: Moves, *, joined: bool) -> None:
    shop = JoinedScenario(root, seed)
    shop.make()
    for move in (admit, buy, buy):
        move(shop)
    if joined:
        shop.join()
        exchange(shop)
    shop.start()
    for _ in shop.publications():
        shop.told()
        shop.run(moves, STEPS)
    shop.end()


def pulls(root: Path, seed: int) -> None:
    """Rounds with head office between sales and erasures, here and elsewhere."""
    _run(root, seed, {elsewhere: 5, exchange: 5, buy: 2, admit: 2, rename: 1, forget_here: 1, reopen: 1}, joined=True)


def joining(root: Path, seed: int) -> None:
    """A shop joins, leaves, joins again, and begins epochs."""
    _run(root, seed, {leave_and_join: 4, begin_epoch: 2, exchange: 2, buy: 2, admit: 2, elsewhere: 1}, joined=False)


def chain(root: Path, seed: int) -> None:
    """A day of a till in a chain."""
    moves: Moves = {elsewhere: 3, exchange: 4, buy: 4, take: 1, undo: 2, admit: 1, end_day: 1, settle: 1, reopen: 1}
    _run(root, seed, moves, joined=True)
