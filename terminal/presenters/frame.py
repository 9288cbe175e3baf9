"""What frames every screen: the bar above, the keys below, and what covers all when something broke."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from hardware.scans import DeviceState
from storage.errors import Damaged, DiskFailed, StorageError
from terminal.messages import error_text
from terminal.presenters.backup_words import backup_dot
from terminal.presenters.states import BarState, Breakage, KeyHint, Pill, Screen, Tone
from terminal.presenters.sync_words import connection_pill

if TYPE_CHECKING:
    from hardware.errors import HardwareError
    from hardware.printing.status import PrinterStatus
    from hardware.scans import DeviceStatus
    from terminal.presenters.base import Surroundings
    from texts.i18n import Texts

US_PER_MIN: Final = 60_000_000


class Devices:
    """What the devices said last."""

    def __init__(self) -> None:
        self._scanners: dict[str, DeviceStatus] = {}
        self._typing = False
        self.printer: PrinterStatus | None = None

    def scanner(self, status: DeviceStatus) -> None:
        """A scanner came, went, or was let go of."""
        if status.state is DeviceState.STOPPED:
            self._scanners.pop(status.device_id, None)
        else:
            self._scanners[status.device_id] = status

    def heard(self, device_id: str) -> None:
        """A scan came; one that types is known by nothing else."""
        self._typing = self._typing or device_id not in self._scanners

    @property
    def trouble(self) -> HardwareError | None:
        """Why a scanner can't be used, ``None`` while all can."""
        return next((status.error for status in self._scanners.values() if status.error is not None), None)

    def scanner_pill(self, texts: Texts) -> Pill:
        """All scanners in one pill: what is wrong with one of them comes first."""
        states = [status.state for status in self._scanners.values()]
        ready = states.count(DeviceState.READY)
        for state, sentence in (
            (DeviceState.LOST, texts._("Scanner unplugged")),
            (DeviceState.UNAVAILABLE, texts._("Scanner not usable")),
        ):
            if state in states:
                some = texts._("{ready} of {count} scanners").format(ready=ready, count=len(states))
                return Pill(some if ready else sentence, Tone.WARN, spoken=sentence)
        if ready > 1:
            return Pill(
                texts.n_("{count} scanner ready", "{count} scanners ready", ready).format(count=ready), Tone.GOOD
            )
        if ready or (self._typing and not states):
            return Pill(texts._("Scanner ready"), Tone.GOOD)
        return Pill(texts._("Scanner is starting") if states else texts._("No scanner"), Tone.NEUTRAL)

    def printer_pill(self, texts: Texts) -> Pill | None:
        """The printer, ``None`` on a till without one."""
        if self.printer is None:
            return None
        from terminal.presenters.printing import printer_pill

        return printer_pill(texts, self.printer)


def bar_state(around: Surroundings, devices: Devices) -> BarState:
    """The bar: whose till, how the scanners and the printer are, the connection, the time."""
    texts, shop = around.texts, around.desk.shop
    now_us = around.clock.now_us()
    return BarState(
        shop=shop.name,
        till=shop.till_name,
        scanner=devices.scanner_pill(texts),
        connection=connection_pill(texts, around.sync),
        clock=texts.time(now_us // US_PER_MIN * US_PER_MIN, around.clock.utc_offset_min(now_us)),
        language=texts.language,
        printer=devices.printer_pill(texts),
        backup=backup_dot(around),
        cashier=around.cashier.name if around.cashier else "",
    )


CANCELS: Final = frozenset({Screen.MEMBER, Screen.UNKNOWN, Screen.ENROL, Screen.FIND, Screen.VOID, Screen.SYNC_FORM})
"""Screens on which leaving gives something up, so that Esc says "Cancel" like their button."""


def key_hints(texts: Texts, screen: Screen, live: Collection[str]) -> tuple[KeyHint, ...]:
    """The keys at the bottom; only keys that do something on this screen are shown."""
    labels = {
        "F1": texts._("Help"),
        "F2": texts._("New member"),
        "F3": texts._("Search"),
        "F4": texts._("Till or store") if screen is Screen.REPORT else texts._("Redeem"),
        "F5": texts._("History"),
        "F6": texts._("Void"),
        "F7": texts._("Head office"),
        "F8": texts._("Member's data") if screen is Screen.MEMBER else texts._("Report"),
        "F9": texts._("Undo"),
        "F10": texts._("Lock"),
        "F11": texts._("Devices"),
        "F12": texts._("Copies"),
        "Esc": texts._("Cancel") if screen in CANCELS else texts._("Back"),
    }
    return tuple(KeyHint(key, label) for key, label in labels.items() if key in live)


def stops_the_till(error: Exception) -> bool:
    """Whether nobody knows what is on the disk now: then the till ends, and never tries again as if nothing was."""
    return isinstance(error, DiskFailed | Damaged)


def breakage(texts: Texts, error: Exception, *, leads_on: bool = False) -> Breakage:
    """What broke, in words: a known error of the ledger, or a bug.

    Args:
        texts: The language.
        error: What broke.
        leads_on: Whether the window about restoring comes up when the till has closed.
    """
    if not isinstance(error, StorageError):
        sentence = texts._("This is a mistake of the program, not yours. What the green screen said is booked. (M-299)")
        return Breakage(texts._("Something went wrong"), sentence, texts._("Go on"))
    if stops_the_till(error):
        action = texts._("Show what can be done") if leads_on else texts._("Close the till")
        return Breakage(texts._("The till has stopped"), error_text(texts, error), action)
    return Breakage(texts._("That did not work"), error_text(texts, error), texts._("Go on"))
