"""Makers of scanners: how their devices are recognised, and what may be written back to them.

Nothing is ever written to a device whose maker is not known, and nothing by default: a scanner that is not set up for
answers may take one for a command.

Where the facts come from:

* Vendor ids: the public list of USB ids (usb.ids), under the makers' present and former names.
* ``ACK`` (0x06) and ``NAK`` (0x15): Symbol LS 9208 product reference, "Software handshaking": three attempts in all;
  Honeywell 1450g user guide, "ACK/NAK"; Datalogic/PSC USB-COM parameters, "ACK NAK options"; Opticon universal menu
  book, "Handshaking", with 100 ms to one second to answer.
* Beeps: Symbol DS9808 product reference, table 2-1 (BEL over RS-232); Honeywell: SYN BEL CR, as with the trigger
  command SYN T CR; Datalogic Magellan 9300i product reference, appendix E (force good-read tone).
* Code letters: Zebra programming reference, "Symbol code identifiers"; Honeywell 3820 user manual, appendix A.
* The report of HID scanners: see ``hidpos``; Newland's own: NLS-FM420 integration guide, "HID-POS".
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from hardware.symbology import Symbology

if TYPE_CHECKING:
    from collections.abc import Mapping

ACK: Final = b"\x06"
NAK: Final = b"\x15"


class ReportLayout(StrEnum):
    """Where the parts of a HID-POS report stand."""

    AIM = "aim"
    """Length, symbology identifier, data: nearly everybody."""
    NEWLAND = "newland"
    """Length and data; the maker's own identifier at the end is not used."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One maker.

    Attributes:
        name: What the settings call it.
        maker: What people call it.
        vendor_ids: The USB vendor ids of its scanners.
        beep: Makes the scanner sound its good-read tone; empty when no command is known.
        handshake: Whether its scanners can be set up to wait for ACK, and to send again after NAK.
        layout: How its HID-POS reports are laid out.
    """

    name: str
    maker: str
    vendor_ids: frozenset[int]
    beep: bytes = b""
    handshake: bool = False
    layout: ReportLayout = ReportLayout.AIM


PROFILES: Final = (
    Profile(name="zebra", maker="Zebra, Symbol", vendor_ids=frozenset({0x05E0}), beep=b"\x07", handshake=True),
    Profile(
        name="honeywell",
        maker="Honeywell, Metrologic, Hand Held Products, Intermec",
        vendor_ids=frozenset({0x0C2E, 0x0536, 0x067E}),
        beep=b"\x16\x07\r",
        handshake=True,
    ),
    Profile(
        name="datalogic", maker="Datalogic, PSC", vendor_ids=frozenset({0x05F9, 0x080C}), beep=b"\x01", handshake=True
    ),
    Profile(name="newland", maker="Newland", vendor_ids=frozenset({0x1EAB}), layout=ReportLayout.NEWLAND),
    Profile(name="opticon", maker="Opticon", vendor_ids=frozenset({0x065A}), handshake=True),
)
"""The makers whose scanners are recognised when they are plugged in."""


def profile_named(name: str) -> Profile | None:
    """The maker under the settings' name for it, or ``None``."""
    return next((profile for profile in PROFILES if profile.name == name), None)


def profile_of(vendor_id: int | None) -> Profile | None:
    """The maker whose USB vendor id this is, or ``None``: for a port that is not USB, too."""
    return next((profile for profile in PROFILES if vendor_id in profile.vendor_ids), None)


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What is written back to a scanner; empty means silence.

    Attributes:
        taken: After a code that was handed on.
        repeated: After a code that had been taken already: the scanner has not heard the answer to the first one.
        refused: After a frame that is no code; asks the scanner to send it again.
    """

    taken: bytes = b""
    repeated: bytes = b""
    refused: bytes = b""


SILENCE: Final = Answers()


def answers_of(profile: Profile | None, *, beep: bool, acknowledge: bool) -> Answers:
    """What a scanner of this maker is answered.

    Args:
        profile: Its maker; an unknown one is never answered.
        beep: Whether the settings ask for its good-read tone.
        acknowledge: Whether the settings ask for acknowledgement.
    """
    if profile is None:
        return SILENCE
    shakes = acknowledge and profile.handshake
    received = ACK if shakes else b""
    return Answers(taken=received + (profile.beep if beep else b""), repeated=received, refused=NAK if shakes else b"")


_ZEBRA_LETTERS: Final = {
    "A": Symbology.EAN13,
    "B": Symbology.CODE39,
    "C": Symbology.CODABAR,
    "D": Symbology.CODE128,
    "E": Symbology.CODE93,
    "F": Symbology.ITF,
    "G": Symbology.TWO_OF_FIVE,
    "H": Symbology.CODE11,
    "J": Symbology.MSI,
    "K": Symbology.GS1_128,
    "L": Symbology.EAN13,
    "M": Symbology.CODE39,
    "N": Symbology.OTHER,
    "R": Symbology.GS1_DATABAR,
    "S": Symbology.TWO_OF_FIVE,
    "T": Symbology.GS1_COMPOSITE,
    "U": Symbology.TWO_OF_FIVE,
    "X": Symbology.PDF417,
    "z": Symbology.AZTEC,
    "P00": Symbology.DATAMATRIX,
    "P01": Symbology.QR,
    "P02": Symbology.MAXICODE,
    "P0G": Symbology.GS1_DATAMATRIX,
    "P0H": Symbology.HAN_XIN,
    "P0Q": Symbology.GS1_QR,
}

_HONEYWELL_LETTERS: Final = {
    "c": Symbology.UPCA,
    "E": Symbology.OTHER,  # UPC-E, which has no kind of its own in card rules
    "d": Symbology.EAN13,
    "D": Symbology.EAN8,
    "j": Symbology.CODE128,
    "I": Symbology.GS1_128,
    "b": Symbology.CODE39,
    "i": Symbology.CODE93,
    "h": Symbology.CODE11,
    "a": Symbology.CODABAR,
    "e": Symbology.ITF,
    "f": Symbology.TWO_OF_FIVE,
    "g": Symbology.MSI,
    "n": Symbology.PLESSEY,
    "t": Symbology.TELEPEN,
    "y": Symbology.GS1_DATABAR,
    "r": Symbology.PDF417,
    "x": Symbology.MAXICODE,
    "s": Symbology.QR,
    "w": Symbology.DATAMATRIX,
    "z": Symbology.AZTEC,
    "H": Symbology.HAN_XIN,
    "O": Symbology.OCR,
}

CODE_LETTERS: Final[Mapping[str, Mapping[str, Symbology]]] = {
    "zebra": _ZEBRA_LETTERS,
    "honeywell": _HONEYWELL_LETTERS,
}
"""By maker: its own letters in front of a code. They look like data, so they are read only when the settings say so."""
