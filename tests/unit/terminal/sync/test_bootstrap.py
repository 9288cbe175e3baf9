"""The first fill from a snapshot, and what may be done between it and the pull that follows."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from loyalty.feed import Cursor, StatementItem
from loyalty.offline import SafeLimit
from loyalty.replica import REPLICA, REPLICA_APPLICATION_ID, REPLICA_VERSION
from storage import sqlite
from storage.errors import DiskFull
from terminal.app.safe import safe_now
from terminal.sync.context import Hooks
from terminal.sync.errors import Away, Broken, Stopped
from terminal.sync.status import Progress, SyncTrouble, Task
from terminal.sync.steps import bootstrap
from tests.fakes.joined_till import JoinedTill

PART = 4_096
"""How much one part of a download holds in these tests, in bytes."""


def _offer(till: JoinedTill, path: Path, member: UUID, balance: int) -> None:
    """Let head office offer a snapshot with one member, made at the first step of its feed."""
    office = till.office
    office.feed.append(StatementItem(member, balance=balance))
    cursor: Cursor = office._cursor(1)
    with closing(sqlite.connect(path, isolation_level=None)) as file:
        for statement in REPLICA:
            file.execute(statement)
        file.execute(f"PRAGMA application_id = {REPLICA_APPLICATION_ID}")
        file.execute(f"PRAGMA user_version = {REPLICA_VERSION}")
        row = (member.bytes, balance, b"[]", till.ledger.clock.now_us())
        file.execute("INSERT INTO statement VALUES (?, ?, 1, 2, NULL, NULL, NULL, ?, X'5B5D', NULL, ?)", row)
        state = (office.server_id.bytes, cursor.epoch.bytes, cursor.n, cursor.token, till.ledger.clock.now_us())
        file.execute("INSERT INTO state VALUES (1, ?, ?, ?, ?, ?, 0, 1)", state)
    office.snapshot_file, office.snapshot_cursor = path, cursor


def _safe_limit(till: JoinedTill, number: int = 1) -> SafeLimit | None:
    with till.ledger.store.reader() as reader:
        safe = safe_now(till.till, reader, till.member(number))
    return safe.limit if safe else None


def test_nothing_is_safe_to_spend_until_the_pull_behind_a_snapshot(till: JoinedTill, tmp_path: Path) -> None:
    """The file may be hours old: what a restored till spent since its making is known only when all has come down."""
    _offer(till, tmp_path / "offered.sqlite", till.member(), 500)
    till.office.feed.append(StatementItem(till.member(), balance=20))
    till.office.fails["changes"] = Away("no line")
    with pytest.raises(Away):
        till.round()
    assert till.account().balance == 500  # shown, as far as known
    assert _safe_limit(till) is SafeLimit.NOT_CAUGHT_UP
    till.round()
    assert till.account().balance == 20
    assert _safe_limit(till) is None  # online
    assert till.office.calls.count("snapshot_part") == 1


class Parts:
    """Hands out the offered file in small parts, and keeps where each began.

    Attributes:
        begins: The offsets asked for.
        cut_at: The offset at which the line breaks, once; ``None`` for never.
        changes: What happens to the bytes on their way.
    """

    def __init__(self, till: JoinedTill, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begins: list[int] = []
        self.cut_at: int | None = None
        self.changes: Callable[[bytes], bytes] = bytes
        self._whole = till.office.snapshot_part
        monkeypatch.setattr(bootstrap, "SNAPSHOT_PART_MAX", PART)
        monkeypatch.setattr(till.office, "snapshot_part", self._part)

    def _part(self, sha256: str, offset: int, length: int) -> bytes:
        self.begins.append(offset)
        if offset == self.cut_at:
            self.cut_at = None
            raise Away("no line")
        return self.changes(self._whole(sha256, offset, length))


@pytest.fixture
def parts(till: JoinedTill, monkeypatch: pytest.MonkeyPatch) -> Parts:
    """How a till's download goes."""
    return Parts(till, monkeypatch)


def _left_over(till: JoinedTill) -> list[Path]:
    return sorted(till.ledger.directory.glob("*.snapshot"))


def test_a_download_that_was_cut_off_goes_on_where_it_stood(till: JoinedTill, parts: Parts, tmp_path: Path) -> None:
    """It may take long on a slow line; and until it is whole, nothing of it is to be seen."""
    _offer(till, tmp_path / "offered.sqlite", till.member(), 500)
    size = (tmp_path / "offered.sqlite").stat().st_size
    parts.cut_at = 2 * PART
    with pytest.raises(Away):
        till.round()
    assert till.state() is None
    assert till.account().balance == 0
    (download,) = _left_over(till)
    assert download.stat().st_size == 2 * PART
    till.round()
    assert parts.begins == [0, PART, 2 * PART, *range(2 * PART, size, PART)]
    assert till.account().balance == 500
    assert _left_over(till) == []


def test_a_till_that_is_closed_meanwhile_keeps_what_it_has(till: JoinedTill, parts: Parts, tmp_path: Path) -> None:
    """Closing does not wait for the whole file."""
    _offer(till, tmp_path / "offered.sqlite", till.member(), 500)
    with pytest.raises(Stopped):
        till.round(Hooks(stopping=lambda: len(parts.begins) == 3))
    till.round()
    assert parts.begins[:4] == [0, PART, 2 * PART, 3 * PART]
    assert till.account().balance == 500


