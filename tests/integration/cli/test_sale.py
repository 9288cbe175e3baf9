"""``earn``, ``quote`` and ``redeem``."""

from uuid import UUID

import pytest

from tests.fakes.command_line import ANNA, BEN, CommandLine

FIRST = "0198c0de-0000-7000-8000-000000000001"

BAD_AMOUNTS = [
    ("", "amount_missing", "empty"),
    ("   ", "amount_missing", "empty"),
    ("0", "amount_invalid", "zero"),
    ("0,00", "amount_invalid", "zero"),
    ("-5", "amount_invalid", "negative"),
    ("-12,50", "amount_invalid", "negative"),
    ("1.500", "amount_invalid", "ambiguous"),
    ("1,500", "amount_invalid", "ambiguous"),
    ("12.5000", "amount_invalid", "too_many_decimals"),
    ("123456789012", "amount_too_large", "too_large"),
    ("zwölf", "amount_invalid", "not_an_amount"),
    ("12 EUR 50", "amount_invalid", "not_an_amount"),
    ("1e3", "amount_invalid", "not_an_amount"),
    ("١٢", "amount_invalid", "not_an_amount"),
]


def test_earn_answers_with_the_documented_keys(shop: CommandLine) -> None:
    """A register reads these names for years."""
    document = shop.done("earn", ANNA, "23.45")
    assert document["points"] == 23
    assert document["balance"] == 23
    assert document["seq"] == 3
    assert UUID(document["record_id"]).version == 7
    assert document["explain"] == [{"rule": "base", "points": 23, "text": "23 base points for €23.45"}]
    assert document["to_pay"] == "23.45"


@pytest.mark.parametrize("amount", ["12.50", "12,50", "12.5", "€ 12,50", "12,50 EUR"])
def test_comma_and_point_mean_the_same(shop: CommandLine, amount: str) -> None:
    """No locale decides what a sum means."""
    assert shop.done("earn", ANNA, amount)["amount"] == "12.50"


@pytest.mark.parametrize(("amount", "reason", "problem"), BAD_AMOUNTS)
@pytest.mark.parametrize("command", ["earn", "quote"])
def test_a_bad_amount_is_refused_and_books_nothing(
    shop: CommandLine, command: str, amount: str, reason: str, problem: str
) -> None:
    """What is no sum, or could be two, is refused in one sentence."""
    ran = shop(command, ANNA, amount)
    assert ran.reason == reason
    assert ran.document["refused"]["problem"] == problem
    assert shop.records() == 2


def test_an_amount_above_the_programmes_limit_is_refused(shop: CommandLine) -> None:
    """The limit stands in the answer as a decimal string."""
    ran = shop("earn", ANNA, "1000.01")
    assert ran.reason == "amount_too_large"
    assert ran.document["refused"]["max"] == "1000.00"


def test_the_same_id_gives_the_first_result(shop: CommandLine) -> None:
    """A register that heard no answer asks again, and the customer gets the points once."""
    first = shop.done("earn", ANNA, "23.45", "--id", FIRST)
    again = shop.done("earn", ANNA, "23.45", "--id", FIRST)
    assert first["record_id"] == FIRST
    assert again == first | {"repeated": True}
    assert shop.records() == 3


@pytest.mark.parametrize(
    "other",
    [
        ["earn", ANNA, "23.46"],
        ["earn", BEN, "23.45"],
        ["redeem", ANNA, "coffee"],
        ["adjust", ANNA, "5", "--reason", "x"],
    ],
)
def test_the_same_id_with_another_command_is_refused(shop: CommandLine, other: list[str]) -> None:
    """One id means one thing; a loud no is better than a silent wrong answer."""
    shop.done("earn", ANNA, "23.45", "--id", FIRST)
    ran = shop(*other, "--id", FIRST)
    assert ran.reason == "id_used_for_another_command"
    assert ran.document["refused"]["record_id"] == FIRST
    assert shop.records() == 3


