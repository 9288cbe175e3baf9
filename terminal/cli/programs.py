"""What the composition root hands to the command line, so that commands for scripts never load a window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from loyalty.ports import Clock, Ids


class Served(msgspec.Struct, frozen=True):
    """A member the demo served."""

    member: str
    points: int
    balance: int


class DemoResult(msgspec.Struct, frozen=True):
    """What the demo did.

    Attributes:
        served: Who was served, in order.
        screenshots: Where the pictures lie.
        lines: What happened, for people.
    """

    served: tuple[Served, ...] = ()
    screenshots: tuple[Path, ...] = ()
    lines: tuple[str, ...] = ()


class OpenTill(Protocol):
    """Opens the till's window and returns when it is closed."""

    def __call__(self, directory: Path, *, language: str | None) -> int:
        """Run the till.

        Args:
            directory: The data directory.
            language: The language asked for, ``None`` for the setting's.

        Returns:
            The exit code.
        """
        ...


class RunDemo(Protocol):
    """Opens the demo shop, or serves three members off-screen."""

    def __call__(self, *, headless: bool, screenshots: Path | None, language: str | None) -> DemoResult:
        """Run the demo.

        Args:
            headless: Whether to stay off the screen even where there is one.
            screenshots: The folder for pictures, ``None`` for the demo's own.
            language: The language asked for, ``None`` for the setting's.
        """
        ...


@dataclass(frozen=True, slots=True)
class Programs:
    """The outside world of the command line.

    Attributes:
        clock: The time.
        ids: Fresh ids.
        open_till: Loads the window's libraries when it is called, not before.
        run_demo: As above.
        default_directory: Where the data lies when ``--data`` is not given.
    """

    clock: Clock
    ids: Ids
    open_till: OpenTill
    run_demo: RunDemo
    default_directory: Callable[[], Path]
