"""A window with fake presenters behind it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from terminal.ui.theme import Theme
from tests.fakes.stage import Stage


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    """The light look, applied once."""
    theme = Theme()
    theme.apply(qapp)
    return theme


@pytest.fixture
def stage_in(qtbot: QtBot, theme: Theme) -> Callable[[str], Stage]:
    """Makes a shown window in a language, as large as the smallest screen the till supports."""

    def make(language: str) -> Stage:
        stage = Stage(language, theme)
        qtbot.addWidget(stage.window)
        stage.window.resize(1024, 768)
        stage.window.show()
        stage.window.activateWindow()
        stage.settle()
        return stage

    return make


@pytest.fixture
def stage(stage_in: Callable[[str], Stage]) -> Stage:
    """A shown window in German, whose words are the longer ones."""
    return stage_in("de")
