"""A register that leaves files in a folder, and the till that looks; time is the test's."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from loyalty.outcomes import Refused
from terminal.register.filing import Differs, Filed, OtherCurrency, file_sale
from terminal.register.folder import Folder, FolderState
from terminal.register.sale_file import FileSale
from tests.fakes.counter import ANNA, Counter
from texts.i18n import Texts

OLD_S = 1_700_000_000
"""When the files of the tests were changed, in seconds since 1970: long ago unless a test is about that."""


class Drop:
    """The folder, the register that leaves files in it, and the till that looks."""

    def __init__(self, counter: Counter, path: Path) -> None:
        self.counter = counter
        self.path = path
        self.language = "en"
        self.now_s = float(OLD_S + 3600)
        self.before_move: Callable[[], None] = lambda: None
        self.folder = self.start()
        path.mkdir()

    def start(self) -> Folder:
        """The till is started, again perhaps."""
        self.folder = Folder(self.path, self._book, lambda: Texts(self.language), "EUR", lambda: self.now_s)
        return self.folder

    def _book(self, name: str, sale: FileSale) -> Filed | Differs | OtherCurrency | Refused:
        outcome = file_sale(self.counter.till, name, sale)
        self.before_move()
        return outcome

    def leave(self, name: str, content: str | bytes, changed_s: int = OLD_S) -> Path:
        """Leave a file."""
        path = self.path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        os.utime(path, (changed_s, changed_s))
        return path

    def look(self) -> FolderState:
        """Look twice, as a file has to be the same at two looks."""
        self.folder.look()
        return self.folder.look()

    def names(self, folder: str = "") -> list[str]:
        """What lies in the folder, or in one of its own."""
        return sorted(path.name for path in (self.path / folder).iterdir() if path.is_file())

    def reason(self, name: str) -> str:
        """Why a file was put aside."""
        return (self.path / "failed" / f"{name}.reason.txt").read_text("utf-8").strip()


def csv(receipt: str = "17", card: str = ANNA, amount: str = "23,45") -> str:
    """A sale as the register exports it."""
    return f"receipt;card;amount\n{receipt};{card};{amount}\n"
