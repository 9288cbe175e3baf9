"""The wizard's reasoning: from what a scanner made of the test barcode to how it is set up.

Pure: bytes in, a value out. Nothing is assumed of the scanner; the settings play no part.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from hardware.frames import INTER_CHARACTER_TIMEOUT_S, PREFIX_LENGTH_MAX, Terminator
from hardware.profiles import CODE_LETTERS
from hardware.speeds import Framing, next_to_try, sent_as
from hardware.symbology import AIM_LENGTH, Symbology, is_identifier
from hardware.transport import Parity

TEST_TEXT: Final = "YZ-yz_/aA+0123456789"
"""What the test barcode says: characters that tell keyboard layouts, Caps Lock and wrong speeds apart."""

CAPTURE_BYTES_MAX: Final = 4_096
"""How much of one scan is looked at."""

GARBAGE_BYTES_MIN: Final = 3
"""A plug that touches, or a line that is switched on, makes a byte or two by itself."""

FRAGMENT_MIN: Final = 6
"""So many characters of the test barcode in a row mean that it was scanned and something got lost."""

_TEXT: Final = TEST_TEXT.encode()
_FLOW_CONTROL: Final = b"\x11\x13"
_NOISE: Final = b"\x00\xff"
_STX: Final = "\x02"
_SPECIMENS: Final = frozenset({Symbology.CODE128, Symbology.QR})
"""As what the test barcode is shown."""

GAP_MS_MAX: Final = 900
GAP_MARGIN: Final = 1.5
"""How much longer than the longest pause that was heard the setting shall be, as a factor."""

_ENDS: Final = (
    (b"\r\n", Terminator.CRLF),
    (b"\r", Terminator.CR),
    (b"\n", Terminator.LF),
    (b"\t", Terminator.TAB),
    (b"\x03", Terminator.ETX),
)
"""The longest first: CR LF also ends with LF."""


class Capture(msgspec.Struct, frozen=True, kw_only=True):
    """What one scan put on a line, byte for byte, from silence to silence.

    Attributes:
        device_id: The till's name of the scanner, or its port when it has none.
        port: Where it was heard.
        data: Every byte.
        gaps_ms: Milliseconds between its reads.
        baud: The speed the port was open at, in bits per second; 0 where speed means nothing.
        framed: Whether the scanner itself says where a code begins and ends, so that nothing has to end it.
    """

    device_id: str
    port: str
    data: bytes
    gaps_ms: tuple[int, ...] = ()
    baud: int = 0
    framed: bool = False


class Verdict(StrEnum):
    """What came of a scan."""

    UNDERSTOOD = "understood"
    """It was the test barcode, whole; what is around it is known."""
    DAMAGED = "damaged"
    """It was the test barcode, but not every character arrived as it should."""
    OTHER_CODE = "other_code"
    """A clean code, but not the test barcode."""
    GARBAGE = "garbage"
    """Nothing a scanner would send on purpose."""
    NOTHING = "nothing"
    """Line noise or terminators only."""


class RemarkCode(StrEnum):
    """What was noticed; the names are stable."""

    ENDS_WITH = "ends_with"
    NO_TERMINATOR = "no_terminator"
    SUFFIX = "suffix"
    """More than a terminator behind the code; no setting takes that."""
    PREFIX = "prefix"
    PREFIX_UNUSABLE = "prefix_unusable"
    CODE_LETTER = "code_letter"
    AIM_ON = "aim_on"
    AIM_OFF = "aim_off"
    TWICE = "twice"
    SLOW = "slow"
    FLOW_CONTROL = "flow_control"
    NOISE = "noise"
    PARITY = "parity"
    WRONG_SPEED = "wrong_speed"
    UNKNOWN_SPEED = "unknown_speed"
    CASE_SWAPPED = "case_swapped"
    ALL_UPPER = "all_upper"
    ALL_LOWER = "all_lower"
    CHARACTERS_LOST = "characters_lost"
    CAPS_LOCK = "caps_lock"
    LAYOUT = "layout"
    LAYOUT_UNKNOWN = "layout_unknown"


class Remark(msgspec.Struct, frozen=True):
    """One thing that was noticed, with what its sentence names."""

    code: RemarkCode
    values: dict[str, str] = {}


class Deduced(msgspec.Struct, frozen=True, kw_only=True):
    """How a scanner is set up, as far as one scan tells.

    Attributes:
        verdict: What came of the scan.
        terminator: What ends a code; ``None`` where the scan does not tell.
        prefix: What stands in front of a code; ``None`` where the scan does not tell.
        aim: The symbology identifier it sent; empty for none.
        code_letters: Whose own letters it sent instead; empty for none.
        layout: The keyboard layout of a scanner that types, where the till took it for another; else empty.
        gap_ms: The longest pause inside the code, in milliseconds, where that is longer than usual; else 0.
        framing: How it must have been sent, where that is not how the port was open.
        remarks: What was noticed, in the order in which it matters.
    """

    verdict: Verdict
    terminator: Terminator | None = None
    prefix: str | None = None
    aim: str = ""
    code_letters: str = ""
    layout: str = ""
    gap_ms: int = 0
    framing: Framing | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether the till can read this scanner once its settings say what was found."""
        stoppers = {RemarkCode.SUFFIX, RemarkCode.PREFIX_UNUSABLE}
        return self.verdict is Verdict.UNDERSTOOD and not any(remark.code in stoppers for remark in self.remarks)

    def wanted(self) -> dict[str, str | int]:
        """The settings of a scanner that fit what was found, by their names in the table ``[scanner]``."""
        found: dict[str, str | int] = {}
        if self.verdict is Verdict.UNDERSTOOD:
            if self.prefix is not None:
                found |= {"prefix": self.prefix, "code_letters": self.code_letters or "none"}
            if self.terminator is not None:
                found["terminator"] = self.terminator.value
            if self.layout:
                found["layout"] = self.layout
        if self.gap_ms:
            found["gap_ms"] = min(GAP_MS_MAX, round(self.gap_ms * GAP_MARGIN))
        if self.framing is not None:
            found |= self.framing.settings()
        return found


