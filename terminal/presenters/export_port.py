"""What the form about a member's data can ask for. The service satisfies it by shape; presenters know no thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from loyalty.outcomes import Refused
    from terminal.app.exporting import Written
    from terminal.errors import FileUnwritable
    from texts.i18n import Texts


class ExportActions(Protocol):
    """Everything here returns at once."""

    def write(
        self,
        card: str,
        texts: Texts,
        folder: Path,
        done: Callable[[Written | Refused | FileUnwritable], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Write what is stored about a member into a folder that is made for it.

        Exactly one of ``done`` and ``failed`` is called later, on the painting thread.

        Args:
            card: A card of the member.
            texts: The language of what people read in the files.
            folder: Which folder; where there is one of that name already, the next free number is added.
            done: Takes what was written, or why not.
            failed: Takes what broke.
        """
        ...
