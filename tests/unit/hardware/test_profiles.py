"""What is known of the makers, and that nothing is written without being asked for."""

import pytest

from hardware.profiles import CODE_LETTERS, PROFILES, SILENCE, answers_of, profile_named, profile_of


@pytest.mark.parametrize(
    ("vendor_id", "name"),
    [
        (0x05E0, "zebra"),
        (0x0C2E, "honeywell"),
        (0x0536, "honeywell"),
        (0x067E, "honeywell"),
        (0x05F9, "datalogic"),
        (0x080C, "datalogic"),
        (0x1EAB, "newland"),
        (0x065A, "opticon"),
    ],
)
def test_a_scanner_is_known_by_its_vendor_id(vendor_id: int, name: str) -> None:
    """Makers have bought each other; their old ids are still on the counters."""
    profile = profile_of(vendor_id)
    assert profile is not None
    assert profile is profile_named(name)


@pytest.mark.parametrize("vendor_id", [None, 0x04B8, 0x1A86, 0x0403, 0x067B])
def test_printers_and_plain_adapters_are_nobodys_scanner(vendor_id: int | None) -> None:
    """A USB-to-serial adapter may have anything behind it, a receipt printer for one."""
    assert profile_of(vendor_id) is None


def test_no_vendor_id_has_two_makers() -> None:
    """Otherwise the order of the list would decide what is written to a device."""
    ids = [vendor_id for profile in PROFILES for vendor_id in profile.vendor_ids]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("profile", [None, *PROFILES])
def test_nothing_is_answered_unless_it_is_asked_for(profile: object) -> None:
    """By default no byte is ever written to a scanner, known or not."""
    assert answers_of(profile, beep=False, acknowledge=False) == SILENCE  # type: ignore[arg-type] # from the list


def test_an_unknown_scanner_is_never_answered() -> None:
    """Whatever the settings ask for: nobody knows what it would do with the bytes."""
    assert answers_of(None, beep=True, acknowledge=True) == SILENCE


def test_a_maker_without_a_known_command_is_not_answered_with_a_guess() -> None:
    """Newland's scanners get no answers at all."""
    assert answers_of(profile_named("newland"), beep=True, acknowledge=True) == SILENCE


def test_acknowledgement_comes_before_the_beep_and_a_repeat_does_not_beep_again() -> None:
    """A scanner that sends again because an ACK was lost is told once more, silently."""
    answers = answers_of(profile_named("honeywell"), beep=True, acknowledge=True)
    assert (answers.taken, answers.repeated, answers.refused) == (b"\x06\x16\x07\r", b"\x06", b"\x15")


def test_a_beep_alone_says_nothing_to_refused_frames() -> None:
    """Without the handshake a NAK would be a stray byte."""
    answers = answers_of(profile_named("zebra"), beep=True, acknowledge=False)
    assert (answers.taken, answers.repeated, answers.refused) == (b"\x07", b"", b"")


@pytest.mark.parametrize("maker", CODE_LETTERS)
def test_code_letters_can_be_told_apart(maker: str) -> None:
    """No letter of a maker is the beginning of another one, so a code is cut at one place only."""
    letters = CODE_LETTERS[maker]
    assert not [(a, b) for a in letters for b in letters if a != b and b.startswith(a)]
