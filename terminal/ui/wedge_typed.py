"""What scanners type goes into fields for a moment, and is withdrawn."""

from __future__ import annotations

import weakref
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QStackedWidget, QWidget
from shiboken6 import isValid

from terminal.ui.view import View


class Standing(NamedTuple):
    """How things stood before a key went to the window; nothing here keeps a widget alive."""

    field: weakref.ref[QLineEdit] | None
    focus: weakref.ref[QWidget] | None
    text: str
    cursor: int
    selected_from: int
    selected: int


def writes(focus: QWidget | None) -> bool:
    """Whether a widget shows what is typed."""
    return isinstance(focus, QLineEdit) and not focus.isReadOnly()


def standing(focus: QWidget | None) -> Standing:
    """How things stand before a character goes to the window."""
    field = focus if isinstance(focus, QLineEdit) else _screens_field(focus or QApplication.activeWindow())
    focus_ref = None if focus is None else weakref.ref(focus)
    if field is None:
        return Standing(None, focus_ref, "", 0, -1, 0)
    start = field.selectionStart()
    length = field.selectionLength() if start >= 0 else 0
    return Standing(weakref.ref(field), focus_ref, field.text(), field.cursorPosition(), start, length)


def _screens_field(inside: QWidget | None) -> QLineEdit | None:
    """The field that takes what is typed while the focus is elsewhere in the till's window."""
    above = inside
    while above is not None and not isinstance(above, View):
        above = above.parentWidget()
    if above is None and inside is not None:
        stack = inside.window().findChild(QStackedWidget)
        above = stack.currentWidget() if isinstance(stack, QStackedWidget) else None
    return above.default_input() if isinstance(above, View) else None


def withdraw(shown: list[Standing]) -> None:
    """Put everything back as it stood before the first of some characters."""
    restored: list[QLineEdit] = []
    for each in shown:
        field = each.field() if each.field is not None else None
        if field is not None and isValid(field) and field not in restored:
            restored.append(field)
            _restore(field, each)
    if shown:
        _restore_focus(shown[0])


def _restore_focus(before: Standing) -> None:
    """Give the focus back; typing with the focus elsewhere brings it to the screen's field."""
    focus = before.focus() if before.focus is not None else None
    now: QWidget | None = QApplication.focusWidget()
    if before.focus is None and now is not None:
        now.clearFocus()
    elif focus is not None and isValid(focus) and focus is not now and focus.isVisible():
        focus.setFocus(Qt.FocusReason.OtherFocusReason)


def _restore(field: QLineEdit, before: Standing) -> None:
    """Give a field its text, cursor and selection back, and tell whoever listens, as a person's change would."""
    if field.text() != before.text:
        field.setText(before.text)
        field.textEdited.emit(before.text)
    if before.selected and before.cursor == before.selected_from:
        field.setSelection(before.selected_from + before.selected, -before.selected)
    elif before.selected:
        field.setSelection(before.selected_from, before.selected)
    else:
        field.setCursorPosition(before.cursor)
        field.deselect()
