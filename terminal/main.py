"""The composition root: the only place where the till's parts are built and wired to each other.

The command line is built without Qt; the window's libraries are loaded when the till or the demo is opened.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from terminal.app.system import CorrectedClock, SystemClock, SystemIds
from texts.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from PySide6.QtWidgets import QApplication

    from hardware.worker import ScannerWorker
    from loyalty.ports import Clock, Ids
    from terminal.app.desk import StorageThread
    from terminal.app.report import ReportPlace
    from terminal.cli.programs import DemoResult
    from terminal.demo.stage import Stage
    from terminal.presenters.base import Surroundings
    from terminal.presenters.shell import ShellPresenter
    from terminal.settings.scanner import ScannerSettings
    from terminal.ui.bridge import Bridge
    from terminal.ui.window import MainWindow
    from texts.i18n import Texts

APPLICATION: Final = "stammkunde"
EXIT_BROKEN: Final = 1
"""The exit code when something broke that nobody has read any more."""

WARM_UP_DELAY_MS: Final = 500
"""How long after the start the screens that nobody has seen yet are made, in milliseconds."""

HEALTH_DELAY_MS: Final = 2_000
"""How long after the start the ledger's health is looked at, in milliseconds: the first customer comes first."""

SYNC_DELAY_MS: Final = 1_000
"""How long after the start the till begins to talk to head office, in milliseconds: the first screen comes first."""

TICK_MS: Final = 5_000
"""How often the clock in the bar looks at the time, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """One scanner to listen to: the till's name for it, and where it is and how it talks."""

    name: str
    settings: ScannerSettings


class RunningTill:
    """A till with all its threads.

    Attributes:
        desk: The storage thread.
        bridge: The way to the painting thread.
        shell: Which screen is on.
        window: The window.
    """

    def __init__(
        self,
        desk: StorageThread,
        bridge: Bridge,
        shell: ShellPresenter,
        window: MainWindow,
        around: Surroundings,
        running: ExitStack,
    ) -> None:
        self.desk = desk
        self.bridge = bridge
        self.shell = shell
        self.window = window
        self._around = around
        self._running = running

    def watch_health(self) -> None:
        """Begin to look after the ledger; called when the first screen is up, which needs nothing of it."""
        from terminal.app.health import HealthWatch, verify_command

        directory = self.desk.directory
        watch = HealthWatch(
            directory, lambda error: self.bridge.deliver(lambda: self.shell.broke(error)), verify_command(directory)
        )
        watch.start()
        self._running.callback(watch.stop)

    def keep_in_touch(self, clock: Clock, crashed: Callable[[Exception], None]) -> None:
        """Begin to talk to head office, if the till has joined one; called when the first screen is up.

        Args:
            clock: The machine's clock, uncorrected.
            crashed: Takes a bug of sync, to write it down; the cashier sees that sync stands still.
        """
        from terminal.sync.service import SyncService
        from terminal.sync.supervise import Supervisor
        from terminal.sync.thread import Means, Outside, SyncThread, connect, open_keys

        directory, deliver, corrected = self.desk.directory, self.bridge.deliver, self._around.clock
        assert isinstance(corrected, CorrectedClock), "made by assemble"
        supervisor = Supervisor(directory)
        means = Means(
            owner=self.desk,
            open_keys=lambda: open_keys(directory),
            clock=clock,
            connect=connect,
            serving=lambda: supervisor.address,
            software=_software,
        )
        outside = Outside(
            status=lambda status: deliver(lambda: self.shell.sync_status(status)),
            offset=corrected.correct,
            bug=lambda error: deliver(lambda: crashed(error)),
        )
        thread = SyncThread(means, outside)
        self.desk.on_booked = thread.nudge
        service = SyncService(thread, self.desk, supervisor, deliver)
        self._around.sync_actions = service
        self._running.callback(supervisor.stop)
        self._running.callback(thread.stop)
        self._running.callback(service.stop)
        supervisor.start()
        thread.start()

    def play_the_demo(self) -> None:
        """Say wherever it matters that this is the demo shop."""
        self._around.is_demo = True

    def stop(self) -> None:
        """Let go of the scanners, finish the writing that waits, hear its results, close the ledger."""
        self._running.close()


