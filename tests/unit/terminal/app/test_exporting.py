"""Handing out a member's data at the till: who may, into which folder, and that nothing half-written is left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from loyalty.directory import Role
from loyalty.outcomes import Reason, Refused
from terminal.app import exporting
from terminal.app.cashiers import AddCashier, CashierKept, add_cashier
from terminal.app.exporting import (
    Allowed,
    AllowExport,
    MemberExports,
    Written,
    allow_export,
    write_to_new_folder,
)
from terminal.errors import FileUnwritable
from terminal.settings.retention import RetentionSettings
from tests.fakes.counter import ANNA, NEW_CARD, Counter
from texts.i18n import Texts

WAIT_S = 60.0
"""Far longer than anything takes; only a test that fails waits for so long, in seconds."""

FILES = {"member.json": b"{}", "bookings.csv": b"at"}


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    """The bakery's counter."""
    with closing(Counter(tmp_path / "till")) as made:
        yield made


def staff(counter: Counter, name: str, pin: str, role: Role) -> UUID:
    """Somebody with a PIN."""
    kept = add_cashier(counter.till, AddCashier(counter.ids.random_id(), name, pin, role))
    assert isinstance(kept, CashierKept)
    return kept.cashier.cashier_id


# -- who may -----------------------------------------------------------------------------------------------------------


def test_a_manager_with_the_right_pin_may(counter: Counter) -> None:
    """A wrong one is counted, and from the third on it costs waiting: nobody tries all of them."""
    mira = staff(counter, "Mira", "2580", Role.MANAGER)
    for reason in (Reason.PIN_WRONG, Reason.PIN_WRONG, Reason.PIN_LOCKED):
        refused = allow_export(counter.till, AllowExport(mira, "1379"))
        assert isinstance(refused, Refused)
        assert refused.reason is reason
    counter.clock.advance(days=1)
    assert allow_export(counter.till, AllowExport(mira, "2580")) == Allowed()


def test_who_is_no_manager_may_not(counter: Counter) -> None:
    """Whatever their own PIN is, and also when nobody is named at all."""
    staff(counter, "Mira", "2580", Role.MANAGER)
    jo = staff(counter, "Jo", "9417", Role.CASHIER)
    for manager_id in (jo, None):
        assert allow_export(counter.till, AllowExport(manager_id, "9417")) == Refused(Reason.NOT_ALLOWED)


def test_where_nobody_has_a_pin_whoever_stands_there_may(counter: Counter) -> None:
    """As everywhere at a till without cashiers."""
    assert allow_export(counter.till, AllowExport(None, "")) == Allowed()


# -- the folder --------------------------------------------------------------------------------------------------------


def test_the_folder_is_made_for_the_files(tmp_path: Path) -> None:
    """Also when the place it is to be in is new; only its owner may look into it."""
    folder = tmp_path / "Documents" / "Member data"
    written = write_to_new_folder(folder, FILES)
    assert written == Written(folder, tuple(folder / name for name in FILES))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES
    assert folder.stat().st_mode & 0o077 == 0


def test_what_was_handed_to_somebody_else_is_never_written_over(tmp_path: Path) -> None:
    """Two members whose cards end alike on one day get a folder each."""
    folder = tmp_path / "Member data"
    folders = [write_to_new_folder(folder, {"member.json": bytes([number])}).folder for number in range(3)]
    assert [each.name for each in folders] == ["Member data", "Member data (2)", "Member data (3)"]
    assert [(each / "member.json").read_bytes() for each in folders] == [b"\0", b"\1", b"\2"]


def test_a_place_that_is_a_file_or_below_one_is_refused(tmp_path: Path) -> None:
    """With the name of what is in the way, and without trying numbers for ever."""
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(FileUnwritable):
            write_to_new_folder(place / "Member data", FILES)
    assert (tmp_path / "file").read_text() == "mine"


def test_half_of_the_files_is_not_left_lying_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full behind the first file: the refusal names the file, and the folder is gone."""

    def fills_up(folder: Path, files: dict[str, bytes]) -> list[Path]:
        (folder / next(iter(files))).write_bytes(b"half")
        raise FileUnwritable(folder / "bookings.csv", "No space left on device")

    monkeypatch.setattr(exporting, "write_files", fills_up)
    with pytest.raises(FileUnwritable) as refused:
        write_to_new_folder(tmp_path / "Member data", FILES)
    assert refused.value.file.name == "bookings.csv"
    assert list(tmp_path.iterdir()) == []


# -- the service -------------------------------------------------------------------------------------------------------


class Answers:
    """Waits for what the service hands over, and has it said on this thread."""

    def __init__(self) -> None:
        self._calls: list[Callable[[], None]] = []
        self._came = threading.Event()
        self.done: list[object] = []
        self.failed: list[Exception] = []

    def deliver(self, call: Callable[[], None]) -> None:
        self._calls.append(call)
        self._came.set()

    def wait(self) -> None:
        """Wait for the answer and take it."""
        assert self._came.wait(WAIT_S), "nothing was handed over"
        (call,) = self._calls
        call()


def write(counter: Counter, card: str, folder: Path, retention: RetentionSettings | None = None) -> Answers:
    """Have a member's data written and wait for it."""
    answers = Answers()
    kept = retention or RetentionSettings()
    exports = MemberExports(counter.till, kept, counter.clock, counter.ids, answers.deliver)
    exports.write(card, Texts("en"), folder, answers.done.append, answers.failed.append)
    answers.wait()
    exports.stop()
    exports.stop()
    return answers


def test_the_files_of_a_member_are_written_beside_the_sales(counter: Counter, tmp_path: Path) -> None:
    """The same three files that the command line writes."""
    answers = write(counter, ANNA, tmp_path / "for-anna")
    (written,) = answers.done
    assert isinstance(written, Written)
    assert [path.name for path in written.files] == ["member.json", "bookings.csv", "member.pdf"]
    assert "Anna Schneider" in (written.folder / "member.json").read_text("utf-8")
    assert answers.failed == []


def test_a_card_nobody_knows_leaves_no_folder(counter: Counter, tmp_path: Path) -> None:
    """The refusal is a value; nothing was made for it."""
    answers = write(counter, NEW_CARD, tmp_path / "for-nobody")
    (refused,) = answers.done
    assert isinstance(refused, Refused)
    assert not (tmp_path / "for-nobody").exists()


def test_a_folder_that_cannot_be_made_is_an_answer(counter: Counter, tmp_path: Path) -> None:
    """A stick that was pulled must not look like a mistake of the program."""
    (tmp_path / "file").write_text("")
    answers = write(counter, ANNA, tmp_path / "file" / "for-anna")
    (refused,) = answers.done
    assert isinstance(refused, FileUnwritable)
    assert answers.failed == []


def test_what_breaks_goes_home_as_a_failure(counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread ends, and somebody hears why."""
    broken = RuntimeError("planted")

    def breaks(*_arguments: object) -> None:
        raise broken

    monkeypatch.setattr(exporting, "export_member", breaks)
    answers = write(counter, ANNA, tmp_path / "for-anna")
    assert (answers.done, answers.failed) == ([], [broken])
