"""A code for joining can be read out on the telephone."""

import re

import pytest

from headoffice.app.joining import CODE_BITS, agreed_protocol, code_hash, code_text
from headoffice.errors import Refusal
from loyalty.wire import PROTOCOL, ProblemCode


def test_a_code_has_four_groups_of_four() -> None:
    """Without letters that look like digits or like each other."""
    for bits in (0, 1, 2**CODE_BITS - 1, 0x1234_5678_9ABC_DEF0_1234):
        assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code_text(bits))


def test_every_bit_is_in_the_code() -> None:
    """Two codes never look alike."""
    codes = {code_text(1 << bit) for bit in range(CODE_BITS)}
    assert len(codes) == CODE_BITS


@pytest.mark.parametrize(
    "typed", ["0123-4567-89AB-CDEF", "o123 4567 89ab cdef", "OI23456789ABCDEF", "0L23-4567-89AB-CDEF"]
)
def test_a_code_is_heard_as_it_is_meant(typed: str) -> None:
    """O is zero, I and L are one, and nobody types the dashes."""
    assert code_hash(typed) == code_hash("0123456789ABCDEF")


def test_the_newest_common_protocol_is_spoken() -> None:
    """A newer till speaks the older one."""
    assert agreed_protocol(1, PROTOCOL + 5) == PROTOCOL


@pytest.mark.parametrize(("oldest", "newest"), [(PROTOCOL + 1, PROTOCOL + 2), (0, 0)])
def test_without_a_common_protocol_there_is_no_talk(oldest: int, newest: int) -> None:
    """The till is told so."""
    with pytest.raises(Refusal) as refusal:
        agreed_protocol(oldest, newest)
    assert refusal.value.code is ProblemCode.PROTOCOL_UNSUPPORTED
