"""Things that cost something to make and come back at most scans: pictures of controls, widths of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Thing = TypeVar("Thing")


class Kept(Generic[Thing]):
    """Things by what they depend on; the one not asked for the longest goes first.

    An instance belongs to a theme and dies with it.

    Args:
        limit: How many things are kept.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._things: dict[Hashable, Thing] = {}

    def __len__(self) -> int:
        """How many things are kept now."""
        return len(self._things)

    def get(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """Give a thing, made when it is not there.

        Args:
            key: Everything the thing depends on.
            make: Makes it.
        """
        thing = self._things.pop(key, None)
        if thing is None:
            if len(self._things) >= self._limit:
                del self._things[next(iter(self._things))]
            thing = make()
        self._things[key] = thing
        return thing
