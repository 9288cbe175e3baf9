"""What the checks found, and how far they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from headoffice.views import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Select

FINDINGS_MAX: Final = 100
"""How many problems are listed; somebody with more of them restores a backup and reads no list."""

ROWS_AT_ONCE: Final = 2_000


class Findings:
    """The list, and the progress of all checks together.

    Attributes:
        problems: What was found, in the order of the checks.
    """

    def __init__(self, total: int, progress: Callable[[int, int], None] | None) -> None:
        self.problems: list[Finding] = []
        self._total = total
        self._done = 0
        self._progress = progress

    def found(self, check: str, where: object, message: str) -> None:
        """List a problem, unless the list is full."""
        if len(self.problems) < FINDINGS_MAX:
            self.problems.append(Finding(check, str(where), message))

    def step(self) -> None:
        """One more row is done."""
        self._done += 1
        if self._progress and (self._done % ROWS_AT_ONCE == 0 or self._done == self._total):
            self._progress(min(self._done, self._total), self._total)


def each(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    """Rows of a long answer, without holding them all."""
    yield from connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})
