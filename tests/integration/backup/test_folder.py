"""One folder of copies: what is deleted there, what never is, and who may be at it at once."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from storage.backup import key_path
from storage.errors import Busy, Damaged, DiskFailed, DiskFull, ReadOnlyDisk
from storage.rotation import DEFAULT_RULES
from terminal.backup.folder import CopyFolder, trouble_of
from terminal.backup.memory import MEMORY_FILE, Memory, recall, remember_elsewhere
from terminal.backup.status import Made, Trouble
from tests.fakes.ledger import LedgerOfTests

if TYPE_CHECKING:
    from pathlib import Path


def folder_of(ledger: LedgerOfTests, path: Path) -> CopyFolder:
    """The folder of a till's copies."""
    path.mkdir(exist_ok=True)
    return CopyFolder(ledger.directory, path, ledger.store.shop.terminal_id, ledger.clock, "backups.lock")


def test_two_tills_share_a_folder_and_thin_out_their_own(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """What the other one left there stays, however much it is; a key goes with its copy."""
    other = LedgerOfTests(tmp_path / "other", seed=77)
    own, others = folder_of(ledger, tmp_path / "shared"), folder_of(other, tmp_path / "shared")
    kept = [others.take() for _ in range(DEFAULT_RULES.last + 3)]
    for _ in range(DEFAULT_RULES.last + 3):
        own.take()
        ledger.clock.advance(seconds=1)
    letter = tmp_path / "shared" / "letter.backup.key"
    letter.write_text("mine")
    assert own.thin() == DEFAULT_RULES.last
    assert [copy.path for copy in others.own()] == [copy.path for copy in reversed(kept)]
    assert len(own.own()) == DEFAULT_RULES.last
    assert all(key_path(copy.path).exists() for copy in own.own() + others.own())
    assert len(list((tmp_path / "shared").glob("*.key"))) == DEFAULT_RULES.last + len(kept) + 1
    other.close()


def test_a_copy_gets_a_number_above_every_one_that_is_known(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Also above those of a place that is away now."""
    folder = folder_of(ledger, tmp_path / "copies")
    assert folder.take().number == 1
    assert folder.take(above=41).number == 42
    assert folder.take().number == 43


def test_two_at_once_are_kept_apart(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """The open till and the command line would grow a copy at the same place."""
    folder = folder_of(ledger, tmp_path / "copies")
    with folder._alone(), pytest.raises(Busy):
        folder_of(ledger, tmp_path / "copies").take()


def test_what_a_crash_left_of_a_copy_is_removed_by_the_next(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """It always grows under the same name."""
    folder = folder_of(ledger, tmp_path / "copies")
    folder._part.write_bytes(b"half")
    folder.take()
    assert not list(folder.path.glob(".*"))


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small disk")
def test_a_disk_that_is_really_full_keeps_its_copies(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """ENOSPC from the system and not from a test: refused, told, and nothing half is left."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["/usr/bin/mount", "-t", "tmpfs", "-o", "size=600k", "none", str(small)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        folder = folder_of(ledger, small)
        first = folder.take()
        ledger.append(*(ledger.sale(ledger.member()) for _ in range(300)))
        real = shutil.disk_usage
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(shutil, "disk_usage", lambda path: real(path)._replace(free=10**12))
            with pytest.raises(DiskFull):
                folder.take()
        with pytest.raises(DiskFull):
            folder.take()
        assert [copy.path for copy in folder.own()] == [first.path]
        assert not list(small.glob(".*"))
    finally:
        subprocess.run(["/usr/bin/umount", str(small)], check=True)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (DiskFull(""), Trouble.FULL),
        (ReadOnlyDisk(""), Trouble.READ_ONLY),
        (PermissionError(13, ""), Trouble.READ_ONLY),
        (Damaged(""), Trouble.BAD_COPY),
        (Busy(""), Trouble.BUSY),
        (FileNotFoundError(2, ""), Trouble.NOT_THERE),
        (OSError(errno.EHOSTDOWN, "Host is down"), Trouble.NOT_THERE),
        (DiskFailed(""), Trouble.FAILED),
        (OSError(22, "Invalid argument"), Trouble.FAILED),
    ],
    ids=repr,
)
def test_every_error_is_a_trouble_of_the_place(error: OSError, trouble: Trouble) -> None:
    """No stick and no network has an answer that the till could not put into words."""
    assert trouble_of(error) is trouble


def test_the_memory_keeps_the_newest_copy_elsewhere(ledger: LedgerOfTests) -> None:
    """An older stick that is plugged in again does not make the till forget it; a scratched file is empty."""
    epoch = ledger.ids.random_id()
    newer, older = (Made("/media/stick", name, 1, records, epoch, 1) for name, records in (("b", 9), ("a", 5)))
    remember_elsewhere(ledger.directory, newer)
    remember_elsewhere(ledger.directory, older)
    assert recall(ledger.directory).elsewhere == newer
    again = Made("/media/stick", "c", 2, 1, ledger.ids.random_id(), 1)
    remember_elsewhere(ledger.directory, again)
    assert recall(ledger.directory).elsewhere == again, "another epoch: the till was put back"
    (ledger.directory / MEMORY_FILE).write_bytes(b"{scratched")
    assert recall(ledger.directory) == Memory()
