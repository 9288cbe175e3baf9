"""Which screen is on: routes scans and keys, and lets each screen lead to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty.outcomes import Refused
from loyalty.receipt_code import is_code
from storage.errors import StorageError
from terminal.app.identify import Identified, UnknownCard, identify
from terminal.messages import refusal_text, reject_text
from terminal.presenters import keys
from terminal.presenters.base import Presenter, Surroundings
from terminal.presenters.done import DonePresenter
from terminal.presenters.enrol import EnrolPresenter
from terminal.presenters.find import FindPresenter
from terminal.presenters.frame import bar_state, breakage, key_hints, stops_the_till
from terminal.presenters.help import HelpPresenter
from terminal.presenters.history import HistoryPresenter
from terminal.presenters.idle import IdlePresenter
from terminal.presenters.lock import LockPresenter
from terminal.presenters.member import MemberPresenter
from terminal.presenters.redeem import RedeemPresenter
from terminal.presenters.report import ReportPresenter
from terminal.presenters.states import Notice, Screen, ShellState, Tone
from terminal.presenters.sync import SyncPresenter
from terminal.presenters.sync_form import SyncFormPresenter
from terminal.presenters.undo import Undo
from terminal.presenters.unknown import UnknownPresenter
from terminal.presenters.void import VoidPresenter
from texts.i18n import LANGUAGES, Texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from hardware.scans import DeviceStatus, Scan
    from storage.types import CashierRow
    from terminal.presenters.outcomes import Booked
    from terminal.presenters.sync_states import Purpose
    from terminal.sync.outcomes import Invited
    from terminal.sync.status import SyncStatus

HELD_SCANS_MAX: Final = 8
"""How many scans wait while a booking is on its way to the disk; a booking takes milliseconds."""


SALE_SCREENS: Final = frozenset({Screen.MEMBER, Screen.REDEEM, Screen.HISTORY, Screen.SYNC, Screen.SYNC_FORM})
"""Screens behind which a sale may be open; a scan there must not throw away what was typed."""


class ShellPresenter(Presenter[ShellState]):
    """Knows all screens; they know each other only through it."""

    def __init__(self, surroundings: Surroundings, crashed: Callable[[Exception], None]) -> None:
        self._around = surroundings
        self._crashed = crashed
        self._scanner_status: DeviceStatus | None = None
        self._screen = Screen.IDLE
        self._behind = Screen.IDLE
        self._has_people = any(not row.blocked for row in surroundings.desk.reader.cashiers())
        self._broken: Exception | None = None
        self._held: list[tuple[str, str | None]] = []
        super().__init__(ShellState(Screen.IDLE, bar_state(surroundings, None)))
        self.idle = IdlePresenter(surroundings, self)
        self.member = MemberPresenter(surroundings, self)
        self.redeem = RedeemPresenter(surroundings, self, self.member)
        self.done = DonePresenter(surroundings, self)
        self.unknown = UnknownPresenter(surroundings, self)
        self.enrol = EnrolPresenter(surroundings, self)
        self.find = FindPresenter(surroundings, self)
        self.void = VoidPresenter(surroundings, self)
        self.history = HistoryPresenter(surroundings, self)
        self.report = ReportPresenter(surroundings, self)
        self.help = HelpPresenter(surroundings, self)
        self.sync = SyncPresenter(surroundings, self)
        self.sync_form = SyncFormPresenter(surroundings, self)
        self.lock = LockPresenter(surroundings, self)
        self._undo = Undo(surroundings, self)
        self._screens = (
            self.idle,
            self.member,
            self.redeem,
            self.done,
            self.unknown,
            self.enrol,
            self.find,
            self.void,
            self.history,
            self.report,
            self.help,
            self.sync,
            self.sync_form,
            self.lock,
        )

    @property
    def texts(self) -> Texts:
        """The language in use."""
        return self._around.texts

    def start(self) -> None:
        """Show the first screen; where people have PINs, the lock before it."""
        self.home()
        self.lock_till()

    # -- what comes in from outside ------------------------------------------------------------------------------------

    def scanned(self, scan: Scan) -> None:
        """A scanner read something. Whatever screen is on, the scan works and is used exactly once."""
        if scan.rejected is None:
            self.read(scan.text, scan.symbology.value if scan.symbology else None)
        elif not self._busy:
            self.say(Notice(reject_text(self._around.texts, scan.rejected), Tone.WARN))

    def scanner_status(self, status: DeviceStatus) -> None:
        """A scanner came, went or could not be opened."""
        self._scanner_status = status
        self.idle.scanner_trouble(status.error)
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

    def tick(self) -> None:
        """A minute may have passed: the clock in the bar and the "2 min ago" on the idle screen."""
        self._refresh()
        if self._screen is Screen.IDLE:
            self.idle.refresh()

    def key(self, name: str) -> None:
        """A key was pressed that the focused control does not want: ``F1`` to ``F10``, ``Esc``, ``Enter``."""
        if self._broken is not None:
            if name in ("Enter", "Esc"):
                self._read_breakage()
            return
        if self._busy:
            return
        action = keys.actions(self, self._screen).get(name)
        if action is not None:
            action()

    def language(self, code: str) -> None:
        """Speak another language from now on."""
        if code not in LANGUAGES:
            return
        self._around.texts = Texts(code, self._around.texts.currency)
        for screen in self._screens:
            screen.refresh()
        self._refresh()

    # -- where screens lead --------------------------------------------------------------------------------------------

    def home(self, notice: Notice | None = None) -> None:
        """Wait for a card."""
        self.member.close()
        self.done.close()
        self.idle.open(notice)
        self._go(Screen.IDLE)

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
        if self._screen in SALE_SCREENS and not self.member.scanned_other(found.number):
            self._go(Screen.MEMBER)
            return
        self.member.close()
        self.done.close()
        self.unknown.open(found)
        self._go(Screen.UNKNOWN)

    def serve(self, member: Identified) -> None:
        """Open a sale."""
        self.done.close()
        self.member.open(member)
        self._go(Screen.MEMBER)

    def serve_member(self, member_id: UUID) -> None:
        """Open a sale for somebody found by name, on one of their cards."""
        reader = self._around.desk.reader
        account = reader.account(member_id)
        card = next((card for card in reader.cards_of(account.member_id) if card.status == "active"), None)
        if card is None:
            self.say(Notice(self._around.texts._("This member has no card in use. Give a new one. (M-174)"), Tone.WARN))
            return
        self.serve(Identified(card.number, account.member_id, account, reader.profile(account.member_id)))

    def sale(self) -> None:
        """Show the open sale."""
        if self.member.sale is None:
            self.home()
            return
        self.member.refresh()
        self._go(Screen.MEMBER)

    def show_redeem(self) -> None:
        """Choose rewards."""
        if self.member.sale is not None:
            self.redeem.open()
            self._go(Screen.REDEEM)

    def show_enrol(self, card: str) -> None:
        """Open the enrolment form."""
        self.done.close()
        self.enrol.open(card)
        self._go(Screen.ENROL)

    def show_find(self, query: str) -> None:
        """Look for a member."""
        self.find.open(query)
        self._go(Screen.FIND)

    def show_void(self, record_id: UUID | None) -> None:
        """Show what undoing a booking would do."""
        self.void.open(record_id)
        self._go(Screen.VOID)

    def show_history(self, member: Identified) -> None:
        """Show a member's bookings."""
        self.history.open(member)
        self._go(Screen.HISTORY)

    def show_help(self) -> None:
        """Show the keys."""
        self.help.open()
        self._go(Screen.HELP)

    def show_report(self) -> None:
        """Show the daily report."""
        self.report.open()
        self._go(Screen.REPORT)

    def show_sync(self, notice: Notice | None = None, invited: Invited | None = None) -> None:
        """Show how the till stands with head office; an open sale waits behind it."""
        self.done.close()
        self.sync.open(notice, invited)
        self._go(Screen.SYNC)

    def show_sync_form(self, purpose: Purpose) -> None:
        """Show one of the forms of the sync screen."""
        self.sync_form.open(purpose)
        self._go(Screen.SYNC_FORM)

    def show_done(self, booked: Booked) -> None:
        """Show what is on disk; then scans that came meanwhile go on."""
        self.member.close()
        self.done.open(booked)
        self._go(Screen.DONE)
        self.settled()

    def settled(self) -> None:
        """The booking came back: hand on what was scanned meanwhile, in order."""
        held, self._held = self._held, []
        for text, symbology in held:
            self.read(text, symbology)

    def undo_newest(self) -> None:
        """Undo the newest booking if it is fresh, otherwise show what that would do."""
        self._undo.newest()

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
        if error is not None and stops_the_till(error):
            self._around.quit()
        elif not isinstance(error, StorageError):
            self.home()  # after a bug nobody knows what the open sale is worth
        self._refresh()

    # -- inside --------------------------------------------------------------------------------------------------------

    @property
    def _busy(self) -> bool:
        return any(part.busy for part in (self.member, self.enrol, self.void, self.lock, self._undo))

    def say(self, notice: Notice) -> None:
        """Say something on the screen that is on; what somebody has typed there stays."""
        if self._broken is not None:
            return
        hears = {
            Screen.MEMBER: self.member.say,
            Screen.REDEEM: self.member.say,
            Screen.ENROL: self.enrol.say,
            Screen.FIND: self.find.say,
            Screen.VOID: self.void.say,
            Screen.REPORT: self.report.say,
            Screen.SYNC: self.sync.say,
            Screen.SYNC_FORM: self.sync_form.say,
            Screen.LOCK: self.lock.say,
        }.get(self._screen)
        if hears is not None:
            hears(notice)
        elif self.member.sale is not None:
            self.sale()
            self.member.say(notice)
        else:
            self.home(notice)

    def lock_till(self) -> None:
        """Ask for a PIN before anything else; an open sale waits behind the lock."""
        if self._has_people:
            self.lock.open(keeps_sale=self.member.sale is not None)
            self._behind = self._screen
            self._screen = Screen.LOCK
            self._refresh()

    def unlocked(self, cashier: CashierRow) -> None:
        """Go on where the till was locked."""
        self._around.cashier = cashier
        self._screen = self._behind
        self._refresh()

    def _go(self, screen: Screen) -> None:
        """Show a screen; while the till is locked it waits behind the lock."""
        if screen is not Screen.SYNC_FORM:
            self.sync_form.close()
        if self._screen is Screen.LOCK:
            self._behind = screen
        else:
            self._screen = screen
        self._refresh()

    def _refresh(self) -> None:
        texts = self._around.texts
        live = keys.actions(self, self._screen).keys()
        hints = key_hints(texts, self._screen, live - keys.hidden(self, self._screen, has_people=self._has_people))
        broken = None if self._broken is None else breakage(texts, self._broken)
        self._show(ShellState(self._screen, bar_state(self._around, self._scanner_status), hints, broken))