def deduce(capture: Capture) -> Deduced:
    """What a scan of the test barcode says about its scanner."""
    data, remarks = _cleaned(capture.data[:CAPTURE_BYTES_MAX])
    if len(data.strip(b"\r\n\t\x03 ")) < GARBAGE_BYTES_MIN:
        return Deduced(verdict=Verdict.NOTHING, remarks=tuple(remarks))
    if _TEXT in data:
        return _around(data, remarks, capture)
    return _with_parity(data, remarks, capture) or _in_other_case(data, remarks) or _in_parts(data, remarks, capture)


def _cleaned(raw: bytes) -> tuple[bytes, list[Remark]]:
    """The bytes without what a line adds by itself."""
    remarks = []
    data = raw.translate(None, _FLOW_CONTROL)
    if len(data) != len(raw):
        remarks.append(Remark(RemarkCode.FLOW_CONTROL))
    stripped = data.strip(_NOISE)
    if stripped and stripped != data and _TEXT in stripped:
        remarks.append(Remark(RemarkCode.NOISE))
        data = stripped
    return data, remarks


def _around(data: bytes, remarks: list[Remark], capture: Capture) -> Deduced:
    """The test barcode is there, whole: look at what stands before and behind it."""
    at = data.index(_TEXT)
    head, rest = data[:at], data[at + len(_TEXT) :]
    again = rest.find(_TEXT)
    if again >= 0:  # the trigger was held: what lies between two codes is one tail and one head
        remarks = [*remarks, Remark(RemarkCode.TWICE)]
        tail = rest[:again].removesuffix(head)
    else:
        tail = rest
    found, terminator = ([], None) if capture.framed and not tail else _behind(tail)
    front, before = _before(head)
    slow = max((gap for gap in capture.gaps_ms if gap >= INTER_CHARACTER_TIMEOUT_S * 1_000), default=0)
    if again >= 0:
        slow = 0  # the pause between two codes is none inside a code
    late = [Remark(RemarkCode.SLOW, {"ms": str(slow)})] if slow else []
    return Deduced(
        verdict=Verdict.UNDERSTOOD,
        terminator=terminator,
        prefix=front.prefix,
        aim=front.aim,
        code_letters=front.code_letters,
        gap_ms=slow,
        remarks=(*found, *before, *late, *remarks),
    )


class _Front(msgspec.Struct, frozen=True):
    aim: str = ""
    prefix: str = ""
    code_letters: str = ""


def _behind(tail: bytes) -> tuple[list[Remark], Terminator]:
    """The terminator, and whatever should not be there."""
    terminator, suffix = Terminator.NONE, tail
    for end, name in _ENDS:
        if tail.endswith(end):
            terminator, suffix = name, tail[: -len(end)]
            break
    remarks = [Remark(RemarkCode.SUFFIX, {"suffix": shown(suffix)})] if suffix else []
    if terminator is Terminator.NONE:
        return [*remarks, Remark(RemarkCode.NO_TERMINATOR)], terminator
    return [Remark(RemarkCode.ENDS_WITH, {"terminator": terminator}), *remarks], terminator


