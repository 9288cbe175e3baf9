"""Whether everything on a window can be read: nothing clipped, nothing outside its card, no two texts in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QScrollArea, QWidget


def illegible(window: QWidget) -> list[str]:
    """What cannot be read on a window; empty when all is well."""
    faults: list[str] = []
    widgets = [widget for widget in visible(window) if says_something(widget)]
    for widget in widgets:
        faults += [f"clipped {text!r}" for text in clipped(widget)]
        parent = widget.parentWidget()
        if parent is not None and not scrolls(widget) and not parent.rect().contains(widget.geometry()):
            faults.append(f"{name_of(widget)} leaves its card")
    places = [(widget, on_window(widget)) for widget in widgets]  # once each: Qt takes its time to tell
    for (one, here), (other, there) in combinations(places, 2):
        if here.intersects(there) and not one.isAncestorOf(other):
            faults.append(f"{name_of(one)} overlaps {name_of(other)}")
    return faults


def visible(window: QWidget) -> Iterator[QWidget]:
    """Every widget somebody sees at least a part of."""
    return (widget for widget in window.findChildren(QWidget) if not widget.visibleRegion().isEmpty())


def on_window(widget: QWidget) -> QRect:
    """The visible part of a widget in coordinates of the window."""
    return widget.visibleRegion().boundingRect().translated(widget.mapTo(widget.window(), widget.rect().topLeft()))


def scrolls(widget: QWidget) -> bool:
    """Whether a widget lies in a list, where being cut off at the edge is no fault."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            return True
        parent = parent.parentWidget()
    return False


def says_something(widget: QWidget) -> bool:
    """Whether a widget is a control or a text that is not empty."""
    if isinstance(widget, QLabel):
        return bool(widget.text())
    return isinstance(widget, QAbstractButton | QLineEdit) or hasattr(widget, "clipped")


def clipped(widget: QWidget) -> tuple[str, ...]:
    """What cannot be read as a whole on a widget."""
    ask: Callable[[], tuple[str, ...]] = getattr(widget, "clipped", tuple)
    return ask()


def name_of(widget: QWidget) -> str:
    """How a fault names a widget."""
    return widget.objectName() or widget.accessibleName() or type(widget).__name__
