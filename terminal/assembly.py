"""Builds the till: every part is made here and wired to the others; ``terminal.main`` decides what is built.

Only what the first screen needs is loaded with the window; devices are attached when it is up.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from terminal.app.system import CorrectedClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtWidgets import QApplication

    from hardware.worker import ScannerWorker
    from loyalty.ports import Clock, Ids
    from terminal.app.desk import StorageThread
    from terminal.app.report import ReportPlace
    from terminal.presenters.base import Surroundings
    from terminal.presenters.shell import ShellPresenter
    from terminal.settings.scanner import ScannerSettings
    from terminal.ui.bridge import Bridge
    from terminal.ui.window import MainWindow
    from texts.i18n import Texts

WARM_UP_DELAY_MS: Final = 500
"""How long after the start the screens that nobody has seen yet are made, in milliseconds."""

HEALTH_DELAY_MS: Final = 2_000
"""How long after the start the ledger's health is looked at, in milliseconds: the first customer comes first."""

TICK_MS: Final = 5_000
"""How often the clock in the bar looks at the time, in milliseconds."""


class Scanner(NamedTuple):
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
        around: What the presenters are given.
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
        self.around = around
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

    def find_everybody(self) -> None:
        """Begin to bring the search up to date, where it is not; called when the first screen is up."""
        from terminal.app.indexing import IndexService, index_command

        broke = self.shell.broke
        index = IndexService(
            self.desk, index_command(self.desk), lambda error: self.bridge.deliver(lambda: broke(error))
        )
        self._running.callback(index.stop)
        index.start()

    def keep_figures(self) -> None:
        """Begin to keep the figures of long periods quick to add up; called when the first screen is up."""
        from terminal.app.figures import FiguresService, figures_command

        broke = self.shell.broke
        figures = FiguresService(
            figures_command(self.desk.directory), lambda error: self.bridge.deliver(lambda: broke(error))
        )
        self._running.callback(figures.stop)
        figures.start()

    def keep_in_touch(self, clock: Clock, crashed: Callable[[Exception], None]) -> None:
        """Begin to talk to head office, if the till has joined one; called when the first screen is up.

        Args:
            clock: The machine's clock, uncorrected.
            crashed: Takes a bug of sync, to write it down; the cashier sees that sync stands still.
        """
        from terminal.sync.service import SyncService
        from terminal.sync.supervise import Supervisor
        from terminal.sync.thread import Means, Outside, SyncThread, connect, open_keys

        directory, deliver, corrected = self.desk.directory, self.bridge.deliver, self.around.clock
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
        self.hear_bookings(thread.nudge)
        service = SyncService(thread, self.desk, supervisor, deliver)
        self.around.sync_actions = service
        self._running.callback(supervisor.stop)
        self._running.callback(thread.stop)
        self._running.callback(service.stop)
        supervisor.start()
        thread.start()

    def hear_bookings(self, call: Callable[[], None]) -> None:
        """Have something hear of every booking, besides what heard of them already; it must cost nothing."""
        heard = self.desk.on_booked

        def both() -> None:
            heard()
            call()

        self.desk.on_booked = both

    def at_the_end(self, call: Callable[[], object]) -> None:
        """Have something ended with the till, before everything that was there earlier."""
        self._running.callback(call)

    def play_the_demo(self) -> None:
        """Say wherever it matters that this is the demo shop."""
        self.around.is_demo = True

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
    bridge.schedule(HEALTH_DELAY_MS, till.find_everybody)
    bridge.schedule(HEALTH_DELAY_MS, till.keep_figures)
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


def _software() -> str:
    """This program's version."""
    from importlib.metadata import version

    return version("stammkunde")
