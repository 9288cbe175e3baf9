"""Printing answers: documents for scripts, aligned lines for people."""

from loyalty.outcomes import Reason, Refused
from terminal.cli.answers import EXIT_REFUSED, json_text, refusal
from texts.columns import pairs, table
from texts.i18n import Texts


def test_cents_of_a_refusal_become_decimal_strings() -> None:
    """Amounts are decimal strings everywhere; the name loses its unit with the unit."""
    answer = refusal(Texts("en"), Refused(Reason.VALUE_ABOVE_PURCHASE, {"value_cents": 500, "payable_cents": 45}))
    assert answer.exit_code == EXIT_REFUSED
    refused = answer.document["refused"]
    assert isinstance(refused, dict)
    assert (refused["reason"], refused["value"], refused["payable"]) == ("value_above_purchase", "5.00", "0.45")


def test_points_of_a_refusal_stay_numbers() -> None:
    """Only cents are money."""
    refused = refusal(Texts("en"), Refused(Reason.INSUFFICIENT_POINTS, {"missing": 216})).document["refused"]
    assert isinstance(refused, dict)
    assert refused["missing"] == 216


def test_a_refusal_is_told_in_the_language_asked_for() -> None:
    """The reason is for scripts and stays, the message is for people."""
    refused = Refused(Reason.CARD_BLOCKED)
    assert refusal(Texts("de"), refused).lines != refusal(Texts("en"), refused).lines


def test_values_stand_under_each_other() -> None:
    """Names on the left, values aligned, whatever accents the names have."""
    assert pairs([("To pay", "€5"), ("Prämie", "x"), ("Pra\u0308mie", "y")]) == [
        "To pay  €5",
        "Prämie  x",
        "Pra\u0308mie  y",
    ]


def test_no_pairs_are_no_lines() -> None:
    """Nothing to say is nothing."""
    assert pairs([]) == []


def test_numbers_of_a_table_stand_on_the_right() -> None:
    """Wide characters take two columns of a terminal, so alignment counts columns and not characters."""
    assert table(["Name", "Points"], [["山田", "5"], ["Bo", "1,284"]], right=[1]) == [
        "Name  Points",
        "山田       5",
        "Bo     1,284",
    ]


def test_a_document_is_one_line_with_its_accents() -> None:
    """UTF-8 needs no escapes, and a line break inside a value is one."""
    assert json_text({"name": "Käthe\nGroß"}) == '{"name":"Käthe\\nGroß"}'
