"""Accounts: what the records add up to, which points are left, and where returned points go."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from loyalty.lines import RedemptionLine, ReversedLine, SaleLine
from loyalty.records import Adjustment, AnyRecord, Consent, Expiry, Purpose, Reversal, ReversalReason, UnknownRecord
from loyalty.statement import Account, Entry, EntryKind, Lot, Movement, fold, movements
from tests.unit.loyalty.building import DAY, MEMBER, redemption_of, sale_of

EARN, REDEEM, TAKE_BACK, RETURN, ADJUST, EXPIRE = EntryKind


def entries_of(*moved: tuple[EntryKind, int] | tuple[EntryKind, int, int]) -> list[Entry]:
    """Entries with seq 1, 2, 3 ..., each its own record and an hour later; a third value is the original's seq."""
    return [
        Entry(
            seq=seq,
            record_id=UUID(int=seq),
            kind=kind,
            points=points,
            at_us=seq * 3_600_000_000,
            original_id=UUID(int=original[0]) if original else None,
        )
        for seq, (kind, points, *original) in enumerate(moved, start=1)
    ]


def left_of(account: Account) -> dict[int, int]:
    """Points left by the seq of the record that earned them."""
    return {lot.record_id.int: lot.left for lot in account.lots}


@pytest.mark.parametrize(
    ("moved", "balance", "left"),
    [
        pytest.param([], 0, {}, id="an account without entries is empty"),
        pytest.param([(EARN, 5), (EARN, 7)], 12, {1: 5, 2: 7}, id="each award is a lot"),
        pytest.param([(EARN, 5), (EARN, 7), (REDEEM, -6)], 6, {2: 6}, id="oldest first"),
        pytest.param([(EARN, 5), (REDEEM, -8)], -3, {}, id="an overspend is debt"),
        pytest.param([(EARN, 5), (REDEEM, -8), (EARN, 10)], 7, {3: 7}, id="an award pays debt first"),
        pytest.param([(EARN, 5), (REDEEM, -8), (EARN, 2)], -1, {}, id="a small award pays a part"),
        pytest.param([(ADJUST, 9), (ADJUST, -4)], 5, {1: 5}, id="corrections go both ways"),
        pytest.param(
            [(EARN, 5), (EARN, 7), (TAKE_BACK, -7, 2)], 5, {1: 5}, id="a reversal takes from the lot of its own sale"
        ),
        pytest.param(
            [(EARN, 5), (EARN, 7), (REDEEM, -6), (TAKE_BACK, -5, 1)],
            1,
            {2: 1},
            id="a reversal of spent points takes what is left elsewhere",
        ),
        pytest.param(
            [(EARN, 5), (EARN, 7), (EARN, 9), (REDEEM, -14), (RETURN, 14, 4)],
            21,
            {1: 5, 2: 7, 3: 9},
            id="returned points go back to the lots they came from",
        ),
        pytest.param(
            [(EARN, 5), (EARN, 7), (REDEEM, -9), (RETURN, 5, 3)], 8, {1: 1, 2: 7}, id="the last taken goes back first"
        ),
        pytest.param(
            [(EARN, 5), (EARN, 7), (REDEEM, -9), (RETURN, 5, 3), (RETURN, 4, 3)],
            12,
            {1: 5, 2: 7},
            id="two partial returns are the whole",
        ),
        pytest.param(
            [(EARN, 5), (REDEEM, -8), (RETURN, 8, 2)], 5, {1: 5}, id="returning an overspend forgives its debt"
        ),
        pytest.param(
            [(EARN, 5), (REDEEM, -5), (REDEEM, -4), (RETURN, 5, 2)],
            1,
            {1: 1},
            id="points that come back pay another record's debt",
        ),
        pytest.param(
            [(REDEEM, -8), (EARN, 10), (RETURN, 8, 1)], 10, {2: 10}, id="undone debt goes back to the lot that paid it"
        ),
        pytest.param(
            [(REDEEM, -8), (EARN, 3), (RETURN, 8, 1)], 3, {2: 3}, id="half paid debt is half forgiven, half returned"
        ),
        pytest.param(
            [(REDEEM, -3), (REDEEM, -4), (RETURN, 2, 1), (EARN, 6), (RETURN, 4, 2)],
            5,
            {4: 5},
            id="the oldest debt is paid first",
        ),
        pytest.param([(RETURN, 6, 99)], 6, {1: 6}, id="a return of unknown origin is a lot of its own"),
        pytest.param([(RETURN, 6)], 6, {1: 6}, id="so is one that names no original"),
        pytest.param([(REDEEM, -4), (RETURN, 6, 99)], 2, {2: 2}, id="and it pays debt as well"),
    ],
)
def test_an_account_follows_the_allocation_rule(
    moved: list[tuple[EntryKind, int]], balance: int, left: dict[int, int]
) -> None:
    """One line per rule; its name says which."""
    account = fold(entries_of(*moved))
    assert account.balance == balance
    assert left_of(account) == left


