"""Runs the restoring window in place of the till's, until the till may open again or somebody leaves."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from PySide6.QtWidgets import QApplication

from loyalty.ports import Clock, Ids
from storage.errors import StorageError
from terminal.app.restoring_copies import BACKUP_FOLDER
from terminal.app.restoring_trouble import NOT_CURED_BY_RESTORING, Trouble, diagnose
from terminal.presenters.restore import RestorePresenter, Ways
from terminal.settings import Settings
from terminal.sync.restoring import FullRestoringService
from terminal.ui.bridge import Bridge
from terminal.ui.loop import run_loop
from terminal.ui.restore_window import RestoreWindow
from terminal.ui.signals import quit_on_signals
from terminal.ui.theme import Theme
from terminal.ui.window import OFF_SCREEN
from texts.i18n import Texts

TOLD_IN_A_TERMINAL = NOT_CURED_BY_RESTORING | {Trouble.NEW}
"""For these a sentence is enough where somebody reads a terminal: the window could only say the same."""


def is_watched(application: QApplication, directory: Path, error: StorageError | None) -> bool:
    """Whether somebody sits before a screen who would look at the window."""
    if application.platformName() in OFF_SCREEN:
        return False
    reads_terminal = sys.stderr is not None and sys.stderr.isatty()
    return not (reads_terminal and error is not None and _trouble(directory, error) in TOLD_IN_A_TERMINAL)


def run_restoring(
    application: QApplication,
    directory: Path,
    settings: Settings,
    language: str,
    error: StorageError | None,
    *,
    clock: Clock,
    ids: Ids,
    crashed: Callable[[Exception], None],
) -> bool:
    """Show the window and return when it is left.

    Args:
        application: The Qt application.
        directory: The data directory; no till has it open.
        settings: The till's settings.
        language: The language to start with.
        error: What broke; ``None`` when somebody wants an older copy.
        clock: Time.
        ids: Fresh ids.
        crashed: Takes a bug, to write it down.

    Returns:
        Whether to open the till. Who gave up putting an older copy back gets the till as it was.
    """
    opens = False

    def open_till() -> None:
        nonlocal opens
        opens = True
        application.exit()

    with ExitStack() as running:
        bridge = Bridge(application)
        running.callback(bridge.close)
        running.enter_context(_bugs_to(bridge, crashed))
        theme = Theme()
        theme.apply(application)
        service = FullRestoringService(directory, settings, error, clock=clock, ids=ids, deliver=bridge.deliver)
        running.callback(service.stop)
        trouble = Trouble.ASKED if error is None else _trouble(directory, error)
        leave = open_till if error is None else application.exit
        presenter = RestorePresenter(
            service,
            Texts(language),
            clock,
            trouble,
            error,
            Ways(open_till, leave, crashed),
            black_box=settings.backup.black_box,
        )
        window = RestoreWindow(presenter, presenter.texts, theme, str(directory))
        running.callback(window.deleteLater)
        running.callback(window.hide)
        window.closed.connect(leave)
        running.enter_context(quit_on_signals(application))
        running.enter_context(_closed_by_itself(application))
        window.open()
        presenter.look()
        was_asked_to_end = run_loop(application) != 0
    return opens and not was_asked_to_end


def _trouble(directory: Path, error: StorageError) -> Trouble:
    """What is wrong, told at once; copies of other places are found by the look around."""
    return diagnose(directory, error, had_copies=(directory / BACKUP_FOLDER).is_dir())


@contextmanager
def _closed_by_itself(application: QApplication) -> Iterator[None]:
    """Let closing the window end nothing but the window: Qt's order to quit would wait for the till's own loop."""
    before = application.quitOnLastWindowClosed()
    application.setQuitOnLastWindowClosed(False)
    try:
        yield
    finally:
        application.setQuitOnLastWindowClosed(before)


@contextmanager
def _bugs_to(bridge: Bridge, crashed: Callable[[Exception], None]) -> Iterator[None]:
    """Have what nobody caught written down; the window stays, and what stood on the disk stands there."""

    def take(error: BaseException | None) -> None:
        if isinstance(error, Exception):
            bridge.deliver(lambda: crashed(error))

    before = sys.excepthook, threading.excepthook
    sys.excepthook = lambda _kind, error, _trace: take(error)
    threading.excepthook = lambda arguments: take(arguments.exc_value)
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = before
