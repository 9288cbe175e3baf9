"""A small window with buttons that play the world outside: somebody scans a card, somebody pulls a plug."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from terminal.ui import tokens
from terminal.ui.buttons import Button
from terminal.ui.theme import Theme

PANEL_WIDTH = 260


class DemoPanel(QWidget):
    """The simulated scanner's panel. It stays above the till and never takes its focus.

    Args:
        title: What the window is called.
        actions: Pairs of a caption and what happens, from top to bottom.
        theme: The look.
        parent: The till's window; the panel closes with it.
    """

    def __init__(
        self,
        title: str,
        actions: Sequence[tuple[str, Callable[[], object]]],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Tool | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setWindowTitle(title)
        self.setFixedWidth(theme.px(PANEL_WIDTH))
        box = QVBoxLayout(self)
        box.setContentsMargins(*4 * (tokens.CARD_GAP,))
        box.setSpacing(tokens.GAP)
        for index, (words, action) in enumerate(actions):
            button = Button(theme, name=f"demo{index}", chooses=True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.show_caption(words)
            button.clicked.connect(_without_argument(action))
            box.addWidget(button)

    def place(self) -> None:
        """Stand over the keypad: whoever tries the demo has a keyboard, and everything to be read stays visible."""
        window = self.parentWidget()
        if window is not None:
            self.adjustSize()
            corner = window.mapToGlobal(window.rect().bottomRight())
            middle = window.mapToGlobal(window.rect().center())
            self.move(corner.x() - self.width() - tokens.CARD_PADDING, middle.y() - self.height() // 4)


def _without_argument(action: Callable[[], object]) -> Callable[[], None]:
    """Keep Qt's "checked" away from an action that takes nothing."""

    def run() -> None:
        action()

    return run
