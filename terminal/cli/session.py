"""One run of one command: what the global options said, and how it reaches the ledger."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import typer

from storage.store import open_store
from terminal.app.system import CorrectedClock
from terminal.app.till import Till
from terminal.settings import Settings, settings_of
from texts.command_line.options import GlobalOptions
from texts.i18n import Texts, system_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.store import Reader
    from terminal.cli.programs import Programs


class Session(GlobalOptions):
    """What the global options said, and what they lead to.

    Attributes:
        programs: The outside world.
    """

    def __init__(self, programs: Programs) -> None:
        super().__init__(programs.default_directory)
        self.programs = programs
        self._settings: Settings | None = None

    @property
    def settings(self) -> Settings:
        """The till's settings.

        Raises:
            SettingsWrong: If the file has mistakes or can't be read.
        """
        if self._settings is None:
            self._settings = settings_of(self.directory)
        return self._settings

    @property
    def texts(self) -> Texts:
        """The language of this run: asked for, else the setting's, else the system's."""
        return Texts(self.asked_language or self.settings.language or system_language(), self.currency)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Till]:
        """Open the ledger for a command that writes.

        Raises:
            SettingsWrong: If the settings have mistakes.
            StorageError: If it can't be opened, or the till is open.
        """
        self._settle_language()
        programs = self.programs
        clock = CorrectedClock(programs.clock)
        with open_store(self.directory, clock=clock, ids=programs.ids) as store:
            self.currency = store.shop.currency
            if store.head_office is not None:
                with store.reader() as reader:
                    clock.correct(reader.link().offset_ms)
            yield Till(store, clock, programs.ids)

    @contextlib.contextmanager
    def reading(self) -> Iterator[tuple[Till, Reader]]:
        """Open the ledger for a command that reads; works beside an open till.

        Raises:
            SettingsWrong: If the settings have mistakes.
            StorageError: If it can't be opened.
        """
        self._settle_language()
        programs = self.programs
        clock = CorrectedClock(programs.clock)
        with open_store(self.directory, clock=clock, ids=programs.ids, writable=False) as store:
            self.currency = store.shop.currency
            with contextlib.closing(store.reader()) as reader:
                clock.correct(reader.link().offset_ms)
                yield Till(store, clock, programs.ids), reader

    def _settle_language(self) -> None:
        """Read the settings before anything is written: what is wrong with them must not show after a booking."""
        _ = self.settings


def session_of(context: typer.Context) -> Session:
    """The session a command runs in."""
    session = context.obj
    assert isinstance(session, Session)
    return session
