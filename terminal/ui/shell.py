"""What the window asks of the shell: the presenters of all screens, keys, the language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from terminal.presenters import states
from terminal.ui import intents
from terminal.ui.wording import Wording

if TYPE_CHECKING:
    from terminal.ui.doctor import Doctor


class Shell(intents.Presenter[states.ShellState], Protocol):
    """Which screen is on, and the presenters of all of them."""

    @property
    def idle(self) -> intents.Idle:
        """The presenter of this screen."""
        ...

    @property
    def member(self) -> intents.Member:
        """The presenter of this screen."""
        ...

    @property
    def redeem(self) -> intents.Redeem:
        """The presenter of this screen."""
        ...

    @property
    def done(self) -> intents.Done:
        """The presenter of this screen."""
        ...

    @property
    def unknown(self) -> intents.Unknown:
        """The presenter of this screen."""
        ...

    @property
    def enrol(self) -> intents.Enrol:
        """The presenter of this screen."""
        ...

    @property
    def find(self) -> intents.Find:
        """The presenter of this screen."""
        ...

    @property
    def void(self) -> intents.Void:
        """The presenter of this screen."""
        ...

    @property
    def history(self) -> intents.History:
        """The presenter of this screen."""
        ...

    @property
    def report(self) -> intents.Report:
        """The presenter of this screen."""
        ...

    @property
    def help(self) -> intents.Help:
        """The presenter of this screen."""
        ...

    @property
    def sync(self) -> intents.Sync:
        """The presenter of this screen."""
        ...

    @property
    def sync_form(self) -> intents.Form:
        """The presenter of this screen."""
        ...

    @property
    def member_data(self) -> intents.Form:
        """The presenter of this screen."""
        ...

    @property
    def doctor(self) -> Doctor:
        """The presenter of this screen."""
        ...

    @property
    def backup(self) -> intents.Backup:
        """The presenter of this screen."""
        ...

    @property
    def lock(self) -> intents.Lock:
        """The presenter of this screen."""
        ...

    @property
    def texts(self) -> Wording:
        """The language in use."""
        ...

    def key(self, name: str) -> object:
        """A key: "F1" to "F12", "Esc" or "Enter"."""
        ...

    def language(self, code: str) -> object:
        """Speak another language."""
        ...
