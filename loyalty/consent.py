"""What a member agrees to now, from all that was ever recorded of it, in whatever order the records arrive.

Of each purpose one record counts: the newest by corrected time. A withdrawal wins over every older grant and over one
of the same moment; a grant that is older than the withdrawal never revives it, however late it arrives. So the states
of one purpose are in a total order, a merge takes the highest of both sides, and neither order, repetition nor grouping
makes a difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from loyalty.bounds import TIME_MAX_US, Code
from loyalty.records import Consent, Purpose

if TYPE_CHECKING:
    from collections.abc import Iterable


class ConsentState(msgspec.Struct, frozen=True):
    """Where one purpose stands.

    Attributes:
        purpose: What for.
        granted: Yes or no.
        at_us: When that was said, in microseconds since 1970 UTC.
        text_version: Under which version of the privacy text.
    """

    purpose: Purpose
    granted: bool
    at_us: Annotated[int, Meta(ge=0, le=TIME_MAX_US)]
    text_version: Code

    @property
    def rank(self) -> tuple[int, bool, str]:
        """Its place among the states of one purpose; equal only for states that say the same."""
        return self.at_us, not self.granted, self.text_version


def said(record: Consent) -> ConsentState:
    """What one record says."""
    return ConsentState(record.purpose, record.granted, record.at_us, record.text_version)


def effective(states: Iterable[ConsentState]) -> tuple[ConsentState, ...]:
    """What counts of many states, one for each purpose of which anything was said, in the order of ``Purpose``."""
    highest: dict[Purpose, ConsentState] = {}
    for state in states:
        known = highest.get(state.purpose)
        if known is None or state.rank > known.rank:
            highest[state.purpose] = state
    return tuple(highest[purpose] for purpose in Purpose if purpose in highest)
