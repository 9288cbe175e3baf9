"""The crash model gives every disk a power cut may leave, and none that it can't."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.power.disk import SECTOR_BYTES, Disk, Image, Style
from tests.power.recording import Event, Kind, read_events, read_files

if TYPE_CHECKING:
    from pathlib import Path

DRAWS = 600
OLD, NEW = b"o" * 3 * SECTOR_BYTES, b"n" * 3 * SECTOR_BYTES


def event(kind: Kind, name: str = "", *, inode: int = 1, offset: int = 0, data: bytes = b"", second: str = "") -> Event:
    """One call."""
    return Event(kind, name, second, inode, offset, data)


def disk_after(*events: Event) -> Disk:
    """A disk that holds one old file ``a`` of three sectors (inode 1) for sure, and then some calls."""
    disk = Disk()
    disk.replay(event(Kind.CREATED, "a"))
    disk.replay(event(Kind.WRITTEN, data=OLD))
    disk.settle()
    for one in events:
        disk.replay(one)
    return disk


def images(disk: Disk) -> list[Image]:
    """Many draws of any style."""
    return [disk.image(list(Style)[draw % len(Style)], random.Random(draw)) for draw in range(DRAWS)]


def contents(disk: Disk, name: str = "a") -> set[bytes | None]:
    """What may stand in a file."""
    return {image[name] for image in images(disk) if name in image}


def test_what_was_synced_is_there() -> None:
    """Bytes behind a sync can't be lost, whatever follows."""
    disk = disk_after(event(Kind.WRITTEN, data=NEW), event(Kind.SYNCED))
    assert contents(disk) == {NEW}


def test_an_unsynced_write_arrives_in_any_of_its_sectors() -> None:
    """Three sectors: eight disks, and never a torn sector."""
    found = contents(disk_after(event(Kind.WRITTEN, data=NEW)))
    o, n = OLD[:SECTOR_BYTES], NEW[:SECTOR_BYTES]
    assert found == {a + b + c for a in (o, n) for b in (o, n) for c in (o, n)}


def test_a_sector_holds_one_of_the_versions_it_ever_had() -> None:
    """Two writes into one sector: the second is never there without the first, as the cache held both."""
    first, second = event(Kind.WRITTEN, data=b"1" * 24), event(Kind.WRITTEN, offset=24, data=b"2" * 24)
    found = contents(disk_after(first, second))
    assert found == {OLD, b"1" * 24 + OLD[24:], b"1" * 24 + b"2" * 24 + OLD[48:]}


def test_a_file_may_be_longer_than_what_arrived() -> None:
    """Where it grew there are zeros or noise, never what was written elsewhere."""
    found = contents(disk_after(event(Kind.WRITTEN, offset=len(OLD), data=NEW)))
    assert OLD in found
    assert OLD + NEW in found
    assert OLD + bytes(len(NEW)) in found
    noisy = [each for each in found if each and set(each[len(OLD) :]) - set(b"n\0")]
    assert noisy
    assert all(each and each.startswith(OLD) for each in found)


def test_a_truncation_may_stay_out_while_later_writes_arrive() -> None:
    """As when a log is emptied and begun anew."""
    found = contents(disk_after(event(Kind.TRUNCATED), event(Kind.WRITTEN, data=NEW[:SECTOR_BYTES])))
    assert {OLD, b"", NEW[:SECTOR_BYTES], NEW[:SECTOR_BYTES] + OLD[SECTOR_BYTES:]} <= found


def test_a_synced_file_may_have_no_name_yet() -> None:
    """Its contents are sure and its name is not, until its folder is synced."""
    made = (event(Kind.CREATED, "b", inode=2), event(Kind.WRITTEN, inode=2, data=NEW), event(Kind.SYNCED, inode=2))
    found = [image.get("b") for image in images(disk_after(*made))]
    assert set(found) == {None, NEW}
    folder = (event(Kind.OPENED, ".", inode=9, offset=1), event(Kind.SYNCED, inode=9))
    assert {image.get("b") for image in images(disk_after(*made, *folder))} == {NEW}


def test_a_rename_happens_as_a_whole() -> None:
    """The old file under one of both names, in every draw; with a new file's name in the way, the one or the other."""
    found = {tuple(sorted(image)) for image in images(disk_after(event(Kind.RENAMED, "a", second="b")))}
    assert found == {("a",), ("b",)}
    over = disk_after(
        event(Kind.CREATED, "b", inode=2),
        event(Kind.WRITTEN, inode=2, data=NEW),
        event(Kind.SYNCED, inode=2),
        event(Kind.RENAMED, "b", inode=2, second="a"),
    )
    assert contents(over) == {OLD, NEW}


