"""The real service: one thing after the other on its own thread, answers at home, an end that waits."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.backup import backup
from storage.errors import Damaged
from storage.store import open_store
from terminal.app.restoring_copies import Checked
from terminal.app.restoring_plans import Findings, FromCopy, Restored, Stage, Step
from terminal.app.restoring_service import RestoringService
from terminal.app.restoring_trouble import Trouble
from terminal.settings import Settings
from tests.fakes.ledger import LedgerOfTests

WAIT_S = 30


class Home:
    """The painting thread: runs what is handed over, when it is asked to."""

    def __init__(self) -> None:
        self._calls: queue.Queue[Callable[[], None]] = queue.Queue()
        self.answers: list[object] = []
        self.failures: list[Exception] = []

    def deliver(self, call: Callable[[], None]) -> None:
        """Hand a call over; any thread may."""
        self._calls.put(call)

    def run(self) -> None:
        """Run what was handed over so far."""
        while not self._calls.empty():
            self._calls.get_nowait()()

    def wait(self) -> object:
        """Run calls until one more answer is there; gives it."""
        before = len(self.answers) + len(self.failures)
        while len(self.answers) + len(self.failures) == before:
            self._calls.get(timeout=WAIT_S)()
        return self.answers[-1] if self.answers else self.failures[-1]


@pytest.fixture
def till(tmp_path: Path) -> LedgerOfTests:
    """A closed till of more than a thousand records, and a copy of it."""
    made = LedgerOfTests(tmp_path / "till")
    made.append(*(made.sale(None) for _ in range(1_100)))
    backup(made.directory, tmp_path / "copy")
    made.close()
    return made


@pytest.fixture
def home() -> Home:
    """Where answers go."""
    return Home()


@pytest.fixture
def service(till: LedgerOfTests, home: Home) -> Iterator[RestoringService]:
    """The service on that till."""
    made = RestoringService(
        till.directory, Settings(), Damaged("x"), clock=till.clock, ids=till.ids, deliver=home.deliver
    )
    yield made
    made.stop()


def test_a_look_around_tells_how_far_it_is(service: RestoringService, home: Home) -> None:
    """Progress and findings arrive at home."""
    told: list[tuple[int, int]] = []
    service.examine(lambda done, total: told.append((done, total)), home.answers.append, home.failures.append)
    findings = home.wait()
    assert isinstance(findings, Findings)
    assert (findings.trouble, findings.remains.journal.newest) == (Trouble.DAMAGED, 1_102)
    assert told == [(1_000, 1_102)]


def test_a_copy_is_checked_and_put_back(
    service: RestoringService, home: Home, till: LedgerOfTests, tmp_path: Path
) -> None:
    """In the order in which it was asked for; the till opens afterwards."""
    service.look_at(tmp_path / "copy", home.answers.append, home.failures.append)
    service.check(tmp_path / "copy", home.answers.append, home.failures.append)
    steps: list[Step] = []
    service.carry_out(FromCopy(tmp_path / "copy"), steps.append, home.answers.append, home.failures.append)
    _, _, outcome = home.wait(), home.wait(), home.wait()
    assert isinstance(outcome, Restored)
    assert steps[0].stage is Stage.CHECKING
    open_store(till.directory, clock=till.clock, ids=till.ids).close()


def test_what_breaks_goes_home_too(service: RestoringService, home: Home, tmp_path: Path) -> None:
    """A file that is no copy, a PIN of nobody, a folder that can't be written."""
    service.carry_out(FromCopy(tmp_path / "none"), lambda _step: None, home.answers.append, home.failures.append)
    home.wait()
    assert len(home.failures) == 1
    service.authorise([], None, "2468", home.answers.append, home.failures.append)
    assert home.wait() is not None


def test_the_support_file_is_written_of_a_damaged_till(service: RestoringService, home: Home, tmp_path: Path) -> None:
    """Into a folder that is made for it."""
    service.bundle(tmp_path / "documents", home.answers.append, home.failures.append)
    file = home.wait()
    assert isinstance(file, Path)
    assert file.is_file()


def test_an_ended_service_takes_no_orders(service: RestoringService, home: Home, tmp_path: Path) -> None:
    """The window is closed; a look that was under way ends by itself."""
    service.stop_work()
    service.examine(lambda *_: None, home.answers.append, home.failures.append)
    service.stop()
    service.check(tmp_path / "copy", home.answers.append, home.failures.append)
    service.stop()
    home.run()
    assert not any(isinstance(answer, Checked) for answer in home.answers)
