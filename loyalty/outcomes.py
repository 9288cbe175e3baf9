"""What a use case answers when it does not do what was asked: a refusal is a value, never an exception."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Reason(StrEnum):
    """Every reason for which the programme or the till says no. The sentences for people live in the terminal."""

    AMOUNT_MISSING = "amount_missing"
    AMOUNT_INVALID = "amount_invalid"
    AMOUNT_TOO_LARGE = "amount_too_large"
    WITHOUT_POINTS_ABOVE_AMOUNT = "without_points_above_amount"
    LINES_DIFFER_FROM_AMOUNT = "lines_differ_from_amount"
    LINES_INVALID = "lines_invalid"
    UNKNOWN_EXCLUSION = "unknown_exclusion"

    CARD_INVALID = "card_invalid"
    CARD_CHECK_DIGIT = "card_check_digit"
    CARD_UNKNOWN = "card_unknown"
    CARD_BLOCKED = "card_blocked"
    CARD_REPLACED = "card_replaced"
    CARD_TAKEN = "card_taken"
    PAYMENT_CARD = "payment_card"
    NOT_A_MEMBER_CARD = "not_a_member_card"

    CARD_RULE_UNKNOWN = "card_rule_unknown"
    SYMBOLOGY_NOT_ALLOWED = "symbology_not_allowed"
    BARCODE_TOO_WIDE = "barcode_too_wide"
    NUMBERS_TOO_MANY = "numbers_too_many"
    NUMBERS_USED_UP = "numbers_used_up"
    NUMBERS_NOT_GIVEN = "numbers_not_given"

    REWARD_UNKNOWN = "reward_unknown"
    INSUFFICIENT_POINTS = "insufficient_points"
    MINIMUM_PURCHASE = "minimum_purchase"
    VALUE_ABOVE_PURCHASE = "value_above_purchase"
    REWARD_NOT_FLEXIBLE = "reward_not_flexible"
    REWARD_NEEDS_AMOUNT = "reward_needs_amount"
    REWARDS_TOO_MANY = "rewards_too_many"
    COUPONS_NOT_OFFERED = "coupons_not_offered"

    RECORD_UNKNOWN = "record_unknown"
    RECORD_NOT_REVERSIBLE = "record_not_reversible"
    LINE_UNKNOWN = "line_unknown"
    LINE_ALREADY_REVERSED = "line_already_reversed"
    NOTHING_LEFT_TO_REVERSE = "nothing_left_to_reverse"
    UNDONE_ELSEWHERE = "undone_elsewhere"
    RECORD_OF_ANOTHER_TILL = "record_of_another_till"
    RECORD_NOT_THERE_YET = "record_not_there_yet"
    RECEIPT_CODE_UNREADABLE = "receipt_code_unreadable"
    RECEIPT_CODE_FORGED = "receipt_code_forged"
    RECEIPT_TILL_UNKNOWN = "receipt_till_unknown"
    RECEIPT_TILL_SHUT_OUT = "receipt_till_shut_out"
    RECEIPT_INCOMPLETE = "receipt_incomplete"
    REASON_MISSING = "reason_missing"
    RECEIPT_ALREADY_BOOKED = "receipt_already_booked"
    TOO_LATE = "too_late"
    IN_THE_FUTURE = "in_the_future"
    ID_USED_FOR_ANOTHER_COMMAND = "id_used_for_another_command"

    NAME_MISSING = "name_missing"
    NAME_INVALID = "name_invalid"
    PHONE_INVALID = "phone_invalid"
    EMAIL_INVALID = "email_invalid"
    BIRTHDAY_INVALID = "birthday_invalid"
    MEMBER_UNKNOWN = "member_unknown"
    SAME_MEMBER = "same_member"
    CONSENT_UNKNOWN = "consent_unknown"

    PIN_WRONG = "pin_wrong"
    PIN_LOCKED = "pin_locked"
    PIN_TOO_SIMPLE = "pin_too_simple"
    CASHIER_UNKNOWN = "cashier_unknown"
    CASHIER_BLOCKED = "cashier_blocked"
    NOT_ALLOWED = "not_allowed"

    PROGRAMME_INVALID = "programme_invalid"
    PROGRAMME_VERSION_NOT_NEWER = "programme_version_not_newer"
    DAY_ALREADY_CLOSED = "day_already_closed"

    NOT_SAFE_OFFLINE = "not_safe_offline"
    HEAD_OFFICE_DECIDES = "head_office_decides"
    NOT_JOINED = "not_joined"
    ALREADY_JOINED = "already_joined"


class Refused(msgspec.Struct, frozen=True):
    """A no with its reason and the numbers or words its sentence needs.

    Attributes:
        reason: Why.
        values: What the sentence names, for example ``{"missing": 216}``; never personal data.
    """

    reason: Reason
    values: dict[str, int | str] = {}