def test_names_may_arrive_in_any_order() -> None:
    """Of two renames the second may be there without the first."""
    disk = disk_after(
        event(Kind.CREATED, "b", inode=2),
        event(Kind.OPENED, ".", inode=9, offset=1),
        event(Kind.SYNCED, inode=9),
        event(Kind.RENAMED, "a", second="c"),
        event(Kind.RENAMED, "b", inode=2, second="d"),
    )
    assert {tuple(sorted(image)) for image in images(disk)} == {("a", "b"), ("b", "c"), ("a", "d"), ("c", "d")}


def test_of_changes_to_one_name_the_last_one_counts() -> None:
    """No sync of the folder brings back what a name stood for earlier."""
    disk = disk_after(
        event(Kind.UNLINKED, "a"),
        event(Kind.CREATED, "a", inode=2),
        event(Kind.OPENED, ".", inode=9, offset=1),
        event(Kind.SYNCED, inode=9),
    )
    assert contents(disk) == {b""}


def test_what_lies_in_a_folder_without_a_name_is_gone() -> None:
    """A new folder is only sure when the one above it was synced."""
    disk = disk_after(
        event(Kind.MADE, "f", inode=3),
        event(Kind.CREATED, "f/b", inode=2),
        event(Kind.OPENED, "f", inode=3, offset=1),
        event(Kind.SYNCED, inode=3),
    )
    assert {tuple(sorted(image)) for image in images(disk)} == {("a",), ("a", "f", "f/b")}


CALLS = """
import ctypes, os, shutil, sys
from pathlib import Path
root = Path(sys.argv[1])
(root / "folder").mkdir()
with (root / "plain").open("wb") as file:
    file.write(b"x" * 3000)
    file.flush()
    os.fsync(file.fileno())
with (root / "plain").open("ab") as file:
    file.write(b"appended")
handle = os.open(root / "plain", os.O_RDWR)
os.pwrite(handle, b"pwritten", 512)
os.pwritev(handle, [b"two ", b"parts"], 1024)
os.ftruncate(handle, 2500)
os.lseek(handle, 2000, os.SEEK_SET)
os.writev(handle, [b"three", b" more ", b"parts"])
os.posix_fallocate(handle, 0, 4000)
other = os.dup(handle)
os.close(handle)
os.write(other, b"through a copy of the handle")
os.fdatasync(other)
os.close(other)
os.truncate(root / "plain", 3500)
shutil.copyfile(root / "plain", root / "folder" / "sent")
source, target = os.open(root / "plain", os.O_RDONLY), os.open(root / "ranged", os.O_WRONLY | os.O_CREAT)
os.copy_file_range(source, target, 1000, 200)
os.link(root / "plain", root / "second name")
os.rename(root / "folder" / "sent", root / "moved")
os.replace(root / "ranged", root / "folder" / "ranged")
at = os.open(root / "folder", os.O_RDONLY)
os.close(os.open("beneath", os.O_WRONLY | os.O_CREAT, dir_fd=at))
os.fsync(at)
(root / "gone").write_bytes(b"gone")
(root / "gone").unlink()
(root / "tree").mkdir()
(root / "tree" / "leaf").write_bytes(b"leaf")
shutil.rmtree(root / "tree")
os.chdir(root)
open("relative", "w").close()
ctypes.CDLL(None).power_mark(b"{}", ctypes.c_size_t(2))
"""


def test_the_logger_writes_down_every_call(power_logger: Path, power_folder: Path) -> None:
    """Each kind of call once: done again from the log they make the same files, and nothing is outside its folder."""
    root, log = power_folder / "calls", power_folder / "calls-log"
    root.mkdir()
    environment = {"POWER_ROOT": str(root), "POWER_LOG": str(log), "LD_PRELOAD": str(power_logger)}
    done = subprocess.run(
        [sys.executable, "-c", CALLS, str(root)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    disk = Disk()
    for one in read_events(log):
        disk.replay(one)
    assert disk.image(Style.EVERYTHING, random.Random(0)) == read_files(root)
    assert {one.kind for one in read_events(log)} == set(Kind)


@pytest.mark.parametrize("style", list(Style))
def test_a_quiet_disk_has_one_image(style: Style) -> None:
    """When all is synced, nothing is left to chance."""
    assert disk_after().image(style, random.Random(1)) == {"a": OLD}
