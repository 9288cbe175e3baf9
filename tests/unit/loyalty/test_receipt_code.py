"""The code on a receipt says what was booked, nothing of it can be changed, and no bytes can break its reader."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from hardware.frames import PREFIX_LENGTH_MAX, SCAN_LENGTH_MAX
from hardware.symbology import AIM_LENGTH
from loyalty import receipt_code
from loyalty.bounds import POINTS_MAX
from loyalty.lines import RedemptionLine
from loyalty.money import AMOUNT_CENTS_MAX
from loyalty.outcomes import Reason, Refused
from loyalty.receipt_code import CODE_LENGTH_MAX, PREFIX, SignedReceipt
from loyalty.records import Sale
from loyalty.reversal import Original, OriginalLine, reduced
from tests.unit.loyalty.building import DAY, MEMBER, TERMINAL, redemption_of, sales

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
UNREADABLE = Refused(Reason.RECEIPT_CODE_UNREADABLE)
ONE = Original(UUID(int=7), MEMBER, DAY, (OriginalLine(1, 1_250, 12),), (OriginalLine(2, 500, 500),))

amounts = st.tuples(st.integers(0, AMOUNT_CENTS_MAX), st.integers(0, POINTS_MAX))


@st.composite
def originals(draw: st.DrawFn) -> Original:
    """Bookings of at most as many lines as fit into a code whatever they cost."""
    purchase = draw(st.lists(amounts, max_size=12))
    rewards = draw(st.lists(amounts, min_size=0 if purchase else 1, max_size=4))
    lines = [OriginalLine(number, *values) for number, values in enumerate(purchase + rewards, start=1)]
    day = draw(st.dates(date(2020, 1, 1), date(2199, 6, 6)))
    member_id = draw(st.none() | st.uuids())
    return Original(draw(st.uuids()), member_id, day, tuple(lines[: len(purchase)]), tuple(lines[len(purchase) :]))


def code_of(original: Original, terminal_id: UUID = TERMINAL) -> str:
    """A code as its till makes it."""
    message = receipt_code.message_of(terminal_id, original)
    assert message is not None
    return receipt_code.write(message, KEY.sign(message))


def holds(receipt: SignedReceipt) -> bool:
    """Whether the till has signed this."""
    try:
        KEY.public_key().verify(receipt.signature, receipt.message)
    except InvalidSignature:
        return False
    return True


@given(original=originals(), terminal_id=st.uuids())
def test_a_code_says_exactly_what_was_booked(original: Original, terminal_id: UUID) -> None:
    """Another till plans with the same lines as the one that wrote them."""
    found = receipt_code.read(code_of(original, terminal_id))
    assert isinstance(found, SignedReceipt)
    assert (found.terminal_id, found.original, found.business_day) == (terminal_id, original, original.business_day)
    assert holds(found)


@given(sale=sales())
def test_every_sale_that_fits_has_a_code_within_a_scanners_frame(sale: Sale) -> None:
    """A long receipt has none, and says so instead of being cut."""
    message = receipt_code.message_of(TERMINAL, reduced(sale))
    assert message is None or len(receipt_code.write(message, bytes(64))) <= CODE_LENGTH_MAX


@given(original=originals(), data=st.data())
def test_any_flipped_bit_is_refused(original: Original, data: st.DataObject) -> None:
    """A changed amount, id or signature: unreadable, or the till has not signed it."""
    message = receipt_code.message_of(TERMINAL, original)
    assert message is not None
    raw = bytearray(message + KEY.sign(message))
    bit = data.draw(st.integers(8 * len(PREFIX), 8 * len(raw) - 1))
    raw[bit // 8] ^= 1 << bit % 8
    found = receipt_code.read(receipt_code.write(bytes(raw[:-64]), bytes(raw[-64:])))
    assert found == UNREADABLE or (isinstance(found, SignedReceipt) and not holds(found))


@given(original=originals(), data=st.data())
def test_a_code_that_was_cut_off_is_refused(original: Original, data: st.DataObject) -> None:
    """Half a code is never another code."""
    code = code_of(original)
    assert receipt_code.read(code[: data.draw(st.integers(0, len(code) - 1))]) == UNREADABLE
    assert receipt_code.read(code + "0") == UNREADABLE


@given(st.text(st.characters(codec="ascii"), max_size=60) | st.text("0123456789ABCDEFGHJKLMNPQRSTUVWX", max_size=450))
def test_no_text_breaks_the_reader(text: str) -> None:
    """What a scanner sends may be anything."""
    assert isinstance(receipt_code.read(text), Refused | SignedReceipt)
    assert isinstance(receipt_code.read(PREFIX + text), Refused | SignedReceipt)


def test_case_and_spaces_make_no_difference() -> None:
    """A keyboard may have its capitals locked, and people cut long texts into groups."""
    code = code_of(ONE)
    spaced = " ".join(code[start : start + 8] for start in range(0, len(code), 8)).lower()
    assert receipt_code.read(spaced) == receipt_code.read(code)
    assert receipt_code.is_code(f" {spaced}\n")
    assert not receipt_code.is_code("2900000000018")


def test_every_code_fits_a_scanners_frame() -> None:
    """With the longest prefix, and the symbology in front of it, at the default setting."""
    assert CODE_LENGTH_MAX + AIM_LENGTH + PREFIX_LENGTH_MAX <= SCAN_LENGTH_MAX


def test_a_code_longer_than_any_frame_is_not_even_looked_at() -> None:
    """A reader's work is bounded before it begins."""
    assert receipt_code.read(PREFIX + "0" * (CODE_LENGTH_MAX + 1)) == UNREADABLE
    assert receipt_code.read(PREFIX + "0" * 3 * CODE_LENGTH_MAX) == UNREADABLE


