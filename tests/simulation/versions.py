"""Programs of different ages in one world: which protocols they speak, which kinds of records they know, what they add.

There is one protocol so far. That tills and head office of different ages get along is a promise from the first day on,
so the simulation pretends that there are more: a later program says things in every message that an earlier one has
never heard of, and writes records of a kind that it can't read.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

import msgspec

from headoffice.app import joining
from loyalty import encoding

if TYPE_CHECKING:
    from collections.abc import Iterator

NEWEST: Final = 4
SPOKEN: Final = 3
"""Every program speaks its own protocol and the two before it."""

TALKATIVE_SINCE: Final = 3
"""From this protocol on there is more in the messages."""

RATING: Final = "feedback"
RATINGS_SINCE: Final = 2
"""An earlier program does not know this kind of record."""

ADDED: Final = {"of_a_later_protocol": [1, {"what": "nobody here knows"}]}


class Age(msgspec.Struct, frozen=True):
    """How new a program is, by the newest protocol it speaks."""

    newest: int = NEWEST

    @property
    def oldest(self) -> int:
        """The oldest protocol it speaks."""
        return max(1, self.newest - SPOKEN + 1)

    @property
    def knows_ratings(self) -> bool:
        """Whether it can read and write ratings."""
        return self.newest >= RATINGS_SINCE

    def agrees_on(self, other: Age) -> int | None:
        """The newest protocol both speak, ``None`` when there is none."""
        newest = min(self.newest, other.newest)
        return newest if newest >= max(self.oldest, other.oldest) else None

    def upgraded(self) -> Age:
        """The next version of the program."""
        return Age(min(NEWEST, self.newest + 1))

    def say(self, message: bytes) -> bytes:
        """A message as a program of this age says it: a later one adds to every object what earlier ones don't know."""
        return json.dumps(_talkative(json.loads(message))).encode() if self.newest >= TALKATIVE_SINCE else message

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """Head office's program is of this age meanwhile."""
        kinds = encoding.KINDS if self.knows_ratings else encoding.KINDS - {RATING}
        with (
            mock.patch.multiple(joining, PROTOCOL=self.newest, PROTOCOL_OLDEST=self.oldest),
            mock.patch.object(encoding, "KINDS", kinds),
        ):
            yield


def _talkative(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Add to an object and to the objects in its lists; an object inside an object may be a table of its own keys."""
    if isinstance(value, list):
        return [_talkative(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _talkative(item) if isinstance(item, list) else item for name, item in value.items()} | ADDED
