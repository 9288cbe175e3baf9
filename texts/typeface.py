"""The shipped typeface: the same letters on the till's screen, in its reports and in those of head office."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FAMILY: Final = "Inter"

FOLDER: Final = Path(__file__).with_name("fonts")
"""The files, with their licence (SIL Open Font License 1.1) and where they are from."""

REGULAR: Final = FOLDER / "Inter-Regular.ttf"
SEMI_BOLD: Final = FOLDER / "Inter-SemiBold.ttf"
BOLD: Final = FOLDER / "Inter-Bold.ttf"
