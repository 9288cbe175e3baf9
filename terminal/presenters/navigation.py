"""Where screens lead: all of them, which one is on, and how one gives way to the next."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from hardware.sound import Cue
from terminal.app.identify import Identified
from terminal.presenters import keys
from terminal.presenters.backup import BackupPresenter
from terminal.presenters.base import Presenter, Surroundings
from terminal.presenters.doctor import DoctorPresenter
from terminal.presenters.done import DonePresenter
from terminal.presenters.enrol import EnrolPresenter
from terminal.presenters.find import FindPresenter
from terminal.presenters.frame import Devices, bar_state, breakage, key_hints
from terminal.presenters.help import HelpPresenter
from terminal.presenters.history import HistoryPresenter
from terminal.presenters.idle import IdlePresenter
from terminal.presenters.lock import LockPresenter
from terminal.presenters.member import MemberPresenter
from terminal.presenters.member_data import MemberDataPresenter
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
    from uuid import UUID

    from storage.types import CashierRow
    from terminal.presenters.outcomes import Booked
    from terminal.presenters.register import RegisterPresenter
    from terminal.presenters.sync_states import Purpose
    from terminal.sync.outcomes import Invited


class Navigation(Presenter[ShellState], ABC):
    """Knows all screens; they know each other only through it. What comes in from outside is the shell's part.

    Attributes:
        register: The cash register's place at the counter; ``None`` until a register is attached.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._devices = Devices()
        self._screen = Screen.IDLE
        self._behind = Screen.IDLE
        self._has_people = any(not row.blocked for row in surroundings.desk.reader.cashiers())
        self._broken: Exception | None = None
        super().__init__(ShellState(Screen.IDLE, bar_state(surroundings, self._devices)))
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
        self.member_data = MemberDataPresenter(surroundings, self)
        self.doctor = DoctorPresenter(surroundings, self)
        self.backup = BackupPresenter(surroundings, self)
        self.lock = LockPresenter(surroundings, self)
        self.register: RegisterPresenter | None = None
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
            self.member_data,
            self.doctor,
            self.backup,
            self.lock,
        )

    @abstractmethod
    def read(self, text: str, symbology: str | None = None) -> None:
        """Treat a text as scanned."""

    @abstractmethod
    def settled(self) -> None:
        """A booking came back: what waited for it goes on."""

    @abstractmethod
    def broke(self, error: Exception) -> None:
        """Something broke: say it before anything else."""

    @property
    def texts(self) -> Texts:
        """The language in use."""
        return self._around.texts

    @property
    def _busy(self) -> bool:
        parts = (self.member, self.enrol, self.void, self.lock, self._undo)
        return any(part.busy for part in parts) or (self.register is not None and self.register.busy)

    def language(self, code: str) -> None:
        """Speak another language from now on."""
        if code not in LANGUAGES:
            return
        self._around.texts = Texts(code, self._around.texts.currency)
        for screen in self._screens:
            screen.refresh()
        if self.register is not None:
            self.register.refresh()
        self._refresh()

    def home(self, notice: Notice | None = None) -> None:
        """Wait for a card."""
        self.member.close()
        self.done.close()
        self.idle.open(notice)
        self._go(Screen.IDLE)

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

    def show_member_data(self, member: Identified) -> None:
        """Hand out what is stored about a member; the open sale waits behind it."""
        self.member_data.open(member)
        self._go(Screen.MEMBER_DATA)

    def show_doctor(self) -> None:
        """Show scanners, printer and what is wrong with them; an open sale waits behind it."""
        self.done.close()
        self.doctor.open()
        self._go(Screen.DOCTOR)

    def show_backup(self) -> None:
        """Show how the copies of the data are; an open sale waits behind it."""
        self.done.close()
        self.backup.open()
        self.idle.knows_of_copies()
        self._go(Screen.BACKUP)

    def show_done(self, booked: Booked) -> None:
        """Show what is on disk; then scans that came meanwhile go on."""
        self.member.close()
        self.done.open(booked)
        self._go(Screen.DONE)
        self._around.play(Cue.AWARDED)
        self.settled()

    def undo_newest(self) -> None:
        """Undo the newest booking if it is fresh, otherwise show what that would do."""
        self._undo.newest()

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
            Screen.MEMBER_DATA: self.member_data.say,
            Screen.DOCTOR: self.doctor.say,
            Screen.BACKUP: self.backup.say,
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
        if screen is not Screen.MEMBER_DATA:
            self.member_data.close()
        if screen is not Screen.DOCTOR:
            self.doctor.close()
        if self._screen is Screen.LOCK:
            self._behind = screen
        else:
            self._screen = screen
        self._refresh()

    def _refresh(self) -> None:
        texts = self._around.texts
        live = keys.actions(self, self._screen).keys()
        hints = key_hints(texts, self._screen, live - keys.hidden(self, self._screen, has_people=self._has_people))
        broken = None
        if self._broken is not None:
            broken = breakage(texts, self._broken, leads_on=self._around.can_restore)
        self._show(ShellState(self._screen, bar_state(self._around, self._devices), hints, broken))
