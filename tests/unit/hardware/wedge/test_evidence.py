"""Tests for what the till and the doctor are told about typed scans."""

from __future__ import annotations

from hardware.frames import RejectReason
from hardware.symbology import Symbology
from hardware.wedge.detector import Found
from hardware.wedge.evidence import DEVICE_ID, scan_of, traffic_of
from hardware.wedge.strokes import Key
from tests.fakes.keyboard import CARD, Desk, detector, every, typed


def found(text: str, *, end: Key | None = Key.ENTER) -> Found:
    """A typed scan."""
    desk = Desk(detector())
    desk.press(*typed(text, every(7), end=end))
    desk.wait()
    return desk.scans[0]


def test_a_scan_is_told_like_a_serial_one() -> None:
    """Text, bytes, identifier, kind of barcode."""
    scan = scan_of(found(f"]E0{CARD}"), 5)
    assert (scan.device_id, scan.text, scan.raw, scan.aim) == (DEVICE_ID, CARD, f"]E0{CARD}".encode(), "]E0")
    assert (scan.symbology, scan.t_monotonic_ns, scan.rejected) == (Symbology.EAN13, 5, None)


def test_what_is_refused_carries_no_text() -> None:
    """The same as on a serial line."""
    for text, reason in (("ABC\x07DEFGH", RejectReason.CONTROL_CHARACTER), ("AB" * 400, RejectReason.TOO_LONG)):
        scan = scan_of(found(text), 5)
        assert (scan.text, scan.raw, scan.rejected) == ("", b"", reason)


def test_traffic_hides_the_number_and_shows_the_framing() -> None:
    """The doctor sees identifier, end and rhythm; of the number the last four digits."""
    entry = traffic_of(found(f"]E0{CARD}"), 9)
    assert entry.text == "*" * 9 + CARD[-4:]
    assert entry.hex == "5d 45 30 " + "** " * 9 + CARD[-4:].encode().hex(" ") + " 0d"
    assert entry.gaps_ms == (7,) * 16
    assert (entry.device_id, entry.aim, entry.rejected, entry.at_ns) == (DEVICE_ID, "]E0", "", 9)


def test_traffic_hides_a_payment_card_altogether() -> None:
    """Not one digit of it is shown."""
    entry = traffic_of(found("4111111111111111", end=Key.TAB), 9)
    assert set(entry.text) == {"*"}
    assert entry.hex == " ".join(["**"] * 16 + ["09"])


def test_traffic_of_what_was_too_long_names_the_reason() -> None:
    """The rhythm of its first 512 keys is told."""
    entry = traffic_of(found("AB" * 400), 9)
    assert (entry.text, entry.rejected) == ("", RejectReason.TOO_LONG)
    assert entry.hex == "0d"
