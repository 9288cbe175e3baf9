"""A thread that does one thing again and again, gives way, and never holds up the till's end."""

from __future__ import annotations

import threading

import pytest

from storage.errors import CopyStopped
from terminal.backup.errand import PAUSE_MAX_S, Errand

WAIT_S = 60.0


def test_a_turn_is_taken_again_when_somebody_calls() -> None:
    """And not before; its end gives back what was opened."""
    turns, ended = threading.Semaphore(0), threading.Event()
    errand = Errand("test", turns.release, _fail, ended.set)
    errand.start()
    assert turns.acquire(timeout=WAIT_S)
    errand.wake()
    assert turns.acquire(timeout=WAIT_S)
    assert errand.stop(WAIT_S)
    assert ended.is_set()
    assert errand.stop(0.0), "stopping twice is allowed"
    assert errand.silent_s == 0.0


def test_a_copy_that_is_under_way_ends_with_the_till() -> None:
    """Its next pause is its last."""
    began = threading.Event()

    def copy_for_ever() -> None:
        while True:
            errand.pause(0.0)
            began.set()

    errand = Errand("test", copy_for_ever, _fail)
    errand.start()
    assert began.wait(WAIT_S)
    assert errand.silent_s < WAIT_S
    assert errand.stop(WAIT_S)
    assert errand.is_stopping
    with pytest.raises(CopyStopped):
        errand.pause(PAUSE_MAX_S)


def test_a_place_that_hangs_is_left_alone_at_the_end() -> None:
    """The till closes; the thread is a daemon and goes with the process."""
    hangs, released = threading.Event(), threading.Event()

    def hang() -> None:
        hangs.set()
        released.wait()

    errand = Errand("test", hang, _fail)
    errand.start()
    assert hangs.wait(WAIT_S)
    assert errand.silent_s >= 0.0
    assert not errand.stop(0.01)
    released.set()
    assert errand.stop(WAIT_S)


def test_a_mistake_of_ours_is_written_down_and_ends_nothing() -> None:
    """After a rest the errand goes on, or at once when somebody calls."""
    bugs: list[Exception] = []
    turns = threading.Semaphore(0)
    broken = iter([True, False])

    def turn() -> None:
        turns.release()
        if next(broken):
            raise ValueError("ours")

    errand = Errand("test", turn, bugs.append)
    errand.start()
    assert turns.acquire(timeout=WAIT_S)
    errand.wake()
    assert turns.acquire(timeout=WAIT_S)
    errand.stop(WAIT_S)
    assert [type(bug) for bug in bugs] == [ValueError]


def _fail(error: Exception) -> None:
    raise error
