"""The main job on real parts: bytes on a serial line, painted widgets, a ledger on disk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from terminal.presenters.states import Screen
from tests.fakes.counter import ANNA, BEN, NEW_CARD
from tests.ui.till.conftest import Rig

Balance = Callable[[str], int]


def test_bytes_on_the_line_paint_the_members_balance(rig: Rig) -> None:
    """A card's bytes go in at the pseudo-terminal and the balance comes out of the painted widgets."""
    rig.scanner.write(ANNA.encode() + b"\r")
    rig.until_painted("balance", "1,284")
    assert rig.painted("memberName") == "Anna Schneider"


def test_scan_type_enter_awards_and_is_on_disk(rig: Rig, balance_on_disk: Balance) -> None:
    """By keyboard only: the amount field has the focus after the scan."""
    rig.scanner.scan(ANNA)
    rig.until_screen(Screen.MEMBER)
    rig.type("23,45")
    assert rig.painted("award") == "+ 23 points"
    rig.keys(Qt.Key.Key_Return)
    rig.until_screen(Screen.DONE)
    assert rig.painted("headline") == "23 points awarded"
    assert balance_on_disk(ANNA) == 1307


def test_enter_pressed_twice_on_the_real_keyboard_awards_once(rig: Rig, balance_on_disk: Balance) -> None:
    """Both presses are in the event queue before the disk has answered."""
    rig.scanner.scan(ANNA)
    rig.until_screen(Screen.MEMBER)
    rig.type("10")
    rig.keys(Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Enter)
    rig.until_screen(Screen.DONE)
    assert balance_on_disk(ANNA) == 1294


def test_the_scanner_can_be_pulled_out_and_put_back(rig: Rig) -> None:
    """The bar says so, half a code opens nobody, and after the replug the next scan works."""
    rig.scanner.write(ANNA[:6].encode())
    rig.scanner.unplug()
    rig.until(lambda: rig.till.shell.state.bar.scanner.text == "Scanner unplugged")
    rig.scanner.plug()
    rig.until(lambda: rig.till.shell.state.bar.scanner.text == "Scanner ready")
    assert rig.till.shell.state.screen is Screen.IDLE
    rig.scanner.scan(BEN)
    rig.until_painted("memberName", "Ben Özdemir")


def test_an_unknown_card_is_enrolled_by_keyboard(rig: Rig, balance_on_disk: Balance) -> None:
    """Scan, F2, name, Enter; found by name at once; then the first purchase."""
    rig.scanner.scan(NEW_CARD)
    rig.until_screen(Screen.UNKNOWN)
    rig.keys(Qt.Key.Key_F2)
    rig.until_screen(Screen.ENROL)
    rig.type("Clara Weiss")
    rig.keys(Qt.Key.Key_Return)
    rig.until_screen(Screen.DONE)
    rig.till.shell.home()
    rig.keys(Qt.Key.Key_F3)
    rig.type("clara")
    rig.until(lambda: bool(rig.till.shell.find.state.hits))
    rig.keys(Qt.Key.Key_Return)
    rig.until_painted("memberName", "Clara Weiss")
    rig.type("7,50")
    rig.keys(Qt.Key.Key_Return)
    rig.until_screen(Screen.DONE)
    assert balance_on_disk(NEW_CARD) == 7


@pytest.mark.parametrize("key", [Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F6, Qt.Key.Key_F8])
def test_a_scan_works_on_every_screen(rig: Rig, key: Qt.Key) -> None:
    """Help, enrolment, search, void, report: the scan is taken where it is meant and used once."""
    rig.keys(key)
    rig.until(lambda: rig.till.shell.state.screen is not Screen.IDLE)
    if key == Qt.Key.Key_F2:
        rig.scanner.scan(NEW_CARD)
        rig.until(lambda: rig.till.shell.enrol.state.card.endswith(NEW_CARD[-4:]))
    else:
        rig.scanner.scan(ANNA)
        rig.until_painted("memberName", "Anna Schneider")


def test_the_whole_sale_with_fingers_only(rig: Rig, balance_on_disk: Balance) -> None:
    """Amount by keypad, a reward, the part without points, the green button, undo: no key is pressed."""
    rig.scanner.scan(ANNA)
    rig.until_screen(Screen.MEMBER)
    rig.tap("keypad2", "keypad3", "keypadComma", "keypad4", "keypad5")
    assert rig.painted("award") == "+ 23 points"
    rig.tap("withoutPointsToggle", "keypad3", "withoutPointsToggle")
    assert rig.painted("award") == "+ 20 points"
    rig.tap("reward2")
    assert rig.painted("takeOff") == "Take €5.00 off at the register"
    rig.tap("primary")
    rig.until_screen(Screen.DONE)
    assert balance_on_disk(ANNA) == 1284 - 500 + 15
    rig.tap("undo")
    rig.until(lambda: rig.painted("headline") == "Undone")
    assert balance_on_disk(ANNA) == 1284


def test_enrolling_with_fingers_only(rig: Rig, balance_on_disk: Balance) -> None:
    """The keyboard on the screen types the name; consents are touched; the card is served afterwards."""
    rig.scanner.scan(NEW_CARD)
    rig.until_screen(Screen.UNKNOWN)
    rig.tap("enrol")
    rig.until_screen(Screen.ENROL)
    rig.tap("keyboard", "keyboardE", "keyboardV", "keyboardA")
    rig.tap("keyboardEnter")
    rig.until_screen(Screen.DONE)
    assert rig.painted("headline") == "Welcome, Eva!"
    assert balance_on_disk(NEW_CARD) == 0


def test_rubbish_on_the_line_neither_crashes_nor_opens_anybody(rig: Rig) -> None:
    """Noise, a flood without an end, a payment card and an address; then the next card works."""
    for data in (
        b"\x00\xff\xfe\r",
        b"x" * 10_000 + b"\r",
        b"\r\n\r\n",
        b"4111111111111111\r",
        b"https://example.org/?q=1\r",
        "Müller\r".encode("latin-1"),
    ):
        rig.scanner.write(data)
    rig.until(lambda: rig.till.shell.idle.state.notice is not None)
    rig.until(lambda: _opens(rig))
    assert rig.painted("memberName") == "Anna Schneider"


def _opens(rig: Rig) -> bool:
    """Scan until a member opens: right after a broken frame the line is still settling."""
    rig.scanner.scan(ANNA)
    return rig.till.shell.state.screen is Screen.MEMBER
