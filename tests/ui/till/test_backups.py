"""Copies of a running till: the dot, the screen, and a copy after a sale, until the window is closed."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from storage.rotation import copies_in
from terminal.attach import attach_backups
from terminal.presenters.backup_words import is_busy
from terminal.presenters.states import Screen, Tone
from terminal.settings import Settings
from terminal.settings.backup import BackupSettings
from tests.fakes.counter import ANNA
from tests.ui.till.conftest import Rig


def begin(rig: Rig, **settings: str) -> None:
    """Attach the copies as the program does once its first screen is up."""
    attach_backups(rig.till, Settings(backup=BackupSettings(**settings)), _fail)  # type: ignore[arg-type]


def back_up_now(rig: Rig) -> None:
    """Press the button, once it can be pressed: while a copy is on its way it does nothing."""
    rig.until(lambda: not is_busy(rig.till.around.backup))
    rig.tap("action0")


def test_the_dot_is_red_until_somebody_gives_the_till_a_second_place(rig: Rig, shop: Path) -> None:
    """It leads to the screen that says so, and the copy on this disk is taken by the button there."""
    begin(rig)
    rig.until(lambda: rig.till.shell.state.bar.backup is not None)
    dot = rig.till.shell.state.bar.backup
    assert dot is not None
    assert dot.tone is Tone.BAD
    assert "F12" in rig.painted("notice")
    rig.tap("backupDot")
    rig.until_screen(Screen.BACKUP)
    back_up_now(rig)
    rig.until(lambda: len(copies_in(shop / "backups")) == 1 and not rig.till.around.backup.asked)
    assert rig.painted("headline") == "No copy off this disk"
    rig.keys(Qt.Key.Key_Escape)
    rig.until_screen(Screen.IDLE)
    assert rig.till.shell.state.bar.backup == dot


def test_with_a_second_place_the_dot_goes_and_a_sale_is_in_the_next_copy(rig: Rig, shop: Path, tmp_path: Path) -> None:
    """The scan works on the screen of copies too; the end of the till leaves none of its threads behind."""
    stick = tmp_path / "stick"
    stick.mkdir()
    begin(rig, second_folder=str(stick / "copies"), second_is="elsewhere")
    rig.keys(Qt.Key.Key_F12)
    rig.until_screen(Screen.BACKUP)
    back_up_now(rig)
    rig.until(lambda: rig.painted("headline") == "The data is safe")
    assert rig.till.shell.state.bar.backup is None
    rig.scanner.scan(ANNA)
    rig.until_screen(Screen.MEMBER)
    rig.type("10")
    rig.keys(Qt.Key.Key_Return)
    rig.until_screen(Screen.DONE)
    before = copies_in(stick / "copies")[0].records
    rig.keys(Qt.Key.Key_F12)
    rig.until(lambda: rig.till.around.backup.records > before)
    back_up_now(rig)
    rig.until(lambda: copies_in(stick / "copies")[0].records > before and not rig.till.around.backup.asked)
    assert rig.till.around.backup.holds_all(rig.till.around.backup.elsewhere.newest)
    rig.till.stop()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("backup")]
    assert len(copies_in(shop / "backups")) == 2


def _fail(error: Exception) -> None:
    pytest.fail(repr(error))
