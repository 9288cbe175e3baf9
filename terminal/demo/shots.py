"""``python -m terminal.demo.shots [DIR]``: every screen in both languages and both sizes, as PNG.

The walk of the demo takes the pictures, so they show what really happens. Small copies go where the documentation has
its own.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from terminal.app.system import SystemClock
from terminal.demo.program import progress_bar, serve_off_screen
from terminal.demo.shop import demo_folder, fresh_shop
from terminal.i18n import LANGUAGES, Texts

SIZES: Final = ((1024, 768), (1366, 768))
DEFAULT_FOLDER: Final = Path("shots")
SMALL_FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "screens"


def main() -> int:
    """Take all pictures; the first argument names the folder."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FOLDER
    SMALL_FOLDER.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        texts = Texts(language)
        for width, height in SIZES:
            shop = fresh_shop(demo_folder(), SystemClock(), progress_bar("demo shop"))
            pictures = folder / f"{language}-{width}x{height}"
            small = SMALL_FOLDER if (width, height) == SIZES[-1] else None
            taken = serve_off_screen(shop, texts, pictures, (width, height), small=small).screenshots
            print(f"{len(taken)} pictures: {pictures}")  # noqa: T201 - a command of its own
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
