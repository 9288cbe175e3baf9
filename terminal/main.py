"""The composition root: decides what is built; ``terminal.assembly`` builds the till, ``terminal.attach`` its devices.

The command line is built without Qt; the window's libraries are loaded when the till or the demo is opened.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from terminal.app.system import SystemClock, SystemIds
from terminal.assembly import assemble
from terminal.attach import DEVICES_DELAY_MS, attach, attach_backups
from texts.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QApplication

    from storage.errors import StorageError
    from terminal.assembly import RunningTill
    from terminal.cli.programs import DemoResult
    from terminal.demo.stage import Stage
    from terminal.settings import Settings
    from texts.i18n import Texts

APPLICATION: Final = "stammkunde"
EXIT_BROKEN: Final = 1
"""The exit code when something broke that nobody has read any more."""

SYNC_DELAY_MS: Final = 1_000
"""How long after the start the till begins to talk to head office, in milliseconds: the first screen comes first."""

BACKUP_DELAY_MS: Final = 3_000
"""How long after the start the till looks after the copies of its data, in milliseconds."""


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

    Where the ledger can't be opened, or breaks while the till is open, the restoring window comes up for whoever sits
    before a screen, and the till opens again once its data is whole.

    Raises:
        StorageError: If the ledger can't be opened, and nobody has restored it.
        SettingsWrong: If the settings have mistakes.
        CommandError: If no window can be shown here.
    """
    from storage.errors import StorageError
    from terminal.crash import crash_text, write_crash
    from terminal.display import display_problem
    from terminal.errors import settings_text
    from terminal.settings import SettingsWrong, settings_of
    from texts.i18n import Texts, system_language

    def write_down(error: Exception) -> None:
        write_crash(directory, crash_text(error, ()))

    problem = display_problem(os.environ, sys.platform)
    try:
        settings = settings_of(directory)
    except SettingsWrong as error:
        if problem is None:
            _tell_without_terminal(settings_text(Texts(language or system_language()), error))
        raise
    if problem is not None:
        raise problem
    application = make_application()
    chosen = language or settings.language or system_language()
    while True:
        try:
            ended = run_till(application, directory, settings, chosen, write_down)
        except StorageError as error:
            if not restore_till(application, directory, settings, chosen, error, write_down):
                raise
            continue
        wants_window = ended.stopped_by is not None or ended.asks_for_copy
        if not wants_window:
            return ended.code
        opens_again = restore_till(application, directory, settings, chosen, ended.stopped_by, write_down)
        if not opens_again:
            return EXIT_BROKEN if ended.stopped_by else ended.code


class Ended(NamedTuple):
    """How a till ended.

    Attributes:
        code: The exit code.
        stopped_by: What broke so that it had to stop, once somebody has read it.
        asks_for_copy: Whether it was closed to put an older copy back.
    """

    code: int
    stopped_by: StorageError | None = None
    asks_for_copy: bool = False


def run_till(
    application: QApplication,
    directory: Path,
    settings: Settings,
    language: str,
    write_down: Callable[[Exception], None],
) -> Ended:
    """Open the till once and return when it is closed.

    Raises:
        StorageError: If the ledger can't be opened.
    """
    from terminal.app.report import ReportPlace
    from terminal.ui.loop import run_loop
    from terminal.ui.signals import quit_on_signals
    from texts.i18n import Texts

    till = assemble(
        application,
        directory,
        texts_for=lambda currency: Texts(language, currency),
        scanners=(),
        clock=SystemClock(),
        ids=SystemIds(),
        crashed=write_down,
        reports=ReportPlace(settings.report.breakage_percent),
    )
    catch_bugs(till)
    asked = lead_to_copies(till, application)
    till.bridge.schedule(DEVICES_DELAY_MS, lambda: attach(till, settings, write_down))
    till.bridge.schedule(SYNC_DELAY_MS, lambda: till.keep_in_touch(SystemClock(), write_down))
    till.bridge.schedule(BACKUP_DELAY_MS, lambda: attach_backups(till, settings, write_down))
    with quit_on_signals(application), ExitStack() as open_now:
        open_now.callback(till.stop)
        till.window.open()
        code = run_loop(application)
    was_signal = code != 0
    return Ended(
        EXIT_BROKEN if till.shell.state.fatal else code,
        None if was_signal else till.shell.stopped_by,
        asks_for_copy=asked() and not was_signal,
    )


def lead_to_copies(till: RunningTill, application: QApplication) -> Callable[[], bool]:
    """Let the screen about copies close the till for putting one back; tells whether somebody wants that.

    An open sale is finished first: the till is closed for it.
    """
    wanted = False

    def open_restore() -> None:
        nonlocal wanted
        if till.shell.say_what_is_open():
            return
        wanted = True
        application.quit()

    till.around.can_restore = True
    till.around.open_restore = open_restore
    return lambda: wanted


def restore_till(
    application: QApplication,
    directory: Path,
    settings: Settings,
    language: str,
    error: StorageError | None,
    write_down: Callable[[Exception], None],
) -> bool:
    """Show what happened to the data and what can be done.

    Args:
        application: The Qt application.
        directory: The data directory; no till has it open.
        settings: The till's settings.
        language: The language to start with.
        error: What broke; ``None`` when somebody wants an older copy.
        write_down: Takes a bug, to write it down.

    Returns:
        Whether to open the till, again.
    """
    from terminal.ui.restore_program import is_watched, run_restoring

    if not is_watched(application, directory, error):
        return False
    clock, ids = SystemClock(), SystemIds()
    return run_restoring(application, directory, settings, language, error, clock=clock, ids=ids, crashed=write_down)


def _tell_without_terminal(sentence: str) -> None:
    """Show why the till can't open to somebody who started it from an icon."""
    from terminal.ui.notice_box import show_notice

    show_notice(make_application(), sentence)


def default_directory() -> Path:
    """Where the till's data lies unless ``--data`` says otherwise."""
    from platformdirs import user_data_path

    return user_data_path(APPLICATION, appauthor=False)


def demo_stage() -> Stage:
    """What the demo needs of the till, which it cannot build itself: it stands below this module."""
    from terminal.demo.stage import Stage
    from terminal.display import display_problem
    from terminal.settings import Settings
    from terminal.settings.display import SoundSettings
    from terminal.settings.scanner import ScannerSettings
    from texts.i18n import Texts

    def start_till(directory: Path, port: str, texts: Texts, crashed: Callable[[Exception], None]) -> RunningTill:
        application = make_application()
        till = assemble(
            application,
            directory,
            texts_for=lambda currency: Texts(texts.language, currency),
            scanners=(),
            clock=SystemClock(),
            ids=SystemIds(),
            crashed=crashed,
        )
        till.play_the_demo()
        catch_bugs(till)
        scanner = ScannerSettings(port=port)
        nobody_hears = application.platformName() == "offscreen"
        settings = Settings(scanner=scanner, sound=SoundSettings(0) if nobody_hears else SoundSettings())
        till.bridge.schedule(DEVICES_DELAY_MS, lambda: attach(till, settings, crashed))
        return till

    def run_window() -> int:
        from terminal.ui.loop import run_loop

        return run_loop(make_application())

    return Stage(start_till, run_window, lambda: display_problem(os.environ, sys.platform) is None)


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
