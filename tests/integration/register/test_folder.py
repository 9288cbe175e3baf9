"""The folder with a register's files on a real ledger: booked once, moved, told; whatever dies in between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loyalty.records import Sale
from loyalty.sale import Basket
from storage.errors import DiskFull
from storage.verify import verify
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.register import folder as folder_module
from terminal.register.errors import FolderUnusable
from terminal.register.folder import FILE_BYTES_MAX, PATIENCE_S, FolderState
from terminal.register.ids import record_id_of
from tests.fakes.counter import ANNA, BEN, NEW_CARD, Counter, card_number
from tests.fakes.register_folder import OLD_S, Drop, csv


@pytest.fixture
def drop(tmp_path: Path) -> Iterator[Drop]:
    """The folder of the bakery's register."""
    counter = Counter(tmp_path / "till")
    yield Drop(counter, tmp_path / "exports")
    counter.close()


def test_a_file_is_booked_and_moved(drop: Drop) -> None:
    """With its lines: goods without points count as such."""
    head = f"receipt;card;amount;category\n17;{ANNA};20,00;Backwaren\n17;{ANNA};3,45;Pfand\n"
    drop.leave("17.csv", head)
    assert drop.look() == FolderState(booked=1)
    assert drop.counter.account(ANNA).balance == 1304
    assert (drop.names(), drop.names("done"), drop.names("failed")) == ([], ["17.csv"], [])


def test_a_file_is_taken_only_when_it_has_stopped_growing(drop: Drop) -> None:
    """Its size and time have to be the same at two looks."""
    drop.leave("17.csv", csv())
    assert drop.folder.look() == FolderState(waiting=1)
    drop.leave("17.csv", csv(amount="30,00"), OLD_S + 1)
    assert drop.folder.look() == FolderState(waiting=1)
    assert drop.folder.look() == FolderState(booked=1)
    assert drop.counter.account(ANNA).balance == 1314


@pytest.mark.parametrize("half", [f"receipt;card;amount\n17;{ANNA};23", '{"amount": "23.4', ""])
def test_a_half_written_file_is_given_time(drop: Drop, half: str) -> None:
    """A register may stop for a moment in the middle of a sale; 23 must not be booked for 23,45."""
    name = "17.json" if half.startswith("{") else "17.csv"
    drop.leave(name, half)
    drop.now_s = OLD_S + PATIENCE_S - 1
    assert drop.look() == FolderState(waiting=1)
    whole = f'{{"amount": "23.45", "card": "{ANNA}", "receipt": "17"}}' if name.endswith("json") else csv()
    drop.leave(name, whole, OLD_S + 5)
    assert drop.look() == FolderState(booked=1)
    assert drop.counter.account(ANNA).balance == 1307


def test_a_last_line_that_never_ends_is_taken_after_a_while(drop: Drop) -> None:
    """Some registers write no end behind the last line."""
    drop.leave("17.csv", csv().rstrip())
    drop.now_s = OLD_S + PATIENCE_S
    assert drop.look() == FolderState(booked=1)


def test_files_under_other_names_are_left_alone(drop: Drop) -> None:
    """A register that writes aside and renames is never read too early; links and folders are nobody's sale."""
    drop.leave("17.csv.tmp", csv())
    drop.leave(".18.csv", csv("18"))
    (drop.path / "folder.csv").mkdir()
    (drop.path / "link.csv").symlink_to(drop.path / "17.csv.tmp")
    assert drop.look() == FolderState()
    (drop.path / "17.csv.tmp").rename(drop.path / "17.csv")
    assert drop.look() == FolderState(booked=1)


def test_a_file_that_is_dropped_again_changes_nothing(drop: Drop) -> None:
    """Under its own name or another, in the other format, and without the card."""
    drop.leave("17.csv", csv())
    drop.look()
    drop.leave("17.csv", csv())
    drop.leave("again.csv", csv())
    drop.leave("17.json", f'{{"receipt": "17", "amount": "23.45", "card": "{ANNA}"}}')
    drop.leave("nobody.json", '{"receipt": "17", "amount": "23.45"}')
    assert drop.look() == FolderState(known=4)
    assert drop.names("done") == ["17-2.csv", "17.csv", "17.json", "again.csv", "nobody.json"]
    assert (drop.counter.sales_on_disk, drop.counter.account(ANNA).balance) == (1, 1307)


