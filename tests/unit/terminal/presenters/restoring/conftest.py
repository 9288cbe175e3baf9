"""The restoring window's presenter on real damaged directories, without a window and without a thread."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from loyalty.directory import Role
from storage.backup import backup
from storage.errors import Damaged, StorageError
from storage.rotation import file_name
from storage.store import open_store
from storage.types import CashierRow
from terminal.app.cashiers import hash_pin
from terminal.app.restoring_trouble import Trouble, diagnose
from terminal.presenters.restore import RestorePresenter, Ways
from terminal.presenters.restore_states import Page, RestoreState
from terminal.settings.backup import BackupSettings
from tests.fakes.ledger import LedgerOfTests
from tests.fakes.restoring import InlineRestoring
from texts.i18n import Texts

PIN = "2468"
FIRST, NEWER = 60, 40
"""Records in the copy besides the two every ledger begins with, and records behind it."""


class Scene:
    """A closed till of 102 records with a copy of the first 62, and what happens to them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = LedgerOfTests(folder / "till")
        self.directory = self.ledger.directory
        self.opened: list[str] = []
        self.crashes: list[Exception] = []
        self.ledger.append(*(self.ledger.sale(self.ledger.member(number % 20)) for number in range(FIRST)))
        self.copy = self.copy_now(1)
        self.ledger.clock.advance(hours=3)
        self.ledger.append(*(self.ledger.sale(self.ledger.member(number % 20)) for number in range(NEWER)))

    def copy_now(self, number: int) -> Path:
        """Copy the ledger to where its copies are kept."""
        folder = self.directory / "backups"
        folder.mkdir(exist_ok=True)
        target = folder / file_name(self.ledger.store.shop.terminal_id, self.ledger.clock.now_us(), number)
        backup(self.directory, target)
        return target

    def add_manager(self, name: str) -> None:
        """Somebody with a PIN."""
        row = CashierRow(
            self.ledger.ids.random_id(), name, Role.MANAGER, hash_pin(PIN), blocked=False, failures=0, locked_until_us=0
        )
        with self.ledger.store.unit() as unit:
            unit.put_cashier(row)

    def hurt(self, damage: Callable[[Path], None] | None) -> StorageError:
        """Close the till, damage its files, and say what opening says."""
        self.ledger.close()
        if damage is not None:
            damage(self.directory)
        try:
            open_store(self.directory, clock=self.ledger.clock, ids=self.ledger.ids).close()
        except StorageError as error:
            return error
        return Damaged("found by the daily proof")

    def window(
        self,
        error: StorageError | None,
        *,
        language: str = "en",
        looks: bool = True,
        settings: BackupSettings | None = None,
        directory: Path | None = None,
    ) -> tuple[RestorePresenter, InlineRestoring]:
        """The presenter, having looked around."""
        where = directory or self.directory
        actions = InlineRestoring(where, error, self.ledger.clock, self.ledger.ids, settings)
        trouble = Trouble.ASKED if error is None else diagnose(where, error)
        ways = Ways(lambda: self.opened.append("till"), lambda: self.opened.append("left"), self.crashes.append)
        presenter = RestorePresenter(actions, Texts(language), self.ledger.clock, trouble, error, ways)
        if looks:
            presenter.look()
        return presenter, actions


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """The till before anything happens."""
    return Scene(tmp_path)


@pytest.fixture
def empty(scene: Scene) -> Scene:
    """The same without copies."""
    shutil.rmtree(scene.directory / "backups")
    return scene


def keys(state: RestoreState) -> list[str]:
    """The ways, the best first."""
    return [way.key for way in state.ways]


def at(presenter: RestorePresenter) -> Page:
    """Which page is on."""
    return presenter.state.page


def can_go_on(presenter: RestorePresenter) -> bool:
    """Whether the large button does something."""
    return presenter.state.primary_enabled


def stops(presenter: RestorePresenter) -> list[str]:
    """What can be stopped now."""
    return [action.text for action in presenter.state.others if action.enabled]


def percent(presenter: RestorePresenter) -> int | None:
    """How far the work is."""
    return presenter.state.percent


def notes(state: RestoreState) -> list[str]:
    """What must be thought of."""
    return [note.text for note in state.notes]
