"""``python -m terminal.shots [DIR]``: every screen in both languages and both sizes, as PNG.

The walk of the demo takes the pictures, so they show what really happens. What the demo has not, copies of its data and
a disk that failed, ``terminal.shots.loss`` adds. Small copies go where the documentation has its own.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from terminal.app.system import SystemClock
from terminal.demo.program import progress_bar, serve_off_screen
from terminal.demo.shop import demo_folder, fresh_shop
from terminal.main import demo_stage
from terminal.shots.loss import Album, picture_loss
from texts.i18n import LANGUAGES, Texts

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZES: Final = ((1024, 768), (1366, 768))
DEFAULT_FOLDER: Final = Path("shots")
SMALL_FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "screens"


def main(arguments: Sequence[str] | None = None) -> int:
    """Take all pictures.

    Args:
        arguments: The command line without the program's name, ``None`` for this process's.

    Raises:
        SystemExit: The command line asks for help or is wrong.
    """
    folder: Path = parser().parse_args(arguments).folder
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    SMALL_FOLDER.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        for size in SIZES:
            count = picture_all(Texts(language), folder, size)
            print(f"{count} pictures: {folder_of(folder, language, size)}")  # noqa: T201 - a command of its own
    return 0


def picture_all(texts: Texts, folder: Path, size: tuple[int, int]) -> int:
    """Take all pictures in one language and size; say how many."""
    shop = fresh_shop(demo_folder(), SystemClock(), progress_bar("demo shop"))
    pictures = folder_of(folder, texts.language, size)
    small = SMALL_FOLDER if size == SIZES[-1] else None
    taken = serve_off_screen(demo_stage(), shop, texts, pictures, size, small=small).screenshots
    album = Album(pictures, small, texts.language, len(taken))
    picture_loss(shop, texts, size, album)
    return album.count


def folder_of(folder: Path, language: str, size: tuple[int, int]) -> Path:
    """Where the pictures of one language and size go."""
    width, height = size
    return folder / f"{language}-{width}x{height}"


def parser() -> argparse.ArgumentParser:
    """Its small command line."""
    made = argparse.ArgumentParser(
        prog="python -m terminal.shots", description="Picture every screen in both languages and both sizes."
    )
    made.add_argument(
        "folder", nargs="?", type=Path, default=DEFAULT_FOLDER, help="where the pictures go (%(default)s)"
    )
    return made
