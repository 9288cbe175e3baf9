"""A till that opens loads nothing of what is there for one that does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.source import ROOT

OPENED = """
import sys
from PySide6.QtCore import QTimer
from terminal import main
make = main.make_application
def make_and_leave():
    application = make()
    QTimer.singleShot(0, application.quit)
    return application
main.make_application = make_and_leave
code = main.open_till(__import__("pathlib").Path(sys.argv[1]), language="en")
print(code, *[name for name in sys.modules if "restor" in name or name in ("storage.salvage", "storage.remains")])
"""


def test_a_till_that_opens_loads_nothing_of_restoring(shop: Path) -> None:
    """The first screen comes first; imports are most of the start."""
    ran = subprocess.run(
        [sys.executable, "-c", OPENED, str(shop)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )
    assert ran.stdout.split() == ["0"], ran.stderr


def test_an_off_screen_start_ends_with_a_sentence(tmp_path: Path) -> None:
    """Nobody would see a window; whoever started the program waits for its exit code."""
    ran = subprocess.run(
        [sys.executable, "-m", "terminal.main", "--data", str(tmp_path / "nothing"), "--lang", "en", "till"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )
    assert (ran.returncode, "M-209" in ran.stderr) == (1, True)
