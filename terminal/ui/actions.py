"""A column of actions, the most wanted first: the screens about head office and about devices share it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtWidgets import QVBoxLayout

from terminal.ui import tokens
from terminal.ui.buttons import Button, Kind
from terminal.ui.theme import Theme


class Action(Protocol):
    """What a button says and does."""

    @property
    def key(self) -> str:
        """What its presenter is asked for."""
        ...

    @property
    def text(self) -> str:
        """The caption."""
        ...

    @property
    def icon(self) -> str:
        """The icon before it."""
        ...

    @property
    def enabled(self) -> bool:
        """Whether it can be done now."""
        ...


class ActionColumn(QVBoxLayout):
    """The first action is the green one; each button does what its place shows now.

    Args:
        theme: The look.
        act: Takes the key of the action that was pressed.
    """

    def __init__(self, theme: Theme, act: Callable[[str], None]) -> None:
        super().__init__()
        self._theme = theme
        self._act = act
        self._buttons: list[Button] = []
        self._shown: tuple[Action, ...] = ()

    def show_actions(self, actions: Sequence[Action]) -> None:
        """Show these actions; a button is made when its place is first needed."""
        self._shown = tuple(actions)
        while len(self._buttons) < len(actions):
            self._add_button(len(self._buttons))
        for index, button in enumerate(self._buttons):
            if index < len(actions):
                button.show_icon(actions[index].icon)
                button.show_caption(actions[index].text)
                button.set_active(actions[index].enabled)
            button.setVisible(index < len(actions))

    def _add_button(self, index: int) -> None:
        first = index == 0
        kind, height = (Kind.PRIMARY, tokens.PRIMARY_MIN) if first else (Kind.SECONDARY, tokens.CONTROL_MIN)
        button = Button(self._theme, kind, name=f"action{index}", height=height)
        button.clicked.connect(lambda: self._press(index))
        self._buttons.append(button)
        self.addWidget(button)

    def _press(self, index: int) -> None:
        if index < len(self._shown):
            self._act(self._shown[index].key)
