"""Single questions beside the rounds: answered once, within a time, and ended with the till."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from datetime import date

import pytest

from loyalty.store_day import StoreDay
from loyalty.wire import ProblemCode
from terminal.sync.errors import Away, HeadOfficeSaysNo, Stopped
from terminal.sync.outcomes import Declined
from terminal.sync.questions import QUESTIONS_MAX, Questions, ask_once
from terminal.sync.status import SyncTrouble
from tests.fakes.clock import FakeClock
from tests.fakes.head_office_port import FakeHeadOffice

PATIENCE_S = 20
"""How long a test waits for what must come, in seconds; it mostly comes at once."""

DAY = date(2026, 11, 21)


class SilentOffice(FakeHeadOffice):
    """Answers nothing until somebody hangs up."""

    def __init__(self) -> None:
        super().__init__(FakeClock())
        self.asked = threading.Event()
        self.hung_up = threading.Event()
        self.closed = threading.Event()

    def store_day(self, day: date) -> StoreDay:
        self.asked.set()
        assert self.hung_up.wait(PATIENCE_S), "nobody hung up"
        raise Stopped("hung up")

    def hang_up(self) -> None:
        self.hung_up.set()

    def close(self) -> None:
        self.closed.set()


class Painter:
    """The thread that paints: takes what is handed over when the test asks for it."""

    def __init__(self) -> None:
        self._calls: queue.Queue[Callable[[], None]] = queue.Queue()
        self.answers: list[StoreDay | Declined] = []
        self.failures: list[Exception] = []

    def deliver(self, call: Callable[[], None]) -> None:
        self._calls.put(call)

    def ask(self, questions: Questions, day: date = DAY) -> None:
        questions.ask(lambda port: port.store_day(day), self.answers.append, self.failures.append)

    def hear(self) -> StoreDay | Declined:
        """The next answer."""
        self._calls.get(timeout=PATIENCE_S)()
        return self.answers[-1]


@pytest.fixture
def painter() -> Painter:
    """Nothing was asked yet."""
    return Painter()


def test_an_answer_goes_home(painter: Painter) -> None:
    """Asked on a thread of its own, handed over to the one that paints; the line is closed by then."""
    office = FakeHeadOffice(FakeClock())
    painter.ask(Questions(lambda: office, painter.deliver))
    answer = painter.hear()
    assert isinstance(answer, StoreDay)
    assert answer.figures.day == DAY


@pytest.mark.parametrize(
    ("error", "why"),
    [(Away("gone"), SyncTrouble.UNREACHABLE), (HeadOfficeSaysNo(ProblemCode.REVOKED), ProblemCode.REVOKED)],
)
def test_no_answer_and_a_no_are_values(painter: Painter, error: Exception, why: SyncTrouble | ProblemCode) -> None:
    """Whoever asked decides what to show instead."""
    office = FakeHeadOffice(FakeClock())
    office.fails["store_day"] = error
    painter.ask(Questions(lambda: office, painter.deliver))
    assert painter.hear() == Declined(why)


def test_without_a_line_there_is_no_answer(painter: Painter) -> None:
    """A till that was just opened has none yet."""

    def none_yet() -> FakeHeadOffice:
        raise Away("no round yet")

    painter.ask(Questions(none_yet, painter.deliver))
    assert painter.hear() == Declined(SyncTrouble.UNREACHABLE)


def test_a_bug_is_no_answer_of_head_office(painter: Painter) -> None:
    """It goes to the crash handler."""
    office = FakeHeadOffice(FakeClock())
    office.fails["store_day"] = ZeroDivisionError()
    painter.ask(Questions(lambda: office, painter.deliver))
    with pytest.raises(IndexError):
        painter.hear()
    assert [type(error) for error in painter.failures] == [ZeroDivisionError]


def test_a_silent_head_office_is_hung_up_on() -> None:
    """After the time a person waits, and the line is closed."""
    office = SilentOffice()
    with pytest.raises(Away):
        ask_once(office, lambda port: port.store_day(DAY), within_s=0.01)
    assert office.hung_up.is_set()
    assert office.closed.is_set()


def test_the_end_of_the_till_waits_for_no_answer(painter: Painter) -> None:
    """What is being asked is hung up on; what is asked afterwards is not asked at all."""
    office = SilentOffice()
    questions = Questions(lambda: office, painter.deliver)
    painter.ask(questions)
    assert office.asked.wait(PATIENCE_S)
    questions.stop()
    assert painter.hear() == Declined(SyncTrouble.UNREACHABLE)
    painter.ask(questions)
    assert painter.hear() == Declined(SyncTrouble.UNREACHABLE)


def test_only_so_many_are_asked_at_once(painter: Painter) -> None:
    """One more than that is told at once that there is no answer; an answer makes room again."""
    offices = [SilentOffice() for _ in range(QUESTIONS_MAX)]
    lines = iter(offices)
    questions = Questions(lambda: next(lines), painter.deliver)
    for _ in offices:
        painter.ask(questions)
    painter.ask(questions)
    assert painter.hear() == Declined(SyncTrouble.UNREACHABLE)
    questions.stop()
    for _ in offices:
        painter.hear()
    assert len(painter.answers) == QUESTIONS_MAX + 1
