"""A till that stands alone and loses its disk."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from storage.backup import backup
from storage.blackbox import BlackBox
from storage.blackbox_frames import box_name
from storage.store import open_store
from terminal.sync.recover import RecoverCommand, recover
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.ledger import LedgerOfTests

if TYPE_CHECKING:
    from pathlib import Path

    from loyalty.records import AnyRecord
    from storage.store import Store
    from terminal.sync.recover import NotRecovered, Recovered


class LonelyTill:
    """A till with copies off its disk and a black box, of which the disk will be lost.

    Attributes:
        ledger: Its ledger.
        box: Its black box.
        copy: Its newest copy.
    """

    def __init__(self, folder: Path) -> None:
        self.ledger = LedgerOfTests(folder / "data")
        self.folder = folder / "stick"
        self.copy = folder / "nas" / "till.backup"
        self.copy.parent.mkdir()
        self.box = BlackBox(self.ledger.directory, self.folder)

    @property
    def path(self) -> Path:
        """The box's file."""
        return self.folder / box_name(self.ledger.store.shop.terminal_id)

    def sell(self, count: int = 1) -> list[AnyRecord]:
        """Sales that are boxed when they are told of."""
        sales = [self.ledger.sale(self.ledger.member()) for _ in range(count)]
        self.ledger.append(*sales)
        self.box.catch_up()
        return [*sales]

    def back_up(self) -> int:
        """Take the newest copy; gives how far it goes."""
        return backup(self.ledger.directory, self.copy).seq

    def lose(self) -> None:
        """The disk is gone."""
        self.close()
        shutil.rmtree(self.ledger.directory)

    def recover(self, **command: object) -> Recovered | NotRecovered:
        """Recover into the same place."""
        fields: dict[str, object] = {"backup": self.copy, "black_box": self.folder}
        clock = FakeClock()
        made = RecoverCommand(**(fields | command))  # type: ignore[arg-type]  # fields of a command
        return recover(self.ledger.directory, made, clock=clock, ids=SeededIds(99, clock))

    def opened(self) -> Store:
        """The recovered ledger, for reading."""
        clock = FakeClock()
        return open_store(self.ledger.directory, clock=clock, ids=SeededIds(98, clock), writable=False)

    def close(self) -> None:
        self.box.close()
        self.ledger.close()
