"""Undoing: whole or in parts, in any order, never more than was booked and never twice."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.lines import RedemptionLine, ReversedLine, SaleLine
from loyalty.outcomes import Reason, Refused
from loyalty.records import Redemption, Reversal, ReversalReason, Sale
from loyalty.reversal import (
    Original,
    OriginalLine,
    Receipt,
    ReversalPlan,
    ReversalRequest,
    ReversedSoFar,
    further_reversed,
    plan_reversal,
    plan_vouched,
    reduced,
    shared_out,
)
from tests.unit.loyalty.building import DAY, MEMBER, redemption_of, sale_of, sales

ID = UUID(int=1)
SALE = sale_of(
    (SaleLine(1, 1000, 10), SaleLine(2, 345, 0, "deposit"), SaleLine(3, 999, 9)),
    (RedemptionLine(4, "off-5", 500, 500, True), RedemptionLine(5, "sticker", 10, 0, False)),
)


class Ledger:
    """What a journal remembers of the reversals of one record."""

    def __init__(self, original: Sale | Redemption) -> None:
        self.original = original
        self.so_far: dict[int, ReversedSoFar] = {}

    def reverse(self, line: int | None = None, amount_cents: int | None = None) -> ReversalPlan | Refused:
        """Plan a reversal and, when it is one, book it."""
        plan = plan_reversal(self.original, ReversalRequest(ID, line, amount_cents), self.so_far)
        if isinstance(plan, ReversalPlan):
            for part in (*plan.lines, *plan.redemptions):
                before = self.so_far.get(part.line, ReversedSoFar())
                self.so_far[part.line] = ReversedSoFar(before.cents + part.cents, before.points + part.points)
        return plan


def test_a_whole_reversal_takes_back_and_returns_exactly_what_was_booked() -> None:
    """Buy, return, and keep no points; redeemed points come back once."""
    plan = Ledger(SALE).reverse()
    assert isinstance(plan, ReversalPlan)
    assert (plan.takes_back, plan.returns) == (SALE.points, SALE.points_redeemed)
    assert [(part.line, part.cents, part.points) for part in plan.lines] == [(1, 1000, 10), (2, 345, 0), (3, 999, 9)]
    assert [(part.line, part.cents, part.points) for part in plan.redemptions] == [(4, 500, 500), (5, 0, 10)]


def test_a_second_whole_reversal_moves_nothing() -> None:
    """Refunding twice deducts once: peers took redeemed points twice."""
    ledger = Ledger(SALE)
    ledger.reverse()
    assert ledger.reverse() == Refused(Reason.NOTHING_LEFT_TO_REVERSE)


def test_points_are_taken_back_as_awarded_not_as_the_rule_of_today_would_give() -> None:
    """A line that earned double on a campaign day gives double back; the programme is not even asked."""
    plan = Ledger(sale_of((SaleLine(1, 5000, 100),))).reverse()
    assert isinstance(plan, ReversalPlan)
    assert plan.takes_back == 100


def test_one_line_can_be_returned_alone() -> None:
    """The other lines and the rewards stay."""
    ledger = Ledger(SALE)
    plan = ledger.reverse(line=3)
    assert isinstance(plan, ReversalPlan)
    assert (plan.takes_back, plan.returns, len(plan.lines)) == (9, 0, 1)
    assert ledger.reverse(line=3) == Refused(Reason.LINE_ALREADY_REVERSED, {"line": 3})


def test_one_reward_can_be_returned_alone() -> None:
    """Also one without a money value, which is returned whole or not at all."""
    ledger = Ledger(SALE)
    plan = ledger.reverse(line=5)
    assert isinstance(plan, ReversalPlan)
    assert (plan.takes_back, plan.returns) == (0, 10)
    assert ledger.reverse(line=5) == Refused(Reason.LINE_ALREADY_REVERSED, {"line": 5})
    assert Ledger(SALE).reverse(line=5, amount_cents=1) == Refused(Reason.NOTHING_LEFT_TO_REVERSE)


def test_a_sum_goes_through_the_purchase_in_order_and_leaves_rewards_alone() -> None:
    """Twelve euros back are the first line and part of the second."""
    plan = Ledger(SALE).reverse(amount_cents=1200)
    assert isinstance(plan, ReversalPlan)
    assert [(part.line, part.cents, part.points) for part in plan.lines] == [(1, 1000, 10), (2, 200, 0)]
    assert plan.redemptions == ()


def test_a_sum_above_what_is_left_takes_back_what_is_left() -> None:
    """Over-reversal moves nothing more."""
    ledger = Ledger(SALE)
    ledger.reverse(amount_cents=2000)
    plan = ledger.reverse(amount_cents=99_999)
    assert isinstance(plan, ReversalPlan)
    assert sum(part.cents for part in plan.lines) == SALE.amount_cents - 2000
    assert sum(so_far.points for so_far in ledger.so_far.values()) == SALE.points


@pytest.mark.parametrize(
    ("request_of", "reason"),
    [
        (ReversalRequest(ID, line=6), Reason.LINE_UNKNOWN),
        (ReversalRequest(ID, line=0), Reason.LINE_UNKNOWN),
        (ReversalRequest(ID, amount_cents=0), Reason.AMOUNT_INVALID),
        (ReversalRequest(ID, amount_cents=-1), Reason.AMOUNT_INVALID),
    ],
)
def test_a_request_that_names_nothing_is_refused(request_of: ReversalRequest, reason: Reason) -> None:
    """Unknown lines and sums that are none."""
    refused = plan_reversal(SALE, request_of, {})
    assert isinstance(refused, Refused)
    assert refused.reason is reason


def test_a_reward_taken_without_a_purchase_is_returned() -> None:
    """Whole, or in parts of its money value."""
    whole = Ledger(redemption_of(RedemptionLine(1, "coffee", 300, 290, False))).reverse()
    assert isinstance(whole, ReversalPlan)
    assert (whole.returns, whole.takes_back, whole.lines) == (300, 0, ())
    ledger = Ledger(redemption_of(RedemptionLine(1, "off-5", 500, 333, True)))
    returned = [ledger.reverse(line=1, amount_cents=100) for _ in range(5)]
    assert [plan.returns for plan in returned if isinstance(plan, ReversalPlan)] == [150, 150, 150, 50]


def test_a_line_that_another_till_reversed_beyond_its_amount_is_done() -> None:
    """Two offline tills may both have returned it; this one moves nothing more."""
    sale = sale_of((SaleLine(1, 1000, 10),))
    request = ReversalRequest(ID)
    assert plan_reversal(sale, request, {1: ReversedSoFar(1500, 10)}) == Refused(Reason.NOTHING_LEFT_TO_REVERSE)


steps = st.lists(st.tuples(st.none() | st.integers(1, 7), st.none() | st.integers(1, 6000)), max_size=12)


@given(sales(), steps)
def test_partial_reversals_in_any_order_sum_to_the_whole_and_never_go_over(
    sale: Sale, wanted: list[tuple[int | None, int | None]]
) -> None:
    """After any sequence no line is reversed beyond itself, and one last whole reversal completes each exactly."""
    ledger = Ledger(sale)
    parts = {line.line: (line.amount_cents, line.points) for line in sale.lines}
    parts |= {line.line: (line.value_cents, line.points) for line in sale.redemptions}
    for line, amount_cents in wanted:
        plan = ledger.reverse(line, amount_cents)
        for booked in (*plan.lines, *plan.redemptions) if isinstance(plan, ReversalPlan) else ():
            assert booked.points >= 0
            so_far = ledger.so_far[booked.line]
            cents, points = parts[booked.line]
            assert so_far.cents <= cents
            assert so_far.points == (points * so_far.cents // cents if cents else points)
    ledger.reverse()
    done = {line: (so_far.cents, so_far.points) for line, so_far in ledger.so_far.items()}
    assert done == {line: part for line, part in parts.items() if part != (0, 0)}
    assert ledger.reverse() == Refused(Reason.NOTHING_LEFT_TO_REVERSE)


# -- bookings of another till, and what a manager vouches for

MANAGER = UUID(int=0xE)


def reversal_of(plan: ReversalPlan, *, vouched_by: UUID | None = None) -> Reversal:
    """A plan as it is booked."""
    return Reversal(
        record_id=UUID(int=99),
        member_id=MEMBER,
        at_us=0,
        business_day=DAY,
        utc_offset_min=60,
        programme_version=7,
        command_digest="",
        original_id=ID,
        lines=plan.lines,
        redemptions=plan.redemptions,
        reason=ReversalReason.RETURN,
        vouched_by=vouched_by,
    )


def vouched(receipt: Receipt, *done: Reversal) -> Reversal:
    """A reversal a manager vouches for."""
    plan = plan_vouched(receipt, done)
    assert isinstance(plan, ReversalPlan)
    return reversal_of(plan, vouched_by=MANAGER)


PAPER = Receipt(SALE.amount_cents, SALE.points, SALE.points_redeemed)


@given(sale=sales(), cents=st.integers(1, 9_000))
def test_a_booking_of_another_till_is_undone_as_its_own_till_would(sale: Sale, cents: int) -> None:
    """The code on the receipt carries all that undoing needs."""
    for request in (ReversalRequest(ID), ReversalRequest(ID, amount_cents=cents), ReversalRequest(ID, line=1)):
        assert plan_reversal(reduced(sale), request, {}) == plan_reversal(sale, request, {})
    assert reduced(sale).amount_cents == sale.amount_cents


def test_a_manager_vouches_for_sums_not_for_lines() -> None:
    """Nobody reads lines off a crumpled receipt: the purchase is one sum, the rewards another."""
    plan = plan_vouched(PAPER, ())
    assert plan == ReversalPlan((ReversedLine(1, 2_344, 19),), (ReversedLine(2, 0, 510),))
    assert plan_vouched(Receipt(500, 5), ()) == ReversalPlan((ReversedLine(1, 500, 5),), ())
    assert plan_vouched(Receipt(0, 0, 300), ()) == ReversalPlan((), (ReversedLine(2, 0, 300),))


def test_what_this_till_has_undone_of_a_receipt_is_not_vouched_for_again() -> None:
    """A second whole return of the same paper moves nothing."""
    part = Ledger(SALE).reverse(amount_cents=500)
    assert isinstance(part, ReversalPlan)
    rest = vouched(PAPER, reversal_of(part))
    assert (rest.cents, rest.takes_back, rest.returns) == (1_844, 14, 510)
    assert plan_vouched(PAPER, (reversal_of(part), rest)) == Refused(Reason.NOTHING_LEFT_TO_REVERSE)


@given(sale=sales())
def test_vouching_for_a_whole_receipt_undoes_exactly_what_was_booked(sale: Sale) -> None:
    """Put on the lines of its original it is the reversal its own till would have booked."""
    original = reduced(sale)
    booked = shared_out(
        vouched(Receipt(sale.amount_cents, sale.points, sale.points_redeemed)), original.lines, original.redemptions
    )
    whole = plan_reversal(sale, ReversalRequest(ID), {})
    assert isinstance(whole, ReversalPlan)
    assert {(line.line, line.cents, line.points) for line in booked.lines if line.cents} == {
        (line.line, line.cents, line.points) for line in whole.lines
    }
    assert booked.redemptions == whole.redemptions


@pytest.mark.parametrize(
    ("paper", "line"),
    [
        pytest.param(Receipt(1, 0), ReversedLine(1, 1, 0), id="a cent without points"),
        pytest.param(Receipt(0, 1), ReversedLine(1, 0, 1), id="a point without a price"),
        pytest.param(Receipt(0, 0, 1), ReversedLine(2, 0, 1), id="a point that was redeemed"),
    ],
)
def test_the_smallest_receipt_is_vouched_for_as_it_is(paper: Receipt, line: ReversedLine) -> None:
    """Nothing is rounded up, and nothing is too little to count."""
    plan = plan_vouched(paper, ())
    assert isinstance(plan, ReversalPlan)
    assert plan.lines + plan.redemptions == (line,)


def test_sums_go_to_the_lines_in_order_and_no_further_than_they_reach() -> None:
    """The first line takes what it can, the second what is left of cents and of points."""
    lines = (OriginalLine(1, 100, 10), OriginalLine(2, 50, 9), OriginalLine(3, 40, 4))
    booked = shared_out(vouched(Receipt(120, 12)), lines, ())
    assert booked.lines == (ReversedLine(1, 100, 10), ReversedLine(2, 20, 2))


def test_what_is_vouched_for_goes_where_something_is_left() -> None:
    """A line that was undone takes nothing more; one that was undone in part takes the rest of its points."""
    original = Original(ID, MEMBER, DAY, (OriginalLine(1, 100, 10), OriginalLine(2, 100, 10)), ())
    there = {1: ReversedSoFar(100, 10), 2: ReversedSoFar(30, 4)}
    sums = further_reversed(original, there, [vouched(Receipt(500, 50))])
    assert sums == {1: ReversedSoFar(100, 10), 2: ReversedSoFar(100, 10)}


def test_what_goes_beyond_the_original_finds_no_line() -> None:
    """A manager who reads a 7 for a 1 takes back no more than was awarded."""
    original = reduced(SALE)
    booked = shared_out(vouched(Receipt(99_999, 999, 999)), original.lines, original.redemptions)
    assert (booked.cents, booked.takes_back, booked.returns) == (SALE.amount_cents, SALE.points, SALE.points_redeemed)
    assert shared_out(vouched(PAPER), (), ()).takes_back == 0


def test_a_reward_in_part_returns_its_value_in_part() -> None:
    """Fewer points than a reward cost bring back as much less of its value."""
    booked = shared_out(vouched(Receipt(0, 0, 250)), (), (OriginalLine(4, 500, 500), OriginalLine(5, 90, 300)))
    assert booked.redemptions == (ReversedLine(4, 250, 250),)
    (odd,) = shared_out(vouched(Receipt(0, 0, 1)), (), (OriginalLine(4, 500, 3),)).redemptions
    assert repr(odd) == repr(ReversedLine(4, 166, 1)), "cents are whole"


def test_own_reversals_come_on_top_of_what_head_office_has_booked() -> None:
    """Nothing is undone twice while head office has not heard of it, whoever vouched for it."""
    original = reduced(SALE)
    there = {1: ReversedSoFar(400, 4)}
    part = plan_reversal(original, ReversalRequest(ID, amount_cents=300), there)
    assert isinstance(part, ReversalPlan)
    sums = further_reversed(original, there, [reversal_of(part)])
    assert sums == {1: ReversedSoFar(700, 7)}
    all_of_it = further_reversed(original, there, [reversal_of(part), vouched(PAPER, reversal_of(part))])
    assert plan_reversal(original, ReversalRequest(ID), all_of_it) == Refused(Reason.NOTHING_LEFT_TO_REVERSE)


def test_a_worthless_reward_that_was_returned_twice_is_not_returned_a_third_time() -> None:
    """Two tills may both have returned a sticker before either had heard of the other."""
    original = Original(ID, MEMBER, DAY, (), (OriginalLine(1, 0, 10),))
    assert plan_reversal(original, ReversalRequest(ID), {1: ReversedSoFar(0, 20)}) == Refused(
        Reason.NOTHING_LEFT_TO_REVERSE
    )
