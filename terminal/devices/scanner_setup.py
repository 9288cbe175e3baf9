"""What the settings of one scanner mean to the parts that serve it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hardware.frames import AimMode, FrameSettings, Terminator
from hardware.hidpos import ReportParser
from hardware.profiles import CODE_LETTERS, ReportLayout, answers_of, profile_named, profile_of
from hardware.transport import Parity, SerialSettings

if TYPE_CHECKING:
    from hardware.profiles import Answers, Profile
    from terminal.settings.scanner import ScannerSettings

NEWLINES: Final = frozenset({Terminator.CR, Terminator.LF, Terminator.CRLF})
MS_PER_S: Final = 1_000

_PARITIES: Final = {
    "none": Parity.NONE,
    "even": Parity.EVEN,
    "odd": Parity.ODD,
    "mark": Parity.MARK,
    "space": Parity.SPACE,
}


def line_settings(settings: ScannerSettings) -> SerialSettings:
    """The parameters of a real serial line."""
    return SerialSettings(
        baud=settings.baud,
        data_bits=settings.data_bits,
        parity=_PARITIES[settings.parity],
        stop_bits=settings.stop_bits,
        hardware_flow_control=settings.flow_control == "hardware",
    )


def frame_settings(settings: ScannerSettings) -> FrameSettings:
    """How its frames begin and end.

    Scanners differ in how they end a line, and a shop should not need to know: all newlines mean the same.
    """
    chosen = Terminator(settings.terminator)
    return FrameSettings(
        prefix=settings.prefix.encode(),
        terminators=NEWLINES if chosen in NEWLINES else frozenset({chosen}),
        length_bytes_max=settings.length_max,
        inter_character_timeout_s=settings.gap_ms / MS_PER_S,
        aim=AimMode(settings.aim),
        code_letters=CODE_LETTERS.get(settings.code_letters, {}),
    )


def report_parser(settings: ScannerSettings, vendor_id: int | None) -> ReportParser:
    """How the reports of a HID scanner are read; whose it is decides where their parts stand."""
    profile = profile_for(settings, vendor_id)
    return ReportParser(
        profile.layout if profile else ReportLayout.AIM,
        length_bytes_max=settings.length_max,
        aim=AimMode(settings.aim),
    )


def answers_for(settings: ScannerSettings, vendor_id: int | None) -> Answers:
    """What is written back to a scanner: nothing unless its maker is known and the settings ask for it.

    Args:
        settings: What is asked for, and whose scanner it is.
        vendor_id: The USB id of what was opened, if it has one.
    """
    return answers_of(
        profile_for(settings, vendor_id), beep=settings.beep == "on", acknowledge=settings.acknowledge == "on"
    )


def profile_for(settings: ScannerSettings, vendor_id: int | None) -> Profile | None:
    """Whose scanner it is: as the settings say, or by its USB id."""
    return profile_of(vendor_id) if settings.profile == "auto" else profile_named(settings.profile)
