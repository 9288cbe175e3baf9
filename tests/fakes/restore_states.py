"""Every page of the restoring window, as the presenter makes them of real damage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from storage.backup import backup
from storage.errors import (
    AffectedSqlite,
    Damaged,
    DiskFailed,
    DiskFull,
    MissingLedger,
    NewerSchema,
    ReadOnlyDisk,
    StorageError,
    TillOpen,
)
from storage.rotation import file_name
from terminal.app.restoring_plans import FromItself, Restored, Stage, Step
from terminal.app.restoring_trouble import Trouble
from terminal.presenters.restore import RestorePresenter, Ways
from terminal.presenters.restore_states import Page, RestoreState
from terminal.settings.backup import BackupSettings
from terminal.sync.recover import RecoverStep
from tests.fakes.ledger import LedgerOfTests
from tests.fakes.restoring import InlineRestoring
from texts.i18n import Texts

TROUBLES: dict[Trouble, StorageError | None] = {
    Trouble.NEW: MissingLedger("x"),
    Trouble.MISSING: MissingLedger("x"),
    Trouble.DAMAGED: Damaged("x"),
    Trouble.CUT_OFF: Damaged("x"),
    Trouble.LOG_MISSING: Damaged("x"),
    Trouble.VAULT_MISSING: Damaged("x"),
    Trouble.VAULT_DAMAGED: Damaged("x"),
    Trouble.KEY_MISSING: Damaged("x"),
    Trouble.NEWER: NewerSchema("x"),
    Trouble.IN_USE: TillOpen("x"),
    Trouble.READ_ONLY: ReadOnlyDisk("x"),
    Trouble.DISK_FULL: DiskFull("x"),
    Trouble.DISK_FAILED: DiskFailed("x"),
    Trouble.OTHER: AffectedSqlite("x"),
}
COPIES = 7
"""More than fit on the smallest screen."""


class RestoreStates:
    """A closed till with copies, and the pages about it."""

    def __init__(self, folder: Path, language: str) -> None:
        self._ledger = LedgerOfTests(folder / "till")
        self._language = language
        copies = self._ledger.directory / "backups"
        copies.mkdir()
        shop = self._ledger.store.shop.terminal_id
        for number in range(1, COPIES + 1):
            self._ledger.append(*(self._ledger.sale(self._ledger.member()) for _ in range(20)))
            backup(self._ledger.directory, copies / file_name(shop, self._ledger.clock.now_us(), number))
            self._ledger.clock.advance(hours=9)
        self._ledger.append(self._ledger.sale(None))
        self._ledger.close()

    def presenter(self, trouble: Trouble, error: StorageError | None) -> RestorePresenter:
        """One on the first page, having looked around."""
        actions = InlineRestoring(self._ledger.directory, error, self._ledger.clock, self._ledger.ids, BackupSettings())
        nowhere = Ways(_nothing, _nothing, _raise)
        made = RestorePresenter(actions, Texts(self._language), self._ledger.clock, trouble, error, nowhere)
        made.look()
        return made

    def variants(self) -> Iterator[tuple[str, RestoreState]]:
        """Every page by name; the troubles are told apart without being made."""
        for trouble, error in TROUBLES.items():
            presenter = self.presenter(trouble, error)
            presenter._model.trouble = trouble
            presenter.refresh()
            yield f"trouble_{trouble}", presenter.state
        presenter = self.presenter(Trouble.DAMAGED, Damaged("x"))
        presenter._model.page = Page.LOOKING
        presenter._looked_at(20_000, 60_000)
        yield "looking", presenter.state
        yield from self._ways(self.presenter(Trouble.DAMAGED, Damaged("x")))
        asked = self.presenter(Trouble.ASKED, None)
        yield "asked", asked.state
        asked.confirm()
        yield "asked_confirm", asked.state
        yield from self._working()

    def _ways(self, presenter: RestorePresenter) -> Iterator[tuple[str, RestoreState]]:
        presenter.act("copy")
        presenter.file_chosen(Path("nothing"))
        yield "copies", presenter.state
        presenter.key("Down")
        presenter.confirm()
        yield "confirm_copy", presenter.state
        presenter.back()
        presenter.back()
        presenter.act("office")
        yield "office", presenter.state
        presenter.field_typed("url", "https://office.example")
        presenter.field_typed("code", "ABCD-EFGH-JKMN-PQRS")
        presenter.confirm()
        yield "confirm_office", presenter.state
        presenter.back()
        presenter.back()
        presenter.act("itself")
        presenter.field_typed("word", "x")
        yield "confirm_itself", presenter.state

    def _working(self) -> Iterator[tuple[str, RestoreState]]:
        presenter = self.presenter(Trouble.VAULT_DAMAGED, Damaged("x"))
        presenter._model.page, presenter._model.plan = Page.WORKING, FromItself()
        presenter._stepped(Step(Stage.SAVING, 300_000, 1_200_000))
        yield "working", presenter.state
        presenter._stepped(Step(Stage.VERIFYING, 300_000, 1_200_000))
        yield "proving", presenter.state
        presenter._model.plan = None
        presenter._recovering(RecoverStep.FETCHING, 3, 10)
        yield "fetching", presenter.state
        aside = ("ledger.before-b7115c02.sqlite", "vault.before.sqlite")
        found = presenter._model.findings
        assert found is not None, "it has looked around"
        presenter._model.findings = replace(found, remains=replace(found.remains, joined=True))
        presenter._carried_out(Restored(1_234_567, 44, aside, names_lost=True, stands_alone=True, problems=("x",)))
        yield "done", presenter.state
        presenter._model.page = Page.WORKING
        presenter._carried_out(Restored(1, proved=False))
        yield "done_unproved", presenter.state


def _nothing() -> None:
    """Leads nowhere."""


def _raise(error: Exception) -> None:
    raise error
