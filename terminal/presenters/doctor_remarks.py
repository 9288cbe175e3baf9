"""What the wizard noticed about a scanner, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hardware.frames import Terminator
from hardware.wizard import RemarkCode
from terminal.presenters.states import Notice, Tone
from texts.i18n import mark

if TYPE_CHECKING:
    from hardware.wizard import Remark
    from texts.i18n import Texts

_REMARKS: Final[dict[RemarkCode, tuple[Tone, str]]] = {
    RemarkCode.ENDS_WITH: (Tone.GOOD, mark("Behind a code the scanner sends {terminator}.")),
    RemarkCode.NO_TERMINATOR: (
        Tone.WARN,
        mark(
            "The scanner sends nothing behind a code. The till waits for a pause instead. "
            "Better: scan “Suffix Enter” or “CR” in the scanner's manual."
        ),
    ),
    RemarkCode.SUFFIX: (
        Tone.BAD,
        mark("Behind a code the scanner adds {suffix}. Switch that off: scan “No suffix” in its manual, then Enter."),
    ),
    RemarkCode.PREFIX: (Tone.INFO, mark("In front of a code the scanner sends {prefix}. The till takes it off.")),
    RemarkCode.PREFIX_UNUSABLE: (
        Tone.BAD,
        mark("In front of a code the scanner sends {prefix}. Switch that off: scan “No prefix” in its manual."),
    ),
    RemarkCode.CODE_LETTER: (
        Tone.INFO,
        mark("The scanner names the kind of a barcode with a letter of its maker: {prefix}. The till takes it off."),
    ),
    RemarkCode.AIM_ON: (
        Tone.GOOD,
        mark("The scanner says what kind of barcode it read ({aim}). Coupons and GS1 codes work."),
    ),
    RemarkCode.AIM_OFF: (
        Tone.NEUTRAL,
        mark("The scanner does not say what kind of barcode it read. Member cards work without."),
    ),
    RemarkCode.TWICE: (
        Tone.NEUTRAL,
        mark("The code came more than once while the trigger was held. The till counts it once."),
    ),
    RemarkCode.SLOW: (
        Tone.INFO,
        mark("The scanner pauses up to {ms} ms inside a code, as radio scanners do. The till will wait longer."),
    ),
    RemarkCode.FLOW_CONTROL: (
        Tone.NEUTRAL,
        mark("The scanner sends XON and XOFF. The till leaves them out."),
    ),
    RemarkCode.NOISE: (Tone.WARN, mark("There is noise on the line beside the code. Check plug and cable.")),
    RemarkCode.PARITY: (
        Tone.WARN,
        mark("The scanner sends with a parity bit ({framing}). The till can be set to that."),
    ),
    RemarkCode.WRONG_SPEED: (
        Tone.WARN,
        mark("What came was garbled. It fits a scanner that sends at {framing}. Scan once more to make sure."),
    ),
    RemarkCode.UNKNOWN_SPEED: (
        Tone.WARN,
        mark("What came was garbled, and its speed can't be told. The till tries {baud} next: scan once more."),
    ),
    RemarkCode.CASE_SWAPPED: (
        Tone.BAD,
        mark("Capitals and small letters are swapped. Scan “Case: no change” in the scanner's manual."),
    ),
    RemarkCode.ALL_UPPER: (
        Tone.BAD,
        mark("All letters came as capitals. Scan “Case: no change” in the scanner's manual."),
    ),
    RemarkCode.ALL_LOWER: (
        Tone.BAD,
        mark("All letters came as small ones. Scan “Case: no change” in the scanner's manual."),
    ),
    RemarkCode.CHARACTERS_LOST: (
        Tone.BAD,
        mark(
            "Some characters were lost on the way. Take another cable or USB socket; "
            "a radio scanner may be too far away."
        ),
    ),
    RemarkCode.CAPS_LOCK: (
        Tone.INFO,
        mark("Caps Lock is on. For scans the till takes no notice of it; switch it off for typing."),
    ),
    RemarkCode.LAYOUT: (
        Tone.INFO,
        mark("The scanner types as on a keyboard of {scanner}, this computer has one of {host}. The till translates."),
    ),
    RemarkCode.LAYOUT_UNKNOWN: (
        Tone.BAD,
        mark(
            "The scanner types for a keyboard the till does not know: {typed}. "
            "Scan “Keyboard: Germany” or “USA” in its manual, or switch it to USB serial."
        ),
    ),
}

_TERMINATORS: Final = {
    Terminator.CR: "Enter (CR)",
    Terminator.LF: "Enter (LF)",
    Terminator.CRLF: "Enter (CR LF)",
    Terminator.TAB: "TAB",
    Terminator.ETX: "ETX",
    Terminator.NONE: "–",
}
"""As scanners' manuals call them, in every language."""


def remark_notice(texts: Texts, remark: Remark) -> Notice:
    """A remark as a sentence in its colour."""
    tone, sentence = _REMARKS[remark.code]
    values = dict(remark.values)
    if "terminator" in values:
        values["terminator"] = _TERMINATORS[Terminator(values["terminator"])]
    return Notice(texts._(sentence).format_map(values), tone)
