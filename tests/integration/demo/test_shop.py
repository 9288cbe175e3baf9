"""The demo shop is complete or not there, in a folder of its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from storage.files import LEDGER_FILE
from storage.lock import take_lock
from storage.verify import verify
from terminal.demo import shop as shops
from terminal.demo.shop import UNTOUCHED_S, clear_away, demo_folder, fresh_shop, made_shop, window_shop
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from pathlib import Path

    from terminal.demo.history import Year


def nothing(_share: float) -> None:
    """Progress nobody watches."""


class PulledPlugError(RuntimeError):
    """The machine went off."""


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo shop that is made in no time."""
    monkeypatch.setattr(shops, "MEMBERS", 20)


def test_an_interruption_leaves_no_half_shop(year: Year, tmp_path: Path) -> None:
    """The next start makes it anew."""

    def pull_the_plug(share: float) -> None:
        if share > 0.5:
            raise PulledPlugError

    with pytest.raises(PulledPlugError):
        made_shop(tmp_path, year, FakeClock(), pull_the_plug)
    assert list(tmp_path.iterdir()) == []
    made = made_shop(tmp_path, year, FakeClock(), nothing)
    assert verify(made).ok


@pytest.mark.usefixtures("small")
def test_the_windows_shop_keeps_its_day_and_fresh_ones_are_fresh(tmp_path: Path) -> None:
    """It is made once; closing and opening the window finds the same files; a run off-screen gets its own."""
    seen: list[float] = []
    first = window_shop(tmp_path, FakeClock(), seen.append)
    assert seen[-1] == 1
    (first / "booked-here").touch()
    again = window_shop(tmp_path, FakeClock(), seen.append)
    assert (again / "booked-here").exists()
    fresh = {fresh_shop(tmp_path, FakeClock(), seen.append) for _ in range(2)}
    assert len(fresh) == 2
    assert all((directory / LEDGER_FILE).exists() and not (directory / "booked-here").exists() for directory in fresh)
    assert seen.count(1) == 1, "the history was written once"


def test_other_days_are_cleared_away_unless_somebody_is_there(tmp_path: Path) -> None:
    """Old shops go; today's, an open one, the pictures and what is being made right now stay."""
    names = ("shop-2026-11-20", "made-2026-11-20", "served-open", "served-old", "made-2026-11-21", "screenshots")
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "till.lock").touch()
        long_ago = (tmp_path / name).stat().st_mtime - 2 * UNTOUCHED_S
        os.utime(tmp_path / name, (long_ago, long_ago))
    (tmp_path / "making-new").mkdir()
    lock = take_lock(tmp_path / "served-open")
    clear_away(tmp_path, keep="2026-11-21")
    lock.release()
    assert {path.name for path in tmp_path.iterdir()} == {"served-open", "made-2026-11-21", "screenshots", "making-new"}


def test_without_a_usable_home_the_temporary_files_serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container without a home can still show the demo."""
    (tmp_path / "no-folder").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "no-folder"))
    monkeypatch.setenv("HOME", str(tmp_path / "no-folder"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert demo_folder().parent == tmp_path
