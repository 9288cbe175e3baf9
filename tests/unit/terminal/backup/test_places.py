"""What is plugged in and would do as a second place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from terminal.backup.places import FOLDER_NAME, FREE_BYTES_MIN, VOLUMES_MAX, Volume, volumes


@pytest.fixture
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which sticks are mounted: those whose name begins with a capital."""
    monkeypatch.setattr("terminal.backup.places.os.path.ismount", lambda path: Path(path).name[0].isupper())
    path = tmp_path / "media"
    (path / "user" / "STICK").mkdir(parents=True)
    (path / "DISK").mkdir()
    (path / "note").touch()
    return path


def other_disk(_folder: Path, _directory: Path) -> bool:
    """Every volume is on a disk of its own."""
    return False


def names(found: tuple[Volume, ...]) -> list[str]:
    """What people call them."""
    return [volume.name for volume in found]


def test_sticks_are_found_where_systems_mount_them(media: Path) -> None:
    """Directly, or below the user's name; with the folder that the copies would get, and its room."""
    found = volumes(media, other_disk, roots=(media, media / "none"))
    assert names(found) == ["DISK", "STICK"]
    assert found[1].folder == media / "user" / "STICK" / FOLDER_NAME
    assert found[1].free_bytes == pytest.approx(shutil.disk_usage(media).free, rel=0.1)
    assert not found[1].folder.exists(), "looking makes nothing"


def test_the_tills_own_disk_is_not_offered(media: Path) -> None:
    """However many partitions it has."""
    found = volumes(media, lambda folder, _directory: folder.name == "DISK", roots=(media,))
    assert names(found) == ["STICK"]


def test_what_is_full_is_not_offered(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first copy would fail."""
    usage = shutil.disk_usage(media)
    full = usage._replace(free=FREE_BYTES_MIN - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: full if path.name == "DISK" else usage)
    assert names(volumes(media, other_disk, roots=(media,))) == ["STICK"]


def test_what_goes_while_it_is_looked_at_is_left_out(media: Path) -> None:
    """The others are found all the same."""

    def gone(folder: Path, _directory: Path) -> bool:
        if folder.name == "DISK":
            raise OSError(5, "Input/output error")
        return False

    assert names(volumes(media, gone, roots=(media,))) == ["STICK"]


def test_no_more_volumes_are_looked_at_than_anybody_has(media: Path) -> None:
    """A server with a hundred mounts is no till."""
    for number in range(VOLUMES_MAX + 5):
        (media / f"V{number:02}").mkdir()
    assert len(volumes(media, other_disk, roots=(media,))) == VOLUMES_MAX
