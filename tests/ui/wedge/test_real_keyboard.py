"""The real till on a real X server: a scanner and a person at the keyboard, on German, French and American layouts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest

from hardware.wedge.layouts import Layout, keys_for
from hardware.wedge.positions import X11_OFFSET
from hardware.wedge.strokes import Modifier
from tests.fakes.counter import ANNA, BEN, Counter
from tests.fakes.x_desktop import XDesktop, x_desktop
from tests.source import ROOT

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="an X server is only at hand on Linux")

PATIENCE_S = 30.0
"""Longest wait for something that must happen; a failing test takes this long and a passing one does not."""

SCANNER_MS = 0  # as fast as it can: on a busy machine every wait may become a long one
BUSY_S = 2.0
SLOWLY_MS = 900
PERSON_MS = 320  # xdotool waits half of it between two keys


class Till:
    """The till in a process of its own: what it says, and what it shows now."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._said: Queue[dict[str, Any]] = Queue()
        self.scans: list[str] = []
        self.now: dict[str, Any] = {}
        self._ear = threading.Thread(target=self._listen, daemon=True)
        self._ear.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.put(json.loads(line))
        self._said.put({"crashed": "the till has ended"})

    def close(self) -> None:
        """Hear it out; it has ended."""
        self._ear.join(PATIENCE_S)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def be_busy(self) -> None:
        """Make the window deaf."""
        self._tell("busy")
        self.until(lambda: bool(self.now.get("busy")), "the window is busy")

    def wake(self) -> None:
        """Let it listen again."""
        assert self._said.empty(), "a deaf window says nothing"
        self._tell("wake")

    def _tell(self, command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Hear the till out until something holds."""
        while not holds():
            try:
                said = self._said.get(timeout=PATIENCE_S)
            except Empty:
                raise AssertionError(f"waited in vain: {what}; scans {len(self.scans)}, shows {self.now}") from None
            assert "crashed" not in said, said
            if "scan" in said:
                self.scans.append(said["scan"])
            else:
                self.now = said

    def until_shows(self, field: str, text: str) -> None:
        """Wait for a text in a field."""
        self.until(lambda: (self.now.get("field"), self.now.get("text")) == (field, text), f"{text!r} in {field}")

    def until_scanned(self, *codes: str) -> None:
        """Wait for the next scans, and let there be no more."""
        self.until(lambda: len(self.scans) >= len(codes), f"{len(codes)} scans")
        assert self.scans == list(codes)
        self.scans.clear()


def scanner_keys(code: str) -> list[str]:
    """What a scanner that is set to the American layout presses, for xdotool."""
    held = {Modifier.NONE: "", Modifier.SHIFT: "shift+", Modifier.CONTROL: "ctrl+"}
    return [f"{held[modifiers]}{place + X11_OFFSET}" for place, modifiers in keys_for(code, Layout.US)]


@pytest.fixture(scope="module")
def desktop() -> Iterator[XDesktop]:
    """A desktop for all tests of this file."""
    with x_desktop() as made:
        yield made


@contextmanager
def running_till(desktop: XDesktop, directory: Path) -> Iterator[Till]:
    """The till on a fresh shop, its window in front, its keyboard listened to."""
    Counter(directory).close()
    environment = {**desktop.environment, "PYTHONPATH": str(ROOT), "QT_LOGGING_RULES": "*.debug=false"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.ui.wedge.x_till", os.fspath(directory)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    till = Till(process)
    try:
        till.until(lambda: bool(till.now.get("active")), "the window is in front")
        till.until_shows("query", "")
        yield till
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        till.close()


@pytest.mark.parametrize("layout", ["us", "de", "fr"])
def test_one_scan_is_one_scan_and_typing_is_typing(desktop: XDesktop, tmp_path: Path, layout: str) -> None:
    """A name, a card, an amount, another code over it, Enter, another card: by a person and a scanner in turn."""
    desktop.layout(layout)
    with running_till(desktop, tmp_path / "shop") as till:
        desktop.type("Anna B", delay_ms=PERSON_MS)
        till.until_shows("query", "Anna B")
        assert till.scans == []

        desktop.keys([*scanner_keys("YZ-YZ 4711=A"), "Return"], delay_ms=SCANNER_MS)
        till.until_scanned("YZ-YZ 4711=A")
        till.until_shows("query", "")

        desktop.keys([*scanner_keys(ANNA), "Return"], delay_ms=SCANNER_MS)
        till.until_scanned(ANNA)
        till.until_shows("amount", "")

        desktop.type("12,50", delay_ms=PERSON_MS)
        till.until_shows("amount", "12,50")
        desktop.keys([*scanner_keys(ANNA), "Return"], delay_ms=SCANNER_MS)
        till.until_scanned(ANNA)
        till.until_shows("amount", "12,50")

        desktop.keys(["End", "Return"], delay_ms=PERSON_MS)
        till.until(lambda: till.now["screen"] == "done", "the sale is booked by a person's Enter")

        desktop.type(BEN + "\n", delay_ms=SCANNER_MS)
        till.until_scanned(BEN)
        till.until_shows("amount", "")


def test_caps_lock_and_no_terminator(desktop: XDesktop, tmp_path: Path) -> None:
    """The lock is on, and the scanner sends nothing behind its codes."""
    desktop.layout("de")
    with running_till(desktop, tmp_path / "shop") as till:
        desktop.keys(["Caps_Lock"], delay_ms=PERSON_MS)
        try:
            desktop.keys(scanner_keys("Kd-4711-aZ"), delay_ms=SCANNER_MS)
            till.until_scanned("Kd-4711-aZ")
        finally:
            desktop.keys(["Caps_Lock"], delay_ms=PERSON_MS)
        till.until_shows("query", "")


def test_a_window_that_was_busy_for_two_seconds(desktop: XDesktop, tmp_path: Path) -> None:
    """Everything arrives at once when it wakes: what a person typed is in the field, what the scanner typed a scan."""
    desktop.layout("de")
    with running_till(desktop, tmp_path / "shop") as till:
        desktop.keys([*scanner_keys(ANNA), "Return"], delay_ms=SCANNER_MS)
        till.until_scanned(ANNA)
        till.until_shows("amount", "")
        till.be_busy()
        begun = time.monotonic()
        desktop.type("12", delay_ms=SLOWLY_MS)
        desktop.keys([*scanner_keys("4006381333931"), "Return"], delay_ms=SCANNER_MS)
        desktop.type("345", delay_ms=SLOWLY_MS)
        assert time.monotonic() - begun >= BUSY_S
        till.wake()
        till.until_scanned("4006381333931")
        till.until_shows("amount", "12345")