def _before(head: bytes) -> tuple[_Front, list[Remark]]:
    """Identifier, prefix, a maker's own letters, and what is remarkable about them."""
    text = head.decode("latin-1")
    aim = text[-AIM_LENGTH:] if is_identifier(text[-AIM_LENGTH:]) else ""
    prefix = text.removesuffix(aim)
    remarks = [Remark(RemarkCode.AIM_ON, {"aim": aim}) if aim else Remark(RemarkCode.AIM_OFF)]
    if not prefix:
        return _Front(aim), remarks
    values = {"prefix": shown(prefix.encode("latin-1"))}
    for maker, letters in CODE_LETTERS.items():
        if letters.get(prefix) in _SPECIMENS:
            return _Front(aim, "", maker), [Remark(RemarkCode.CODE_LETTER, values | {"maker": maker}), *remarks]
    if len(prefix) > PREFIX_LENGTH_MAX or not all(each == _STX or each.isprintable() for each in prefix):
        return _Front(aim), [Remark(RemarkCode.PREFIX_UNUSABLE, values), *remarks]
    if not prefix.isascii():
        return _Front(aim), [Remark(RemarkCode.PREFIX_UNUSABLE, values), *remarks]
    return _Front(aim, prefix), [Remark(RemarkCode.PREFIX, values), *remarks]


def _with_parity(data: bytes, remarks: list[Remark], capture: Capture) -> Deduced | None:
    """Seven data bits with parity, read as eight: the eighth bit is the parity bit."""
    low = bytes(byte & 0x7F for byte in data)
    if _TEXT not in low:
        return None
    at = low.index(_TEXT)
    ones = [byte.bit_count() % 2 for byte in data[at : at + len(_TEXT)]]
    parity = Parity.EVEN if not any(ones) else Parity.ODD if all(ones) else Parity.MARK
    framing = Framing(capture.baud, 7, parity)
    inner = _around(low, remarks, capture)
    told = Remark(RemarkCode.PARITY, {"framing": framing.short})
    return msgspec.structs.replace(inner, verdict=Verdict.DAMAGED, framing=framing, remarks=(told, *inner.remarks))


def _in_other_case(data: bytes, remarks: list[Remark]) -> Deduced | None:
    """The scanner, or Caps Lock, changed capitals and small letters."""
    cases = {
        RemarkCode.CASE_SWAPPED: TEST_TEXT.swapcase(),
        RemarkCode.ALL_UPPER: TEST_TEXT.upper(),
        RemarkCode.ALL_LOWER: TEST_TEXT.lower(),
    }
    for code, text in cases.items():
        if text.encode() in data:
            _, _, rest = data.partition(text.encode())
            found, terminator = _behind(rest)
            return Deduced(verdict=Verdict.DAMAGED, terminator=terminator, remarks=(Remark(code), *found, *remarks))
    return None


def _in_parts(data: bytes, remarks: list[Remark], capture: Capture) -> Deduced:
    """Parts of the test barcode, another code, or garbage."""
    if any(_TEXT[at : at + FRAGMENT_MIN] in data for at in range(len(_TEXT) - FRAGMENT_MIN + 1)):
        return Deduced(verdict=Verdict.DAMAGED, remarks=(Remark(RemarkCode.CHARACTERS_LOST), *remarks))
    if _is_clean(data):
        _, terminator = _end_of(data)
        return Deduced(verdict=Verdict.OTHER_CODE, terminator=terminator, remarks=tuple(remarks))
    framing = sent_as(data, _TEXT, capture.baud) if capture.baud else None
    if framing is None:
        values = {"baud": str(next_to_try(capture.baud))}
        return Deduced(verdict=Verdict.GARBAGE, remarks=(Remark(RemarkCode.UNKNOWN_SPEED, values), *remarks))
    told = Remark(RemarkCode.WRONG_SPEED, {"framing": framing.short, "baud": str(framing.baud)})
    return Deduced(verdict=Verdict.GARBAGE, framing=framing, remarks=(told, *remarks))


def _end_of(data: bytes) -> tuple[bytes, Terminator]:
    for end, name in _ENDS:
        if data.endswith(end):
            return data.removesuffix(end), name
    return data, Terminator.NONE


def _is_clean(data: bytes) -> bool:
    """Whether bytes are a code somebody may have printed."""
    body, _ = _end_of(data.removeprefix(_STX.encode()))
    return body.isascii() and body.decode("latin-1").replace("\x1d", "").isprintable()


_NAMES: Final = {0x02: "STX", 0x03: "ETX", 0x09: "TAB", 0x0A: "LF", 0x0D: "CR", 0x1D: "GS", 0x20: "SPACE", 0x00: "NUL"}


def shown(data: bytes) -> str:
    """Bytes for people: control characters by their names, in angle brackets."""
    return "".join(
        chr(byte) if chr(byte).isprintable() and 0x20 < byte < 0x7F else f"<{_NAMES.get(byte, f'{byte:02X}')}>"  # noqa: PLR2004 - ASCII
        for byte in data[:PREFIX_LENGTH_MAX]
    )
