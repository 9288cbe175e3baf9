"""Card numbers: which scanned text stands for a member, and which must never be touched.

Numbers are strings, never integers (leading zeros count). Order of classification: configured member rules, then the
guard against payment cards, then product numbers, then unknown. What a scanner says about the kind of barcode decides
how the text is read: behind a GS1 identifier it is element strings, of which the member's service relation number
``(8018)`` is a card's number and everything else is about goods; behind any other, or none, it is the number itself.
Nothing of a text is ever opened, looked up or run: a web address in a QR code is a text that no rule reads.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from loyalty import gs1

if TYPE_CHECKING:
    from collections.abc import Sequence

CARD_LENGTH_MIN: Final = 4
CARD_LENGTH_MAX: Final = 64
"""Bounds of a card number, in characters."""

PAYMENT_LENGTHS: Final = range(13, 20)
"""Lengths of a payment card's primary account number, in digits (ISO/IEC 7812-1)."""

PRODUCT_LENGTHS: Final = frozenset({8, 12, 13, 14})
"""Lengths of a GTIN, in digits (GS1 General Specifications, section 3.3)."""

PAYMENT_FIRST_DIGITS: Final = "3456"
"""The first digits of payment cards: travel, banking, banking, banking and merchandising (ISO/IEC 7812-1, 4.2)."""

ISSUER_LENGTH: Final = 6
"""How many leading digits name the issuer of an ISO/IEC 7812 number; a programme with its own number has them."""

UPC_A_LENGTH: Final = 12
"""Digits of a UPC-A number; behind a leading zero it is the EAN-13 of the same article (GS1 Gen. Spec., 3.3)."""

GS1_WEIGHT: Final = 3
"""What every second digit weighs, beginning with the one before the check digit (GS1 Gen. Spec., 7.9)."""

ZERO: Final = ord("0")

_LUHN_DOUBLED: Final = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))
"""A digit doubled, the digits of the product added up (ISO/IEC 7812-1, annex B)."""

_CARD_CHARACTERS: Final = re.compile(r"[A-Z0-9-]+")
_TRACK: Final = re.compile(r"(?:%[A-Z]|;)([0-9 ]+)[=^]")
_GROUPING: Final = re.compile(r"[ -]")

SYMBOLOGIES: Final = frozenset(
    {
        *("ean13", "ean8", "upca", "ean_addon", "code128", "gs1_128", "code39", "code93", "code11", "codabar", "itf"),
        *("two_of_five", "msi", "plessey", "telepen", "gs1_databar", "gs1_composite", "pdf417", "maxicode", "qr"),
        *("gs1_qr", "datamatrix", "gs1_datamatrix", "aztec", "han_xin", "ocr", "other"),
    }
)
"""Barcode kinds that a scanner may report, under the names of ``hardware.symbology``."""

_LENGTHS: Final = {"ean13": (13,), "upca": (12, 13), "ean8": (8,), **dict.fromkeys(gs1.CARRIERS, (18,))}
"""How many digits a number has that such a barcode carries; a UPC-A's may be written with its leading zero."""

MASKED_SHOWN: Final = 4
"""How many characters of a card number a screen or a log shows."""


class Check(StrEnum):
    """How a card number's last digit is computed."""

    NONE = "none"
    GS1 = "gs1"
    LUHN = "luhn"


class CardRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One family of numbers that are this programme's member cards.

    Attributes:
        id: Its name in messages.
        prefix: What the number starts with.
        length: The whole length, in characters.
        check: How the last digit is checked.
        digits_only: Whether only the digits 0-9 occur; otherwise capital letters, digits and ``-`` may.
        symbologies: Barcode kinds accepted when the scanner reports one; empty accepts all, typed numbers always pass.
    """

    id: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}\Z")]
    prefix: Annotated[str, Meta(pattern=r"^[A-Z0-9-]{0,20}\Z")]
    length: Annotated[int, Meta(ge=CARD_LENGTH_MIN, le=CARD_LENGTH_MAX)]
    check: Check = Check.NONE
    digits_only: bool = True
    symbologies: tuple[Annotated[str, Meta(max_length=20)], ...] = ()

    def __post_init__(self) -> None:
        """Refuse rules that no number or any number could meet."""
        if len(self.prefix) >= self.length:
            msg = "`prefix` must be shorter than `length`"
            raise ValueError(msg)
        if self.check is not Check.NONE and not self.digits_only:
            msg = "A check digit needs `digits_only = true`"
            raise ValueError(msg)
        if self.digits_only and not re.fullmatch(r"[0-9]*", self.prefix):
            msg = "`prefix` has letters but `digits_only` is true"
            raise ValueError(msg)
        if self.check is Check.NONE and not self.prefix:
            msg = "A rule without prefix and check digit would take every number"
            raise ValueError(msg)
        if unknown := sorted(set(self.symbologies) - SYMBOLOGIES):
            msg = f"`symbologies` names no barcode kind: {', '.join(unknown)}"
            raise ValueError(msg)
        if unfit := sorted(name for name in set(self.symbologies) if not _can_carry(name, self)):
            msg = f"`symbologies`: such a number never stands in {', '.join(unfit)}"
            raise ValueError(msg)


class MemberCard(msgspec.Struct, frozen=True):
    """A well-formed number of this programme; whether somebody owns it is the directory's question."""

    number: str
    rule_id: str

    def __repr__(self) -> str:
        """A description that may be logged: the number is masked."""
        return f"MemberCard({masked(self.number)!r}, rule_id={self.rule_id!r})"


