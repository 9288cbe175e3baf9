"""What can be wrong with a file that is imported: a value with its line and column, never with anybody's data."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, TypeVar

import msgspec

FLAWS_LISTED_MAX: Final = 1_000
"""How many mistakes are told one by one; the others are counted."""

SHOWN_LENGTH_MAX: Final = 40
"""How many characters of a value are shown."""


_Value = TypeVar("_Value")


class Wrong(StrEnum):
    """Every kind of mistake; the sentences are the command line's."""

    EMPTY_FILE = "empty_file"
    SPREADSHEET = "spreadsheet"
    ENCODING_UNKNOWN = "encoding_unknown"
    ENCODING_DOUBTFUL = "encoding_doubtful"
    NUL_BYTES = "nul_bytes"
    LINES_TOO_MANY = "lines_too_many"
    LINE_TOO_LONG = "line_too_long"

    NO_HEADER = "no_header"
    COLUMN_UNKNOWN = "column_unknown"
    COLUMN_TWICE = "column_twice"
    COLUMN_MISSING = "column_missing"

    QUOTES = "quotes"
    FIELDS = "fields"
    MISSING = "missing"
    TOO_LONG = "too_long"
    CONTROL_CHARACTER = "control_character"
    SHORTENED_BY_SPREADSHEET = "shortened_by_spreadsheet"

    RECEIPT = "receipt"
    MOMENT = "moment"
    DAY = "day"
    TWO_DAYS_POSSIBLE = "two_days_possible"
    DAY_NUMBER = "day_number"
    NO_SUCH_DAY = "no_such_day"
    SKIPPED_HOUR = "skipped_hour"
    FUTURE = "future"
    BEFORE_1970 = "before_1970"

    CARD = "card"
    CARD_CHECK_DIGIT = "card_check_digit"
    CARD_ZEROS_LOST = "card_zeros_lost"
    PAYMENT_CARD = "payment_card"
    NOT_A_MEMBER_CARD = "not_a_member_card"
    CARD_BLOCKED = "card_blocked"
    CARD_REPLACED = "card_replaced"

    AMOUNT = "amount"
    AMOUNT_NEGATIVE = "amount_negative"
    AMOUNT_ZERO = "amount_zero"
    AMOUNT_AMBIGUOUS = "amount_ambiguous"
    AMOUNT_DECIMALS = "amount_decimals"
    AMOUNT_TOO_LARGE = "amount_too_large"
    AMOUNT_ABOVE_LIMIT = "amount_above_limit"
    CURRENCY = "currency"
    QUANTITY = "quantity"
    POINTS = "points"
    POINTS_NEGATIVE = "points_negative"
    POINTS_FRACTION = "points_fraction"
    POINTS_AMBIGUOUS = "points_ambiguous"
    POINTS_TOO_MANY = "points_too_many"
    POINTS_WITHOUT_CARD = "points_without_card"
    SALE_LINES_TOO_MANY = "sale_lines_too_many"

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    BIRTHDAY = "birthday"
    BIRTHDAY_WITHOUT_YEAR = "birthday_without_year"

    RECEIPT_DIFFERS = "receipt_differs"
    RECEIPT_BOOKED = "receipt_booked"
    CARD_TWICE = "card_twice"
    MEMBER_DIFFERS = "member_differs"
    MEMBER_ERASED = "member_erased"


class Bad(msgspec.Struct, frozen=True):
    """Why a value can't be taken.

    Attributes:
        wrong: The kind of mistake.
        values: What its sentence names besides the value; nothing about people.
    """

    wrong: Wrong
    values: dict[str, int | str] = {}


class Flaw(msgspec.Struct, frozen=True):
    """One mistake of a file.

    Attributes:
        line: The line on which its row begins, from 1; 0 for the file as a whole.
        column: The column, empty for the row as a whole.
        bad: What is wrong.
        value: What stands there, as far as it may be shown.
    """

    line: int
    column: str
    bad: Bad
    value: str = ""


class Flaws:
    """All mistakes of a file, the first ones with everything known about them.

    Attributes:
        count: How many there are.
    """

    def __init__(self) -> None:
        self._listed: list[Flaw] = []
        self.count = 0

    def __bool__(self) -> bool:
        return self.count > 0

    def add(self, line: int, column: str, bad: Bad, value: str = "") -> None:
        """Take a mistake down."""
        self.count += 1
        if len(self._listed) < FLAWS_LISTED_MAX:
            self._listed.append(Flaw(line, column, bad, value))

    def listed(self) -> tuple[Flaw, ...]:
        """The first ``FLAWS_LISTED_MAX`` that were found, by line."""
        return tuple(sorted(self._listed, key=lambda flaw: flaw.line))


def shown(text: str) -> str:
    """A value for a list of mistakes: one line, cut short, without characters that do something on a terminal."""
    plain = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return plain if len(plain) <= SHOWN_LENGTH_MAX else f"{plain[: SHOWN_LENGTH_MAX - 1]}…"


def told(flaws: Flaws, line: int, column: str, text: str, value: _Value | Bad) -> _Value | None:
    """A value, or ``None`` once it was told why it is none."""
    if isinstance(value, Bad):
        flaws.add(line, column, value, shown(text))
        return None
    return value
