"""What presenters share: a frozen state with listeners, and the surroundings they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from loyalty.outcomes import Refused
from loyalty.receipt_code import is_code
from terminal.app.report import ReportPlace
from terminal.app.till import read_card
from terminal.backup.status import BackupStatus
from terminal.sync.status import SyncStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from hardware.sound import Cue
    from loyalty.ports import Clock, Ids
    from loyalty.programme import Programme
    from storage.types import CashierRow
    from terminal.app.desk import Desk
    from terminal.app.identify import Identified
    from terminal.presenters.backup_port import BackupActions
    from terminal.presenters.doctor_port import DoctorActions
    from terminal.presenters.export_port import ExportActions
    from terminal.presenters.outcomes import Booked
    from terminal.presenters.print_port import PrintActions
    from terminal.presenters.states import Notice
    from terminal.presenters.sync_port import SyncActions
    from terminal.presenters.sync_states import Purpose
    from terminal.register.port import RegisterBasket
    from terminal.sync.outcomes import Invited
    from texts.i18n import Texts

S = TypeVar("S")


class Presenter(Generic[S]):
    """Holds the state of one screen and tells its listeners when it changed. One thread only, the one that paints."""

    def __init__(self, state: S) -> None:
        self._state = state
        self._listeners: list[Callable[[], None]] = []

    @property
    def state(self) -> S:
        """What the screen shows now."""
        return self._state

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` after every change."""
        self._listeners.append(callback)

    def _show(self, state: S) -> None:
        """Replace the state; listeners hear of it only when something a person can see is different."""
        if state == self._state:
            return
        self._state = state
        for callback in self._listeners:
            callback()


class Flow(Protocol):
    """Where a screen may lead; the shell is the only one who knows all screens."""

    def home(self, notice: Notice | None = None) -> None:
        """Go back to waiting for a card."""
        ...

    def read(self, text: str, symbology: str | None = None) -> None:
        """Treat a text as if it had been scanned."""
        ...

    def serve(self, member: Identified) -> None:
        """Open a sale for a member."""
        ...

    def serve_member(self, member_id: UUID) -> None:
        """Open a sale for a member found by name."""
        ...

    def sale(self) -> None:
        """Show the open sale again."""
        ...

    def show_redeem(self) -> None:
        """Choose rewards for the open sale."""
        ...

    def show_enrol(self, card: str) -> None:
        """Open the enrolment form; an empty card asks for one."""
        ...

    def show_find(self, query: str) -> None:
        """Look for a member."""
        ...

    def show_void(self, record_id: UUID | None) -> None:
        """Show what undoing a booking would do; ``None`` takes the newest."""
        ...

    def undo_newest(self) -> None:
        """Undo the newest booking at once if it is fresh, otherwise show what it would do."""
        ...

    def show_history(self, member: Identified) -> None:
        """Show a member's bookings."""
        ...

    def show_sync(self, notice: Notice | None = None, invited: Invited | None = None) -> None:
        """Show how the till stands with head office, perhaps with what a form came to."""
        ...

    def show_sync_form(self, purpose: Purpose) -> None:
        """Show one of the forms of the sync screen."""
        ...

    def show_member_data(self, member: Identified) -> None:
        """Hand out what is stored about a member."""
        ...

    def show_doctor(self) -> None:
        """Show scanners, printer and what is wrong with them."""
        ...

    def show_backup(self) -> None:
        """Show how the copies of the data are."""
        ...

    def show_done(self, booked: Booked) -> None:
        """Show what is on disk now."""
        ...

    def settled(self) -> None:
        """A booking came back with a refusal; scans that waited for it go on."""
        ...

    def say(self, notice: Notice) -> None:
        """Say something without losing an open sale."""
        ...

    def unlocked(self, cashier: CashierRow) -> None:
        """Somebody signed in: go on where the till was locked."""
        ...

    def broke(self, error: Exception) -> None:
        """Something broke: a known error covers the screen, a bug goes to the crash handler."""
        ...


class Surroundings:
    """What every presenter is given; one object, so that a change of language reaches all of them.

    Attributes:
        desk: The way to the ledger.
        texts: The language in use; replaced by the shell when the cashier switches.
        clock: Time.
        ids: Ids for commands.
        schedule: Calls back after so many milliseconds, and returns what cancels that.
        quit: Ends the till.
        reports: What the reports assume and where they are written.
        cashier: Who signed in; ``None`` while nobody has to.
        sync: How the till stands with head office; replaced by the shell when that changes.
        sync_actions: What can be asked of sync; ``None`` where no sync runs, as in the demo.
        backup: How the copies of the data are; replaced by the shell when that changes.
        backup_actions: What can be asked of them; ``None`` where none are taken, as in the demo.
        can_restore: Whether ``open_restore`` leads anywhere.
        open_restore: Opens what puts a copy back.
        is_demo: Whether this is the demo shop, whose bookings are made up and go nowhere.
        printing: The receipt printer and the paper; ``None`` until it is attached.
        doctor: What can be asked about devices; ``None`` until they are attached.
        exports: Writes what is stored about a member; ``None`` until it is attached.
        play: Makes a sound; silent until the till has a player.
        basket: The basket a cash register has put on the counter, ``None`` while there is none.
    """

    def __init__(
        self,
        desk: Desk,
        texts: Texts,
        clock: Clock,
        ids: Ids,
        schedule: Callable[[int, Callable[[], None]], Callable[[], None]],
        quit_program: Callable[[], None],
        reports: ReportPlace | None = None,
    ) -> None:
        self.desk = desk
        self.texts = texts
        self.clock = clock
        self.ids = ids
        self.schedule = schedule
        self.quit = quit_program
        self.reports = reports or ReportPlace()
        self.cashier: CashierRow | None = None
        self.sync = SyncStatus()
        self.sync_actions: SyncActions | None = None
        self.backup = BackupStatus()
        self.backup_actions: BackupActions | None = None
        self.can_restore = False
        self.open_restore: Callable[[], None] = _nowhere
        self.is_demo = False
        self.printing: PrintActions | None = None
        self.doctor: DoctorActions | None = None
        self.exports: ExportActions | None = None
        self.play: Callable[[Cue], None] = _silent
        self.basket: RegisterBasket | None = None

    def knows_number(self, text: str) -> bool:
        """Whether a text is a card of the programme or a receipt's code, by its form alone."""
        return is_code(text) or not isinstance(read_card(self.programme, text), Refused)

    @property
    def cashier_id(self) -> UUID | None:
        """Who the next records name."""
        return self.cashier.cashier_id if self.cashier else None

    @property
    def programme(self) -> Programme:
        """The rules in force."""
        return self.desk.programme


def _nowhere() -> None:
    """Leads to no screen."""


def _silent(_cue: Cue) -> None:
    """No sound."""
