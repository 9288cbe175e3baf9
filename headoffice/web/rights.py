"""Who may do what at head office: everybody reads, managers decide, administrators rule."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class StaffRole(StrEnum):
    """What a person at head office is."""

    ADMIN = "admin"
    MANAGER = "manager"
    VIEWER = "viewer"


class Right(StrEnum):
    """What a page needs.

    Attributes:
        READ: Look.
        DECIDE: Correct balances, join accounts, settle conflicts.
        RULE: Tills, programmes, erasing people, and other people's access.
    """

    READ = "read"
    DECIDE = "decide"
    RULE = "rule"


_RIGHTS: Final = {
    StaffRole.VIEWER: frozenset({Right.READ}),
    StaffRole.MANAGER: frozenset({Right.READ, Right.DECIDE}),
    StaffRole.ADMIN: frozenset(Right),
}


def may(role: StaffRole, right: Right) -> bool:
    """Whether a role includes a right."""
    return right in _RIGHTS[role]
