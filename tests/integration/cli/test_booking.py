"""``reverse``, ``adjust`` and ``history``."""

import pytest

from tests.fakes.command_line import ANNA, BEN, CommandLine

UNKNOWN = "0198c0de-0000-7000-8000-00000000ffff"


def test_reverse_answers_with_the_documented_keys(anna: CommandLine) -> None:
    """What is taken back, what is returned, and where the balance stands."""
    sale = anna.done("earn", ANNA, "23.45", "--redeem", "off-5")
    document = anna.done("reverse", sale["record_id"], "--reason", "mistake")
    assert (document["takes_back"], document["returns"], document["balance"]) == (18, 500, 500)
    assert document["amount"] == "23.45"
    assert document["original_id"] == sale["record_id"]


def test_reversing_twice_returns_the_first_result(shop: CommandLine) -> None:
    """A second press of the button moves nothing."""
    sale = shop.done("earn", ANNA, "23.45")
    first = shop.done("reverse", sale["record_id"], "--reason", "mistake")
    again = shop.done("reverse", sale["record_id"], "--reason", "return")
    assert again == first | {"repeated": True}
    assert again["balance"] == 0


def test_partial_reversals_sum_to_the_sale(shop: CommandLine) -> None:
    """Whatever the steps, in the end exactly the award is gone."""
    sale = shop.done("earn", ANNA, "9.99")
    parts = [
        shop.done("reverse", sale["record_id"], "--amount", amount, "--reason", "return")["takes_back"]
        for amount in ("3.33", "3,33", "100")
    ]
    assert sum(parts) == 9
    assert shop("reverse", sale["record_id"], "--amount", "1", "--reason", "return").reason == "nothing_left_to_reverse"


def test_one_line_can_be_reversed(shop: CommandLine) -> None:
    """One article comes back, the rest stays."""
    sale = shop.done("earn", ANNA, "5.00", "--line", "a:bread:1:2.00", "--line", "b:cake:1:3.00")
    document = shop.done("reverse", sale["record_id"], "--line", "2", "--reason", "return")
    assert document["lines"] == [{"line": 2, "amount": "3.00", "points": -3}]
    assert document["balance"] == 2


def test_a_preview_writes_nothing(shop: CommandLine) -> None:
    """A cashier sees what it would do first; no reason is needed for looking."""
    sale = shop.done("earn", ANNA, "23.45")
    document = shop.done("reverse", sale["record_id"], "--preview")
    assert (document["takes_back"], document["returns"]) == (23, 0)
    assert (document["balance"], document["balance_after"]) == (23, 0)
    assert shop.done("history", ANNA)["balance"] == 23


def test_a_preview_says_what_the_reversal_then_does(anna: CommandLine) -> None:
    """Both come from the same plan."""
    sale = anna.done("earn", ANNA, "23.45", "--redeem", "off-5")
    asked = ["reverse", sale["record_id"], "--amount", "10", "--reason", "return"]
    shown, done = anna.done(*asked, "--preview"), anna.done(*asked)
    assert shown["lines"] == done["lines"]
    assert shown["balance_after"] == done["balance"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([UNKNOWN, "--reason", "mistake"], "record_unknown"),
        (["{sale}"], "reason_missing"),
        (["{sale}", "--reason", "  "], "reason_missing"),
        (["{sale}", "--reason", "return", "--line", "9"], "line_unknown"),
        (["{sale}", "--reason", "return", "--amount", "0"], "amount_invalid"),
        (["{sale}", "--reason", "return", "--amount", "1.500"], "amount_invalid"),
        (["{correction}", "--reason", "mistake"], "record_not_reversible"),
    ],
)
def test_reverse_refuses(shop: CommandLine, arguments: list[str], reason: str) -> None:
    """Each no has its reason."""
    names = {
        "sale": shop.done("earn", ANNA, "5")["record_id"],
        "correction": shop.done("adjust", ANNA, "5", "--reason", "gift")["record_id"],
    }
    assert shop("reverse", *(argument.format(**names) for argument in arguments)).reason == reason


