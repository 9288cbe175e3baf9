"""Card numbers: whose they are, whether they were read in full, and what must never be taken for one."""

from __future__ import annotations

from typing import Any
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.cards import (
    CardRule,
    Check,
    MemberCard,
    NotOurs,
    account_id,
    classify,
    gs1_check_digit,
    looks_like_payment_card,
    luhn_check_digit,
    masked,
    may_carry,
    overlapping_rules,
    reads_payment_cards,
    with_check_digit,
)

PLASTIC = CardRule(id="plastic", prefix="29", length=13, check=Check.GS1, symbologies=("ean13",))
PHONE = CardRule(id="phone", prefix="BM-", length=15, digits_only=False, symbologies=("qr",))
OWN_ISSUER = CardRule(id="issuer", prefix="639999", length=16, check=Check.LUHN)
WITH_ZERO = CardRule(id="zero", prefix="04", length=13, check=Check.GS1, symbologies=("ean13",))
RULES = (PLASTIC, PHONE, OWN_ISSUER)
GSRN = CardRule(id="gsrn", prefix="4012345", length=18, check=Check.GS1, symbologies=("gs1_128", "gs1_qr"))
GSRN_CARD = with_check_digit("40123450000000012", Check.GS1)
CARD = with_check_digit("290000000012", Check.GS1)


def payment_number(prefix: str, length: int) -> str:
    """A number a payment network's test suite could use, built here so that none stands in a file."""
    return with_check_digit(prefix.ljust(length - 1, "1"), Check.LUHN)


@pytest.mark.parametrize(
    "number",
    [
        "4006381333931",  # the EAN-13 of the textbooks
        "9638507" + "4",  # EAN-8
        "03600029145" + "2",  # UPC-A
        "629104150021" + "3",  # the GS1 check digit calculator's example
    ],
)
def test_published_gtins_have_the_check_digit_computed_here(number: str) -> None:
    """The weights 3 and 1 run from the right, so that every length works."""
    assert str(gs1_check_digit(number[:-1])) == number[-1]


@pytest.mark.parametrize("number", ["79927398713", "49927398716", "0"])
def test_published_luhn_numbers_have_the_check_digit_computed_here(number: str) -> None:
    """The usual textbook numbers, with doubled digits above nine among them."""
    assert str(luhn_check_digit(number[:-1])) == number[-1]


@pytest.mark.parametrize("digits", ["29A", "29 1", "\u0662\u0669", "²"])
@pytest.mark.parametrize("check", [Check.GS1, Check.LUHN])
def test_a_check_digit_is_taken_of_digits_only(digits: str, check: Check) -> None:
    """Letters, gaps and the digits of other scripts are a mistake of the caller, not a number like any other."""
    with pytest.raises(ValueError, match="0 to 9"):
        with_check_digit(digits, check)


@given(st.text("0123456789", max_size=64))
def test_check_digits_are_what_their_definitions_say(digits: str) -> None:
    """Computed here digit by digit as the standards describe it, for numbers of any length."""
    backwards = [int(digit) for digit in reversed(digits)]
    gs1 = sum(digit * (1 if index % 2 else 3) for index, digit in enumerate(backwards))
    luhn = sum(digit if index % 2 else sum(divmod(2 * digit, 10)) for index, digit in enumerate(backwards))
    assert (gs1 + gs1_check_digit(digits)) % 10 == 0 == (luhn + luhn_check_digit(digits)) % 10


def test_a_card_of_the_programme_is_recognised_however_it_was_read() -> None:
    """Scanned with its kind, scanned by a scanner that reports none, or typed with stray spaces."""
    assert classify(CARD, RULES, symbology="ean13") == MemberCard(CARD, "plastic")
    assert classify(f" {CARD}\n", RULES) == MemberCard(CARD, "plastic")
    assert classify("BM-7K3QX9TZ2M4P", RULES, symbology="qr") == MemberCard("BM-7K3QX9TZ2M4P", "phone")


def test_a_number_is_typed_as_it_stands_on_the_card() -> None:
    """In groups; in a barcode a space is a character like any other."""
    grouped = f"{CARD[0]} {CARD[1:7]} {CARD[7:]}"
    assert classify(grouped, RULES) == MemberCard(CARD, "plastic")
    assert classify(grouped, RULES, symbology="ean13") is NotOurs.UNKNOWN


def test_a_rule_without_a_check_digit_adds_none() -> None:
    """Printing cards asks every rule for its check digit."""
    assert with_check_digit("1234", Check.NONE) == "1234"


