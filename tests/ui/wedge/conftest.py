"""A window of the till that listens to scanners that type."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hardware.scans import Scan
from hardware.traffic import Traffic
from hardware.wedge.layouts import Layout
from terminal.settings.wedge import WedgeSettings
from terminal.ui.theme import Theme
from terminal.ui.wedge import WedgeFilter
from tests.fakes.key_events import KeyEvents
from tests.fakes.keyboard import is_member
from tests.fakes.stage import Stage


class Listening:
    """A stage whose window has a wedge, the scans it heard, and a keyboard."""

    def __init__(self, stage: Stage, wedge: WedgeFilter, scans: list[Scan], traffic: Traffic) -> None:
        self.stage = stage
        self.wedge = wedge
        self.scans = scans
        self.traffic = traffic
        self.keys = self.keyboard()

    def keyboard(self, host: Layout = Layout.US, *, caps_lock: bool = False) -> KeyEvents:
        """A keyboard on the window of a machine with a layout."""
        return KeyEvents(self.stage.window, host, caps_lock=caps_lock)

    def codes(self) -> list[str]:
        """What was scanned since the last time."""
        codes = [scan.text for scan in self.scans]
        self.scans.clear()
        return codes


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    """The light look, applied once."""
    theme = Theme()
    theme.apply(qapp)
    return theme


@pytest.fixture
def listen(qtbot: QtBot, qapp: QApplication, theme: Theme) -> Iterator[Callable[..., Listening]]:
    """Makes a shown window in German with a wedge set up in some way."""
    made: list[WedgeFilter] = []

    def make(settings: WedgeSettings | None = None) -> Listening:
        stage = Stage("de", theme)
        qtbot.addWidget(stage.window)
        stage.window.resize(1024, 768)
        stage.window.show()
        stage.window.activateWindow()
        stage.settle()
        scans: list[Scan] = []
        traffic = Traffic()
        wedge = WedgeFilter(qapp, scans.append, settings or WedgeSettings(), is_member, traffic)
        wedge.install()
        made.append(wedge)
        return Listening(stage, wedge, scans, traffic)

    yield make
    for wedge in made:
        wedge.remove()


@pytest.fixture
def listening(listen: Callable[..., Listening]) -> Listening:
    """A window with a wedge as it comes."""
    return listen()
