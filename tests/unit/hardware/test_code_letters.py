"""Letters that makers put in front of codes, and frames that the machine slept through."""

import pytest

from hardware.frames import Frame, FrameParser, FrameSettings, Rejected
from hardware.profiles import CODE_LETTERS
from hardware.symbology import Symbology

CARD = "2912345678904"


def parser(maker: str = "none") -> FrameParser:
    """A parser that reads a maker's letters, or none."""
    return FrameParser(FrameSettings(code_letters=CODE_LETTERS.get(maker, {})))


def texts(outcomes: list[Frame | Rejected]) -> list[str]:
    """The codes, and the reasons where there is none."""
    return [each.text if isinstance(each, Frame) else each.reason.name for each in outcomes]


@pytest.mark.parametrize(
    ("maker", "data", "text", "kind"),
    [
        ("zebra", b"A2912345678904\r", CARD, Symbology.EAN13),
        ("zebra", b"A012345678905\r", "012345678905", Symbology.UPCA),
        ("zebra", b"A12345670\r", "12345670", Symbology.EAN8),
        ("zebra", b"P01token\r", "token", Symbology.QR),
        ("zebra", b"P0Q8018\r", "8018", Symbology.GS1_QR),
        ("zebra", b"K8018\r", "8018", Symbology.GS1_128),
        ("honeywell", b"d2912345678904\r", CARD, Symbology.EAN13),
        ("honeywell", b"stoken\r", "token", Symbology.QR),
    ],
)
def test_a_makers_own_letters_are_taken_off_where_the_settings_say_so(
    maker: str, data: bytes, text: str, kind: Symbology
) -> None:
    """They name the kind as an identifier does, and are no part of the number."""
    (frame,) = parser(maker).feed(data, 1.0)
    assert isinstance(frame, Frame)
    assert (frame.text, frame.kind, frame.aim) == (text, kind, "")


def test_without_the_setting_a_makers_letter_is_data() -> None:
    """A member number may begin with a letter."""
    assert texts(parser().feed(b"A2912345678904\r", 1.0)) == ["A2912345678904"]


@pytest.mark.parametrize("data", [b"2912345678904\r", b"P0?x\r", b"P0\r"])
def test_a_code_without_the_promised_letter_is_refused(data: bytes) -> None:
    """A number whose first character was taken for a letter would be somebody else's."""
    assert texts(parser("zebra").feed(data, 1.0)) == ["AIM_MISSING"]


def test_a_machine_that_slept_in_mid_frame_makes_no_code_of_the_rest() -> None:
    """What was lost while it slept, nobody knows; what comes up to the next terminator is a tail."""
    reader = parser()
    reader.feed(b"29123", 1.0)
    assert texts(reader.interrupt(3600.0)) == ["TIMEOUT"]
    assert texts(reader.feed(b"45678904\r222\r", 3600.0)) == ["LATE_TAIL", "222"]


def test_a_machine_that_slept_between_two_frames_has_lost_nothing() -> None:
    """Opening the lid is no complaint."""
    reader = parser()
    reader.feed(b"111\r", 1.0)
    assert reader.interrupt(3600.0) == []
    assert texts(reader.feed(b"222\r", 3600.0)) == ["222"]