@given(st.integers(0, 12), st.integers(1, 9))
def test_one_misread_digit_never_names_another_member(place: int, change: int) -> None:
    """The check digit catches every single wrong digit behind the prefix; a wrong prefix is no card at all."""
    digits = list(CARD)
    digits[place] = str((int(digits[place]) + change) % 10)
    found = classify("".join(digits), (PLASTIC,))
    assert found is NotOurs.CHECK_DIGIT if place > 1 else isinstance(found, NotOurs)


@pytest.mark.parametrize(
    "text",
    [
        "",
        CARD[:-2],
        CARD + "0",
        CARD.replace("2", "２"),
        "bm-7k3qx9tz2m4p",
        "BM-7K3QX9TZ2M4Ö",
        "https://example.org/" + CARD,
        "BM-7K3QX9\x1dZ2M4P",
    ],
)
def test_what_only_resembles_a_card_is_unknown(text: str) -> None:
    """Numbers cut short or too long, full-width digits, links and control characters are no cards."""
    assert classify(text, RULES) is NotOurs.UNKNOWN


def test_a_card_number_in_another_kind_of_barcode_is_not_a_card() -> None:
    """A QR code anybody can print is no plastic card; typed by hand no kind is known and it passes."""
    assert classify(CARD, RULES, symbology="qr") is not MemberCard(CARD, "plastic")
    assert classify(CARD, RULES, symbology="qr") is NotOurs.PRODUCT
    assert classify(CARD, RULES, symbology=None) == MemberCard(CARD, "plastic")


def test_an_article_is_told_apart_from_a_card() -> None:
    """A cashier who scans the bread gets told so."""
    assert classify("4006381333931", RULES, symbology="ean13") is NotOurs.PRODUCT
    assert classify("4006381333930", RULES, symbology="ean13") is NotOurs.UNKNOWN


@pytest.mark.parametrize("symbology", ["upca", "ean13", None])
def test_a_card_with_a_leading_zero_is_the_same_with_twelve_digits(symbology: str | None) -> None:
    """Scanners send an EAN-13 that starts with zero as UPC-A, with or without the zero; both mean one member."""
    number = with_check_digit("041234567890", Check.GS1)
    assert classify(number, (WITH_ZERO,)) == MemberCard(number, "zero")
    assert classify(number[1:], (WITH_ZERO,), symbology=symbology) == MemberCard(number, "zero")
    assert classify(number[1:], (WITH_ZERO,), symbology="code128") is NotOurs.PRODUCT


@pytest.mark.parametrize("prefix", ["21", "22", "23"])
def test_weighed_goods_are_articles(prefix: str) -> None:
    """A label from the scales carries the weight or the price in its number; it is no card."""
    label = with_check_digit(f"{prefix}1234501234", Check.GS1)
    assert classify(label, (*RULES, GSRN), symbology="ean13") is NotOurs.PRODUCT


@pytest.mark.parametrize("symbology", ["gs1_128", "gs1_qr"])
@pytest.mark.parametrize(
    "text",
    [
        f"8018{GSRN_CARD}",
        f"\x1d8018{GSRN_CARD}",
        f"8018{GSRN_CARD}\x1d10LOT4711",
        f"10LOT4711\x1d8018{GSRN_CARD}",
        f"172612318018{GSRN_CARD}",
    ],
)
def test_a_service_relation_number_is_a_card_wherever_it_stands(symbology: str, text: str) -> None:
    """Alone, behind another element string, with the FNC1 that some scanners send."""
    assert classify(text, (*RULES, GSRN), symbology=symbology) == MemberCard(GSRN_CARD, "gsrn")


def test_a_service_relation_number_can_be_typed_without_its_identifier() -> None:
    """The eighteen digits stand below the bars; the identifier is for machines."""
    assert classify(GSRN_CARD, (GSRN,)) == MemberCard(GSRN_CARD, "gsrn")
    assert classify(f"8018{GSRN_CARD}", (GSRN,)) is NotOurs.UNKNOWN


@pytest.mark.parametrize("symbology", [None, "code128", "qr", "ean13", "datamatrix"])
def test_application_identifiers_are_read_behind_a_gs1_identifier_only(symbology: str | None) -> None:
    """The same digits in any other barcode are somebody else's number."""
    assert classify(f"8018{GSRN_CARD}", (GSRN,), symbology=symbology) is NotOurs.UNKNOWN


