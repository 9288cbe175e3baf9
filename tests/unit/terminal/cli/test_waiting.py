"""Somebody at a terminal sees that work goes on; a script and a log see nothing."""

from __future__ import annotations

import io
import threading

import pytest

from terminal.cli.waiting import ERASE_LINE, waiting

WAIT_MAX_S = 5.0
LONG_S = 3_600.0


class Terminal(io.StringIO):
    """A stream that says it is a terminal, and when something is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        length = super().write(text)
        self.written.set()
        return length


def test_long_work_is_named_with_its_seconds_and_wiped_away() -> None:
    """The answer follows on a clean line."""
    terminal = Terminal()
    with waiting("Adding up", terminal, patience_s=0, beat_s=LONG_S):
        assert terminal.written.wait(WAIT_MAX_S)
    assert terminal.getvalue() == f"{ERASE_LINE}Adding up 0 s{ERASE_LINE}"


def test_short_work_is_not_talked_about() -> None:
    """A line that flashes by helps nobody."""
    terminal = Terminal()
    with waiting("Adding up", terminal, patience_s=LONG_S):
        pass
    assert terminal.getvalue() == ""


def test_a_file_gets_nothing() -> None:
    """Standard error of a script holds troubles only."""
    stream = io.StringIO()
    with waiting("Adding up", stream, patience_s=0, beat_s=0):
        pass
    assert stream.getvalue() == ""


def test_the_line_is_wiped_away_when_the_work_breaks() -> None:
    """What is said about the trouble begins on a clean line too."""
    terminal = Terminal()

    def work() -> None:
        assert terminal.written.wait(WAIT_MAX_S)
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"), waiting("Adding up", terminal, patience_s=0, beat_s=LONG_S):
        work()
    assert terminal.getvalue().endswith(ERASE_LINE)
    assert not [thread for thread in threading.enumerate() if thread.name == "waiting"]
