"""How a till ends: asked by the system, it closes like its window does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.files import OPEN_MARK

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")

STARTED = """
import sys
from PySide6.QtCore import QTimer
from terminal import main
make = main.make_application
def make_and_tell():
    application = make()
    QTimer.singleShot(0, lambda: print("open", flush=True))
    return application
main.make_application = make_and_tell
sys.argv = ["stammkunde", "--data", sys.argv[1], "--lang", "en", "till"]
main.main()
"""


@pytest.fixture
def open_till(shop: Path) -> Iterator[subprocess.Popen[str]]:
    """A till in a process of its own, its event loop running."""
    process = subprocess.Popen(
        [sys.executable, "-c", STARTED, str(shop)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_closes_the_till_in_order(
    open_till: subprocess.Popen[str], shop: Path, number: signal.Signals
) -> None:
    """Ctrl+C, a logout, a shutdown: the log is written back, the lock is free, the exit code says which it was."""
    open_till.send_signal(number)
    _, told = open_till.communicate(timeout=20)
    assert (open_till.returncode, told) == (128 + number, "")
    assert not (shop / OPEN_MARK).exists()


def test_a_second_till_on_the_same_data_is_told_plainly(open_till: subprocess.Popen[str], shop: Path) -> None:
    """One sentence, exit code 1; the first till goes on."""
    second = subprocess.run(
        [sys.executable, "-m", "terminal.main", "--data", str(shop), "--lang", "en", "till"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert second.returncode == 1
    assert "M-2" in second.stderr
    assert len(second.stderr.splitlines()) == 1
    assert open_till.poll() is None
