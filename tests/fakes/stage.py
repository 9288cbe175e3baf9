"""A window of the till with fake presenters behind it."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget

from terminal.presenters.states import Screen
from terminal.ui.theme import Theme
from terminal.ui.window import MainWindow
from tests.fakes.presenters import Call, Fake, FakeShell
from tests.fakes.screen_states import ScreenStates
from texts.i18n import Texts

SETTLE_ROUNDS = 6


class Stage:
    """The window, its shell and the states to show in it.

    Args:
        language: "de" or "en".
        theme: The look.
    """

    def __init__(self, language: str, theme: Theme) -> None:
        self.states = ScreenStates(language)
        self.shell = FakeShell(self.states.shell(Screen.IDLE), Texts(language))
        self.window = MainWindow(self.shell, self.shell.texts, theme)
        self.variants = self.states.variants()

    def show(self, variant: str) -> QWidget:
        """Put a variant on the screen and wait for layout and painting; returns the view."""
        screen, state = self.variants[variant]
        return self.show_state(screen, state)

    def show_state(self, screen: Screen, state: object) -> QWidget:
        """Put a state on the screen; returns the view."""
        presenter = self.presenter(screen)
        presenter.show(state)
        self.shell.show(self.states.shell(screen))
        self.settle()
        presenter.taken()
        self.shell.taken()
        return self.window.view(screen)

    def presenter(self, screen: Screen) -> Fake[object]:
        """The fake presenter of a screen."""
        presenter: Fake[object] = getattr(self.shell, screen.value)
        return presenter

    def settle(self) -> None:
        """Let layouts and paints happen; each may ask for another."""
        for _ in range(SETTLE_ROUNDS):
            QApplication.processEvents()

    def taken(self, screen: Screen) -> list[Call]:
        """What was asked of the screen's presenter and of the shell since the last time."""
        return [*self.presenter(screen).taken(), *self.shell.taken()]