def test_a_late_entry_makes_an_older_lot_that_is_used_first() -> None:
    """The time of the purchase counts, not the time of booking."""
    early, late = entries_of((EARN, 5), (EARN, 7))
    late_entry = Entry(seq=2, record_id=late.record_id, kind=EARN, points=7, at_us=0)
    spend = Entry(seq=3, record_id=UUID(int=3), kind=REDEEM, points=-6, at_us=10**12)
    assert left_of(fold([early, late_entry, spend])) == {1: 5, 2: 1}


def test_lots_say_what_was_earned_when_and_what_is_left() -> None:
    """Oldest first, exhausted ones left out."""
    account = fold(entries_of((EARN, 5), (EARN, 7), (REDEEM, -6)))
    (lot,) = account.lots
    assert lot == Lot(UUID(int=2), 7_200_000_000, 7, 6, returned_at_us=0)


def test_of_two_lots_of_one_moment_the_one_written_first_is_used_first() -> None:
    """Two purchases may carry the same time; what is left must not depend on chance."""
    first, second, spend = (replace(entry, at_us=0) for entry in entries_of((EARN, 5), (EARN, 7), (REDEEM, -6)))
    assert left_of(fold([first, second, spend])) == {2: 6}
    assert left_of(fold([second, first, spend])) == {2: 1, 1: 5}


def timeless(account: Account) -> list[Lot]:
    """An account's lots, whenever points came back to them."""
    return [replace(lot, returned_at_us=0) for lot in account.lots]


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    """Entries as records make them: spendings may overdraw, returns never exceed what their original still has."""
    moved: list[tuple[EntryKind, int] | tuple[EntryKind, int, int]] = []
    open_spendings: dict[int, int] = {}
    open_awards: dict[int, int] = {}
    for seq in range(1, draw(st.integers(0, 25)) + 1):
        kind = draw(st.sampled_from(EntryKind))
        points = draw(st.integers(1, 60))
        pool = {RETURN: open_spendings, TAKE_BACK: open_awards}.get(kind)
        if pool is not None and any(pool.values()):
            original = draw(st.sampled_from([seq for seq, left in pool.items() if left]))
            points = min(points, pool[original])
            pool[original] -= points
            moved.append((kind, points if kind is RETURN else -points, original))
        elif kind is REDEEM:
            open_spendings[seq] = points
            moved.append((REDEEM, -points))
        elif kind is ADJUST:
            moved.append((ADJUST, draw(st.sampled_from((1, -1))) * points))
        else:
            open_awards[seq] = points
            moved.append((EARN, points))
    return entries_of(*moved)


@given(histories())
def test_the_balance_is_the_sum_and_lots_and_debt_explain_it(entries: list[Entry]) -> None:
    """No history makes or loses a point, no lot holds more than it earned, and nobody has points and debt at once."""
    account = fold(entries)
    assert account.balance == sum(entry.points for entry in entries)
    left = sum(lot.left for lot in account.lots)
    assert left == max(0, account.balance)
    assert all(0 < lot.left <= lot.points for lot in account.lots)
    assert [lot.earned_at_us for lot in account.lots] == sorted(lot.earned_at_us for lot in account.lots)


@given(histories(), st.integers(1, 500))
def test_a_redemption_returned_at_once_leaves_only_its_moment(entries: list[Entry], points: int) -> None:
    """Balance and every lot are as before, also when the redemption overdrew the account; lots remember the return."""
    seq = len(entries) + 1
    redeemed = Entry(seq=seq, record_id=UUID(int=seq), kind=REDEEM, points=-points, at_us=10**15)
    returned = Entry(
        seq=seq + 1,
        record_id=UUID(int=seq + 1),
        kind=RETURN,
        points=points,
        at_us=10**15 + 1,
        original_id=redeemed.record_id,
    )
    after, before = fold([*entries, redeemed, returned]), fold(entries)
    moments = [lot.returned_at_us for lot in after.lots]
    assert all(
        moment in (0, lot.returned_at_us, returned.at_us) for moment, lot in zip(moments, before.lots, strict=True)
    )
    lots = tuple(
        replace(lot, returned_at_us=was.returned_at_us) for lot, was in zip(after.lots, before.lots, strict=True)
    )
    assert (after.balance, lots) == (before.balance, before.lots)


@given(histories(), st.integers(0, 200))
def test_a_fold_can_go_on_from_another(entries: list[Entry], cut: int) -> None:
    """As a till goes on from a statement; only what comes back from before it finds no lot to go back to."""
    first, rest = entries[:cut], entries[cut:]
    spent_before = {entry.record_id for entry in first}
    rest = [entry for entry in rest if entry.kind is not RETURN or entry.original_id not in spent_before]
    whole, parts = fold([*first, *rest]), fold(rest, fold(first))
    assert parts.balance == whole.balance
    assert sum(lot.left for lot in parts.lots) == sum(lot.left for lot in whole.lots)


