"""The demo's window with its panel: the buttons play the world outside, through the serial line."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractButton

from terminal.demo import shop as shops
from terminal.demo.people import ANNA
from terminal.demo.program import open_window
from terminal.demo.shop import window_shop
from terminal.main import demo_stage
from terminal.ui.demo_panel import DemoPanel
from terminal.ui.hands import Hands
from terminal.ui.window import MainWindow
from tests.fakes.clock import FakeClock
from tests.fakes.loops import loops_run
from texts.i18n import Texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QApplication


class Visitor:
    """Presses the panel's buttons once the window is open, looks, and closes it."""

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self.saw: list[str] = []
        self.failed: list[Exception] = []

    def visit(self) -> None:
        """Runs inside the window's own event loop, so an error has to be carried out of it."""
        try:
            self._look_around()
        except Exception as error:  # noqa: BLE001 - raised again by the test
            self.failed.append(error)
        finally:
            self._application.quit()

    def _look_around(self) -> None:
        # Windows of tills that ended earlier in this process may still be there, closed.
        windows = [each for each in self._application.topLevelWidgets() if isinstance(each, MainWindow)]
        window = next(each for each in windows if each.isVisible())
        panel = window.findChild(DemoPanel)
        assert panel is not None
        hands = Hands(window)
        press = self._presser(panel)
        hands.wait_until(lambda: self._says(window, "Scanner ready"), "the scanner is there")
        press("demo0")
        hands.wait_until(lambda: hands.shows("balance", f"{ANNA.balance:,}"), "Anna is on the screen")
        self.saw.append(hands.text_of("memberName"))
        hands.press("Esc")
        press("demo1")
        hands.wait_until(lambda: hands.shows("headline", "New card"), "the unknown card is on the screen")
        self.saw.append(hands.text_of("headline"))
        press("demo2")
        hands.wait_until(lambda: self._says(window, "Scanner unplugged"), "the plug is out")
        press("demo0")  # nothing can be scanned now, and nothing breaks
        press("demo3")
        hands.wait_until(lambda: self._says(window, "Scanner ready"), "the scanner is back")

    def _presser(self, panel: DemoPanel) -> Callable[[str], None]:
        def press(name: str) -> None:
            button = panel.findChild(QAbstractButton, name)
            assert button is not None
            button.click()

        return press

    def _says(self, window: MainWindow, words: str) -> bool:
        return bool(window._shell.state.bar.scanner.text == words)


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are those of POSIX")
def test_the_panels_buttons_scan_and_unplug(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anna, an unknown card, the plug out and in again; every scan takes the way of a real one, and the end is one."""
    monkeypatch.setattr(shops, "MEMBERS", 20)
    directory = window_shop(tmp_path, FakeClock(), lambda _share: None)
    visitor = Visitor(qapp)
    QTimer.singleShot(0, visitor.visit)
    open_window(demo_stage(), directory, Texts("en"))
    assert visitor.failed == []
    assert visitor.saw == [ANNA.profile.name, "New card"]
    qapp.processEvents()
    assert loops_run()
