"""Pictures of controls that look alike from one scan to the next, however often they change places."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from PySide6.QtGui import QPixmap

FACES_MAX = 48
"""How many pictures are kept: two shops' worth of rewards in reach and out of it, about 4 MB."""


class Faces:
    """Pictures by what they show; the one not asked for the longest goes first.

    One instance belongs to a theme and dies with it.
    """

    def __init__(self) -> None:
        self._pictures: dict[Hashable, QPixmap] = {}

    def __len__(self) -> int:
        """How many pictures are kept."""
        return len(self._pictures)

    def picture(self, key: Hashable, draw: Callable[[], QPixmap]) -> QPixmap:
        """Give a picture, drawn when it is not there.

        Args:
            key: Everything the picture depends on.
            draw: Makes the picture.
        """
        picture = self._pictures.pop(key, None)
        if picture is None:
            if len(self._pictures) >= FACES_MAX:
                del self._pictures[next(iter(self._pictures))]
            picture = draw()
        self._pictures[key] = picture
        return picture
