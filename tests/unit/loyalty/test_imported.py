"""Ids of what is taken over: the same for the same facts, another for any other."""

from uuid import UUID

import msgspec
import pytest

from loyalty import imported
from loyalty.lines import SaleLine
from loyalty.records import Sale, UnknownRecord
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.records import RecordWriter

MEMBER = UUID(int=7)
LINES = (SaleLine(1, 250, 2, sku="A1", category="bread"), SaleLine(2, 100, 1))


def test_a_purchase_has_one_id_wherever_it_is_imported() -> None:
    """A UUID of version 8 that depends on nothing but the purchase."""
    first = imported.sale_id("R-1", 1_000, "EUR", LINES)
    assert first == imported.sale_id("R-1", 1_000, "EUR", LINES)
    assert (first.version, first.variant) == (8, "specified in RFC 4122")


@pytest.mark.parametrize(
    "other",
    [
        imported.sale_id("R-2", 1_000, "EUR", LINES),
        imported.sale_id("R-1", 1_001, "EUR", LINES),
        imported.sale_id("R-1", 1_000, "CHF", LINES),
        imported.sale_id("R-1", 1_000, "EUR", LINES[:1]),
        imported.sale_id("R-1", 1_000, "EUR", (LINES[0], SaleLine(2, 101, 1))),
        imported.sale_id("R-1", 1_000, "EUR", (LINES[0], SaleLine(2, 100, 1, quantity=2))),
    ],
)
def test_another_purchase_has_another_id(other: UUID) -> None:
    """Receipt, moment, currency and every line count."""
    assert other != imported.sale_id("R-1", 1_000, "EUR", LINES)


def test_points_do_not_make_another_purchase() -> None:
    """What a purchase gave may be corrected in the file, and is then told as a contradiction, not booked again."""
    without = tuple(msgspec.structs.replace(line, points=0) for line in LINES)
    assert imported.sale_id("R-1", 1_000, "EUR", without) == imported.sale_id("R-1", 1_000, "EUR", LINES)


def test_a_member_is_taken_over_once() -> None:
    """Enrolment and opening points have ids of their own, one each."""
    assert imported.enrolment_id(MEMBER) == imported.enrolment_id(MEMBER)
    assert imported.enrolment_id(MEMBER) != imported.opening_points_id(MEMBER)
    assert imported.enrolment_id(MEMBER) != imported.enrolment_id(UUID(int=8))


class Till(RecordWriter):
    """A till without a ledger."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.ids = SeededIds(1, self.clock)


def test_imported_records_are_told_from_the_tills_own() -> None:
    """By recomputing the id; records of other kinds are never imported."""
    till = Till()
    own = Sale(**till.header(MEMBER), currency="EUR", amount_cents=350, lines=LINES, receipt="R-1")
    assert not imported.is_imported(own)
    derived = imported.sale_id("R-1", own.at_us, "EUR", own.lines)
    assert imported.is_imported(msgspec.structs.replace(own, record_id=derived))
    enrolment, adjustment = till.enrolment(MEMBER), till.adjustment(MEMBER, 5)
    assert not imported.is_imported(enrolment)
    assert not imported.is_imported(adjustment)
    enrolment = msgspec.structs.replace(enrolment, record_id=imported.enrolment_id(MEMBER))
    adjustment = msgspec.structs.replace(adjustment, record_id=imported.opening_points_id(MEMBER))
    assert imported.is_imported(enrolment)
    assert imported.is_imported(adjustment)
    assert not imported.is_imported(msgspec.structs.replace(enrolment, member_id=None))
    assert not imported.is_imported(msgspec.structs.replace(adjustment, member_id=None))
    assert not imported.is_imported(UnknownRecord("later", b"{}"))