def test_another_file_is_downloaded_from_its_start(till: JoinedTill, parts: Parts, tmp_path: Path) -> None:
    """Parts of two files are never mixed; what there is of the first one goes."""
    _offer(till, tmp_path / "offered.sqlite", till.member(), 500)
    parts.cut_at = 2 * PART
    with pytest.raises(Away):
        till.round()
    before = _left_over(till)
    till.office.feed.clear()
    _offer(till, tmp_path / "newer.sqlite", till.member(), 700)
    parts.begins.clear()
    parts.cut_at = PART
    with pytest.raises(Away):
        till.round()
    assert parts.begins == [0, PART]
    assert len(_left_over(till)) == 1
    assert _left_over(till) != before
    till.round()
    assert till.account().balance == 700


def test_more_than_the_whole_file_is_no_beginning_of_it(till: JoinedTill, parts: Parts, tmp_path: Path) -> None:
    """What lies there under its name can't be part of it, so it is downloaded from the start."""
    _offer(till, tmp_path / "offered.sqlite", till.member(), 500)
    info = till.office.snapshot()
    assert info is not None
    (till.ledger.directory / f"{info.sha256}.snapshot").write_bytes(bytes(info.size + 1))
    till.round()
    assert parts.begins[0] == 0
    assert till.account().balance == 500


@pytest.mark.parametrize(
    "changes",
    [lambda part: part[:-1] + bytes([part[-1] ^ 1]), lambda part: part[:-1], lambda part: part + b"!"],
    ids=["other bytes", "too few", "too many"],
)
def test_bytes_head_office_has_not_signed_are_not_taken(
    till: JoinedTill, parts: Parts, tmp_path: Path, changes: Callable[[bytes], bytes]
) -> None:
    """Nothing of them is kept that would spoil the next try."""
    _offer(till, tmp_path / "offered.sqlite", till.member(), 500)
    parts.changes = changes
    with pytest.raises(Broken) as broken:
        till.round()
    assert broken.value.why is SyncTrouble.ANSWER_WRONG
    assert till.state() is None
    assert till.account().balance == 0
    parts.changes = bytes
    till.round()
    assert till.account().balance == 500


@pytest.mark.parametrize(
    "changed",
    [
        {"signature": bytes(64)},
        {"sha256": "0" * 64},
        {"size": 1},
        {"cursor": Cursor(UUID(int=5, version=4), 1, bytes(16))},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_an_offer_head_office_has_not_signed_is_not_followed(
    till: JoinedTill, parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, object]
) -> None:
    """Not one byte is downloaded for it."""
    _offer(till, tmp_path / "offered.sqlite", till.member(), 500)
    honest = till.office.snapshot()
    assert honest is not None
    monkeypatch.setattr(till.office, "snapshot", lambda: msgspec.structs.replace(honest, **changed))
    with pytest.raises(Broken) as broken:
        till.round()
    assert broken.value.why is SyncTrouble.ANSWER_WRONG
    assert parts.begins == []
    assert till.state() is None


def test_a_file_of_another_layout_is_left_where_it_is(till: JoinedTill, parts: Parts, tmp_path: Path) -> None:
    """Head office has not been updated yet, or already: everything comes page by page, and nothing is in the way."""
    _offer(till, tmp_path / "offered.sqlite", till.member(), 500)
    till.office.snapshot_layout = REPLICA_VERSION - 1
    till.office.feed.append(StatementItem(till.member(), balance=501))
    till.round()
    assert parts.begins == []
    assert till.account().balance == 501


def test_a_signed_file_that_is_no_replica_changes_nothing(till: JoinedTill, parts: Parts, tmp_path: Path) -> None:
    """A fault at head office; the till works on with what it knows itself, and the file goes."""
    till.sell()
    _offer(till, tmp_path / "offered.sqlite", till.member(), 500)
    (tmp_path / "offered.sqlite").write_bytes(bytes(3 * PART))
    with pytest.raises(Broken):
        till.round()
    assert parts.begins == [0, PART, 2 * PART]
    assert till.state() is None
    assert till.account().balance == 10
    assert _left_over(till) == []


def test_a_disk_without_room_is_said_before_the_download(
    till: JoinedTill, parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger must never be the one that finds the disk full."""
    _offer(till, tmp_path / "offered.sqlite", till.member(), 500)
    size = (tmp_path / "offered.sqlite").stat().st_size
    usage = shutil.disk_usage(tmp_path)._replace(free=3 * size - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(DiskFull):
        till.round()
    assert parts.begins == []


def test_people_see_how_far_it_is(till: JoinedTill, parts: Parts, tmp_path: Path) -> None:
    """Bytes of the download, then bytes that are checked, then nothing any more."""
    _offer(till, tmp_path / "offered.sqlite", till.member(), 500)
    size = (tmp_path / "offered.sqlite").stat().st_size
    seen: list[Progress | None] = []
    till.round(Hooks(report=seen.append))
    downloading = [Progress(Task.DOWNLOADING, begin, size) for begin in parts.begins]
    assert [progress for progress in seen if progress and progress.what is Task.DOWNLOADING] == downloading
    assert Progress(Task.CHECKING, size, size) in seen
    assert seen[-1] is None


def test_without_an_offer_everything_is_pulled(till: JoinedTill, parts: Parts, tmp_path: Path) -> None:
    """Pages bring the same; what there is of a file that is offered no more goes."""
    _offer(till, tmp_path / "offered.sqlite", till.member(), 500)
    parts.cut_at = PART
    with pytest.raises(Away):
        till.round()
    till.office.snapshot_file = None
    till.round()
    assert till.account().balance == 500
    assert _left_over(till) == []
    till.office.calls.clear()
    till.round()
    assert "snapshot" not in till.office.calls, "a replica that is filled needs no file"
