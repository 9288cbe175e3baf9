"""How large a world is, how often what happens in it, and how much goes wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

CRASH_CHANCE: Final = 0.06
CRASH_WITHIN: Final = 200
OFFICE_CRASH_CHANCE: Final = 0.05
OFFICE_CRASH_WITHIN: Final = 120
"""How often a machine goes off in the middle of something, and within how many statements."""

JOINED_AT_ONCE: Final = 0.75
"""The chance of a till to belong to head office from the start; the others stand alone and join later."""


@dataclass(frozen=True)
class Size:
    """How many tills a world has, and how long it lives."""

    tills_min: int
    tills_max: int
    steps_min: int
    steps_max: int


SMALL: Final = Size(2, 5, 35, 70)
LARGE: Final = Size(8, 20, 150, 300)


@dataclass(frozen=True)
class Trouble:
    """How much goes wrong in a world.

    Attributes:
        crash_chance: How often a till goes off in the middle of something.
        crash_within: Within how many statements.
        chances: Shares of steps that differ from the usual ones.
        same_age: Whether all programs are the newest.
    """

    crash_chance: float = CRASH_CHANCE
    crash_within: int = CRASH_WITHIN
    chances: Mapping[str, float] = field(default_factory=dict)
    same_age: bool = False


USUAL: Final = Trouble()


TILL_CHANCES: Final = {
    "buy": 26,
    "buy_late": 4,
    "rate": 3,
    "buy_without_card": 6,
    "undo": 6,
    "undo_elsewhere": 4,
    "adjust": 2,
    "enrol": 6,
    "change_consent": 4,
    "change_card": 4,
    "merge": 1,
    "erase": 2,
    "close_day": 2,
    "sync": 38,
}
WORLD_CHANCES: Final = {
    "deliver_late": 3,
    "cut": 3,
    "join": 4,
    "keep_image": 6,
    "put_back": 5,
    "copy": 1,
    "revoke": 0.3,
    "clock_off": 1,
    "office_adjust": 2,
    "office_merge": 1.5,
    "office_erase": 0.7,
    "office_expire": 2,
    "office_publish": 1.5,
    "office_scope": 0.5,
    "weeks_pass": 2,
    "upgrade": 2.5,
}
"""How often what happens, in shares of all steps."""
