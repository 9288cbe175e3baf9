"""A till that sells while everybody else is at its files: sync, copies, reports, the proof, commands beside it."""

from __future__ import annotations

import threading
import time
import traceback
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

from loyalty.feed import ChangesReply, StatementItem
from loyalty.sale import Basket
from storage.backup import backup
from storage.store import open_store
from storage.verify import quick_check, verify
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.app.till import Till
from tests.fakes.ledger import card_number
from tests.fakes.ledger_joined import JoinedLedger, cursor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.replica import Replica

MEMBERS = 20
CENTS = 1_000
CHECKPOINT_SALES = 50


class Crowd:
    """One data directory and all who use it.

    Attributes:
        counts: What was done how often.
        failures: What went wrong, with its traceback.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ledger = JoinedLedger(folder / "data")
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._feed = 0
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []

    def work(self, ends_at: float) -> None:
        """Sell on this thread until a moment of the monotonic clock, everybody else beside it; then compare."""
        directory = self._ledger.directory
        beside: dict[str, Callable[[], object]] = {
            "copies": lambda: backup(directory, self._folder / "copy"),
            "proofs": lambda: self._expect(not verify(directory).problems, "verify"),
            "quick checks": lambda: self._expect(not quick_check(directory), "quick check"),
            "commands beside": self._command,
        }
        threads = [threading.Thread(target=self._again, args=(name, work)) for name, work in beside.items()]
        threads.append(threading.Thread(target=self._sync))
        for thread in threads:
            thread.start()
        try:
            sold = self._sell(ends_at)
        finally:
            self._stopping.set()
            for thread in threads:
                thread.join()
        self._compare(sold)
        self._ledger.close()
        self._expect(verify(directory).ok, "verify in the end")

    def _sell(self, ends_at: float) -> int:
        ledger, sold = self._ledger, 0
        till = Till(ledger.store, ledger.clock, ledger.ids)
        while time.monotonic() < ends_at:
            with self._noting("sale"):
                card = card_number(sold % MEMBERS)
                done = earn(till, EarnCommand(ledger.ids.record_id(), card, Basket(CENTS)))
                assert isinstance(done, Earned), done
                sold += 1
                if sold % CHECKPOINT_SALES == 0:
                    ledger.store.checkpoint()
            if self.failures:
                break
        self.counts["sales"] = sold
        return sold

    def _sync(self) -> None:
        """The sync thread: takes head office's word over while the till books."""
        with self._noting("sync"), closing(self._ledger.store.open_replica()) as replica:
            while not self._stopping.is_set():
                self._pull(replica)
                self._count("pulls")

    def _pull(self, replica: Replica) -> None:
        with self._ledger.store.reader() as reader:
            covered = reader.head().seq
        self._feed += 1
        stranger = self._ledger.ids.random_id()
        items = (StatementItem(stranger, self._feed),)
        replica.stage_page(ChangesReply(items, cursor(self._feed), False, {}, False, 1), covered_seq=0)
        replica.publish()
        assert covered

    def _command(self) -> None:
        """A report and a member, as a command asks for them beside the open till."""
        ledger = self._ledger
        with (
            open_store(ledger.directory, clock=ledger.clock, ids=ledger.ids, writable=False) as store,
            store.reader() as reader,
        ):
            report = reader.day_report(ledger.clock.today())
            records = reader.count()
            assert report.totals.sales <= records
            for number in range(MEMBERS):
                reader.known_card(card_number(number))

    def _again(self, name: str, work: Callable[[], object]) -> None:
        while not self._stopping.is_set():
            with self._noting(name):
                work()
                self._count(name)
            if self.failures:
                return

    def _compare(self, sold: int) -> None:
        """Every sale is there once, and every member has the points of theirs."""
        with self._ledger.store.reader() as reader:
            report = reader.day_report(self._ledger.clock.today())
            self._expect(report.totals.sales == sold, f"{report.totals.sales} sales of {sold}")
            points = 0
            for number in range(MEMBERS):
                known = reader.known_card(card_number(number))
                points += known.account.balance if known else 0
            self._expect(points == sold * CENTS // 100, f"{points} points of {sold * CENTS // 100}")

    def _count(self, what: str) -> None:
        with self._lock:
            self.counts[what] += 1

    def _expect(self, holds: object, what: str) -> None:
        if not holds:
            with self._lock:
                self.failures.append(what)

    def _noting(self, what: str) -> Any:  # noqa: ANN401 - a context manager
        return _Noting(self, what)


class _Noting:
    """Keeps an error as a failure: nobody may be told that the data is in use."""

    def __init__(self, crowd: Crowd, what: str) -> None:
        self._crowd = crowd
        self._what = what

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> bool:
        if not isinstance(error, Exception):
            return False
        self._crowd.failures.append(f"{self._what}: {''.join(traceback.format_exception(error))}")
        return True
