"""Pictures of a till that looks after its data, loses it, and gets it back: copies, and the pages of restoring.

Nothing is made up: copies are taken, the ledger is deleted, and the real window puts a copy in its place.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from storage.errors import StorageError
from storage.files import LEDGER_FILE
from storage.store import open_store
from terminal.app.report import ReportPlace
from terminal.app.system import SystemClock, SystemIds
from terminal.assembly import assemble
from terminal.attach import attach_backups, attach_exports
from terminal.demo.people import ANNA
from terminal.demo.program import SMALL_WIDTH
from terminal.main import lead_to_copies, make_application
from terminal.presenters.restore_pages import confirm_word
from terminal.presenters.restore_states import Page
from terminal.presenters.states import Screen
from terminal.settings import Settings
from terminal.settings.backup import BackupSettings
from texts.i18n import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from terminal.assembly import RunningTill
    from terminal.ui.hands import Hands
    from terminal.ui.restore_window import RestoreWindow

PLACE: Final = "stammkunde-pictures"
"""The folder among the temporary files in which it happens: the pictures show paths, and the same ones each time."""

OFFICE: Final = "https://office.example:8470"
CODE: Final = "K7QF-2M9X-ABCD-8PZT"

SLOW_S: Final = 300.0
"""How long what reads the whole ledger may take on a busy machine, in seconds."""


@dataclass(slots=True)
class Album:
    """Where pictures go.

    Attributes:
        folder: The folder of the large ones.
        small: The folder of small copies, for the documentation; ``None`` for none.
        language: Their language.
        count: How many there are.
    """

    folder: Path
    small: Path | None
    language: str
    count: int

    def add(self, hands: Hands, name: str) -> None:
        """Take a picture of a window."""
        self.count += 1
        hands.picture(self.folder / f"{self.count:02d}-{name}.png")
        if self.small is not None:
            hands.picture(self.small / f"{name}-{self.language}.png", width=SMALL_WIDTH)


def picture_loss(shop: Path, texts: Texts, size: tuple[int, int], album: Album, place: Path | None = None) -> None:
    """Take the pictures in a copy of a shop that nobody has open.

    Args:
        shop: Its data directory; left as it is.
        texts: The language.
        size: The windows' width and height, in device-independent pixels.
        album: Where the pictures go.
        place: An empty folder in which it happens, ``None`` for one among the temporary files.

    Raises:
        AssertionError: The till did not do what it promises.
    """
    if place is None:
        with _own_place() as own:
            picture_loss(shop, texts, size, album, own)
        return
    directory, stick = place / "till", place / "STICK"
    stick.mkdir()
    shutil.copytree(shop, directory)
    safe = BackupSettings(second_folder=str(stick / "copies"), second_is="elsewhere")
    with _open_till(directory, texts, size, BackupSettings(), place) as (till, hands):
        _picture_member_data(till, hands, album)
        _picture_copies(till, hands, album, "copies-here")
    with _open_till(directory, texts, size, safe, place) as (till, hands):
        _picture_copies(till, hands, album, "copies")
    (directory / LEDGER_FILE).unlink()
    _Restoring(directory, texts, size, Settings(backup=safe), album).run()


@contextmanager
def _own_place() -> Iterator[Path]:
    """An empty folder that is gone afterwards."""
    place = Path(tempfile.gettempdir()) / PLACE
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _open_till(
    directory: Path, texts: Texts, size: tuple[int, int], backup: BackupSettings, place: Path
) -> Iterator[tuple[RunningTill, Hands]]:
    """The till as a shop has it, with the parts that look after its data."""
    from terminal.ui.hands import Hands, discard

    bugs: list[Exception] = []
    application = make_application()
    till = assemble(
        application,
        directory,
        texts_for=lambda currency: Texts(texts.language, currency),
        scanners=(),
        clock=SystemClock(),
        ids=SystemIds(),
        crashed=bugs.append,
        reports=ReportPlace(folder=place / "documents"),
    )
    try:
        settings = Settings(backup=backup)
        lead_to_copies(till, application)
        attach_exports(till, settings)
        attach_backups(till, settings, bugs.append)
        hands = Hands(till.window)
        hands.open_window(*size)
        yield till, hands
        assert not bugs, bugs
    finally:
        till.stop()
        discard(till.window, till.bridge)


def _picture_member_data(till: RunningTill, hands: Hands, album: Album) -> None:
    """Anna asks what is stored about her."""
    shell = till.shell
    shell.read(ANNA.card)
    hands.wait_until(lambda: shell.state.screen is Screen.MEMBER, "the card leads to its member")
    hands.press("F8")
    hands.wait_until(lambda: shell.state.screen is Screen.MEMBER_DATA, "F8 leads to the member's data")
    album.add(hands, "member-data")
    hands.press("Enter")
    hands.wait_until(lambda: not shell.member_data.state.fields, "the files are written", SLOW_S)
    album.add(hands, "member-data-done")
    hands.press("Enter", "Esc")
    hands.wait_until(lambda: shell.state.screen is Screen.IDLE, "the till waits for a card again")


def _picture_copies(till: RunningTill, hands: Hands, album: Album, name: str) -> None:
    """A copy is taken by the button; the dot tells what is not safe yet."""
    shell, around = till.shell, till.around
    hands.press("F12")
    hands.wait_until(lambda: shell.state.screen is Screen.BACKUP, "F12 leads to the copies")
    shell.backup.act("now")
    hands.wait_until(
        lambda: around.backup.here.newest is not None and not around.backup.asked, "a copy is there", SLOW_S
    )
    album.add(hands, name)


class _Restoring:
    """Somebody before the restoring window, who takes the way it advises."""

    def __init__(self, directory: Path, texts: Texts, size: tuple[int, int], settings: Settings, album: Album) -> None:
        self._directory = directory
        self._texts = texts
        self._size = size
        self._settings = settings
        self._album = album
        self._bugs: list[Exception] = []

    def run(self) -> None:
        """Open the till that can't open, and go the way to its end."""
        from terminal.ui.hands import as_soon_as_the_loop_runs
        from terminal.ui.restore_program import run_restoring

        application, clock, ids = make_application(), SystemClock(), SystemIds()
        as_soon_as_the_loop_runs(self._walk)
        opens = run_restoring(
            application,
            self._directory,
            self._settings,
            self._texts.language,
            self._error(),
            clock=clock,
            ids=ids,
            crashed=self._bugs.append,
        )
        if self._bugs:
            raise self._bugs[0]
        assert opens, "the till opens again once its data is whole"

    def _error(self) -> StorageError:
        """Why the till can't open."""
        try:
            open_store(self._directory, clock=SystemClock(), ids=SystemIds()).close()
        except StorageError as error:
            return error
        raise AssertionError("a till without its bookings must not open")

    def _walk(self) -> None:
        """Go from page to page; the program's loop ends whatever happens."""
        from terminal.ui.hands import window_on_screen
        from terminal.ui.restore_window import RestoreWindow

        try:
            self._take_pictures(window_on_screen(RestoreWindow))
        except Exception as error:  # noqa: BLE001 - raised again where the loop has ended
            self._bugs.append(error)
            make_application().exit(1)

    def _take_pictures(self, window: RestoreWindow) -> None:
        from terminal.ui.hands import Hands

        presenter, hands = window.presenter, Hands(window)
        hands.open_window(*self._size)

        def turned(page: Page) -> Callable[[], bool]:
            return lambda: presenter.state.page is page and not presenter.state.busy

        def picture(page: Page) -> None:
            hands.wait_until(turned(page), f"{page} is shown", SLOW_S)
            self._album.add(hands, f"restore-{page}")

        picture(Page.TROUBLE)
        presenter.act("office")
        hands.wait_until(turned(Page.OFFICE), "head office is asked for")
        presenter.field_typed("url", OFFICE)
        presenter.field_typed("code", CODE)
        picture(Page.OFFICE)
        hands.press("Esc")
        hands.wait_until(turned(Page.TROUBLE), "Esc leads back")
        hands.press("Enter")
        picture(Page.COPIES)
        hands.press("Enter")
        hands.wait_until(turned(Page.CONFIRM), "what will happen is told")
        hands.type_text(confirm_word(self._texts))
        picture(Page.CONFIRM)
        hands.press("Enter")
        hands.wait_until(lambda: presenter.state.page in (Page.WORKING, Page.DONE), "it begins")
        if presenter.state.page is Page.WORKING:  # a quick machine may be done already
            self._album.add(hands, f"restore-{Page.WORKING}")
        picture(Page.DONE)
        hands.press("Enter")
