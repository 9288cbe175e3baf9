"""The demo as a visitor starts it: nothing in the home folder, no display, twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from PySide6.QtGui import QImage

from storage.verify import verify
from terminal.demo.people import ANNA, JONAS, NEWCOMER
from tests.source import ROOT

ENTRY = "from terminal.main import main; main()"
SCREENS = ("idle", "member", "redeem", "done", "unknown", "enrol", "find", "void", "report")
TIMEOUT_S = 120


def run_demo(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Start the demo with a home of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "QT_"))}
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        environment.pop(name, None)
    environment |= {"HOME": str(home), "LOCALAPPDATA": str(home)}
    return subprocess.run(
        [sys.executable, "-c", ENTRY, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=TIMEOUT_S,
    )


def test_three_members_are_served_in_an_empty_home_and_again(tmp_path: Path) -> None:
    """German for scripts, then English for people: the same three, pictures of every screen, a sound ledger."""
    home, pictures = tmp_path / "home", tmp_path / "pictures"
    home.mkdir()
    first = run_demo(home, "--lang", "de", "--json", "demo", "--headless", "--screenshots", str(pictures))
    assert first.returncode == 0, first.stderr
    document: dict[str, Any] = json.loads(first.stdout)
    assert [tuple(served.values()) for served in document["served"]] == [
        (ANNA.profile.name, 23, ANNA.balance + 23),
        (JONAS.profile.name, 13 - 500, JONAS.balance + 13 - 500),
        (NEWCOMER.name, 0, 0),
    ]
    taken = [Path(path) for path in document["screenshots"]]
    assert {path.stem.partition("-")[2] for path in taken} >= set(SCREENS)
    for path in taken:
        image = QImage(str(path))
        assert (image.width(), image.height()) == (1366, 768), path
    ledgers = sorted(home.rglob("served-*"))
    assert len(ledgers) == 1
    assert verify(ledgers[0]).problems == ()

    second = run_demo(home, "--lang", "en", "demo")
    assert second.returncode == 0, second.stderr
    assert "Traceback" not in second.stderr
    lines = second.stdout.splitlines()
    assert lines[0].startswith("Anna Schneider")
    assert "1,307" in lines[0]
    assert len(sorted(home.rglob("served-*"))) == 2, "the first one's ledger is left as it was"
