"""A receipt as it lies on the paper, for the preview on the screen."""

from __future__ import annotations

import msgspec

from hardware.receipt import LaidOutLine


class Paper(msgspec.Struct, frozen=True):
    """A strip of paper, character for character as the printer fills it.

    Attributes:
        columns: Characters to the line.
        rows: The text.
        qr: The squares of the code under the text as rows of ``0`` and ``1``; empty for no code.
    """

    columns: int
    rows: tuple[LaidOutLine, ...]
    qr: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The receipt as lines of text."""
        return "\n".join(row.text for row in self.rows)
