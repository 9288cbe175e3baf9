"""The composition root: the only place where the till's parts are built and wired to each other.

The command line is built without Qt; the window's libraries are loaded when the till or the demo is opened.
"""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from terminal.app.system import SystemClock, SystemIds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtWidgets import QApplication

    from hardware.worker import ScannerWorker
    from loyalty.ports import Clock, Ids
    from terminal.app.desk import StorageThread
    from terminal.app.health import HealthWatch
    from terminal.cli.programs import DemoResult
    from terminal.i18n import Texts
    from terminal.presenters.shell import ShellPresenter
    from terminal.settings import ScannerSettings
    from terminal.ui.bridge import Bridge
    from terminal.ui.window import MainWindow

APPLICATION: Final = "stammkunde"
TICK_MS: Final = 5_000
"""How often the clock in the bar looks at the time, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """One scanner to listen to: the till's name for it, its port, and how it talks."""

    name: str
    port: str
    settings: ScannerSettings


@dataclass
class RunningTill:
    """A till with all its threads; ``stop`` ends them in the order that loses nothing."""

    desk: StorageThread
    bridge: Bridge
    shell: ShellPresenter
    window: MainWindow
    health: HealthWatch
    scanners: list[ScannerWorker] = field(default_factory=list)

    def stop(self) -> None:
        """Let go of the scanners, finish the writing that waits, close the ledger."""
        for scanner in self.scanners:
            scanner.stop()
        self.health.stop()
        self.bridge.close()
        self.window.close()
        self.desk.stop()


def assemble(
    application: QApplication,
    directory: Path,
    *,
    texts_for: Callable[[str], Texts],
    scanners: Iterable[Scanner],
    clock: Clock,
    ids: Ids,
    crashed: Callable[[Exception], None],
) -> RunningTill:
    """Build the till on a data directory and start its threads; the window is not shown yet.

    Args:
        application: The Qt application.
        directory: The data directory.
        texts_for: Makes the texts once the shop's currency is known.
        scanners: What to listen to.
        clock: Time.
        ids: Ids.
        crashed: Takes a bug, to write it down.

    Raises:
        StorageError: If the ledger can't be opened; nothing keeps running then.
    """
    from PySide6.QtCore import QTimer

    from storage.store import open_store
    from terminal.app.desk import StorageThread
    from terminal.app.health import HealthWatch, verify_command
    from terminal.presenters.base import Surroundings
    from terminal.presenters.shell import ShellPresenter
    from terminal.ui.bridge import Bridge
    from terminal.ui.theme import Theme
    from terminal.ui.window import MainWindow

    bridge = Bridge(application)
    desk = StorageThread(
        lambda: open_store(directory, clock=clock, ids=ids), clock=clock, ids=ids, deliver=bridge.deliver
    )
    desk.start()
    texts = texts_for(desk.shop.currency)
    surroundings = Surroundings(desk, texts, clock, ids, bridge.schedule, application.quit)
    shell = ShellPresenter(surroundings, crashed)
    desk.on_breakage = shell.broke
    theme = Theme()
    theme.apply(application)
    window = MainWindow(shell, texts, theme)
    health = HealthWatch(directory, lambda error: bridge.deliver(lambda: shell.broke(error)), verify_command(directory))
    till = RunningTill(desk, bridge, shell, window, health)
    for scanner in scanners:
        till.scanners.append(_listen(scanner, bridge, shell))
    timer = QTimer(window)
    timer.timeout.connect(shell.tick)
    timer.start(TICK_MS)
    shell.start()
    QTimer.singleShot(0, health.start)  # from the event loop, so after the first paint has been asked for
    return till


def _listen(scanner: Scanner, bridge: Bridge, shell: ShellPresenter) -> ScannerWorker:
    """Start one scanner; what it reads is handed over to the painting thread, which consumes it once."""
    from hardware.frames import FrameSettings, Terminator
    from hardware.transport import SerialSettings, transport_for
    from hardware.worker import ScannerWorker

    settings = scanner.settings
    # Scanners differ in how they end a line, and a shop should not need to know: all newlines mean the same.
    newlines = frozenset({Terminator.CR, Terminator.LF, Terminator.CRLF})
    chosen = Terminator(settings.terminator)
    worker = ScannerWorker(
        scanner.name,
        transport_for(scanner.port, SerialSettings(baud=settings.baud)),
        on_scan=lambda scan: bridge.deliver(lambda: shell.scanned(scan)),
        on_status=lambda status: bridge.deliver(lambda: shell.scanner_status(status)),
        frames=FrameSettings(
            prefix=settings.prefix.encode(), terminators=newlines if chosen in newlines else frozenset({chosen})
        ),
    )
    worker.start()
    return worker


def has_display() -> bool:
    """Whether a window can be shown; Qt would end the process without one."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def make_application() -> QApplication:
    """The one Qt application."""
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName(APPLICATION)
    return application


def catch_bugs(till: RunningTill) -> None:
    """Send what nobody caught, on this thread (Qt hands it over) or another, to the shell: written down and shown."""

    def take(error: BaseException | None) -> None:
        if isinstance(error, Exception):
            till.bridge.deliver(lambda: till.shell.broke(error))

    sys.excepthook = lambda _kind, error, _trace: take(error)
    threading.excepthook = lambda arguments: take(arguments.exc_value)


def open_till(directory: Path, *, language: str | None) -> int:
    """Open the till's window and return when it is closed.

    Raises:
        StorageError: If the ledger can't be opened.
        SettingsWrong: If the settings have mistakes.
        NoDisplay: If there is no screen.
    """
    from storage.errors import StorageError
    from terminal.cli.crash import crash_text, write_crash
    from terminal.cli.errors import NoDisplay
    from terminal.cli.session import system_language
    from terminal.i18n import Texts
    from terminal.messages import error_text
    from terminal.settings import settings_of
    from terminal.ui.notice_box import show_notice

    settings = settings_of(directory)

    def write_down(error: Exception) -> None:
        write_crash(directory, crash_text(error, ()))

    if not has_display():
        raise NoDisplay
    application = make_application()
    chosen = language or settings.language or system_language()
    try:
        till = assemble(
            application,
            directory,
            texts_for=lambda currency: Texts(chosen, currency),
            scanners=[Scanner("scanner", settings.scanner.port, settings.scanner)] if settings.scanner.port else [],
            clock=SystemClock(),
            ids=SystemIds(),
            crashed=write_down,
        )
    except StorageError as error:
        show_notice(application, error_text(Texts(chosen), error))
        raise
    catch_bugs(till)
    try:
        till.window.show()
        return int(application.exec())
    finally:
        till.stop()


def default_directory() -> Path:
    """Where the till's data lies unless ``--data`` says otherwise."""
    from platformdirs import user_data_path

    return user_data_path(APPLICATION, appauthor=False)


def run_demo(*, headless: bool, screenshots: Path | None, language: str | None) -> DemoResult:
    """Open the demo shop; its code is loaded here and not for every other command."""
    from terminal.demo import program

    return program.run_demo(headless=headless, screenshots=screenshots, language=language)


def main() -> None:
    """Run the command line."""
    from terminal.cli import run
    from terminal.cli.programs import Programs

    run(Programs(SystemClock(), SystemIds(), open_till, run_demo, default_directory))


if __name__ == "__main__":
    main()
