"""The code on a receipt: what another till needs to undo a booking while nobody can be asked, signed by its writer.

It holds random ids, amounts and points, and no name and no card number. Written in digits and capital letters without
I, O, Y and Z: any scanner sends them, a keyboard that swaps Y and Z types them right, and a QR code takes them in its
dense alphanumeric mode (ISO/IEC 18004, 7.3.4).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from uuid import UUID

import msgspec

from loyalty.bounds import LINES_MAX, POINTS_MAX
from loyalty.money import AMOUNT_CENTS_MAX
from loyalty.outcomes import Reason, Refused
from loyalty.reversal import Original, OriginalLine

PREFIX: Final = "SKR1"
"""What every code begins with; no card number does, and a newer layout gets another digit."""

CODE_LENGTH_MAX: Final = 490
"""The longest code, in characters: with prefix and symbology identifier it stays within a scanner frame's 512 bytes."""

SIGNATURE_BYTES: Final = 64

_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRSTUVWX"
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)}
_BITS: Final = 5
_FIRST_DAY: Final = date(2020, 1, 1)
_DAY_BYTES: Final = 2
_ID_BYTES: Final = 16
_HAS_MEMBER: Final = 1
_NUMBER_BYTES_MAX: Final = 5
"""Seven bits a byte: enough for every amount and every count of points."""


class SignedReceipt(msgspec.Struct, frozen=True):
    """A code taken apart; nothing in it counts before its signature was checked.

    Attributes:
        terminal_id: The till that says it wrote the booking.
        original: The booking.
        business_day: Its day.
        message: What was signed.
        signature: Ed25519 (RFC 8032).
    """

    terminal_id: UUID
    original: Original
    business_day: date
    message: bytes
    signature: bytes


def is_code(text: str) -> bool:
    """Whether a text was meant as the code of a receipt, readable or not."""
    return text.strip().upper().startswith(PREFIX)


def message_of(terminal_id: UUID, original: Original) -> bytes | None:
    """What a till signs for a booking of its own.

    Returns:
        ``None`` for a booking that does not fit into a code: too many lines, numbered in another way than sales are, or
        of a day that the code has no room for.
    """
    numbers = [line.line for line in (*original.lines, *original.redemptions)]
    days = (original.business_day - _FIRST_DAY).days if original.business_day else -1
    if numbers != list(range(1, len(numbers) + 1)) or not 0 <= days < 1 << 8 * _DAY_BYTES:
        return None
    member = original.member_id.bytes if original.member_id else b""
    parts = [
        PREFIX.encode(),
        bytes([_HAS_MEMBER if member else 0]),
        terminal_id.bytes,
        original.record_id.bytes,
        member,
        days.to_bytes(_DAY_BYTES, "big"),
    ]
    for lines in (original.lines, original.redemptions):
        parts.append(_number(len(lines)))
        parts += [_number(line.cents) + _number(line.points) for line in lines]
    message = b"".join(parts)
    return message if _text_length(len(message) - len(PREFIX) + SIGNATURE_BYTES) <= CODE_LENGTH_MAX else None


def write(message: bytes, signature: bytes) -> str:
    """The code of a message and its signature."""
    raw = message.removeprefix(PREFIX.encode()) + signature
    count = -(-len(raw) * 8 // _BITS)
    bits = int.from_bytes(raw, "big") << (count * _BITS - len(raw) * 8)
    return PREFIX + "".join(_ALPHABET[bits >> shift & 0x1F] for shift in range((count - 1) * _BITS, -1, -_BITS))


def read(text: str) -> SignedReceipt | Refused:
    """Take a code apart; whoever typed or scanned it is not trusted with anything."""
    raw = _bytes_of("".join(text.split()).upper()) if len(text) <= 2 * CODE_LENGTH_MAX else None
    if raw is None:
        return Refused(Reason.RECEIPT_CODE_UNREADABLE)
    try:
        terminal_id, original, day, size = _parse(raw)
    except (ValueError, IndexError, OverflowError):
        return Refused(Reason.RECEIPT_CODE_UNREADABLE)
    message = PREFIX.encode() + raw[:size]
    if message_of(terminal_id, original) != message:  # a number with leading zeros, a flag nobody knows
        return Refused(Reason.RECEIPT_CODE_UNREADABLE)
    return SignedReceipt(terminal_id, original, day, message, raw[size:])


def _text_length(size: int) -> int:
    return len(PREFIX) + -(-size * 8 // _BITS)


def _bytes_of(text: str) -> bytes | None:
    """The bytes behind the prefix, ``None`` when they are no code's or not written as the shortest text."""
    body = text.removeprefix(PREFIX)
    if body == text or len(text) > CODE_LENGTH_MAX or any(character not in _VALUES for character in body):
        return None
    bits = 0
    for character in body:
        bits = bits << _BITS | _VALUES[character]
    size, spare = divmod(len(body) * _BITS, 8)
    if spare >= _BITS or bits & ((1 << spare) - 1):
        return None
    return (bits >> spare).to_bytes(size, "big")


def _parse(raw: bytes) -> tuple[UUID, Original, date, int]:
    """Terminal, booking, its day, and how many bytes they take; exactly a signature must be left.

    Raises:
        ValueError: A part is too long, too large, or missing; likewise ``IndexError`` and ``OverflowError``.
    """
    at = 1
    ids = []
    for _ in range(3 if raw[0] & _HAS_MEMBER else 2):
        ids.append(UUID(bytes=raw[at : at + _ID_BYTES]))
        at += _ID_BYTES
    day = _FIRST_DAY + timedelta(days=int.from_bytes(raw[at : at + _DAY_BYTES], "big"))
    at += _DAY_BYTES
    groups: list[tuple[OriginalLine, ...]] = []
    number = 0
    for _ in range(2):
        count, at = _read_number(raw, at, LINES_MAX)
        lines = []
        for _ in range(count):
            number += 1
            cents, at = _read_number(raw, at, AMOUNT_CENTS_MAX)
            points, at = _read_number(raw, at, POINTS_MAX)
            lines.append(OriginalLine(number, cents, points))
        groups.append(tuple(lines))
    if len(raw) != at + SIGNATURE_BYTES or not number:
        raise ValueError("not exactly a booking and a signature")
    member_id = ids[2] if len(ids) > 2 else None  # noqa: PLR2004 - terminal and record come before
    return ids[0], Original(ids[1], member_id, day, groups[0], groups[1]), day, at


def _number(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the highest bit says that another follows (LEB128)."""
    parts = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _read_number(raw: bytes, at: int, most: int) -> tuple[int, int]:
    value = 0
    for index in range(_NUMBER_BYTES_MAX):
        byte = raw[at + index]
        value |= (byte & 0x7F) << 7 * index
        if byte < 0x80:  # noqa: PLR2004 - the highest bit
            if value > most:
                raise ValueError("larger than anything that is booked")
            return value, at + index + 1
    raise ValueError("a number without an end")
