"""What the composition root hands to the command line of head office."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from litestar.types import ControllerRouterHandler

    from headoffice.service import HeadOffice
    from loyalty.ports import Clock, Ids


class OpenHeadOffice(Protocol):
    """Opens head office, or founds one."""

    def __call__(
        self,
        data: Path,
        database_url: str | None,
        *,
        name: str | None = None,
        currency: str | None = None,
        found: bool = False,
    ) -> HeadOffice:
        """Open it.

        Args:
            data: The data directory.
            database_url: Where its database is, ``None`` for a file in the data directory.
            name: What people call a new one; the one that is there keeps its name.
            currency: In what a new one counts.
            found: Whether to found one where there is none.

        Raises:
            HeadOfficeError: It can't be opened.
        """
        ...


@dataclass(frozen=True, slots=True)
class Programs:
    """The outside world of the command line.

    Attributes:
        clock: The time.
        ids: Fresh ids.
        open_head_office: Opens it.
        default_directory: Where the data lies when ``--data`` is not given.
        pages: Makes the pages for people that ``serve`` shows beside the API; they tell the fingerprint of this
            server's authority with a joining code, empty without TLS.
    """

    clock: Clock
    ids: Ids
    open_head_office: OpenHeadOffice
    default_directory: Callable[[], Path]
    pages: Callable[[HeadOffice, str], Sequence[ControllerRouterHandler]]
