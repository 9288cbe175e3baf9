"""Makes the view of a screen. What a screen needs is loaded with it: two of them are enough to open the till."""

from __future__ import annotations

from terminal.presenters.states import Screen
from terminal.ui.shell import Shell
from terminal.ui.theme import Theme
from terminal.ui.view import View
from terminal.ui.wording import Wording


def make_view(screen: Screen, shell: Shell, texts: Wording, theme: Theme) -> View:
    """Make a view."""
    make = _of_a_sale if screen in _SALE else _of_the_till if screen in _TILL else _around_it
    return make(screen, shell, texts, theme)


_SALE = frozenset({Screen.IDLE, Screen.MEMBER, Screen.REDEEM, Screen.DONE, Screen.UNKNOWN, Screen.LOCK})
_TILL = frozenset({Screen.SYNC, Screen.SYNC_FORM, Screen.MEMBER_DATA, Screen.DOCTOR, Screen.BACKUP})


def _of_a_sale(screen: Screen, shell: Shell, texts: Wording, theme: Theme) -> View:
    match screen:
        case Screen.MEMBER:
            from terminal.ui.member import MemberView

            return MemberView(shell.member, texts, theme)
        case Screen.REDEEM:
            from terminal.ui.redeem import RedeemView

            return RedeemView(shell.redeem, texts, theme)
        case Screen.DONE:
            from terminal.ui.done import DoneView

            return DoneView(shell.done, texts, theme)
        case Screen.UNKNOWN:
            from terminal.ui.unknown import UnknownView

            return UnknownView(shell.unknown, texts, theme)
        case Screen.LOCK:
            from terminal.ui.lock import LockView

            return LockView(shell.lock, texts, theme)
        case _:
            from terminal.ui.idle import IdleView

            return IdleView(shell.idle, texts, theme)


def _around_it(screen: Screen, shell: Shell, texts: Wording, theme: Theme) -> View:
    match screen:
        case Screen.ENROL:
            from terminal.ui.enrol import EnrolView

            return EnrolView(shell.enrol, texts, theme)
        case Screen.FIND:
            from terminal.ui.find import FindView

            return FindView(shell.find, texts, theme)
        case Screen.VOID:
            from terminal.ui.void import VoidView

            return VoidView(shell.void, texts, theme)
        case Screen.HISTORY:
            from terminal.ui.history import HistoryView

            return HistoryView(shell.history, texts, theme)
        case Screen.REPORT:
            from terminal.ui.report import ReportView

            return ReportView(shell.report, texts, theme)
        case _:
            from terminal.ui.help import HelpView

            return HelpView(shell.help, texts, theme)


def _of_the_till(screen: Screen, shell: Shell, texts: Wording, theme: Theme) -> View:
    match screen:
        case Screen.SYNC:
            from terminal.ui.sync import SyncView

            return SyncView(shell.sync, texts, theme)
        case Screen.SYNC_FORM:
            from terminal.ui.form import FormView

            return FormView(shell.sync_form, texts, theme)
        case Screen.MEMBER_DATA:
            from terminal.ui.form import FormView

            return FormView(shell.member_data, texts, theme)
        case Screen.DOCTOR:
            from terminal.ui.doctor import DoctorView

            return DoctorView(shell.doctor, texts, theme)
        case _:
            from terminal.ui.backup import BackupView

            return BackupView(shell.backup, texts, theme)
