"""Fresh card numbers for cards to be printed or handed out: taken for good, whatever happens afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from loyalty.cards import CardRule, may_carry
from loyalty.encoding import command_digest
from loyalty.masking import Masked
from loyalty.numbering import NUMBERS_MAX, Series
from loyalty.outcomes import Reason, Refused

if TYPE_CHECKING:
    from loyalty.programme import Programme
    from storage.store import Unit
    from terminal.app.till import Till


class NumbersCommand(msgspec.Struct, frozen=True):
    """How many numbers are wanted for what.

    Attributes:
        issue_id: Minted before the work; every retry carries the same and gets the same numbers.
        count: How many.
        rule_id: Of which card rule; empty for the first that fits.
        symbology: As what they are to be printed; empty for anything.
    """

    issue_id: UUID
    count: int
    rule_id: str = ""
    symbology: str = ""


class NumbersTaken(Masked, frozen=True):
    """Numbers that nobody else is given any more."""

    numbers: tuple[str, ...]
    repeated: bool = False


def card_rule(programme: Programme, rule_id: str = "", symbology: str = "") -> CardRule | Refused:
    """The rule fresh numbers are counted by: the one that is named, else the first that takes the kind of barcode."""
    rules = [rule for rule in programme.cards if rule_id in ("", rule.id)]
    if not rules:
        return Refused(Reason.CARD_RULE_UNKNOWN, {"rule": rule_id})
    fitting = (rule for rule in rules if not symbology or may_carry(rule, symbology))
    return next(fitting, None) or Refused(Reason.SYMBOLOGY_NOT_ALLOWED, {"symbology": symbology})


def reserve_numbers(till: Till, command: NumbersCommand) -> NumbersTaken | Refused:
    """Take fresh numbers; they are on disk before they can be printed.

    Returns:
        The numbers once COMMIT has returned, or why none was taken. A joined till that has too few remembers how many
        it is asked for, and asks head office with its next contact.

    Raises:
        StorageError: If the disk did not take it.
    """
    if command.count > NUMBERS_MAX:
        return Refused(Reason.NUMBERS_TOO_MANY, {"max": NUMBERS_MAX})
    rule = card_rule(till.programme, command.rule_id, command.symbology)
    if isinstance(rule, Refused):
        return rule
    series = Series.of(rule)
    digest = command_digest(till.store.programme_key, "numbers", series, command.count)
    with till.store.unit() as unit:
        before = unit.issue(command.issue_id)
        if before is not None and before.digest != digest:
            return Refused(Reason.ID_USED_FOR_ANOTHER_COMMAND, {"record_id": str(command.issue_id)})
        if before is not None:
            return NumbersTaken(before.numbers, repeated=True)
        taken = unit.numbers.take_for(command.issue_id, digest, series, command.count)
        if isinstance(taken, int):
            return too_few(unit, series, command.count, taken)
    return NumbersTaken(tuple(taken))


def fresh_number(till: Till, unit: Unit) -> str | Refused:
    """One number for a card that is handed out in this transaction, by the programme's first rule."""
    series = Series.of(till.programme.cards[0])
    taken = unit.numbers.take(series, 1)
    return too_few(unit, series, 1, taken) if isinstance(taken, int) else taken[0]


def too_few(unit: Unit, series: Series, count: int, left: int) -> Refused:
    """Say why there are no more numbers; head office is asked for them with the next contact."""
    if unit.head_office() is None:
        return Refused(Reason.NUMBERS_USED_UP, {"left": left})
    unit.numbers.demand(series, count)
    return Refused(Reason.NUMBERS_NOT_GIVEN, {"left": left})
