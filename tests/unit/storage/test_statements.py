"""The queries behind the member panel, the history and undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from loyalty.statement import fold
from storage.types import AccountRow, Reversed

if TYPE_CHECKING:
    from storage.store import Reader
    from tests.fakes.ledger import LedgerOfTests


def test_an_unknown_account_is_empty(ledger: LedgerOfTests, reader: Reader) -> None:
    """A card nobody has used has a balance of zero, no history and no entries."""
    assert reader.account(ledger.member()) == AccountRow(ledger.member())
    assert reader.bookings(ledger.member()) == []
    assert reader.entries(ledger.member()) == []


def test_history_pages_without_gap_or_repetition(ledger: LedgerOfTests, reader: Reader) -> None:
    """Pages of three give the same bookings as one long read."""
    ledger.append(*(ledger.sale(ledger.member(), 100 * number) for number in range(1, 11)))
    whole = reader.bookings(ledger.member(), 100)
    assert [booking.points for booking in whole] == list(range(10, 0, -1))
    paged = []
    page = reader.bookings(ledger.member(), 3)
    while page:
        paged += page
        page = reader.bookings(ledger.member(), 3, page[-1].seq)
    assert paged == whole


def test_a_sale_that_earned_nothing_is_in_the_history(ledger: LedgerOfTests, reader: Reader) -> None:
    """Deposits only: no points, no entry, but the member was there."""
    ledger.append(ledger.sale(ledger.member(), 25, 0))
    assert [booking.points for booking in reader.bookings(ledger.member())] == [0]
    assert reader.entries(ledger.member()) == []


def test_bookings_say_how_much_of_them_was_undone(ledger: LedgerOfTests, reader: Reader) -> None:
    """Not, partly, wholly; a product reward without a value by its points."""
    member = ledger.member()
    sale, gift = ledger.sale(member, 1_000, 10), ledger.redemption(member, ledger.reward("coffee", 5, 0))
    ledger.append(sale, gift)

    def states() -> list[Reversed]:
        return [booking.reversed for booking in reader.bookings(member) if booking.record in (sale, gift)]

    assert states() == [Reversed.NO, Reversed.NO]
    ledger.append(ledger.reversal(sale, 400, 4))
    assert states() == [Reversed.NO, Reversed.PARTLY]
    assert [booking.reversible for booking in reader.bookings(member)] == [False, True, True]
    ledger.append(ledger.reversal(sale, 600, 6), ledger.reversal(gift))
    assert [booking.reversible for booking in reader.bookings(member)] == [False, False, False, False, False]
    assert states() == [Reversed.WHOLE, Reversed.WHOLE]
    assert [stored.seq for stored in reader.reversals_of(sale.record_id)] == [5, 6]
    assert reader.reversals_of(gift.record_id)[0].seq == 7


def test_undo_finds_the_newest_booking_with_something_left(ledger: LedgerOfTests, reader: Reader) -> None:
    """Adjustments and reversals can't be undone; what is wholly undone is passed over."""
    assert reader.last_booking() is None
    sale, redemption = ledger.sale(ledger.member(), 1_000, 10), ledger.redemption(ledger.member())
    ledger.append(sale, redemption, ledger.adjustment(ledger.member(), 5))
    for expected, undo in ((redemption, ledger.reversal(redemption)), (sale, ledger.reversal(sale, 500, 5))):
        found = reader.last_booking()
        assert found is not None
        assert found.record == expected
        ledger.append(undo)
    assert reader.last_booking() is not None
    ledger.append(ledger.reversal(sale, 500, 5))
    assert reader.last_booking() is None


def test_recent_bookings_are_the_tills_newest(ledger: LedgerOfTests, reader: Reader) -> None:
    """Over all members and anonymous sales, newest first."""
    ledger.append(
        ledger.sale(ledger.member(1)), ledger.enrolment(ledger.member(1)), ledger.sale(None), ledger.sale(None)
    )
    assert [booking.seq for booking in reader.recent_bookings(2)] == [6, 5]


def test_a_receipt_number_finds_its_newest_sale(ledger: LedgerOfTests, reader: Reader) -> None:
    """Registers begin their numbers anew; the newest sale is meant."""
    ledger.append(ledger.sale(None, receipt="17"))
    (newer,) = ledger.append(ledger.sale(None, receipt="17"))
    assert reader.sale_by_receipt("17") == newer
    assert reader.sale_by_receipt("18") is None


