"""Text fields for a keyboard, a scanner that types, and fingers."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QMouseEvent, QPointingDevice
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from terminal.ui import tokens
from terminal.ui.buttons import Button, Kind
from terminal.ui.theme import Theme

INPUT_LENGTH_MAX = 120


class LineEdit(QLineEdit):
    """One line of input that follows its presenter.

    Signals:
        typed: The cashier changed the text; showing a state does not emit it.
        touched: A finger came down, so a keyboard is wanted on the screen.
    """

    typed = Signal(str)
    touched = Signal()

    def __init__(self, theme: Theme, name: str, size: int = tokens.TEXT_STRONG, *, bare: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFont(theme.font(size, QFont.Weight.Bold if bare else QFont.Weight.Normal))
        self.setMaxLength(INPUT_LENGTH_MAX)
        self.setAcceptDrops(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setMinimumHeight(tokens.CONTROL_MIN)
        if bare:
            self.setProperty("bare", True)
        self.textEdited.connect(self.typed)

    def show_text(self, text: str) -> None:
        """Show what the presenter holds, leaving the cursor alone when it is the same."""
        if text != self.text():
            self.setText(text)

    def show_wrong(self, wrong: bool) -> None:  # noqa: FBT001 - one flag, as in Qt's own setters
        """Mark the field as wrong; the reason stands beside it in words."""
        if wrong != bool(self.property("wrong")):
            self.setProperty("wrong", wrong)
            self.style().polish(self)

    def type_nothing(self) -> None:
        """Empty the field as a keyboard does."""
        self.selectAll()
        self.backspace()

    def type_text(self, text: str) -> None:
        """Enter text as if it came from a keyboard."""
        self.insert(text)

    def type_backspace(self) -> None:
        """Take the last character away as a keyboard does."""
        self.backspace()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Put the cursor behind the text; Qt would select it, and the next digit would replace the amount."""
        super().focusInEvent(event)
        if event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}:
            self.end(False)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Place the cursor; a finger also asks for the keyboard on the screen."""
        super().mousePressEvent(event)
        if event.pointingDevice().pointerType() == QPointingDevice.PointerType.Finger:
            self.touched.emit()


class SearchField(QWidget):
    """A field with a button that brings the keyboard up.

    Signals:
        keyboard_wanted: The field wants the keyboard on the screen.
    """

    keyboard_wanted = Signal(QLineEdit)

    def __init__(self, theme: Theme, name: str, height: int = tokens.FIELD_HEIGHT) -> None:
        super().__init__()
        self.edit = LineEdit(theme, name, tokens.TEXT_STRONG + 2)
        self.edit.setFixedHeight(theme.px(height))
        self.keyboard = Button(theme, Kind.SECONDARY, name=f"{name}Keyboard", icon="keyboard", height=theme.px(height))
        self.keyboard.setFixedSize(theme.px(height), theme.px(height))
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(tokens.GAP)
        box.addWidget(self.edit, 1)
        box.addWidget(self.keyboard)
        self.edit.touched.connect(self._want_keyboard)
        self.keyboard.clicked.connect(self._want_keyboard)

    def _want_keyboard(self) -> None:
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.keyboard_wanted.emit(self.edit)

    def show_captions(self, placeholder: str, spoken: str, keyboard: str) -> None:
        """Show the hint in the field and name the controls."""
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(spoken)
        self.keyboard.setAccessibleName(keyboard)
        self.keyboard.setToolTip(keyboard)
