"""From garbage back to the speed it was sent at."""

from __future__ import annotations

from itertools import product

import pytest

from hardware.speeds import BAUDS, USUAL_BAUDS, Framing, next_to_try, read_at, sent_as, suggestion
from hardware.transport import Parity
from hardware.wizard import TEST_TEXT

SENT = f"{TEST_TEXT}\r".encode()
KNOWN = TEST_TEXT.encode()


@pytest.mark.parametrize("baud", BAUDS)
def test_at_the_same_speed_a_text_arrives_as_it_was_sent(baud: int) -> None:
    """The model of the line adds nothing and loses nothing."""
    assert read_at(SENT, Framing(baud), baud) == SENT


@pytest.mark.parametrize(
    ("sent", "heard"),
    [
        (sent, heard)
        for sent, heard in product(BAUDS, (1_200, 9_600, 19_200))
        if sent != heard and 8 >= sent / heard >= 1 / 8
    ],
)
def test_a_speed_up_to_eight_times_off_is_found(sent: int, heard: int) -> None:
    """Each pair of usual speeds that leaves enough garbage to compare."""
    garbage = read_at(SENT, Framing(sent), heard)
    found = sent_as(garbage, KNOWN, heard)
    assert found is None or found.baud == sent
    assert found is not None or len(set(garbage)) < 6


def test_a_bit_that_was_misread_does_no_harm() -> None:
    """Real ports lose their step; most of the garbage still agrees."""
    garbage = bytearray(read_at(SENT, Framing(19_200), 9_600))
    garbage[2] ^= 0x40
    found = sent_as(bytes(garbage), KNOWN, 9_600)
    assert found is not None
    assert found.baud == 19_200


def test_parity_is_told_from_speed() -> None:
    """An old scanner with seven bits and even parity at half the speed."""
    garbage = read_at(SENT, Framing(4_800, 7, Parity.EVEN), 9_600)
    assert sent_as(garbage, KNOWN, 9_600) == Framing(4_800, 7, Parity.EVEN)


@pytest.mark.parametrize("garbage", [b"", b"\x00\x00", b"\x00" * 60, b"\xff\x00" * 30])
def test_too_little_garbage_proves_nothing(garbage: bytes) -> None:
    """Zeros alone fit every slow speed; guessing would send people round in circles."""
    assert sent_as(garbage, KNOWN, 9_600) is None


def test_noise_that_is_no_scan_fits_no_speed() -> None:
    """A wire that picks up something else."""
    noise = bytes((index * 97 + 13) % 251 for index in range(40))
    assert sent_as(noise, KNOWN, 9_600) is None


def test_what_is_not_known_is_tried_in_turn() -> None:
    """What leaves the factory first, then the other usual speed, and back."""
    assert suggestion(None, None).baud == USUAL_BAUDS[1]
    assert suggestion(None, Framing(USUAL_BAUDS[1])).baud == USUAL_BAUDS[0]
    assert suggestion(Framing(19_200), None).baud == 19_200
    assert next_to_try(300) == USUAL_BAUDS[0]


def test_a_framing_reads_as_in_manuals_and_as_in_the_settings() -> None:
    """People compare it with the scanner's book, the file takes it over."""
    framing = Framing(9_600, 7, Parity.EVEN)
    assert framing.short == "9600 7E1"
    assert framing.settings() == {"baud": 9_600, "data_bits": 7, "parity": "even"}
