"""Writing changed settings into the settings file of the shop, comments and all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from loyalty.document import Problem

Changes = Mapping[str, str | int]
"""New values by key path, such as ``scanner.terminator``."""


class Kept(msgspec.Struct, frozen=True):
    """The settings file holds the changes.

    Attributes:
        file: The settings file.
        backup: What it was before; ``None`` when there was none.
        in_use: Whether they are in force already; otherwise from the next start on.
    """

    file: Path
    backup: Path | None = None
    in_use: bool = False


class NotKept(msgspec.Struct, frozen=True):
    """Nothing was written: the result would have had mistakes.

    Attributes:
        problems: Which.
    """

    problems: tuple[Problem, ...]
