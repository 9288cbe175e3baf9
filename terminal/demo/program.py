"""``stammkunde demo``: the till on the demo shop, with a scanner made of software on a real serial line."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import threading
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hardware.simulated import SimulatedScanner, simulated_scanner
from terminal.app.system import SystemClock
from terminal.cli.programs import DemoResult
from terminal.demo.people import ANNA, card_number
from terminal.demo.serving import NEW_SERIAL, NEW_SERIALS, Service
from terminal.demo.shop import PICTURES, demo_folder, fresh_shop, window_shop
from texts.i18n import Texts, system_language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from terminal.demo.stage import RunningTill, Stage

WINDOW_WIDTH: Final = 1366
WINDOW_HEIGHT: Final = 768
SMALL_WIDTH: Final = 624
"""Of the copies for the documentation, in pixels."""

BAR_WIDTH: Final = 30
PERCENT: Final = 100
INVISIBLE: Final = ("offscreen", "minimal")
"""Qt platforms on which nobody would see a window."""


def run_demo(stage: Stage, *, headless: bool, screenshots: Path | None, language: str | None) -> DemoResult:
    """Open the till on the demo shop, or serve three members off-screen.

    Args:
        stage: Starts the till.
        headless: Whether to stay off the screen; where there is none it happens anyway.
        screenshots: The folder for the pictures of a run off-screen, ``None`` for one beside the demo shop.
        language: The language, ``None`` for the system's.

    Raises:
        StorageError: The shop can't be made or opened.
        AssertionError: The till did not do what it promises.
    """
    texts = Texts(language or system_language())
    folder = demo_folder()
    clock = SystemClock()
    progress = progress_bar(texts._("Preparing the demo shop, once a day"))
    if headless or not _somebody_sees(stage):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        directory = fresh_shop(folder, clock, progress)
        pictures = screenshots or folder / PICTURES / texts.language
        return serve_off_screen(stage, directory, texts, pictures, (WINDOW_WIDTH, WINDOW_HEIGHT))
    return open_window(stage, window_shop(folder, clock, progress), texts)


def _somebody_sees(stage: Stage) -> bool:
    """Whether a window would be seen."""
    return stage.has_display() and os.environ.get("QT_QPA_PLATFORM") not in INVISIBLE


def serve_off_screen(
    stage: Stage, directory: Path, texts: Texts, pictures: Path, size: tuple[int, int], *, small: Path | None = None
) -> DemoResult:
    """Serve three members in a shop nobody has open.

    Args:
        stage: Starts the till.
        directory: The shop's data directory.
        texts: The language.
        pictures: The folder for the screenshots; made when missing.
        size: The window's width and height, in device-independent pixels.
        small: A folder for small copies as well, for the documentation.
    """
    from terminal.ui.hands import Hands

    pictures.mkdir(parents=True, exist_ok=True)
    taken: list[Path] = []
    bugs: list[Exception] = []
    with running_till(stage, directory, texts, bugs.append) as (till, scanner):
        hands = Hands(till.window)

        def picture(name: str) -> None:
            taken.append(hands.picture(pictures / f"{len(taken) + 1:02d}-{name}.png"))
            if small is not None:
                hands.picture(small / f"{name}-{texts.language}.png", width=SMALL_WIDTH)

        hands.open_window(*size)
        service = Service(till, hands, scanner, directory, picture, bugs)
        service.serve_all()
    lines = [
        *service.lines,
        texts._("The ledger: {directory}").format(directory=directory),
        texts.n_("{count} picture: {directory}", "{count} pictures: {directory}", len(taken)).format(
            count=len(taken), directory=pictures
        ),
    ]
    return DemoResult(tuple(service.served), tuple(taken), tuple(lines))


def open_window(stage: Stage, directory: Path, texts: Texts) -> DemoResult:
    """Open the till and the scanner's panel; return when the window is closed.

    Args:
        stage: Starts the till and runs its window.
        directory: The shop's data directory.
        texts: The language.
    """
    from terminal.crash import crash_text, write_crash
    from terminal.ui.demo_panel import DemoPanel
    from terminal.ui.theme import Theme

    def write_down(error: Exception) -> None:
        write_crash(directory, crash_text(error, ()))

    with running_till(stage, directory, texts, write_down) as (till, scanner):
        actions = (
            (texts._("Scan Anna's card"), _scan(scanner, lambda: ANNA.card)),
            (texts._("Scan an unknown card"), _scan(scanner, _next_unknown())),
            (texts._("Pull the scanner's plug"), scanner.unplug),
            (texts._("Plug the scanner in"), scanner.plug),
        )
        till.window.open()
        panel = DemoPanel(texts._("Simulated scanner"), actions, Theme(), till.window)
        panel.place()
        panel.show()
        stage.run_window()
    return DemoResult(lines=(texts._("The ledger: {directory}").format(directory=directory),))


def _scan(scanner: SimulatedScanner, card: Callable[[], str]) -> Callable[[], None]:
    """What a button of the panel does; a scanner without its plug does nothing, as in life."""

    def scan() -> None:
        if scanner.is_plugged:
            scanner.scan(card())

    return scan


def _next_unknown() -> Callable[[], str]:
    """Another card at each call, because one that was enrolled is no longer unknown; each start begins elsewhere."""
    serials = count(os.getpid())
    return lambda: card_number(NEW_SERIAL + next(serials) % NEW_SERIALS)


@contextlib.contextmanager
def running_till(
    stage: Stage, directory: Path, texts: Texts, crashed: Callable[[Exception], None]
) -> Iterator[tuple[RunningTill, SimulatedScanner]]:
    """A till with a simulated scanner on its line; stopped at the end, whatever happened."""
    from terminal.ui.hands import discard

    line = Path(tempfile.mkdtemp(prefix="stammkunde-"))
    hooks = sys.excepthook, threading.excepthook
    try:
        with simulated_scanner(line) as scanner:
            till = stage.start_till(directory, scanner.port, texts, crashed)
            try:
                yield till, scanner
            finally:
                till.stop()
                discard(till.window, till.bridge)  # with their timers: another till may run in this process next
                sys.excepthook, threading.excepthook = hooks
    finally:
        shutil.rmtree(line, ignore_errors=True)


def progress_bar(title: str) -> Callable[[float], None]:
    """A bar on standard error where that is a terminal; it stays away while there is nothing to wait for."""
    if not sys.stderr.isatty():
        return lambda _share: None

    def show(share: float) -> None:
        done = round(share * BAR_WIDTH)
        end = "\n" if share >= 1 else ""
        bar = "█" * done + "·" * (BAR_WIDTH - done)
        print(f"\r{title} {bar} {share * PERCENT:3.0f} %", end=end, file=sys.stderr, flush=True)  # noqa: T201 - a terminal

    return show
