"""What frames every screen: the bar above, the keys below, and what covers all when something broke."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from hardware.scans import DeviceState
from storage.errors import Damaged, DiskFailed, StorageError
from terminal.messages import error_text
from terminal.presenters.states import BarState, Breakage, KeyHint, Pill, Screen, Tone
from terminal.presenters.sync_words import connection_pill

if TYPE_CHECKING:
    from hardware.scans import DeviceStatus
    from terminal.presenters.base import Surroundings
    from texts.i18n import Texts

US_PER_MIN: Final = 60_000_000


def bar_state(around: Surroundings, scanner: DeviceStatus | None) -> BarState:
    """The bar: whose till, how the scanner is, the connection, the time."""
    texts, shop = around.texts, around.desk.shop
    now_us = around.clock.now_us()
    return BarState(
        shop=shop.name,
        till=shop.till_name,
        scanner=_scanner_pill(texts, scanner),
        connection=connection_pill(texts, around.sync),
        clock=texts.time(now_us // US_PER_MIN * US_PER_MIN, around.clock.utc_offset_min(now_us)),
        language=texts.language,
        cashier=around.cashier.name if around.cashier else "",
    )


def _scanner_pill(texts: Texts, status: DeviceStatus | None) -> Pill:
    if status is None:
        return Pill(texts._("No scanner"), Tone.NEUTRAL)
    match status.state:
        case DeviceState.READY:
            return Pill(texts._("Scanner ready"), Tone.GOOD)
        case DeviceState.LOST:
            return Pill(texts._("Scanner unplugged"), Tone.WARN)
        case DeviceState.UNAVAILABLE:
            return Pill(texts._("Scanner not usable"), Tone.WARN)
        case _:
            return Pill(texts._("Scanner is starting"), Tone.NEUTRAL)


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
        "F8": texts._("Report"),
        "F9": texts._("Undo"),
        "F10": texts._("Lock"),
        "Esc": texts._("Cancel") if screen in CANCELS else texts._("Back"),
    }
    return tuple(KeyHint(key, label) for key, label in labels.items() if key in live)


def stops_the_till(error: Exception) -> bool:
    """Whether nobody knows what is on the disk now: then the till ends, and never tries again as if nothing was."""
    return isinstance(error, DiskFailed | Damaged)


def breakage(texts: Texts, error: Exception) -> Breakage:
    """What broke, in words: a known error of the ledger, or a bug."""
    if not isinstance(error, StorageError):
        sentence = texts._("This is a mistake of the program, not yours. What the green screen said is booked. (M-299)")
        return Breakage(texts._("Something went wrong"), sentence, texts._("Go on"))
    if stops_the_till(error):
        return Breakage(texts._("The till has stopped"), error_text(texts, error), texts._("Close the till"))
    return Breakage(texts._("That did not work"), error_text(texts, error), texts._("Go on"))