@pytest.mark.parametrize(
    ("text", "symbology", "found"),
    [
        (f"8018{GSRN_CARD[:-1]}{(int(GSRN_CARD[-1]) + 1) % 10}", "gs1_128", NotOurs.CHECK_DIGIT),
        (f"8018{GSRN_CARD}", "gs1_databar", NotOurs.UNKNOWN),
        (f"8018{GSRN_CARD}0", "gs1_128", NotOurs.UNKNOWN),
        (f"8018{GSRN_CARD[:-1]}", "gs1_128", NotOurs.UNKNOWN),
        (f"8018{with_check_digit('40999990000000012', Check.GS1)}", "gs1_128", NotOurs.UNKNOWN),
        ("01" + with_check_digit("0400638133393", Check.GS1), "gs1_databar", NotOurs.PRODUCT),
        ("01" + with_check_digit("0400638133393", Check.GS1) + "3103001250", "gs1_128", NotOurs.PRODUCT),
        ("01" + with_check_digit("0400638133393", Check.GS1)[:-1] + "9", "gs1_128", NotOurs.UNKNOWN),
        ("10LOT4711", "gs1_datamatrix", NotOurs.UNKNOWN),
        (payment_number("411", 16), "gs1_qr", NotOurs.PAYMENT_CARD),
    ],
)
def test_other_gs1_barcodes_are_no_cards(text: str, symbology: str, found: NotOurs) -> None:
    """Misread, in a kind the rule does not take, cut short, another company's, goods, a payment card in disguise."""
    assert classify(text, (*RULES, GSRN), symbology=symbology) is found


def test_what_is_no_element_string_is_read_as_it_is() -> None:
    """A label printer set to GS1-128 for a number of one's own: there is no identifier that begins with its prefix."""
    own = CardRule(id="own", prefix="29", length=13, check=Check.GS1)
    assert classify(CARD, (own,), symbology="gs1_128") == MemberCard(CARD, "own")


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "WIFI:S:Laden;T:WPA;P:geheim;;",
        "{card}%s%(name)s${HOME}`id`",
        "]E0" + CARD,
        "]zz" + CARD,
        "]",
        "BM-" + "Q" * 400,
    ],
)
def test_a_text_that_would_like_to_be_run_is_unknown(text: str) -> None:
    """Links, templates, identifiers where none belongs: a text no rule reads, whatever the scanner says of it."""
    for symbology in (None, "qr", "gs1_qr"):
        assert classify(text, RULES, symbology=symbology) is NotOurs.UNKNOWN


def test_a_card_says_nothing_of_its_number_in_a_log() -> None:
    """Whoever logs what was read logs its end only."""
    assert repr(MemberCard(CARD, "plastic")) == f"MemberCard('•••• {CARD[-4:]}', rule_id='plastic')"


@pytest.mark.parametrize(("prefix", "length"), [("4", 16), ("51", 16), ("37", 15), ("6011", 16), ("4", 13), ("6", 19)])
def test_a_payment_card_is_named_as_one_and_never_as_a_member(prefix: str, length: int) -> None:
    """Plain, in printed groups, and as the tracks of a magnetic stripe."""
    number = payment_number(prefix, length)
    grouped = " ".join(number[start : start + 4] for start in range(0, length, 4))
    for text in (number, grouped, grouped.replace(" ", "-"), f";{number}=2912", f"%B{number}^MUSTER/ANNA^2912"):
        assert classify(text, RULES) is NotOurs.PAYMENT_CARD


def test_a_wrong_check_digit_of_ours_that_looks_like_a_payment_card_is_treated_as_one() -> None:
    """The guard wins over the friendlier message, because this number must not be logged."""
    rule = CardRule(id="gs1", prefix="411111", length=16, check=Check.GS1)
    number = payment_number("411111", 16)
    assert with_check_digit(number[:-1], Check.GS1) != number
    assert classify(number, (rule,)) is NotOurs.PAYMENT_CARD


@pytest.mark.parametrize(
    "text", ["", "411111111111111", "2111111111111111", "4111 1111 1111", "41111111111111112222", "4x"]
)
def test_other_numbers_are_not_mistaken_for_payment_cards(text: str) -> None:
    """Wrong Luhn digit, wrong first digit, too short, too long, letters."""
    assert not looks_like_payment_card(text)


def test_a_programme_with_its_own_issuer_number_may_use_luhn_cards() -> None:
    """Member rules come before the payment guard, as long as they name their issuer."""
    number = with_check_digit("639999000000001", Check.LUHN)
    assert looks_like_payment_card(number)
    assert classify(number, RULES) == MemberCard(number, "issuer")
    assert not reads_payment_cards(OWN_ISSUER)


@pytest.mark.parametrize(
    ("prefix", "length", "wide"),
    [("", 16, True), ("4", 16, True), ("63999", 16, True), ("29", 13, False), ("4", 12, False)],
)
def test_a_rule_wide_enough_for_payment_cards_is_recognised(prefix: str, length: int, wide: bool) -> None:
    """A Luhn rule without prefix would make every credit card a member card."""
    assert reads_payment_cards(CardRule(id="any", prefix=prefix, length=length, check=Check.LUHN)) is wide


