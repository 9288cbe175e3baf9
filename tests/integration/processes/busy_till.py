"""A till in a process of its own that sells and talks to head office over HTTP until it is told to stop, or killed.

Arguments: the data directory, the file for receipts, and a seed. Each receipt goes to the file, synced, once the use
case has returned. SIGTERM ends the selling; then everything is handed in, and after a line on standard input pulled
once more. One JSON line says how it stands then.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loyalty.outcomes import Refused
from loyalty.records import ReversalReason
from loyalty.reversal import ReversalRequest
from loyalty.sale import Basket, RewardRequest
from storage.store import open_store
from terminal.app.earn import EarnCommand, earn
from terminal.app.enrol import EnrolCommand, enrol
from terminal.app.redeem import RedeemCommand, redeem
from terminal.app.reverse import ReverseCommand, reverse
from terminal.app.system import SystemClock, SystemIds
from terminal.app.till import Till
from terminal.sync.context import Hooks
from terminal.sync.errors import SyncError
from terminal.sync.journal import OwnLedger
from terminal.sync.keys import KeyStore
from terminal.sync.session import Session, connect_over_http
from tests.fakes.ledger import card_number

if TYPE_CHECKING:
    from uuid import UUID

CARDS: Final = 40
SALES_A_ROUND_MAX: Final = 6
FINISH_S_MAX: Final = 20.0
"""How long it may take to come to rest, in seconds."""

RETRY_S: Final = 0.05
"""How long to wait after a failed round, in seconds, while head office is started again; a shop's tills wait longer."""

SETTLED_ROUNDS: Final = 2
"""So many rounds without anything to say or to hear mean that there is nothing left."""


class Asked:
    """Whether this process was asked to stop, by SIGTERM."""

    def __init__(self) -> None:
        """Listen for it from now on."""
        self._heard, signals = socket.socketpair()
        self._signals = signals
        signals.setblocking(False)
        signal.set_wakeup_fd(signals.fileno())
        signal.signal(signal.SIGTERM, lambda _number, _frame: None)

    def __bool__(self) -> bool:
        return self.within(0)

    def within(self, seconds: float) -> bool:
        """Wait for it so long at most, and tell whether it came."""
        return bool(select.select([self._heard], [], [], seconds)[0])


class BusyTill:
    """Sells, and writes down what it told its customers."""

    def __init__(self, till: Till, receipts: Path, seed: int) -> None:
        self._till = till
        self._receipts = receipts.open("a", encoding="ascii")
        self._rng = random.Random(seed)
        self._sales: list[UUID] = []
        self.told = 0

    def serve(self) -> None:
        """One customer."""
        card = card_number(self._rng.randrange(CARDS))
        kind = self._rng.random()
        if kind < 0.75:
            rewards = (RewardRequest("five-off"),) if self._rng.random() < 0.2 else ()
            basket = Basket(self._rng.randrange(500, 40_000))
            outcome: object = earn(self._till, EarnCommand(self._till.ids.record_id(), card, basket, rewards))
        elif kind < 0.85:
            outcome = redeem(self._till, RedeemCommand(self._till.ids.record_id(), card, RewardRequest("coffee")))
        elif kind < 0.95 and self._sales:
            request = ReversalRequest(self._rng.choice(self._sales), amount_cents=self._rng.randrange(1, 20_000))
            outcome = reverse(self._till, ReverseCommand(self._till.ids.record_id(), request, ReversalReason.RETURN))
        else:
            name = f"Person {self._rng.getrandbits(40)}"
            outcome = enrol(self._till, EnrolCommand(self._till.ids.record_id(), card, name))
        if isinstance(outcome, Refused) or getattr(outcome, "repeated", False):
            return
        record = outcome.record  # type: ignore[attr-defined] # all of them have one
        if kind < 0.75:
            self._sales.append(record.record_id)
        self._receipts.write(f"{record.record_id}\n")
        self._receipts.flush()
        os.fsync(self._receipts.fileno())
        self.told += 1
        print(record.record_id, flush=True)


def main() -> None:
    """Sell until told to stop, then come to rest."""
    directory, receipts, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    asked = Asked()
    clock, ids = SystemClock(), SystemIds()
    rng = random.Random(seed)
    with open_store(directory, clock=clock, ids=ids) as store:
        till = Till(store, clock, ids)
        busy = BusyTill(till, receipts, seed)
        head_office = store.head_office
        assert head_office is not None, "the test has joined this till"
        with Session(OwnLedger(till), head_office, KeyStore(directory, None), clock, connect_over_http) as session:
            print("ready", flush=True)
            while not asked:
                for _ in range(rng.randrange(1, SALES_A_ROUND_MAX)):
                    busy.serve()
                store.checkpoint()
                if _try_round(session) is None:
                    asked.within(RETRY_S)
            _come_to_rest(session)
            print("rested", flush=True)
            sys.stdin.readline()  # until all others have rested, too
            print(json.dumps(_come_to_rest(session) | {"told": busy.told}), flush=True)


def _try_round(session: Session) -> bool | None:
    """A round; whether it moved nothing, ``None`` when it failed."""
    try:
        result = session.round(Hooks(), "test")
    except SyncError:
        return None
    return result.pushed == 0 and result.pulled == 0 and not result.edits


def _come_to_rest(session: Session) -> dict[str, object]:
    ends_s = time.monotonic() + FINISH_S_MAX
    quiet = 0
    while quiet < SETTLED_ROUNDS and time.monotonic() < ends_s:
        quiet = quiet + 1 if _try_round(session) else 0
    link, head = session.link(), session.reader.head()
    acked = link.acked.seq if link.acked else 0
    return {"waiting": head.seq - acked, "edits": session.reader.edits_waiting(), "settled": quiet == SETTLED_ROUNDS}


if __name__ == "__main__":
    main()