def test_a_sale_wholly_undone_gives_its_receipt_number_back(ledger: LedgerOfTests, reader: Reader) -> None:
    """The register's receipt is booked once more after a mistake; partly undone it still stands for its sale."""
    sale = ledger.sale(ledger.member(), 1_000, receipt="17")
    (booked,) = ledger.append(sale)
    ledger.append(ledger.reversal(sale, 400, 4))
    assert reader.sale_by_receipt("17") == booked
    ledger.append(ledger.reversal(sale, 600, 6))
    assert reader.sale_by_receipt("17") is None


def test_closes_are_numbered(ledger: LedgerOfTests, reader: Reader) -> None:
    """Zero before the first, then the number of the last."""
    assert reader.last_close_number() == 0
    ledger.append(ledger.day_close())
    assert reader.last_close_number() == 1


def test_a_unit_knows_the_day_it_has_closed(ledger: LedgerOfTests) -> None:
    """The day is read once in a transaction, and a close in the same one counts at once."""
    today, close = ledger.clock.today(), ledger.day_close()
    with ledger.store.unit() as unit:
        assert unit.latest_closed_day() is None
        unit.append(close)
        assert unit.latest_closed_day() == today
        with pytest.raises(ValueError, match="closed"):
            unit.append(ledger.sale(None))


def test_a_sale_typed_twice_is_found_until_it_is_undone(ledger: LedgerOfTests, reader: Reader) -> None:
    """Same member, same amount, within the window, and still counting."""
    member, since = ledger.member(), ledger.clock.now_us()
    sale = ledger.sale(member, 700)
    (stored,) = ledger.append(sale)
    assert reader.same_sale_since(member, 700, since) == stored
    assert reader.same_sale_since(member, 701, since) is None
    assert reader.same_sale_since(member, 700, since + 1) is None
    assert reader.same_sale_since(ledger.member(2), 700, since) is None
    ledger.append(ledger.reversal(sale))
    assert reader.same_sale_since(member, 700, since) is None


def test_entries_feed_the_fold_in_the_order_of_movements(ledger: LedgerOfTests, reader: Reader) -> None:
    """The account the rules compute from the entries has the balance the projection keeps."""
    member = ledger.member()
    sale = ledger.sale(member, 20_000, 200, ledger.reward())
    ledger.append(ledger.adjustment(member, 60), sale, ledger.reversal(sale))
    entries = reader.entries(member)
    assert [entry.kind.value for entry in entries] == ["adjust", "redeem", "earn", "return", "take_back"]
    assert [entry.original_id for entry in entries][2:] == [None, sale.record_id, sale.record_id]
    account = fold(entries)
    assert account.balance == reader.account(member).balance == 60
    assert sum(lot.left for lot in account.lots) == 60


def test_a_unit_sees_its_own_writes_and_others_do_not(ledger: LedgerOfTests, reader: Reader) -> None:
    """Reads inside the transaction include what it wrote; readers see it after the commit."""
    with ledger.store.unit() as unit:
        unit.append(ledger.sale(ledger.member(), 1_000))
        assert unit.account(ledger.member()).balance == 10
        assert reader.account(ledger.member()).balance == 0
        with pytest.raises(ValueError, match="block"):
            unit.close()
    assert reader.account(ledger.member()).balance == 10


def test_accounts_with_points_come_a_page_at_a_time(ledger: LedgerOfTests, reader: Reader) -> None:
    """By id; not those in debt, with nothing, or joined into another."""
    first, second, third = sorted((ledger.member(number) for number in (1, 2, 3)), key=lambda member: member.bytes)
    merged, empty, indebted = (ledger.ids.random_id() for _ in range(3))
    ledger.append(*(ledger.adjustment(member, 5) for member in (first, second, third, merged)))
    ledger.append(ledger.merge(merged, first), ledger.enrolment(empty), ledger.adjustment(indebted, -5))
    assert reader.members_with_points(None, 2) == [first, second]
    assert reader.members_with_points(second, 2) == [third]
    assert reader.members_with_points(third, 2) == []