def test_reverse_of_what_is_no_id_is_a_usage_error(shop: CommandLine) -> None:
    """An id is a UUID."""
    assert shop("reverse", "17", "--reason", "mistake").code == 2


def test_a_reason_in_words_is_kept_outside_the_journal(shop: CommandLine) -> None:
    """Words may name people, so they live where they can be erased; the journal knows a random reference."""
    sale = shop.done("earn", ANNA, "5")
    shop.done("reverse", sale["record_id"], "--reason", "Frau Bauer war es nicht")
    entry = shop.done("history", ANNA)["entries"][0]
    assert (entry["kind"], entry["reason"]) == ("reversal", "other")
    assert "Bauer" not in str(entry)


@pytest.mark.parametrize(("points", "balance"), [("50", 50), ("-50", -50)])
def test_adjust_gives_and_takes(shop: CommandLine, points: str, balance: int) -> None:
    """A correction may lead into debt; a minus is no option."""
    assert shop.done("adjust", ANNA, points, "--reason", "correction")["balance"] == balance


def test_adjust_with_the_same_id_gives_the_first_result(shop: CommandLine) -> None:
    """Corrections are retried like sales."""
    asked = ["adjust", ANNA, "50", "--reason", "gift", "--id", UNKNOWN]
    assert shop.done(*asked)["repeated"] is False
    assert shop.done(*asked) | {"repeated": False} == shop.done(*asked) | {"repeated": False}
    assert shop.done("history", ANNA)["balance"] == 50


@pytest.mark.parametrize("points", ["0", "1.5", "many", "1000000001"])
def test_adjust_by_what_is_no_number_of_points_is_a_usage_error(shop: CommandLine, points: str) -> None:
    """Points are whole numbers."""
    assert shop("adjust", ANNA, points, "--reason", "gift").code == 2


def test_adjust_needs_a_reason(shop: CommandLine) -> None:
    """Nobody changes a balance without saying why."""
    assert shop("adjust", ANNA, "5").code == 2
    assert shop("adjust", ANNA, "5", "--reason", " ").reason == "reason_missing"


def test_history_is_newest_first_and_limited(anna: CommandLine) -> None:
    """The last booking is what people ask about."""
    anna.done("earn", ANNA, "5")
    anna.done("redeem", ANNA, "coffee")
    entries = anna.done("history", ANNA)["entries"]
    assert [entry["kind"] for entry in entries] == ["redemption", "sale", "adjustment"]
    assert [entry["balance_after"] for entry in entries] == [205, 505, 500]
    assert anna.done("history", ANNA, "--limit", "1")["entries"] == entries[:1]


def test_history_says_what_was_undone(shop: CommandLine) -> None:
    """A booking that was undone stays in the list and says so."""
    sale = shop.done("earn", ANNA, "5")
    shop.done("reverse", sale["record_id"], "--amount", "2", "--reason", "return")
    assert shop.done("history", ANNA)["entries"][1]["reversed"] == "partly"
    shop.done("reverse", sale["record_id"], "--reason", "return")
    assert shop.done("history", ANNA)["entries"][2]["reversed"] == "whole"


def test_a_booking_after_the_day_close_is_listed_when_it_was_made(anna: CommandLine) -> None:
    """It counts on the next business day, but nobody was at the counter then."""
    anna.done("day", "close")
    anna.done("earn", ANNA, "5")
    booked = anna.done("history", ANNA, "--limit", "1")["entries"][0]
    assert (booked["business_day"], booked["at"][:10]) == ("2026-11-22", "2026-11-21")
    assert anna.said("history", ANNA, "--limit", "1").out.splitlines()[1].startswith("2026-11-21")


def test_history_of_a_card_nobody_has_used(shop: CommandLine) -> None:
    """A valid card without bookings is unknown, not empty: it may be a typing error."""
    assert shop("history", BEN).reason == "card_unknown"


def test_a_person_reads_a_table(anna: CommandLine) -> None:
    """Columns stand under their headings, numbers on the right."""
    lines = anna.said("history", ANNA).out.splitlines()
    assert lines[0].split() == ["When", "What", "Amount", "Points", "Balance"]
    assert lines[1].split() == ["2026-11-21", "10:00", "Correction", "+500", "500"]