def test_lines_and_a_part_without_points_are_explained(shop: CommandLine) -> None:
    """Deposits by category and a typed sum earn nothing, and the answer says why."""
    document = shop.done(
        "earn", ANNA, "10.00", "--line", "4711:bread:2:7.50", "--line", ":Pfand:1:2,50", "--without-points", "1.50"
    )
    assert document["points"] == 6
    assert [reason["rule"] for reason in document["explain"]] == ["base", "excluded", "excluded"]


@pytest.mark.parametrize("line", ["bread", "a:b:c", "a:b:0:1.00", "a:b:x:1.00", "a b:c:1:1.00", ":::", "a:b:-1:1.00"])
def test_a_malformed_line_is_a_usage_error(shop: CommandLine, line: str) -> None:
    """The shape of a line is the script's business, not the shop's."""
    ran = shop("earn", ANNA, "1.00", "--line", line)
    assert (ran.code, ran.out) == (2, "")


def test_a_line_with_a_bad_amount_is_refused(shop: CommandLine) -> None:
    """Amounts of lines go through the same parser."""
    assert shop("earn", ANNA, "1.50", "--line", "a:b:1:1.500").reason == "amount_invalid"


def test_lines_must_sum_to_the_amount(shop: CommandLine) -> None:
    """A basket that does not add up is not guessed at."""
    assert shop("earn", ANNA, "2.00", "--line", "a:b:1:1.99").reason == "lines_differ_from_amount"


def test_a_reward_in_the_purchase_lowers_what_is_to_pay(anna: CommandLine) -> None:
    """Redemption and award are one record."""
    document = anna.done("earn", ANNA, "23.45", "--redeem", "off-5")
    assert document["to_pay"] == "18.45"
    assert document["redemptions"] == [{"line": 2, "reward": "off-5", "points": 500, "value": "5.00"}]
    assert document["balance"] == document["points"] == 18


def test_too_few_points_are_refused_with_what_is_missing(shop: CommandLine) -> None:
    """A register can say how many points are missing."""
    ran = shop("earn", ANNA, "23.45", "--redeem", "off-5")
    assert ran.reason == "insufficient_points"
    assert ran.document["refused"]["missing"] == 500


def test_coupons_are_refused_while_the_programme_has_none(shop: CommandLine) -> None:
    """A coupon is never ignored silently: the customer was promised something for it."""
    assert shop("earn", ANNA, "23.45", "--coupon", "SUMMER").reason == "coupons_not_offered"
    assert shop("quote", ANNA, "23.45", "--coupon", "SUMMER").reason == "coupons_not_offered"


def test_a_receipt_is_booked_once(shop: CommandLine) -> None:
    """Without an id the register's receipt number still keeps a sale from being booked twice."""
    shop.done("earn", ANNA, "5", "--receipt", "R-17")
    assert shop("earn", ANNA, "5", "--receipt", "R-17").reason == "receipt_already_booked"


def test_a_malformed_receipt_is_a_usage_error(shop: CommandLine) -> None:
    """The journal holds codes, no free text: a name in the receipt number would stay for ever."""
    assert shop("earn", ANNA, "5", "--receipt", "for Anna Bauer").code == 2


def test_a_forgotten_sale_is_entered_with_its_own_time(shop: CommandLine) -> None:
    """A late entry is marked as such."""
    document = shop.done("earn", ANNA, "5", "--at", "2026-11-19T14:30+01:00")
    assert document["late"] is True
    assert shop.done("history", ANNA)["entries"][0]["at"] == "2026-11-19T14:30:00+01:00"


def test_a_time_without_offset_is_the_shops(shop: CommandLine) -> None:
    """People type the time on the wall."""
    shop.done("earn", ANNA, "5", "--at", "2026-11-19T14:30")
    assert shop.done("history", ANNA)["entries"][0]["at"] == "2026-11-19T14:30:00+01:00"


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        ("2026-10-01T10:00+01:00", "too_late"),
        ("2026-11-22T10:00+01:00", "in_the_future"),
        ("9999-12-31", "in_the_future"),
    ],
)
def test_a_late_entry_has_limits(shop: CommandLine, at: str, reason: str) -> None:
    """Old points and points of tomorrow are refused."""
    assert shop("earn", ANNA, "5", "--at", at).reason == reason