def test_spare_bits_and_needless_characters_are_refused() -> None:
    """One booking has one code: nothing can be hidden behind the last byte."""
    code = code_of(ONE)
    spare = len(code[len(PREFIX) :]) * 5 % 8
    assert 0 < spare < 5, "this booking's code has spare bits"
    changed = "0123456789ABCDEFGHJKLMNPQRSTUVWX"["0123456789ABCDEFGHJKLMNPQRSTUVWX".index(code[-1]) | 1]
    assert changed != code[-1]
    assert receipt_code.read(code[:-1] + changed) == UNREADABLE


@pytest.mark.parametrize(
    "number",
    [b"\x80\x00", b"\xff\xff\xff\xff\x7f", b"\x80\x80\x80\x80\x80\x00"],
    ids=["leading zero", "too large", "endless"],
)
def test_numbers_are_written_one_way_only(number: bytes) -> None:
    """A number with another spelling, or larger than anything that is booked, is no number."""
    message = receipt_code.message_of(TERMINAL, ONE)
    assert message is not None
    head = message[: message.index(b"\x01\xe2\x09")]
    assert receipt_code.read(receipt_code.write(head + b"\x01" + number + b"\x00\x00", bytes(64))) == UNREADABLE


def test_a_code_without_any_line_is_refused() -> None:
    """A booking of nothing can't be undone."""
    nothing = Original(UUID(int=7), None, DAY)
    message = receipt_code.message_of(TERMINAL, nothing)
    assert message is not None
    assert receipt_code.read(receipt_code.write(message, bytes(64))) == UNREADABLE


@pytest.mark.parametrize(
    "changed",
    [
        {"business_day": None},
        {"business_day": date(2019, 12, 31)},
        {"business_day": date(2020, 1, 1) + timedelta(days=2**16)},
        {"lines": (OriginalLine(2, 1, 1),), "redemptions": ()},
        {"lines": tuple(OriginalLine(number, 1_000, 10) for number in range(1, 200)), "redemptions": ()},
    ],
    ids=["no day", "before all", "after all", "other numbers", "too long"],
)
def test_what_does_not_fit_has_no_code(changed: dict[str, object]) -> None:
    """The receipt says then that its number is all there is."""
    assert receipt_code.message_of(TERMINAL, msgspec.structs.replace(ONE, **changed)) is None


def test_a_reward_alone_has_a_code() -> None:
    """A coffee for points is undone like a purchase."""
    redemption = redemption_of(RedemptionLine(1, "coffee", 300, 290, money_off=False))
    found = receipt_code.read(code_of(reduced(redemption)))
    assert isinstance(found, SignedReceipt)
    assert found.original.lines == ()
    assert found.original.redemptions[0].points == 300