class NotOurs(StrEnum):
    """Why a scanned text is not a member card."""

    CHECK_DIGIT = "check_digit"
    PAYMENT_CARD = "payment_card"
    PRODUCT = "product"
    UNKNOWN = "unknown"


def gs1_check_digit(digits: str) -> int:
    """The GS1 check digit of the digits before it: mod 10, weights 3 and 1 from the right (GS1 Gen. Spec., 7.9)."""
    last, other = _every_second(digits)
    return -(GS1_WEIGHT * (sum(last) - ZERO * len(last)) + sum(other) - ZERO * len(other)) % 10


def luhn_check_digit(digits: str) -> int:
    """The Luhn check digit of the digits before it (ISO/IEC 7812-1, annex B)."""
    last, other = _every_second(digits)
    return -(sum(last.translate(_LUHN_DOUBLED)) + sum(other) - ZERO * len(other)) % 10


def _every_second(digits: str) -> tuple[bytes, bytes]:
    """The digits that weigh more, beginning with the last one, and those between them, as ASCII.

    Raises:
        ValueError: There is something else among them; what, stays out of the message, it may be a card's number.
    """
    if digits and not _is_digits(digits):
        raise ValueError("A check digit is taken of the digits 0 to 9 only")
    characters = digits.encode("ascii")
    return characters[::-2], characters[-2::-2]


def _is_digits(text: str) -> bool:
    """Whether a text is one or more of the digits 0 to 9."""
    return text.isascii() and text.isdigit()


def with_check_digit(digits: str, check: Check) -> str:
    """Append the check digit a rule asks for."""
    if check is Check.GS1:
        return f"{digits}{gs1_check_digit(digits)}"
    if check is Check.LUHN:
        return f"{digits}{luhn_check_digit(digits)}"
    return digits


def classify(text: str, rules: Sequence[CardRule], *, symbology: str | None = None) -> MemberCard | NotOurs:
    """Say what a scanned or typed text is.

    Args:
        text: The text without its AIM identifier and terminator; typed, with or without the spaces between its groups.
        rules: The programme's card rules; they do not overlap.
        symbology: The barcode kind the scanner reported, or ``None`` when typed or not reported.

    Returns:
        The card, or why it is none. A payment card's number must be neither stored nor logged by the caller.
    """
    said = gs1.elements(text) if symbology in gs1.CARRIERS else None
    if symbology is not None and said is not None:
        meaning = _meaning_of(said, rules, symbology)
        is_payment_card = not isinstance(meaning, MemberCard) and looks_like_payment_card(text)
        return NotOurs.PAYMENT_CARD if is_payment_card else meaning
    number = text.strip() if symbology else text.replace(" ", "").strip()
    failed = False
    for reading, kind in _readings(number, symbology):
        card = _member(reading, rules, kind)
        if isinstance(card, MemberCard):
            return card
        failed = failed or card is NotOurs.CHECK_DIGIT
    if looks_like_payment_card(number):
        return NotOurs.PAYMENT_CARD
    if failed:
        return NotOurs.CHECK_DIGIT
    return NotOurs.PRODUCT if _is_product_number(number) else NotOurs.UNKNOWN


def _meaning_of(said: dict[str, str], rules: Sequence[CardRule], symbology: str) -> MemberCard | NotOurs:
    """What the element strings of a GS1 barcode are: a member's service relation number, goods, or not known here."""
    number = said.get(gs1.SERVICE_RELATION)
    if number is not None:
        if not _check_holds(number, Check.GS1):
            return NotOurs.CHECK_DIGIT
        return _member(number, rules, symbology)
    gtin = said.get(gs1.GTIN)
    return NotOurs.PRODUCT if gtin is not None and _check_holds(gtin, Check.GS1) else NotOurs.UNKNOWN


def _member(number: str, rules: Sequence[CardRule], symbology: str | None) -> MemberCard | NotOurs:
    """The member card a number is by one of the rules; ``CHECK_DIGIT`` when it would be but for its last digit."""
    failed = False
    for rule in rules:
        if not _matches(number, rule, symbology):
            continue
        if _check_holds(number, rule.check):
            return MemberCard(number, rule.id)
        failed = True
    return NotOurs.CHECK_DIGIT if failed else NotOurs.UNKNOWN


def _readings(number: str, symbology: str | None) -> tuple[tuple[str, str | None], ...]:
    """The number as it came, then as the EAN-13 it is when a scanner leaves out the leading zero of a UPC-A."""
    is_upc_a = len(number) == UPC_A_LENGTH and symbology in ("upca", "ean13", None) and _is_product_number(number)
    if not is_upc_a:
        return ((number, symbology),)
    return ((number, symbology), (f"0{number}", symbology and "ean13"))