@pytest.mark.parametrize("at", ["yesterday", "14:30", "2026-13-01"])
def test_what_is_no_time_is_a_usage_error(shop: CommandLine, at: str) -> None:
    """ISO 8601 and nothing else."""
    assert shop("earn", ANNA, "5", "--at", at).code == 2


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("2900000000017", "card_check_digit"),
        ("4111111111111111", "payment_card"),
        ("4006381333931", "not_a_member_card"),
        ("hello", "card_invalid"),
        ("", "card_invalid"),
        ("9" * 5000, "card_invalid"),
    ],
)
@pytest.mark.parametrize("command", ["earn", "quote"])
def test_what_is_no_member_card_is_refused(shop: CommandLine, command: str, card: str, reason: str) -> None:
    """A refused number stands nowhere in the answer: it may be a payment card's."""
    ran = shop(command, card, "5")
    assert ran.reason == reason
    assert not card or card not in ran.out + ran.err


def test_quote_writes_nothing_and_says_what_could_be_taken(anna: CommandLine) -> None:
    """A register shows the award and the rewards while the basket is open."""
    before = anna.records()
    document = anna.done("quote", ANNA, "23.45")
    assert document["points"] == 23
    assert document["balance_after"] == 523
    offers = {offer["reward"]: offer["possible"] for offer in document["rewards"]}
    assert offers["off-5"] is True
    assert offers["cake"] is False
    assert anna.records() == before


def test_quote_and_earn_agree(anna: CommandLine) -> None:
    """What was promised is what is booked."""
    asked = [ANNA, "23.45", "--without-points", "3", "--redeem", "coffee"]
    quoted = anna.done("quote", *asked)
    booked = anna.done("earn", *asked)
    assert {key: booked[key] for key in ("points", "explain", "redemptions", "to_pay")} == {
        key: quoted[key] for key in ("points", "explain", "redemptions", "to_pay")
    }
    assert booked["balance"] == quoted["balance_after"]


def test_quote_for_a_card_nobody_has_used(shop: CommandLine) -> None:
    """A new card can be told what it would earn."""
    assert shop.done("quote", ANNA, "5")["balance"] == 0


def test_redeem_answers_with_the_documented_keys(anna: CommandLine) -> None:
    """A reward without a purchase is its own booking."""
    document = anna.done("redeem", ANNA, "coffee", "--id", FIRST)
    assert (document["record_id"], document["points"], document["value"], document["balance"]) == (
        FIRST,
        300,
        "2.90",
        200,
    )
    assert anna.done("redeem", ANNA, "coffee", "--id", FIRST) == document | {"repeated": True}


@pytest.mark.parametrize(("option", "value"), [("--amount", "2,50"), ("--points", "250")])
def test_a_flexible_reward_takes_an_amount_or_points(anna: CommandLine, option: str, value: str) -> None:
    """Both say the same thing."""
    document = anna.done("redeem", ANNA, "pay-with-points", option, value)
    assert (document["points"], document["value"]) == (250, "2.50")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nothing"], "reward_unknown"),
        (["cake"], "insufficient_points"),
        (["coffee", "--points", "5"], "reward_not_flexible"),
        (["pay-with-points"], "reward_needs_amount"),
        (["pay-with-points", "--amount", "1.500"], "amount_invalid"),
    ],
)
def test_redeem_refuses(anna: CommandLine, arguments: list[str], reason: str) -> None:
    """Each no has its reason."""
    assert anna("redeem", ANNA, *arguments).reason == reason


@pytest.mark.parametrize(
    "arguments", [["--points", "0"], ["--points", "x"], ["--points", "5", "--amount", "5"], ["--id", "42"]]
)
def test_redeem_with_wrong_options_is_a_usage_error(anna: CommandLine, arguments: list[str]) -> None:
    """Usage errors go to standard error and leave standard output empty, with --json too."""
    ran = anna("redeem", ANNA, "pay-with-points", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err


def test_a_person_reads_aligned_lines(anna: CommandLine) -> None:
    """Names on the left, values under each other."""
    lines = anna.said("earn", ANNA, "23.45").out.splitlines()
    assert lines[0] == "Purchase  €23.45"
    assert lines[2] == "Award     23 points"
