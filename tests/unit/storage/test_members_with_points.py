"""Accounts that have points, in pages; and a programme as its shop wrote it."""

from storage.store import Reader
from tests.fakes.ledger import PROGRAMME, LedgerOfTests


def test_accounts_with_points_come_in_pages(ledger: LedgerOfTests, reader: Reader) -> None:
    """Every one once, those without points never."""
    members = sorted(ledger.member(number) for number in (1, 2, 3))
    ledger.append(*(ledger.sale(member) for member in members), ledger.sale(ledger.member(4), 50))
    first = reader.members_with_points(None, 2)
    assert first == members[:2]
    assert reader.members_with_points(first[-1], 2) == members[2:]


def test_a_programme_is_handed_out_as_written(reader: Reader) -> None:
    """Comments and all; a version nobody has is none."""
    assert reader.programme_document(1) == PROGRAMME
    assert reader.programme_document(99) is None
