"""What would be missing after each way of restoring, reckoned from what a look around found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from terminal.app.restoring_trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from uuid import UUID

    from terminal.app.restoring_copies import Checked, Found
    from terminal.app.restoring_plans import Findings


class Outlook(msgspec.Struct, frozen=True):
    """How far the ledger would go afterwards.

    Attributes:
        reached: The last record it would hold.
        newer: How many of them are newer than the copy, taken over from the damaged ledger or the black box.
        boxed: Whether they come from the black box, which has more of them.
        missing: How many records would be missing, ``None`` when nobody can tell.
        at_least: Whether even more may be missing than that.
    """

    reached: int
    newer: int = 0
    boxed: bool = False
    missing: int | None = None
    at_least: bool = False


def of_copy(findings: Findings, found: Found) -> Outlook:
    """After putting a copy back."""
    copy, journal = found.copy, findings.remains.journal
    reached = copy.records
    if findings.remains.sides_whole and copy.path in findings.continuing:
        reached = journal.reached_from(copy.records)
    box = None if findings.trouble is Trouble.ASKED else findings.boxes.get(copy.terminal_id)
    if box is not None and box.first <= copy.records + 1 and box.last > reached:
        return _outlook(findings, box.last, box.last - copy.records, boxed=True)
    return _outlook(findings, reached, reached - copy.records)


def of_itself(findings: Findings) -> Outlook:
    """After making the ledger anew of what it holds."""
    return _outlook(findings, findings.remains.journal.upto, 0)


def whole_box(findings: Findings) -> tuple[UUID, int] | None:
    """The till whose black box goes back to the first record, and how far it comes; ``None`` where that is not sure."""
    shop = findings.remains.shop
    whole = [
        (till, box.last)
        for till, box in findings.boxes.items()
        if box.first == 1 and (shop is None or shop.terminal_id == till)
    ]
    return whole[0] if len(whole) == 1 else None


def _outlook(findings: Findings, reached: int, newer: int, *, boxed: bool = False) -> Outlook:
    named = findings.remains.journal.named
    if reached > named or not named:
        # The ledger says less than the copy: nobody knows what came behind it. A black box has everything at once.
        return Outlook(reached, newer, boxed, missing=0 if boxed else None, at_least=boxed)
    end_is_gone = findings.trouble in (Trouble.CUT_OFF, Trouble.LOG_MISSING)
    return Outlook(reached, newer, boxed, named - reached, at_least=end_is_gone)


def is_others(findings: Findings, found: Found) -> bool:
    """Whether a copy is of another till than the one whose data folder this is, as far as that can be told."""
    shop = findings.remains.shop
    return shop is not None and shop.terminal_id != found.copy.terminal_id


def best_copy(findings: Findings, checks: Mapping[Path, Checked]) -> Found | None:
    """The copy after which the ledger goes furthest; one that is known to be damaged, or another till's, never is."""
    fit = [
        found
        for found in findings.copies
        if not is_others(findings, found) and ((check := checks.get(found.copy.path)) is None or check.sound)
    ]
    return max(fit, key=lambda found: (of_copy(findings, found).reached, found.copy.made_at_us), default=None)


def newest_of_itself(findings: Findings) -> Path | None:
    """The newest copy that the damaged ledger goes on from."""
    own = [found.copy for found in findings.copies if found.copy.path in findings.continuing]
    newest = max(own, key=lambda copy: (copy.records, copy.made_at_us), default=None)
    return newest.path if newest else None


def itself_is_best(findings: Findings, best: Found | None) -> bool:
    """Whether the damaged ledger's own records go at least as far as any copy."""
    if not findings.remains.can_be_mended:
        return False
    return best is None or of_itself(findings).reached >= of_copy(findings, best).reached
