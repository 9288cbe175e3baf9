"""Small files are whole, private and on the disk, and nothing is replaced that must not be."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from storage import files
from storage.files import is_full, link_or_copy, move_to_free_name, parts_of_shop, write_durably

if TYPE_CHECKING:
    from pathlib import Path


def mode_of(path: Path) -> int:
    """A file's permission bits."""
    return path.stat().st_mode & 0o777


def test_a_crash_while_writing_leaves_the_old_contents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The programme key exists once: it is never emptied first and written afterwards."""
    path = tmp_path / "key"
    write_durably(path, b"old")

    def power_cut(_: int) -> None:
        assert path.read_bytes() == b"old"
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", power_cut)
        with pytest.raises(OSError, match="Input"):
            write_durably(path, b"new")
    assert path.read_bytes() == b"old"
    write_durably(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_equal_contents_are_left_alone_and_made_private(tmp_path: Path) -> None:
    """The same file, not another with the same bytes; an open one from elsewhere is closed to others."""
    path = tmp_path / "key"
    path.write_bytes(b"same")
    path.chmod(0o644)
    before = path.stat().st_ino
    write_durably(path, b"same")
    assert path.stat().st_ino == before
    assert mode_of(path) == 0o600


def test_a_move_never_replaces(tmp_path: Path) -> None:
    """Both files stay as they are when the name is taken."""
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    with pytest.raises(FileExistsError):
        move_to_free_name(tmp_path / "a", tmp_path / "b")
    move_to_free_name(tmp_path / "a", tmp_path / "c")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"b": "b", "c": "a"}


@pytest.mark.parametrize("links", [True, False])
def test_a_second_name_works_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool) -> None:
    """Memory sticks know no links: then it is a copy; either is private and replaces nothing."""

    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    if not links:
        monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "a").write_text("a")
    link_or_copy(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_text() == "a"
    assert mode_of(tmp_path / "b") == 0o600
    with pytest.raises(FileExistsError):
        link_or_copy(tmp_path / "a", tmp_path / "b")


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a ledger beside the whole one would be taken for it."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(files, "sync_file", full)
    (tmp_path / "a").write_text("a")
    with pytest.raises(OSError, match="No space"):
        link_or_copy(tmp_path / "a", tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_parts_of_a_shop_are_told_from_other_files(tmp_path: Path) -> None:
    """Settings and the lock file may stand there before the shop."""
    for name in ("settings.toml", "till.lock", "vault.sqlite-wal", "programme.key"):
        (tmp_path / name).touch()
    assert parts_of_shop(tmp_path) == ["programme.key", "vault.sqlite-wal"]


@pytest.mark.parametrize(("code", "full"), [(errno.ENOSPC, True), (errno.EDQUOT, True), (errno.EIO, False)])
def test_a_full_disk_is_found_out_by_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, *, full: bool
) -> None:
    """No room, or none left of one's share; a disk that fails otherwise is not called full. Nothing stays behind."""

    def refuse(_: int) -> None:
        raise OSError(code, os.strerror(code))

    assert not is_full(tmp_path)
    monkeypatch.setattr(os, "fsync", refuse)
    assert is_full(tmp_path) is full
    assert list(tmp_path.iterdir()) == []
