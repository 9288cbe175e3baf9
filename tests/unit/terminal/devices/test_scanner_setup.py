"""What the settings of a scanner mean to the parts that serve it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.frames import AimMode, Terminator
from hardware.hidpos import ReportParser
from hardware.profiles import SILENCE
from hardware.symbology import Symbology
from hardware.transport import Parity
from terminal.devices.scanner_setup import (
    NEWLINES,
    answers_for,
    frame_settings,
    line_settings,
    profile_for,
    report_parser,
)
from terminal.settings.scanner import ScannerSettings
from tests.fakes.hid import newland_report

HONEYWELL, NEWLAND, PRINTER = 0x0C2E, 0x1EAB, 0x04B8


@pytest.mark.parametrize("newline", ["cr", "lf", "crlf"])
def test_all_newlines_mean_the_same(newline: str) -> None:
    """Which of them a scanner sends is nothing a shop should need to know."""
    settings = ScannerSettings(terminator=newline)  # type: ignore[arg-type] # each is one of the literals
    assert frame_settings(settings).terminators == NEWLINES


@pytest.mark.parametrize("other", ["tab", "etx", "none"])
def test_another_terminator_is_the_only_one(other: str) -> None:
    """A scanner set to end with a tab may have newlines in its codes."""
    settings = ScannerSettings(terminator=other)  # type: ignore[arg-type] # each is one of the literals
    assert frame_settings(settings).terminators == {Terminator(other)}


def test_what_frames_a_code_comes_from_the_settings() -> None:
    """Each scanner has its own."""
    settings = ScannerSettings(prefix="~", gap_ms=500, length_max=100, aim="always", code_letters="zebra")
    frames = frame_settings(settings)
    assert (frames.prefix, frames.inter_character_timeout_s, frames.length_bytes_max) == (b"~", 0.5, 100)
    assert (frames.aim, frames.code_letters["P01"]) == (AimMode.ALWAYS, Symbology.QR)


def test_a_makers_letters_are_read_only_when_they_are_configured() -> None:
    """A Zebra scanner without the setting sends data, and data it stays."""
    assert not frame_settings(ScannerSettings(profile="zebra")).code_letters


def test_the_line_comes_from_the_settings() -> None:
    """An old scanner at 1200 baud with seven bits and even parity is still a scanner."""
    line = line_settings(ScannerSettings(baud=1200, data_bits=7, parity="even", stop_bits=2, flow_control="hardware"))
    assert (line.baud, line.data_bits, line.parity, line.stop_bits) == (1200, 7, Parity.EVEN, 2)
    assert line.hardware_flow_control


ANY_SETTINGS = st.builds(
    ScannerSettings,
    prefix=st.from_regex(r"[\x02 -~]{0,16}", fullmatch=True),
    terminator=st.sampled_from(["cr", "lf", "crlf", "tab", "etx", "none"]),
    gap_ms=st.sampled_from([20, 900]),
    length_max=st.sampled_from([8, 4096]),
    aim=st.sampled_from(["auto", "always", "never"]),
    code_letters=st.sampled_from(["none", "zebra", "honeywell"]),
    parity=st.sampled_from(["none", "even", "odd", "mark", "space"]),
    profile=st.sampled_from(["auto", "none", "zebra", "honeywell", "datalogic", "newland", "opticon"]),
)
"""What the file may hold, at the ends of its ranges."""


@given(ANY_SETTINGS)
def test_every_setting_the_file_may_hold_can_be_served(settings: ScannerSettings) -> None:
    """What passes the file's checks never fails when the till starts."""
    frame_settings(settings)
    line_settings(settings)
    report_parser(settings, None)
    answers_for(settings, None)


def test_nothing_is_answered_by_default() -> None:
    """Not even a scanner whose maker is known."""
    assert answers_for(ScannerSettings(), HONEYWELL) == SILENCE


def test_what_the_settings_ask_for_goes_to_known_makers_alone() -> None:
    """An unknown device on the port is never written to, whatever the settings ask for."""
    settings = ScannerSettings(beep="on", acknowledge="on")
    assert answers_for(settings, HONEYWELL).taken == b"\x06\x16\x07\r"
    assert answers_for(settings, None) == SILENCE
    assert answers_for(settings, PRINTER) == SILENCE


def test_a_maker_can_be_named_where_usb_does_not_say() -> None:
    """Behind a real serial port there is no USB id."""
    settings = ScannerSettings(profile="zebra", acknowledge="on")
    assert answers_for(settings, None).refused == b"\x15"
    assert profile_for(ScannerSettings(profile="none"), HONEYWELL) is None


def test_newlands_reports_are_read_as_newland_sends_them() -> None:
    """By the USB id, or because the settings say so."""
    for parser in (
        report_parser(ScannerSettings(), NEWLAND),
        report_parser(ScannerSettings(profile="newland"), None),
    ):
        assert isinstance(parser, ReportParser)
        assert parser.feed(newland_report(b"12345678"), 1.0)[0].t == 1.0
        assert parser.counters.noise == 0