def test_a_debt_is_carried_over_and_paid_by_the_next_award() -> None:
    """The opening account owes five points, so seven new ones leave two."""
    account = fold(entries_of((EARN, 7)), Account(-5, ()))
    assert account.balance == 2
    assert left_of(account) == {1: 2}


def test_one_sale_can_owe_for_several_rewards() -> None:
    """Both were given out on nothing, so an award pays for both before anything is left."""
    one, other, award = entries_of((REDEEM, -4), (REDEEM, -3), (EARN, 10))
    account = fold([one, replace(other, record_id=one.record_id), award])
    assert account.balance == 3
    assert left_of(account) == {3: 3}


def test_more_than_was_spent_does_not_come_back_to_the_lot_it_came_from() -> None:
    """Points returned in parts fill their lot once; what goes beyond was never taken from it."""
    account = fold(entries_of((EARN, 100), (REDEEM, -90), (RETURN, 30, 2), (RETURN, 60, 2), (RETURN, 20, 2)))
    assert account.balance == 120
    assert left_of(account) == {1: 100, 5: 20}


def test_an_expiry_takes_its_own_lot_however_old_others_are() -> None:
    """The lot it names goes, the older one stays."""
    account = fold(entries_of((EARN, 5), (EARN, 7), (EXPIRE, -7, 2)))
    assert left_of(account) == {1: 5}


def test_points_that_come_back_tell_when() -> None:
    """An expiry rule gives them their grace from that moment on."""
    account = fold(entries_of((EARN, 5), (REDEEM, -5), (RETURN, 5, 2)))
    assert [lot.returned_at_us for lot in account.lots] == [3 * 3_600_000_000]


@given(histories(), histories(), st.randoms(use_true_random=False))
def test_an_account_is_not_touched_by_what_others_do_in_between(
    mine: list[Entry], theirs: list[Entry], order: random.Random
) -> None:
    """Only the order of a member's own entries matters, not what the journal holds between them."""
    journal = [("me", entry) for entry in mine] + [("them", entry) for entry in theirs]
    queues = {"me": iter(mine), "them": iter(theirs)}
    owners = [owner for owner, _ in journal]
    order.shuffle(owners)
    interleaved = [(owner, next(queues[owner])) for owner in owners]
    assert fold(entry for owner, entry in interleaved if owner == "me") == fold(mine)


HEAD: dict[str, Any] = {
    "record_id": UUID(int=9),
    "member_id": MEMBER,
    "at_us": 0,
    "business_day": DAY,
    "utc_offset_min": 60,
    "programme_version": 7,
    "command_digest": "",
}


@pytest.mark.parametrize(
    ("record", "moved"),
    [
        (sale_of((SaleLine(1, 2000, 20),)), [(EARN, 20)]),
        (
            sale_of((SaleLine(1, 2000, 20),), (RedemptionLine(2, "off-5", 500, 500, True),)),
            [(REDEEM, -500), (EARN, 20)],
        ),
        (sale_of((SaleLine(1, 20, 0),)), []),
        (sale_of((SaleLine(1, 2000, 0),), member_id=None), []),
        (redemption_of(RedemptionLine(1, "coffee", 300, 290, False)), [(REDEEM, -300)]),
        (
            Reversal(
                **HEAD,
                original_id=UUID(int=1),
                lines=(ReversedLine(1, 2000, 20),),
                redemptions=(ReversedLine(2, 500, 500),),
                reason=ReversalReason.MISTAKE,
            ),
            [(RETURN, 500), (TAKE_BACK, -20)],
        ),
        (Adjustment(**HEAD, points=-7), [(ADJUST, -7)]),
        (Consent(**HEAD, purpose=Purpose.SMS, text_version="1", granted=False), []),
        (UnknownRecord("stamp", b"{}"), []),
    ],
)
def test_each_record_moves_its_points_once(
    record: AnyRecord | UnknownRecord, moved: list[tuple[EntryKind, int]]
) -> None:
    """Redeemed before earned, nothing for zero points, nothing for anonymous sales and unknown kinds."""
    assert movements(record) == tuple(Movement(kind, points) for kind, points in moved)


def test_an_expiry_moves_its_points_away() -> None:
    """As one entry of its own kind."""
    record = Expiry(
        record_id=UUID(int=1),
        member_id=MEMBER,
        at_us=0,
        business_day=DAY,
        utc_offset_min=0,
        programme_version=1,
        command_digest="",
        lot_id=UUID(int=2),
        points=40,
        last_day=DAY,
    )
    assert movements(record) == (Movement(EXPIRE, -40),)
