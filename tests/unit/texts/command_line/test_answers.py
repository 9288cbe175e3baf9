"""Answers of both command lines: documents for scripts, a sentence for people."""

from loyalty.outcomes import Reason, Refused
from tests.fakes.clock import FakeClock
from texts.command_line.answers import EXIT_REFUSED, failure, json_text, no, refusal, time_text


def test_a_refusal_carries_its_reason_its_sentence_and_its_numbers() -> None:
    """Cents become decimal strings under a name without the unit; points stay numbers."""
    answer = refusal(Refused(Reason.VALUE_ABOVE_PURCHASE, {"value_cents": 500, "missing": 216}), "Too much.")
    assert answer.document == {
        "refused": {"reason": "value_above_purchase", "message": "Too much.", "value": "5.00", "missing": 216}
    }
    assert (answer.lines, answer.exit_code) == (["Too much."], EXIT_REFUSED)


def test_a_no_may_carry_more_than_numbers() -> None:
    """A document's mistakes are a list."""
    answer = no("programme_invalid", "It has mistakes.", {"errors": [1, 2]})
    assert answer.document == {
        "refused": {"reason": "programme_invalid", "message": "It has mistakes.", "errors": [1, 2]}
    }
    assert answer.exit_code == EXIT_REFUSED


def test_a_known_error_is_no_refusal() -> None:
    """Scripts tell a rule's no from a trouble by the key."""
    answer = failure("disk_full", "The disk is full.")
    assert answer.document == {"error": {"code": "disk_full", "message": "The disk is full."}}
    assert answer.exit_code == EXIT_REFUSED


def test_a_document_is_one_line_with_its_accents() -> None:
    """UTF-8 needs no escapes, and a line break inside a value is one."""
    assert json_text({"name": "Käthe\nGroß"}) == '{"name":"Käthe\\nGroß"}'


def test_a_moment_has_the_shops_offset() -> None:
    """And never is null, not 1970."""
    clock = FakeClock()
    shown = time_text(clock.now_us(), clock)
    assert shown is not None
    assert shown.endswith("+01:00")
    assert time_text(0, clock) is None