@pytest.mark.parametrize("other", [csv(amount="23,46"), csv(card=BEN), csv(card=NEW_CARD)])
def test_a_known_receipt_with_other_contents_is_put_aside(drop: Drop, other: str) -> None:
    """Loudly: one of the two files is wrong."""
    drop.leave("17.csv", csv())
    drop.look()
    drop.leave("17b.csv", other)
    assert drop.look() == FolderState(put_aside=1, failed=1)
    assert "M-293" in drop.reason("17b.csv")
    assert drop.counter.sales_on_disk == 1


def test_without_any_number_the_files_name_tells_sales_apart(drop: Drop) -> None:
    """Two customers who buy the same are two sales; the same file again is one."""
    for name in ("a.csv", "b.csv"):
        drop.leave(name, f"card;amount\n{ANNA};10\n")
    assert drop.look() == FolderState(booked=2)
    drop.leave("a.csv", f"card;amount\n{ANNA};10\n")
    assert drop.look() == FolderState(known=1)
    assert drop.counter.account(ANNA).balance == 1304


def test_a_sale_the_interface_has_booked_is_known(drop: Drop) -> None:
    """A register may do both: the id of its sale is the same either way, and so is its receipt number."""
    till = drop.counter.till
    record_id = record_id_of(till.store.shop.terminal_id, "k1-17")
    assert isinstance(earn(till, EarnCommand(record_id, ANNA, Basket(2345), receipt="17")), Earned)
    drop.leave("17.csv", csv())
    drop.leave("id.json", f'{{"id": "k1-17", "amount": "23.45", "card": "{ANNA}"}}')
    assert drop.look() == FolderState(known=2)


def test_a_purchase_without_a_card_counts_and_earns_nothing(drop: Drop) -> None:
    """Registers export every sale; the report's share of members needs them all."""
    drop.leave("17.csv", csv(card=""))
    assert drop.look() == FolderState(booked=1)
    newest = drop.counter.desk.reader.recent_bookings(1)[0].record
    assert isinstance(newest, Sale)
    assert (newest.member_id, newest.points, newest.amount_cents, newest.receipt) == (None, 0, 2345, "17")
    drop.leave("17.csv", csv(card=""))
    assert drop.look() == FolderState(known=1)
    assert drop.counter.sales_on_disk == 1


def test_an_old_sale_is_entered_late_with_its_own_time(drop: Drop) -> None:
    """One of just now is not; one beyond the programme's days or of tomorrow is put aside."""
    for name, at in (
        ("now", "2026-11-21T09:58"),
        ("late", "20.11.2026 14:30"),
        ("old", "1.10.2026"),
        ("new", "2027-01-01"),
    ):
        drop.leave(f"{name}.csv", f"receipt;card;amount;at\n{name};{ANNA};1,00;{at}\n")
        drop.leave(f"{name}-anonymous.csv", f"receipt;amount;at\n{name}-a;1,00;{at}\n")
    state = drop.look()
    assert (state.booked, state.put_aside) == (4, 4)
    assert drop.names("done") == ["late-anonymous.csv", "late.csv", "now-anonymous.csv", "now.csv"]
    assert ("M-136" in drop.reason("old.csv"), "M-137" in drop.reason("new.csv")) == (True, True)
    reader = drop.counter.desk.reader
    found = {name: reader.sale_by_receipt(name) for name in ("now", "late", "late-a")}
    late = {name: getattr(item.record, "late", None) for name, item in found.items() if item}
    assert late == {"now": False, "late": True, "late-a": True}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (csv(card="2900000047113"), "M-111"),
        (csv(card="4111111111111111"), "M-115"),
        (csv(card="hello"), "M-110"),
        (csv(amount="1.000,01"), "M-103"),
        ("receipt;amount\n17;1.000,01\n", "M-103"),
        (csv(amount="free"), "M-295"),
        ("receipt;amount;currency\n17;5,00;CHF\n", "M-294"),
        (b"\x00\x01\x02", "M-295"),
        (b"x" * (FILE_BYTES_MAX + 1), "M-295"),
        ("", "M-295"),
    ],
)
def test_what_can_not_be_booked_is_put_aside_with_its_reason(drop: Drop, content: str | bytes, code: str) -> None:
    """Beside the file, in the till's language, and without any card's number."""
    drop.leave("17.csv", content)
    assert drop.look() == FolderState(put_aside=1, failed=1)
    assert code in drop.reason("17.csv")
    assert "4111111111111111" not in drop.reason("17.csv")
    assert drop.names("failed") == ["17.csv", "17.csv.reason.txt"]
    assert drop.counter.sales_on_disk == 0


