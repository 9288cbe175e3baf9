"""What a typing scanner made of the test barcode, on every pair of keyboards."""

from __future__ import annotations

from itertools import permutations

import pytest

from hardware.frames import RejectReason
from hardware.scans import Scan
from hardware.typed import KEYBOARDS, deduce_scan, deduce_typed, typed_on
from hardware.wedge.layouts import Layout
from hardware.wizard import TEST_TEXT, RemarkCode, Verdict


def scan(text: str, aim: str = "", rejected: RejectReason | None = None) -> Scan:
    """A scan that came in on the usual way."""
    return Scan(
        device_id="keyboard", text=text, raw=text.encode(), aim=aim, symbology=None, t_monotonic_ns=0, rejected=rejected
    )


def test_each_pair_of_keyboards_leaves_a_trace_of_its_own() -> None:
    """The characters of the test barcode were chosen for that."""
    typed = {typed_on(scanner, host) for scanner in KEYBOARDS for host in KEYBOARDS}
    assert len(typed) == len(KEYBOARDS) ** 2 - len(KEYBOARDS) + 1
    assert typed_on(Layout.US, Layout.DE).startswith("ZYßzy?-aA")


@pytest.mark.parametrize(("scanner", "host"), list(permutations(KEYBOARDS, 2)))
def test_the_pair_is_found_from_what_was_typed(scanner: Layout, host: Layout) -> None:
    """Both are named, so that somebody can set either right."""
    deduced = deduce_typed(typed_on(scanner, host), ended=True)
    assert deduced.verdict is Verdict.UNDERSTOOD
    assert deduced.remarks[0].code is RemarkCode.LAYOUT
    assert deduced.remarks[0].values == {"scanner": scanner.value.upper(), "host": host.value.upper()}


def test_an_accent_that_the_system_swallows_does_no_harm() -> None:
    """On a German keyboard the plus of an American scanner is an accent that waits for a letter."""
    for typed in ("ZYßzy?-aA123456789", "ZYßzy?-aA0123456789"):
        assert deduce_typed(typed, ended=True).remarks[0].code is RemarkCode.LAYOUT


def test_equal_keyboards_are_no_remark() -> None:
    """It works; only whether Enter came is worth a word."""
    assert [each.code for each in deduce_typed(TEST_TEXT, ended=True).remarks] == [RemarkCode.ENDS_WITH]
    assert [each.code for each in deduce_typed(TEST_TEXT, ended=False).remarks] == [RemarkCode.NO_TERMINATOR]


def test_caps_lock_is_found_on_any_keyboard() -> None:
    """Capitals and small letters are swapped, beside whatever the layouts do."""
    for typed in (TEST_TEXT, typed_on(Layout.US, Layout.DE)):
        found = deduce_typed(typed.swapcase().replace("SS", "ß"), ended=True)
        assert RemarkCode.CAPS_LOCK in {remark.code for remark in found.remarks}


def test_prefix_and_identifier_in_front_are_told_apart() -> None:
    """As on a serial line; a typed prefix is no setting of the serial scanner."""
    found = deduce_typed(f"#]C0{TEST_TEXT}", ended=True)
    assert found.aim == "]C0"
    assert RemarkCode.PREFIX in {remark.code for remark in found.remarks}
    assert found.wanted() == {}


def test_an_unknown_keyboard_is_told_with_what_it_typed() -> None:
    """Support can look it up."""
    found = deduce_typed("YZ.yz:-aA*0123456789", ended=True)
    assert found.verdict is Verdict.DAMAGED
    assert found.remarks[0].code is RemarkCode.LAYOUT_UNKNOWN


@pytest.mark.parametrize("text", ["2900000000018", "Anna", "hello world"])
def test_something_else_that_is_typed_is_another_code(text: str) -> None:
    """Somebody types a name, or scans the bread."""
    assert deduce_typed(text, ended=True).verdict is Verdict.OTHER_CODE


def test_nothing_but_blanks_is_nothing() -> None:
    """The wizard goes on waiting."""
    assert deduce_typed("  ", ended=True).verdict is Verdict.NOTHING


def test_a_half_of_the_test_barcode_is_damage() -> None:
    """Keys got lost."""
    assert deduce_typed(TEST_TEXT[:8], ended=True).remarks[0].code is RemarkCode.CHARACTERS_LOST


def test_a_scan_the_till_has_read_already_says_whether_identifiers_come() -> None:
    """Prefix and terminator are off by then, so nothing is proposed for them."""
    found = deduce_scan(scan(TEST_TEXT, "]C0"))
    assert found.verdict is Verdict.UNDERSTOOD
    assert [each.code for each in found.remarks] == [RemarkCode.AIM_ON]
    assert found.wanted() == {}


def test_a_scan_that_was_read_on_the_wrong_keyboard_proposes_the_right_one() -> None:
    """The layout becomes the setting of typing scanners."""
    assert deduce_scan(scan(typed_on(Layout.DE, Layout.US))).wanted() == {"layout": "de"}


def test_a_refused_frame_says_nothing_about_the_set_up() -> None:
    """Its bytes are gone; the raw line is listened to besides."""
    assert deduce_scan(scan("", rejected=RejectReason.LINE_NOISE)).verdict is Verdict.OTHER_CODE