def assemble(
    application: QApplication,
    directory: Path,
    *,
    texts_for: Callable[[str], Texts],
    scanners: Iterable[Scanner],
    clock: Clock,
    ids: Ids,
    crashed: Callable[[Exception], None],
    reports: ReportPlace | None = None,
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
        reports: What the reports assume and where they are written.

    Raises:
        StorageError: If the ledger can't be opened; nothing keeps running then.
    """
    from PySide6.QtCore import QTimer

    from storage.store import open_store
    from terminal.app.desk import StorageThread
    from terminal.presenters.base import Surroundings
    from terminal.presenters.shell import ShellPresenter
    from terminal.sync.looking import Seen, look
    from terminal.sync.status import SyncMode
    from terminal.ui.bridge import Bridge
    from terminal.ui.theme import Theme
    from terminal.ui.window import MainWindow

    with ExitStack() as running:  # closed in reverse; a step that fails does not keep the others from their end
        bridge = Bridge(application)
        corrected = CorrectedClock(clock)
        desk = StorageThread(
            lambda: open_store(directory, clock=corrected, ids=ids), clock=corrected, ids=ids, deliver=bridge.deliver
        )
        desk.start()
        corrected.correct(desk.reader.link().offset_ms)
        running.callback(desk.stop)
        running.callback(bridge.close)
        texts = texts_for(desk.shop.currency)
        surroundings = Surroundings(desk, texts, corrected, ids, bridge.schedule, application.quit, reports)
        surroundings.sync = look(desk.reader, desk.store.head_office, Seen(SyncMode.STARTING))
        shell = ShellPresenter(surroundings, crashed)
        desk.on_breakage = shell.broke
        theme = Theme()
        theme.apply(application)
        window = MainWindow(shell, texts, theme)
        running.callback(window.close)
        running.callback(bridge.flush)
        running.callback(desk.finish)
        for scanner in scanners:
            running.callback(_listen(scanner, bridge, shell).stop)
        timer = QTimer(bridge)  # the bridge's end is its end too
        timer.timeout.connect(shell.tick)
        timer.start(TICK_MS)
        shell.start()
        till = RunningTill(desk, bridge, shell, window, surroundings, running.pop_all())

    def warm_up() -> None:
        if window.warm_up():
            bridge.schedule(0, warm_up)  # one a turn, so that a scan never waits for more than one

    bridge.schedule(WARM_UP_DELAY_MS, warm_up)
    bridge.schedule(HEALTH_DELAY_MS, till.watch_health)
    return till


def _listen(scanner: Scanner, bridge: Bridge, shell: ShellPresenter) -> ScannerWorker:
    """Start one scanner; what it reads is handed over to the painting thread, which consumes it once."""
    from terminal.devices.scanners import scanner_worker

    worker = scanner_worker(
        scanner.name,
        scanner.settings,
        on_scan=lambda scan: bridge.deliver(lambda: shell.scanned(scan)),
        on_status=lambda status: bridge.deliver(lambda: shell.scanner_status(status)),
    )
    worker.start()
    return worker


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
        CommandError: If no window can be shown here.
    """
    from storage.errors import StorageError
    from terminal.app.report import ReportPlace
    from terminal.crash import crash_text, write_crash
    from terminal.display import display_problem
    from terminal.messages import error_text
    from terminal.settings import settings_of
    from terminal.ui.notice_box import show_notice
    from terminal.ui.signals import quit_on_signals
    from texts.i18n import Texts, system_language

    settings = settings_of(directory)

    def write_down(error: Exception) -> None:
        write_crash(directory, crash_text(error, ()))

    problem = display_problem(os.environ, sys.platform)
    if problem is not None:
        raise problem
    application = make_application()
    chosen = language or settings.language or system_language()
    try:
        till = assemble(
            application,
            directory,
            texts_for=lambda currency: Texts(chosen, currency),
            scanners=[Scanner("scanner", settings.scanner)] if settings.scanner.port else [],
            clock=SystemClock(),
            ids=SystemIds(),
            crashed=write_down,
            reports=ReportPlace(settings.report.breakage_percent),
        )
    except StorageError as error:
        show_notice(application, error_text(Texts(chosen), error))
        raise
    catch_bugs(till)
    till.bridge.schedule(SYNC_DELAY_MS, lambda: till.keep_in_touch(SystemClock(), write_down))
    with quit_on_signals(application), ExitStack() as open_now:
        open_now.callback(till.stop)
        till.window.open()
        code = int(application.exec())
    return EXIT_BROKEN if till.shell.state.fatal else code


def _software() -> str:
    """This program's version."""
    from importlib.metadata import version

    return version(APPLICATION)


def default_directory() -> Path:
    """Where the till's data lies unless ``--data`` says otherwise."""
    from platformdirs import user_data_path

    return user_data_path(APPLICATION, appauthor=False)


def demo_stage() -> Stage:
    """What the demo needs of the till, which it cannot build itself: it stands below this module."""
    from terminal.demo.stage import Stage
    from terminal.display import display_problem
    from terminal.settings.scanner import ScannerSettings
    from texts.i18n import Texts

    def start_till(directory: Path, port: str, texts: Texts, crashed: Callable[[Exception], None]) -> RunningTill:
        till = assemble(
            make_application(),
            directory,
            texts_for=lambda currency: Texts(texts.language, currency),
            scanners=[Scanner("scanner", ScannerSettings(port=port))],
            clock=SystemClock(),
            ids=SystemIds(),
            crashed=crashed,
        )
        till.play_the_demo()
        catch_bugs(till)
        return till

    return Stage(
        start_till, lambda: make_application().exec(), lambda: display_problem(os.environ, sys.platform) is None
    )


def run_demo(*, headless: bool, screenshots: Path | None, language: str | None) -> DemoResult:
    """Open the demo shop; its code is loaded here and not for every other command."""
    from terminal.demo import program

    return program.run_demo(demo_stage(), headless=headless, screenshots=screenshots, language=language)


def window_asked_for(arguments: Sequence[str]) -> tuple[Path | None, str | None] | None:
    """Whether a command line asks for the till's window and nothing else.

    Building all commands costs as much time as the window itself, and the till is what people wait for. Only the plain
    form is understood here; every other one, and every mistake, is the command line's.

    Returns:
        The data directory and the language, each ``None`` when not given; ``None`` for any other command.
    """
    rest = list(arguments)
    given: dict[str, str] = {}
    while len(rest) > 1 and rest[0] in ("--data", "--lang") and rest[0] not in given:
        name, value, *rest = rest
        given[name] = value
    language = given.get("--lang")
    if rest not in ([], ["till"]) or (language is not None and language not in LANGUAGES):
        return None
    return Path(given["--data"]) if "--data" in given else None, language


def main() -> None:
    """Open the till, or run another command."""
    asked = window_asked_for(sys.argv[1:])
    failure: Exception | None = None
    if asked is not None:
        directory, language = asked
        try:
            sys.exit(open_till(directory or default_directory(), language=language))
        except Exception as error:  # noqa: BLE001 - the command line says it and picks the exit code
            failure = error
    from terminal.cli import run, say_failure
    from terminal.cli.programs import Programs

    programs = Programs(SystemClock(), SystemIds(), open_till, run_demo, default_directory)
    if asked is not None and failure is not None:
        sys.exit(say_failure(programs, *asked, failure))
    run(programs)


if __name__ == "__main__":
    main()
