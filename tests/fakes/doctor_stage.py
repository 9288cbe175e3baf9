"""The device screen alone in a window, with a fake presenter behind it."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from terminal.ui.doctor import DoctorView
from terminal.ui.theme import Theme
from terminal.ui.wording import CurrentWording
from tests.fakes.doctor_states import DoctorStates
from tests.fakes.presenters import FakeDoctor
from texts.i18n import Texts

SETTLE_ROUNDS = 6


class DoctorStage:
    """A window as large as the till's leaves for a screen, between its bar and its keys.

    Args:
        language: "de" or "en".
        theme: The look.
    """

    def __init__(self, language: str, theme: Theme) -> None:
        self.states = DoctorStates(language)
        self.presenter = FakeDoctor(self.states.fine())
        self.window = QWidget()
        self.view = DoctorView(self.presenter, CurrentWording(Texts(language)), theme)
        box = QVBoxLayout(self.window)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.view)

    def show(self, variant: str) -> DoctorView:
        """Put a variant on the screen and wait for layout and painting."""
        self.presenter.show(self.states.variants()[variant])
        for _ in range(SETTLE_ROUNDS):
            QApplication.processEvents()
        return self.view
