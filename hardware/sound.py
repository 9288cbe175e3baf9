"""The till's four sounds."""

from __future__ import annotations

from enum import StrEnum


class Cue(StrEnum):
    """What a cashier should hear without looking."""

    FOUND = "found"
    """A member is on the screen."""
    AWARDED = "awarded"
    """A booking is on disk."""
    REFUSED = "refused"
    """Something was refused; the screen says what."""
    UNKNOWN = "unknown"
    """A card nobody knows yet, or a code that is no card."""
