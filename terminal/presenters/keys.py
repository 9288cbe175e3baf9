"""Which key does what on which screen, and which of them would do nothing just now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from terminal.presenters.states import Screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from terminal.presenters.navigation import Navigation


LEADS_TO_SYNC: Final = frozenset(Screen) - {
    Screen.ENROL,
    Screen.VOID,
    Screen.SYNC,
    Screen.SYNC_FORM,
    Screen.MEMBER_DATA,
    Screen.LOCK,
}
"""Where F7 and a tap on the connection work: wherever that throws away nothing somebody has typed."""

LEADS_TO_DOCTOR: Final = LEADS_TO_SYNC - {Screen.DOCTOR} | {Screen.SYNC}
"""Where F11 and a tap on scanner or printer work, likewise."""

LEADS_TO_BACKUP: Final = LEADS_TO_SYNC - {Screen.BACKUP} | {Screen.SYNC}
"""Where F12 and a tap on the dot work, likewise."""

HINTS_AT_SYNC: Final = frozenset({Screen.IDLE, Screen.FIND, Screen.REPORT, Screen.HELP})


def actions(shell: Navigation, screen: Screen) -> dict[str, Callable[[], None]]:
    """What the keys do on a screen; a key that is not listed does nothing."""
    everywhere: dict[str, Callable[[], None]] = {
        "F1": shell.show_help,
        "F2": lambda: shell.show_enrol(""),
        "F3": lambda: shell.show_find(""),
        "F6": lambda: shell.show_void(None),
        "F8": shell.show_report,
        "F9": shell.undo_newest,
    }
    member: dict[str, Callable[[], None]] = {
        "F2": shell.member.enrol,
        "F3": lambda: shell.show_find(""),
        "F4": shell.member.redeem,
        "F5": shell.member.history,
        "F6": shell.member.void,
        "F8": shell.member.data,
        "Esc": shell.member.cancel,
        "Enter": shell.member.confirm,
    }
    report = {"F4": shell.report.switch} if shell.report.state.whose else {}
    screens: dict[Screen, dict[str, Callable[[], None]]] = {
        Screen.IDLE: everywhere | {"Enter": shell.idle.submit, "Esc": shell.home},
        Screen.MEMBER: member,
        Screen.REDEEM: {"Esc": shell.redeem.cancel, "F4": shell.redeem.cancel, "Enter": shell.redeem.confirm},
        Screen.DONE: {
            "P": shell.done.print_receipt,
            "F9": shell.done.undo,
            "Enter": shell.done.next,
            "Esc": shell.done.next,
        },
        Screen.UNKNOWN: {"F2": shell.unknown.enrol, "Enter": shell.unknown.award_only, "Esc": shell.home},
        Screen.ENROL: {"Enter": shell.enrol.confirm, "Esc": shell.enrol.cancel},
        Screen.FIND: everywhere | {"Enter": shell.find.choose, "Esc": shell.home},
        Screen.VOID: {"Enter": shell.void.confirm, "Esc": shell.void.cancel},
        Screen.HISTORY: {"Esc": shell.history.cancel, "F5": shell.history.cancel},
        Screen.REPORT: everywhere | {"Esc": shell.home} | report,
        Screen.HELP: everywhere | {"Esc": shell.home},
        Screen.SYNC: everywhere | {"Esc": shell.sync.cancel},
        Screen.SYNC_FORM: {"Enter": shell.sync_form.confirm, "Esc": shell.sync_form.cancel},
        Screen.MEMBER_DATA: {"Enter": shell.member_data.confirm, "Esc": shell.member_data.cancel},
        Screen.DOCTOR: everywhere | {"Enter": shell.doctor.confirm, "Esc": shell.doctor.cancel},
        Screen.BACKUP: everywhere | {"Esc": shell.backup.cancel},
        Screen.LOCK: {"Enter": shell.lock.confirm},
    }
    lock = {} if screen is Screen.LOCK else {"F10": shell.lock_till}
    sync = {"F7": shell.show_sync} if screen in LEADS_TO_SYNC else {}
    doctor = {"F11": shell.show_doctor} if screen in LEADS_TO_DOCTOR else {}
    backup = {"F12": shell.show_backup} if screen in LEADS_TO_BACKUP else {}
    return screens[screen] | sync | doctor | backup | lock


def hidden(shell: Navigation, screen: Screen, *, has_people: bool) -> set[str]:
    """Keys that need no hint: they would do nothing just now, or a sale has nothing to do with them."""
    found = set() if has_people else {"F10"}
    if screen is Screen.IDLE:
        found.add("Esc")
    if screen not in HINTS_AT_SYNC:
        found.update(("F7", "F11", "F12"))
    if screen is Screen.MEMBER and not shell.member.state.anonymous:
        found.add("F2")
    if screen is Screen.DONE and shell.done.undoable is None:
        found.add("F9")
    return found