def _matches(number: str, rule: CardRule, symbology: str | None) -> bool:
    if len(number) != rule.length or not number.startswith(rule.prefix):
        return False
    if symbology is not None and rule.symbologies and symbology not in rule.symbologies:
        return False
    return _is_digits(number) if rule.digits_only else _CARD_CHARACTERS.fullmatch(number) is not None


def _check_holds(number: str, check: Check) -> bool:
    """Whether the last character is the check digit of those before it, where the check asks for one."""
    if check is Check.GS1:
        return ord(number[-1]) - ZERO == gs1_check_digit(number[:-1])
    if check is Check.LUHN:
        return ord(number[-1]) - ZERO == luhn_check_digit(number[:-1])
    return True


def _is_product_number(number: str) -> bool:
    """Whether a text is a GTIN: a known length, digits only, the GS1 check digit right."""
    return len(number) in PRODUCT_LENGTHS and _is_digits(number) and _check_holds(number, Check.GS1)


def _can_carry(symbology: str, rule: CardRule) -> bool:
    """Whether a barcode kind can carry a rule's numbers, so that a rule naming it is ever met."""
    lengths = _LENGTHS.get(symbology)
    return lengths is None or (rule.digits_only and rule.length in lengths)


def may_carry(rule: CardRule, symbology: str) -> bool:
    """Whether a card of a rule may be printed as this kind of barcode: the rule takes it and it holds the number.

    An EAN-13 brings its own check digit, so only numbers that end in it can be printed as one.
    """
    takes = not rule.symbologies or symbology in rule.symbologies
    needs_check = symbology in ("ean13", "upca", "ean8") or symbology in gs1.CARRIERS
    return takes and _can_carry(symbology, rule) and (not needs_check or rule.check is Check.GS1)


def looks_like_payment_card(text: str) -> bool:
    """Whether a text could hold a payment card's number: 13 to 19 digits, first digit 3 to 6, Luhn holds.

    Printed groups (spaces, dashes) and the two tracks of a magnetic stripe (ISO/IEC 7813) are looked through.
    """
    if track := _TRACK.match(text):
        text = track[1]
    digits = _GROUPING.sub("", text)
    if len(digits) not in PAYMENT_LENGTHS or not _is_digits(digits) or digits[0] not in PAYMENT_FIRST_DIGITS:
        return False
    return _check_holds(digits, Check.LUHN)


def reads_payment_cards(rule: CardRule) -> bool:
    """Whether a member rule is so wide that payment cards would pass as member cards.

    Member rules come before the payment guard, because programmes with an issuer number of their own exist; so a rule
    over payment-like numbers has to name that issuer.
    """
    starts_like_one = not rule.prefix or rule.prefix[0] in PAYMENT_FIRST_DIGITS
    return rule.length in PAYMENT_LENGTHS and starts_like_one and len(rule.prefix) < ISSUER_LENGTH


def overlapping_rules(rules: Sequence[CardRule]) -> list[tuple[int, int]]:
    """Pairs of indexes of rules that could both read one number.

    Barcode kinds don't keep two rules apart: the same number can be typed, and then no kind is known. Nor do check
    digits, as one number in ten has both right. And twelve digits are read with a leading zero as well.
    """
    return [
        (first, second)
        for second, rule in enumerate(rules)
        for first, other in enumerate(rules[:second])
        if any(
            length == other_length and (prefix.startswith(other_prefix) or other_prefix.startswith(prefix))
            for prefix, length in _shapes(rule)
            for other_prefix, other_length in _shapes(other)
        )
    ]


def _shapes(rule: CardRule) -> list[tuple[str, int]]:
    """Beginning and length of a rule's numbers, as scanned and as the EAN-13 that twelve digits are read as, too."""
    own = (rule.prefix, rule.length)
    is_upc_a = rule.length == UPC_A_LENGTH and _is_digits(rule.prefix or "0")
    return [own, (f"0{rule.prefix}", UPC_A_LENGTH + 1)] if is_upc_a else [own]


def account_id(programme_key: bytes, number: str, generation: int = 0) -> UUID:
    """The account a card number means before anybody has enrolled it.

    HMAC-SHA-256 over the number with the programme's secret key, cut to 128 bits and marked as UUID version 8
    (RFC 9562, 5.8). Two offline tills with the same key mean the same account, and without the key the id tells nothing
    about the number.

    Args:
        programme_key: The programme's secret.
        number: The card's number.
        generation: 0, or how many people on this number have been erased: a card that is handed on must not lead to
            what an erased person left behind.
    """
    text = f"{number}#{generation}" if generation else number
    digest = bytearray(hmac.new(programme_key, text.encode(), hashlib.sha256).digest()[:16])
    digest[6] = (digest[6] & 0x0F) | 0x80
    digest[8] = (digest[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(digest))


def masked(number: str) -> str:
    """A card number for screens and logs: its end behind dots, at most four characters and never more than half."""
    shown = min(MASKED_SHOWN, len(number) // 2)
    return f"•••• {number[len(number) - shown :]}"
