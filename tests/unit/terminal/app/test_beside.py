"""Work beside the till: a process that is watched until it ends or the till does."""

from __future__ import annotations

import errno
import subprocess
import sys
import tempfile
import threading
from typing import NoReturn

import pytest

from terminal.app import beside
from terminal.app.beside import run_beside


def python(program: str) -> list[str]:
    """A command that runs a program."""
    return [sys.executable, "-c", program]


def test_it_says_how_the_process_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """And hands over what it printed."""
    monkeypatch.setattr(beside, "POLL_S", 0.01)
    with tempfile.TemporaryFile() as output:
        assert run_beside(python("print('done'); raise SystemExit(3)"), threading.Event(), output=output) == 3
        output.seek(0)
        assert output.read().split() == [b"done"]


@pytest.mark.parametrize("ends", ["the till", "the time"])
def test_it_is_ended_with_the_till_or_with_its_time(ends: str) -> None:
    """A process that would wait for ever is none any more when the call comes back."""
    stopping = threading.Event()
    if ends == "the till":
        stopping.set()
    assert run_beside(python("import time; time.sleep(600)"), stopping, timeout_s=0.0) is None


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE])
def test_no_room_for_another_process_is_no_mistake(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Whoever asked tries again later."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError(number, "no room")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert run_beside(["anything"], threading.Event()) is None


def test_a_program_that_does_not_exist_is_one() -> None:
    """It is told, and written down."""
    with pytest.raises(FileNotFoundError):
        run_beside(["no such program"], threading.Event())