def test_a_blocked_card_can_be_put_right_and_dropped_again(drop: Drop) -> None:
    """A file in ``failed`` moves back like any other, and the notice goes when the folder is empty."""
    drop.leave("17.csv", csv(card=card_number(1)[:-1] + "x"))
    assert drop.look().failed == 1
    (drop.path / "failed" / "17.csv").unlink()
    drop.leave("17.csv", csv())
    state = drop.look()
    assert (state.booked, state.failed) == (1, 0)


def test_the_reason_is_in_the_tills_language(drop: Drop) -> None:
    """The cashier reads it."""
    drop.language = "de"
    drop.leave("17.csv", csv(card="4111111111111111"))
    drop.look()
    assert drop.reason("17.csv").startswith("Das ist eine Zahlungskarte")


def test_a_till_that_dies_between_booking_and_moving_books_once(drop: Drop) -> None:
    """The sale is on disk and the file is still there; the next till only moves it."""

    class PowerCut(BaseException):
        pass

    def die() -> None:
        raise PowerCut

    drop.leave("17.csv", csv())
    drop.before_move = die
    drop.folder.look()
    with pytest.raises(PowerCut):
        drop.folder.look()
    assert drop.names() == ["17.csv"]
    drop.before_move = lambda: None
    drop.start()
    assert drop.look() == FolderState(known=1)
    assert (drop.counter.sales_on_disk, drop.names("done")) == (1, ["17.csv"])


def test_a_till_that_dies_between_reason_and_moving_leaves_no_second_reason(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason is there first, so a file in ``failed`` always has one."""
    drop.leave("17.csv", csv(card="hello"))
    with monkeypatch.context() as patch:
        patch.setattr(folder_module, "move_to_free_name", _no_space)
        drop.folder.look()
        with pytest.raises(FolderUnusable):
            drop.folder.look()
    drop.start()
    assert drop.look() == FolderState(put_aside=1, failed=1)
    assert drop.names("failed") == ["17.csv", "17.csv.reason.txt"]


def _no_space(path: Path, _target: Path) -> None:
    raise PermissionError(13, "denied", str(path))


def test_a_disk_that_takes_no_sale_leaves_the_file(drop: Drop) -> None:
    """It is tried again; nothing is put aside for what is none of its fault."""

    def full() -> None:
        raise DiskFull("no room")

    drop.leave("17.csv", csv())
    drop.before_move = full
    drop.folder.look()
    with pytest.raises(DiskFull):
        drop.folder.look()
    drop.before_move = lambda: None
    assert drop.folder.look() == FolderState(known=1), "this time it had been booked"


def test_a_folder_that_is_not_there_is_told(drop: Drop) -> None:
    """A network share may come back."""
    drop.path.rename(drop.path.with_name("away"))
    with pytest.raises(FolderUnusable):
        drop.folder.look()
    drop.path.with_name("away").rename(drop.path)
    assert drop.look() == FolderState()


def test_a_backlog_is_worked_off_in_bounded_steps(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest first; the counter does not wait for a whole day's files."""
    monkeypatch.setattr(folder_module, "FILES_PER_LOOK", 2)
    for number in range(5):
        drop.leave(f"{number}.csv", csv(receipt=str(number), amount="1,00"), OLD_S + 5 - number)
    drop.folder.look()
    assert drop.folder.look() == FolderState(booked=2, waiting=3)
    assert drop.names("done") == ["3.csv", "4.csv"]
    assert drop.folder.look().booked + drop.folder.look().booked == 3


def test_the_books_are_sound_afterwards(drop: Drop) -> None:
    """Sales with and without a card, booked and dropped again, verify against a fresh fold."""
    for number, card in enumerate((ANNA, "", BEN, NEW_CARD, "")):
        drop.leave(f"{number}.csv", csv(receipt=str(number), card=card))
    assert drop.look().booked == 5
    assert verify(drop.counter.store.directory).ok