def test_rules_that_read_the_same_number_overlap_whatever_their_barcode_kinds() -> None:
    """The same digits can be typed, and then the kind does not tell the rules apart."""
    other_kind = CardRule(id="other", prefix="290", length=13, symbologies=("code128",))
    longer = CardRule(id="longer", prefix="29", length=14, check=Check.GS1)
    beside = CardRule(id="beside", prefix="28", length=13, check=Check.GS1)
    assert overlapping_rules((PLASTIC, other_kind, longer, beside)) == [(0, 1)]


def test_a_rule_of_twelve_digits_overlaps_with_one_of_thirteen_behind_a_zero() -> None:
    """A scanner reads the same bars with or without the zero."""
    twelve = CardRule(id="twelve", prefix="51", length=12, check=Check.GS1)
    letters = CardRule(id="letters", prefix="A", length=12, digits_only=False)
    behind_a_zero = CardRule(id="thirteen", prefix="0A", length=13, digits_only=False)
    assert overlapping_rules((twelve, WITH_ZERO)) == []
    assert overlapping_rules((twelve, CardRule(id="zero", prefix="051", length=13, check=Check.GS1))) == [(0, 1)]
    assert overlapping_rules((letters, behind_a_zero)) == []


@pytest.mark.parametrize(
    ("rule", "symbology", "may"),
    [
        (PLASTIC, "ean13", True),
        (PLASTIC, "code128", False),
        (PHONE, "qr", True),
        (PHONE, "ean13", False),
        (OWN_ISSUER, "code128", True),
        (OWN_ISSUER, "ean13", False),
        (CardRule(id="no-check", prefix="29", length=13), "ean13", False),
        (CardRule(id="no-check", prefix="29", length=13), "qr", True),
        (GSRN, "gs1_128", True),
        (GSRN, "code128", False),
    ],
)
def test_a_card_is_printed_only_as_what_its_rule_reads(rule: CardRule, symbology: str, may: bool) -> None:
    """A symbol that the till would refuse, or that would change the number, is none."""
    assert may_carry(rule, symbology) is may


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"prefix": "29000", "length": 5}, "shorter than"),
        ({"prefix": "AB", "length": 8, "digits_only": False, "check": Check.LUHN}, "digits_only = true"),
        ({"prefix": "AB", "length": 8}, "has letters"),
        ({"prefix": "", "length": 8}, "every number"),
        ({"prefix": "29", "length": 13, "symbologies": ("ean-13",)}, "no barcode kind: ean-13"),
        ({"prefix": "29", "length": 12, "symbologies": ("ean13", "qr")}, "never stands in ean13"),
        ({"prefix": "BM-", "length": 13, "digits_only": False, "symbologies": ("ean13",)}, "never stands in ean13"),
        ({"prefix": "40", "length": 13, "symbologies": ("gs1_128",)}, "never stands in gs1_128"),
    ],
)
def test_a_rule_no_number_or_any_number_could_meet_is_refused(fields: dict[str, Any], message: str) -> None:
    """Contradictory rules fail when they are built, not at the counter."""
    with pytest.raises(ValueError, match=message):
        CardRule(id="x", **fields)


def test_two_tills_mean_the_same_account_by_a_card_nobody_enrolled() -> None:
    """The account id is a function of key and number alone, and a valid UUID."""
    key = bytes(range(32))
    first = account_id(key, CARD)
    assert first == account_id(key, CARD)
    assert (first.version, first.variant) == (8, RFC_4122)
    assert first != account_id(key, CARD[::-1])
    assert first != account_id(bytes(32), CARD)


def test_the_account_id_of_a_card_never_changes_between_releases() -> None:
    """A known value: another algorithm would split every account in two."""
    assert account_id(bytes(32), "2900000000124") == UUID("ced91302-66f3-8bf3-9bdb-5d985e0539a6")


@pytest.mark.parametrize(
    ("number", "shown"), [(CARD, "•••• " + CARD[-4:]), ("1234567", "•••• 567"), ("1234", "•••• 34")]
)
def test_a_masked_number_shows_its_end_and_never_most_of_it(number: str, shown: str) -> None:
    """Short numbers show less, so that the dots always hide something."""
    assert masked(number) == shown


@given(st.text(max_size=30), st.sampled_from([None, "ean13", "upca", "qr", "gs1_128", "nonsense"]))
def test_any_text_is_classified(text: str, symbology: str | None) -> None:
    """No scan raises, and a member card always meets the rule it is said to meet."""
    found = classify(text, RULES, symbology=symbology)
    if isinstance(found, MemberCard):
        read = (text if symbology else text.replace(" ", "")).strip()
        assert found.number in (read, f"0{read}")
