"""The device screen of the running till: a scanner nobody set up is set up by one scan and serves the next customer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hardware.simulated import SimulatedScanner, simulated_scanner
from hardware.wedge.strokes import Key
from hardware.wizard import TEST_TEXT
from terminal.assembly import RunningTill, assemble
from terminal.attach import attach
from terminal.presenters.doctor_states import Phase
from terminal.presenters.states import Screen
from terminal.settings import SETTINGS_FILE, settings_of
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.counter import ANNA
from tests.fakes.key_events import KeyEvents
from tests.ui.till.conftest import Rig, closing_till
from texts.i18n import Texts

SETTINGS = """\
[scanner]
port = '{port}'  # at the counter

[display]
window = "off"

[sound]
volume_percent = 0
"""

REPEAT_S = 2.0
"""How long a scan may take to be understood before it is scanned again, in seconds."""

READ_PAUSE_S = 2
"""How long somebody reads the wizard's question before answering, in seconds of the till's clock."""


class Shop:
    """A till with everything attached, and its clock."""

    def __init__(self, rig: Rig, clock: FakeClock, scanner: SimulatedScanner) -> None:
        self.rig = rig
        self.till: RunningTill = rig.till
        self.clock = clock
        self.scanner = scanner

    def phase(self) -> Phase | None:
        """Where the wizard stands."""
        wizard = self.till.shell.doctor.state.wizard
        return wizard.phase if wizard else None


def _fail(error: Exception) -> None:
    raise error


@pytest.fixture
def shop_with_devices(qtbot: QtBot, qapp: QApplication, shop: Path, tmp_path: Path) -> Iterator[Shop]:
    """The running till; its scanner ends codes with TAB, the settings say Enter."""
    clock = FakeClock()
    scanner = simulated_scanner(tmp_path)
    till = assemble(
        qapp,
        shop,
        texts_for=lambda currency: Texts("en", currency),
        scanners=[],
        clock=clock,
        ids=SeededIds(11, clock),
        crashed=_fail,
    )
    with scanner, closing_till(till):
        qtbot.addWidget(till.window)
        till.window.show()
        (shop / SETTINGS_FILE).write_text(SETTINGS.format(port=scanner.port), "utf-8")
        attach(till, settings_of(shop), _fail)
        made = Shop(Rig(qtbot, till, scanner), clock, scanner)
        made.rig.until(lambda: till.shell.state.bar.scanner.text == "Scanner ready")
        yield made


def test_one_scan_sets_a_scanner_up(shop_with_devices: Shop, shop: Path) -> None:
    """F11, the wizard, a scan, yes: the settings file says TAB and the next card opens its member."""
    rig, till = shop_with_devices.rig, shop_with_devices.till
    rig.keys(Qt.Key.Key_F11)
    rig.until_screen(Screen.DOCTOR)
    rig.until(lambda: "Scanner" in [card.name for card in till.shell.doctor.state.devices])
    rig.tap("action0")
    rig.until(lambda: shop_with_devices.phase() is Phase.WAITING)
    rig.until(lambda: till.shell.state.bar.scanner.text != "Scanner ready")
    scan_until(shop_with_devices, Phase.RESULT)
    assert ("scanner.terminator", "tab") in till.shell.doctor.state.wizard.changes  # type: ignore[union-attr]
    shop_with_devices.clock.advance(seconds=READ_PAUSE_S)
    rig.tap("action0")
    rig.until(lambda: said(till).startswith("Taken over. The scanner works"))
    rig.until(lambda: till.shell.state.bar.scanner.text == "Scanner ready")
    written = (shop / SETTINGS_FILE).read_text("utf-8")
    assert 'terminator = "tab"' in written
    assert "# at the counter" in written
    shop_with_devices.scanner.scan(ANNA, terminator=b"\t")
    rig.until_screen(Screen.MEMBER)


@pytest.mark.parametrize("pace_ms", [8, 140])
def test_a_scanner_that_types_is_understood_fast_or_slow(shop_with_devices: Shop, pace_ms: int) -> None:
    """At a scanner's speed the till takes the keys for itself; slower ones end in the wizard's field."""
    rig, till = shop_with_devices.rig, shop_with_devices.till
    rig.keys(Qt.Key.Key_F11)
    rig.until_screen(Screen.DOCTOR)
    rig.tap("action0")
    rig.until(lambda: shop_with_devices.phase() is Phase.WAITING)
    till.window.activateWindow()
    rig.until(lambda: rig.till.window.focusWidget() is not None)
    KeyEvents(till.window).type(TEST_TEXT, pace_ms=pace_ms, end=Key.ENTER)
    rig.until(lambda: shop_with_devices.phase() is Phase.RESULT)
    assert till.shell.state.screen is Screen.DOCTOR


def said(till: RunningTill) -> str:
    """The first sentence of the wizard."""
    wizard = till.shell.doctor.state.wizard
    return wizard.found[0].text if wizard and wizard.found else ""


def scan_until(devices: Shop, phase: Phase) -> None:
    """Scan the test barcode; what is sent before the line is open is thrown away, so it is scanned until it came."""
    next_s = 0.0

    def came() -> bool:
        nonlocal next_s
        if devices.phase() is not phase and time.monotonic() >= next_s:
            devices.scanner.scan(TEST_TEXT, "]C0", terminator=b"\t")
            next_s = time.monotonic() + REPEAT_S
        return devices.phase() is phase

    devices.rig.until(came)
