"""The watched folder beside a running till: sales go through the storage thread, the cashier hears of what failed."""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.errors import DiskFull
from terminal.app.till import Till
from terminal.register import folder_thread
from terminal.register.folder_thread import FolderThread
from tests.fakes.counter import ANNA
from tests.fakes.register_till import WAIT_S, RegisterTill
from texts.i18n import Texts

LONG_AGO_S = 1_700_000_000


class Watched:
    """A till with a watched folder, and what it says of it."""

    def __init__(self, till: RegisterTill, path: Path) -> None:
        path.mkdir()
        self.till = till
        self.path = path
        self.said: queue.Queue[str] = queue.Queue()
        self.thread = FolderThread(path, till.desk, lambda: till.around.texts, self._trouble, till.bugs.append)

    def _trouble(self, say: Callable[[Texts], str] | None) -> None:
        self.till.painting.deliver(lambda: self.till.register.trouble("folder", say))
        self.said.put(say(self.till.around.texts) if say else "")

    def leave(self, name: str, content: str) -> None:
        """A register leaves a file, written aside."""
        part = self.path / f"{name}.part"
        part.write_text(content, "utf-8")
        os.utime(part, (LONG_AGO_S, LONG_AGO_S))
        part.rename(self.path / name)

    def hear(self) -> str:
        """The next sentence."""
        return self.said.get(timeout=WAIT_S)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """The till looks often."""
    monkeypatch.setattr(folder_thread, "POLL_S", 0.01)
    monkeypatch.setattr(folder_thread, "AGAIN_S", 0.01)
    till = RegisterTill(tmp_path / "till")
    made = Watched(till, tmp_path / "exports")
    yield made
    made.thread.stop()
    made.thread.stop()
    till.close()


def test_files_are_booked_beside_the_open_till_and_failures_are_told(watched: Watched) -> None:
    """On the idle screen, until the folder ``failed`` is empty again."""
    watched.leave("17.csv", f"receipt;card;amount\n17;{ANNA};23,45\n")
    watched.leave("18.csv", "receipt;card;amount\n18;hello;1,00\n")
    watched.thread.start()
    said = [watched.hear(), watched.hear()]
    assert said[0] == ""
    assert said[1].startswith("1 file of the register was not booked.")
    assert watched.till.balance() == 1307
    notice = watched.till.on_till(lambda: watched.till.shell.idle.state.notice)
    assert notice is not None
    assert notice.text == said[1]
    (watched.path / "failed" / "18.csv").unlink()
    assert watched.hear() == ""
    watched.till.settle()
    assert watched.till.on_till(lambda: watched.till.shell.idle.state.notice) is None


def test_a_full_disk_is_told_and_tried_again(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file stays where it is until its sale is on disk."""

    def full(_till: Till, _name: str, _sale: object) -> None:
        raise DiskFull("no room")

    with monkeypatch.context() as patch:
        patch.setattr(folder_thread, "file_sale", full)
        watched.leave("17.csv", f"receipt;card;amount\n17;{ANNA};23,45\n")
        watched.thread.start()
        assert [watched.hear(), watched.hear()][1].endswith("(M-203)")
    assert watched.hear() == ""
    assert watched.till.balance() == 1307


def test_a_folder_that_goes_away_is_told(watched: Watched) -> None:
    """A network share is unplugged and comes back."""
    watched.path.rename(watched.path.with_name("away"))
    watched.thread.start()
    assert "M-290" in watched.hear()
    watched.path.with_name("away").rename(watched.path)
    assert watched.hear() == ""


def test_a_bug_does_not_end_the_watch(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is written down, and the next look goes on."""

    def broken(_till: Till, _name: str, _sale: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(folder_thread, "file_sale", broken)
        watched.leave("17.csv", f"receipt;card;amount\n17;{ANNA};23,45\n")
        watched.thread.start()
        while not watched.till.bugs:
            pass
    while (watched.path / "17.csv").exists():
        pass
    assert watched.till.balance() == 1307
    watched.till.bugs.clear()
