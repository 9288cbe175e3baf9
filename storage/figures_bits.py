"""Sets of members as long whole numbers, a bit for each, and a period's counts of members out of them.

Members are numbered. Who bought on a day is a set; blocks of 2, 4, 8 and more days have the union of theirs, so any
period is put together from few of them, whatever it holds. Counts over some members and over all others add up to
those over everybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

TOP_LEVEL: Final = 12
"""The largest blocks have 2**12 days, eleven years."""

SPAN_BITS: Final = 16
"""Days as a member are counted up to 2**16, which is 179 years."""

SPAN_MAX: Final = (1 << SPAN_BITS) - 1

ENROLLED: Final = "enrolled"
ERASED: Final = "erased"
BOOKED: Final = "booked"
"""On this day a member's first booking of any kind counts."""

BOUGHT: Final = "bought"
"""Members with a purchase that counts."""

AGAIN: Final = "again"
"""Those of them with more than one."""

Twice = tuple[int, int]
"""A set of members and, out of it, those who are in it more than once."""


class MemberCounts(NamedTuple):
    """The counts of ``loyalty.kpi.PeriodFacts`` that are counts of members; the last four are steps of its ladder."""

    active_at_start: int
    active_at_end: int
    new_and_active_at_end: int
    lost: int
    new: int
    customers: int
    repeat: int
    returning: int
    lapsed: int
    lapsed_days: int
    suspects: int
    prospects: int
    customers_once: int
    clients: int


class Span(NamedTuple):
    """Which counts are asked for, in days as ``date.toordinal`` numbers them.

    Attributes:
        first: The period's first day.
        last: Its last.
        window: How many days a purchase or the enrolment keeps a member active.
    """

    first: int
    last: int
    window: int


class MemberSets(Protocol):
    """Where the sets come from."""

    @property
    def days(self) -> tuple[int, int]:
        """The first and the last day on which anything is."""
        ...

    @property
    def everybody(self) -> int:
        """All accounts that stand for themselves."""
        ...

    def block(self, kind: str, level: int, number: int) -> int:
        """The set of the ``2**level`` days from ``number * 2**level`` on."""
        ...

    def spans(self, bit: int) -> int:
        """Whose days from enrolment to the last purchase, as a binary number, have this bit; never less than none."""
        ...


def join(one: Twice, other: Twice) -> Twice:
    """Who is in either of two, and who more than once in both together."""
    return one[0] | other[0], one[1] | other[1] | one[0] & other[0]


def blocks_of(leaves: Iterable[tuple[int, Twice]]) -> Iterator[tuple[int, int, Twice]]:
    """Join days to blocks.

    Args:
        leaves: Days, ascending, with what is on them.

    Yields:
        Every block with something in it, days among them: its level, its number, its sets.
    """
    open_blocks: list[tuple[int, Twice] | None] = [None] * (TOP_LEVEL + 1)
    for day, sets in leaves:
        for level, block in enumerate(open_blocks):
            if block is not None and block[0] == day >> level:
                open_blocks[level] = (block[0], join(block[1], sets))
                continue
            if block is not None:
                yield level, *block
            open_blocks[level] = (day >> level, sets)
    for level, block in enumerate(open_blocks):
        if block is not None:
            yield level, *block


def in_days(sets: MemberSets, first: int | None, last: int | None, *kinds: str) -> Twice:
    """Join what is on the days from ``first`` to ``last``, both included; ``None`` for no bound.

    Args:
        sets: Where they come from.
        first: The first day.
        last: The last one.
        kinds: The kind of set, and the kind of those who are in it more than once, where there is one.
    """
    known_first, known_last = sets.days
    day = known_first >> TOP_LEVEL << TOP_LEVEL if first is None or first <= known_first else first
    end = (known_last >> TOP_LEVEL) + 1 << TOP_LEVEL if last is None or last >= known_last else last + 1
    found: Twice = (0, 0)
    while day < end:
        level = TOP_LEVEL
        while day & (1 << level) - 1 or day + (1 << level) > end:
            level -= 1
        once, *again = (sets.block(kind, level, day >> level) for kind in kinds)
        found = join(found, (once, again[0] if again else 0))
        day += 1 << level
    return found


def count_members(
    sets: MemberSets, asked: Span, days_until: Callable[[int, int], int], hidden: int = 0
) -> MemberCounts:
    """Count the members of a period; the definitions are those of ``loyalty.kpi``.

    Args:
        sets: Their sets.
        asked: The period.
        days_until: Adds up days as a member for those of a set who have bought since a day, up to that day.
        hidden: Members who are counted elsewhere.
    """
    first, last, window = asked
    seen = sets.everybody & ~hidden
    start = first - 1
    enrolled = in_days(sets, None, last, ENROLLED)[0] & seen
    erased = in_days(sets, None, last, ERASED)[0]
    earlier = in_days(sets, None, start, BOUGHT, AGAIN)
    within = in_days(sets, first, last, BOUGHT, AGAIN)
    new = in_days(sets, first, last, ENROLLED)[0] & seen
    before = _active(sets, start, window) & seen
    after = _active(sets, last, window) & seen
    bought, again = join(earlier, within)
    lapsed = enrolled & ~after & bought
    since = lapsed & in_days(sets, last + 1, None, BOUGHT)[0]
    left = enrolled & ~erased
    booked = in_days(sets, None, last, BOOKED)[0] | ~in_days(sets, None, None, BOOKED)[0]
    return MemberCounts(
        active_at_start=before.bit_count(),
        active_at_end=after.bit_count(),
        new_and_active_at_end=(after & new).bit_count(),
        lost=(before & ~after).bit_count(),
        new=new.bit_count(),
        customers=(within[0] & seen).bit_count(),
        repeat=(within[1] & seen).bit_count(),
        returning=(within[0] & earlier[0] & seen).bit_count(),
        lapsed=lapsed.bit_count(),
        lapsed_days=_days_as_members(sets, lapsed & ~since) + (days_until(since, last) if since else 0),
        suspects=(seen & ~enrolled & ~erased & booked).bit_count(),
        prospects=(left & ~bought).bit_count(),
        customers_once=(left & bought & ~again).bit_count(),
        clients=(left & again).bit_count(),
    )


def _active(sets: MemberSets, day: int, window: int) -> int:
    """Who is active at the end of a day."""
    oldest = day - window + 1
    kept = in_days(sets, oldest, day, ENROLLED)[0] | in_days(sets, oldest, day, BOUGHT)[0]
    return kept & in_days(sets, None, day, ENROLLED)[0] & ~in_days(sets, None, day, ERASED)[0]


def _days_as_members(sets: MemberSets, members: int) -> int:
    if not members:
        return 0
    return sum((sets.spans(bit) & members).bit_count() << bit for bit in range(SPAN_BITS))
