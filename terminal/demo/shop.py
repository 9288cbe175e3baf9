"""Where the demo shop lies: made once a day in the user's cache, complete or not there at all.

``made-DAY`` is never opened, only copied: the shop of the window (``shop-DAY``) keeps what somebody books in it that
day, and each run without a window serves its members in a fresh copy, so that it can be repeated for ever.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from storage.errors import TillOpen
from storage.lock import LOCK_FILE, take_lock
from storage.store import create_store
from terminal.demo.history import Year, before_opening, write_history, year_until_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from loyalty.ports import Clock

APPLICATION: Final = "stammkunde"
VERSION: Final = 1
"""Raised when the history or the ledger's layout changes, so that nobody meets an old demo shop."""

SHOP_NAME: Final = "Bäckerei Morgenrot"
TILL_NAME: Final = "Kasse 2"
CURRENCY: Final = "EUR"
MEMBERS: Final = 2_000
PICTURES: Final = "screenshots"
UNTOUCHED_S: Final = 600
"""What another run of the demo may just be making is left alone, in seconds."""

PROGRAMME_FILE: Final = Path(__file__).parent.parent / "templates" / "bakery.toml"


def demo_folder() -> Path:
    """The folder of all demo shops, made when missing: in the user's cache, or in the temporary files without one."""
    from platformdirs import user_cache_path

    with contextlib.suppress(OSError, RuntimeError):  # no home, or one that can't be written
        folder = user_cache_path(APPLICATION, appauthor=False).absolute() / f"demo-v{VERSION}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    folder = Path(tempfile.gettempdir()) / f"{APPLICATION}-demo-v{VERSION}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def window_shop(folder: Path, clock: Clock, progress: Callable[[float], None]) -> Path:
    """The data directory of today's demo shop for the window; what was booked in it earlier today is still there."""
    year = year_until_now(MEMBERS, clock)
    shop = folder / f"shop-{year.today.isoformat()}"
    if not shop.exists():
        _copy(made_shop(folder, year, clock, progress), shop)
    return shop


def fresh_shop(folder: Path, clock: Clock, progress: Callable[[float], None]) -> Path:
    """A data directory in which nobody has been served since the history ended."""
    year = year_until_now(MEMBERS, clock)
    made = made_shop(folder, year, clock, progress)
    shop = Path(tempfile.mkdtemp(prefix="served-", dir=folder))
    shutil.copytree(made, shop, dirs_exist_ok=True)
    return shop


def made_shop(folder: Path, year: Year, clock: Clock, progress: Callable[[float], None]) -> Path:
    """The untouched shop of a day; made when missing, which takes some seconds.

    A year that ended yesterday looks dead on the idle screen, so the shops of other days are cleared away.

    Args:
        folder: Where the demo shops lie.
        year: The history; its last day names the shop.
        clock: The machine's clock, for its time zone.
        progress: Told which share is done, from 0 to 1.

    Raises:
        StorageError: The disk did not take it. No half shop is left.
    """
    made = folder / f"made-{year.today.isoformat()}"
    clear_away(folder, keep=year.today.isoformat())
    if not made.exists():
        with tempfile.TemporaryDirectory(prefix="making-", dir=folder) as building:
            new = Path(building) / "shop"
            make_shop(new, year, clock, progress)
            _move(new, made)
    return made


def make_shop(directory: Path, year: Year, clock: Clock, progress: Callable[[float], None]) -> None:
    """Make a shop with its history in an empty place."""
    history_clock, ids = before_opening(year, clock)
    with create_store(
        directory,
        shop_name=SHOP_NAME,
        till_name=TILL_NAME,
        currency=CURRENCY,
        programme_text=PROGRAMME_FILE.read_text("utf-8"),
        clock=history_clock,
        ids=ids,
    ) as store:
        write_history(store, year, history_clock, ids, progress)


def clear_away(folder: Path, *, keep: str) -> None:
    """Delete what earlier days and runs left, except shops that somebody has open or is making right now.

    Args:
        folder: Where the demo shops lie.
        keep: The day whose shops stay, as ISO 8601.
    """
    for old in folder.iterdir():
        with contextlib.suppress(TillOpen, OSError):
            young = time.time() - old.stat().st_mtime < UNTOUCHED_S
            if young or not old.is_dir() or old.name.endswith((keep, PICTURES)):
                continue
            lock = take_lock(old) if (old / LOCK_FILE).exists() else None
            shutil.rmtree(old, ignore_errors=True)
            if lock is not None:
                lock.release()


def _copy(made: Path, target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="making-", dir=target.parent) as building:
        new = Path(building) / "shop"
        shutil.copytree(made, new)
        _move(new, target)


def _move(new: Path, target: Path) -> None:
    """Put a complete shop in its place; when another run was quicker, its shop is as good."""
    try:
        new.rename(target)
    except OSError:
        if not target.exists():
            raise
