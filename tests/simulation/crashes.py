"""Ends a machine in the middle of a statement: its files are copied as they lie then, and life goes on there.

A fuse burns one step with every statement its machine sends to a database. When it is down, the files are copied before
the statement runs, and ``Crashed`` unwinds the program, whose clean-up can only touch the files that were left behind.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

from storage.connection import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LEFT_BEHIND = ("*-shm", "*.lock")
"""What dies with a process and is not taken over: shared memory and locks."""


class Crashed(BaseException):
    """The machine is off. No program sees this, as none sees its own end."""


class Fuse:
    """Counts down the statements of one machine.

    Attributes:
        on_crash: Copies the machine's files.
        left: Statements until the crash; ``None`` when it does not burn.
        burnt: Statements counted so far, burning or not.
    """

    def __init__(self, on_crash: Callable[[], None]) -> None:
        self.on_crash = on_crash
        self.left: int | None = None
        self.burnt = 0

    def tick(self) -> None:
        """One statement.

        Raises:
            Crashed: It was the last one.
        """
        self.burnt += 1
        if self.left is None:
            return
        self.left -= 1
        if self.left <= 0:
            self.left = None
            self.on_crash()
            raise Crashed


class TillStatements:
    """Burns the fuse of the till that is at work with every statement of the tills' own databases."""

    def __init__(self) -> None:
        self._fuse: Fuse | None = None

    @contextmanager
    def of(self, fuse: Fuse | None) -> Iterator[None]:
        """Count for one till meanwhile, or for none while another machine is at work."""
        before, self._fuse = self._fuse, fuse
        try:
            yield
        finally:
            self._fuse = before

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look over the shoulder of every connection meanwhile."""
        with mock.patch.multiple(
            Database,
            run=self._counted(Database.run),
            one=self._counted(Database.one),
            many=self._counted(Database.many),
        ):
            yield

    def _counted(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def counted(database: Database, *arguments: object) -> object:
            if self._fuse is not None:
                self._fuse.tick()
            return method(database, *arguments)

        return counted


def copy_files(source: Path, target: Path) -> Path:
    """Copy a directory as a crash would leave it; what stood at the target goes."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    return target
