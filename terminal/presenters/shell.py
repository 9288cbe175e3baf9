"""What comes in from outside: scans, keys, the states of devices and of head office, and what breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hardware.sound import Cue
from loyalty.outcomes import Refused
from loyalty.receipt_code import is_code
from storage.errors import StorageError
from terminal.app.identify import Identified, UnknownCard, identify
from terminal.messages import refusal_text, reject_text
from terminal.presenters import keys
from terminal.presenters.base import Surroundings
from terminal.presenters.frame import stops_the_till
from terminal.presenters.navigation import Navigation
from terminal.presenters.states import Notice, Screen, Tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from hardware.printing.status import PrinterStatus
    from hardware.scans import DeviceStatus, Scan
    from terminal.backup.status import BackupStatus
    from terminal.sync.status import SyncStatus

HELD_SCANS_MAX: Final = 8
"""How many scans wait while a booking is on its way to the disk; a booking takes milliseconds."""

SALE_SCREENS: Final = frozenset(
    {
        Screen.MEMBER,
        Screen.REDEEM,
        Screen.HISTORY,
        Screen.SYNC,
        Screen.SYNC_FORM,
        Screen.MEMBER_DATA,
        Screen.DOCTOR,
        Screen.BACKUP,
    }
)
"""Screens behind which a sale may be open; a scan there must not throw away what was typed."""


class ShellPresenter(Navigation):
    """The till as the window and the devices know it: routes what comes in to the screen that is on.

    Attributes:
        stopped_by: What broke so that the till had to end, once somebody has read it.
    """

    def __init__(self, surroundings: Surroundings, crashed: Callable[[Exception], None]) -> None:
        super().__init__(surroundings)
        self._crashed = crashed
        self.stopped_by: StorageError | None = None
        self._held: list[tuple[str, str | None]] = []

    def start(self) -> None:
        """Show the first screen; where people have PINs, the lock before it."""
        self.home()
        self.lock_till()

    def scanned(self, scan: Scan) -> None:
        """A scanner read something. Whatever screen is on, the scan works and is used exactly once."""
        self._devices.heard(scan.device_id)
        if self.doctor.scanned(scan):
            return
        if scan.rejected is None:
            self.read(scan.text, scan.symbology.value if scan.symbology else None)
        elif not self._busy:
            self._around.play(Cue.REFUSED)
            self.say(Notice(reject_text(self._around.texts, scan.rejected), Tone.WARN))

    def scanner_status(self, status: DeviceStatus) -> None:
        """A scanner came, went or could not be opened."""
        self._devices.scanner(status)
        self.idle.scanner_trouble(self._devices.trouble)
        self.doctor.devices_changed()
        self._refresh()

    def printer_status(self, status: PrinterStatus) -> None:
        """The printer has something to say, or its queue moved."""
        self._devices.printer = status
        self.done.printer_changed(status)
        self.doctor.devices_changed()
        self._refresh()

    def sync_status(self, status: SyncStatus) -> None:
        """The line to head office has something new to tell, or has brought other tills' bookings."""
        self._around.sync = status
        self.idle.refresh()
        self.member.sync_changed()
        self.report.refresh()
        self.sync.refresh()
        self.sync_form.refresh()
        self._refresh()

    def backup_status(self, status: BackupStatus) -> None:
        """A copy was taken, or could not be."""
        self._around.backup = status
        self.idle.refresh()
        self.backup.status_changed()
        self._refresh()

    def tick(self) -> None:
        """A minute may have passed: the clock in the bar and the "2 min ago" on the idle screen."""
        self._refresh()
        if self._screen is Screen.IDLE:
            self.idle.refresh()
        elif self._screen is Screen.BACKUP:
            self.backup.refresh()

    def key(self, name: str) -> None:
        """A key was pressed that the focused control does not want: ``F1`` to ``F12``, ``Esc``, ``Enter``."""
        if self._broken is not None:
            if name in ("Enter", "Esc"):
                self._read_breakage()
            return
        if self._busy:
            return
        action = keys.actions(self, self._screen).get(name)
        if action is not None:
            action()

    def read(self, text: str, symbology: str | None = None) -> None:
        """Treat a text as scanned; while a booking is on its way the scan waits for it."""
        if self._broken is not None:
            return
        if self._busy:
            if len(self._held) < HELD_SCANS_MAX:
                self._held.append((text, symbology))
            return
        if self._screen is Screen.LOCK:
            self.lock.say(Notice(self._around.texts._("Sign in first, then scan again. (M-179)"), Tone.WARN))
            return
        if is_code(text):
            self._receipt_scanned(text)
            return
        if self._screen is Screen.ENROL:
            self.enrol.card_scanned(text, symbology)
        else:
            self._identify(text, symbology)

    def _identify(self, text: str, symbology: str | None) -> None:
        desk = self._around.desk
        try:
            found = identify(desk.reader, desk.programme, desk.programme_key, text, symbology)
        except StorageError as error:
            self.broke(error)
            return
        match found:
            case Identified():
                self._identified(found)
            case UnknownCard():
                self._unknown(found)
            case Refused():
                self._around.play(Cue.REFUSED)
                self.say(Notice(refusal_text(self._around.texts, found), Tone.WARN))

    def _receipt_scanned(self, text: str) -> None:
        """A receipt comes back: undo what it says, unless somebody has a purchase open."""
        if self.member.sale is not None or self._screen is Screen.ENROL:
            sentence = self._around.texts._("Finish what is open first, then scan the receipt again. (M-198)")
            self.say(Notice(sentence, Tone.WARN))
            return
        self.done.close()
        self.void.open_receipt(text)
        self._go(Screen.VOID)

    def _identified(self, found: Identified) -> None:
        """Open the member; the same card once more keeps the open sale, another one asks when an amount was typed."""
        self._around.play(Cue.FOUND)
        sale = self.member.sale
        if sale is not None and self._screen in SALE_SCREENS:
            if sale.member.member_id == found.member_id:
                self.sale()
                return
            if not self.member.scanned_other(found.number):
                self._go(Screen.MEMBER)
                return
        self.serve(found)

    def _unknown(self, found: UnknownCard) -> None:
        self._around.play(Cue.UNKNOWN)
        if self._screen in SALE_SCREENS and not self.member.scanned_other(found.number):
            self._go(Screen.MEMBER)
            return
        self.member.close()
        self.done.close()
        self.unknown.open(found)
        self._go(Screen.UNKNOWN)

    def settled(self) -> None:
        """The booking came back: hand on what was scanned meanwhile, in order."""
        held, self._held = self._held, []
        for text, symbology in held:
            self.read(text, symbology)

    def say_what_is_open(self) -> bool:
        """Whether a sale is open that closing the till would lose; then it is said."""
        if self.member.sale is None and not self._busy:
            return False
        sentence = self._around.texts._("Finish the open sale first: the till is closed for this. (M-422)")
        self.say(Notice(sentence, Tone.WARN))
        return True

    def broke(self, error: Exception) -> None:
        """Cover the screen with what broke; a bug goes to the crash handler as well."""
        if not isinstance(error, StorageError):
            self._crashed(error)
        self._broken = error
        self._held.clear()
        self._refresh()

    def _read_breakage(self) -> None:
        """The cashier has read it: go on where that is safe, otherwise end the till."""
        error, self._broken = self._broken, None
        if isinstance(error, StorageError) and stops_the_till(error):
            self.stopped_by = error
            self._around.quit()
        elif not isinstance(error, StorageError):
            self.home()  # after a bug nobody knows what the open sale is worth
        self._refresh()
