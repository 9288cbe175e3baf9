"""What every screen has in common."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from terminal.ui.fields import LineEdit
from terminal.ui.theme import Theme
from terminal.ui.wording import Wording


class View(QWidget):
    """A screen: it shows the state of its presenter and forwards what the cashier does.

    A view that nobody sees only notes that its state changed and shows it when it is brought to the front, so a scan
    pays for one screen and not for eleven. It has no background of its own and the window shows through, because Qt
    paints an opaque view twice when it appears, once for itself and once for its children. Updates are never switched
    off while a state is shown: Qt gathers the changed rectangles by itself, whereas switching updates on again would
    repaint the whole screen for every typed digit.

    Signals:
        keyboard_wanted: A text field wants the keyboard on the screen.
    """

    keyboard_wanted = Signal(QLineEdit)

    def __init__(self, texts: Wording, theme: Theme) -> None:
        super().__init__()
        self.texts = texts
        self.theme = theme
        self._stale = False

    def refresh(self) -> None:
        """Show the presenter's state."""
        raise NotImplementedError

    def retranslate(self) -> None:
        """Take static captions from the texts again, then show the state."""
        raise NotImplementedError

    def default_input(self) -> LineEdit | None:
        """The field that gets the focus, and the text somebody types with the focus elsewhere."""
        return None

    def changed(self) -> None:
        """The presenter has a new state."""
        if self.isVisible():
            self._stale = False
            self.refresh()
        else:
            self._stale = True

    def bring_up_to_date(self) -> None:
        """Show the state if it changed while nobody looked."""
        if self._stale:
            self._stale = False
            self.refresh()

    def take_focus(self) -> None:
        """Put the focus where the cashier goes on; without a field onto the screen, so that no button is armed."""
        target: QWidget = self.default_input() or self
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def want_keyboard(self) -> None:
        """Bring the keyboard on the screen up for the field with the focus, else for the one to go on with."""
        focused = self.focusWidget()
        target = focused if isinstance(focused, LineEdit) else self.default_input()
        if target is not None:
            target.setFocus()
            self.keyboard_wanted.emit(target)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with the presenter."""
        self.bring_up_to_date()
        super().showEvent(event)
