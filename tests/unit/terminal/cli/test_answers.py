"""The till's refusals as answers."""

from loyalty.outcomes import Reason, Refused
from terminal.cli.answers import refusal
from texts.command_line.answers import EXIT_REFUSED
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
