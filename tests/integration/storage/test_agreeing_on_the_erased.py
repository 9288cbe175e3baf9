"""The ledger and the small file beside it name the same erased members, whichever was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty.directory import Profile
from storage.tombstones import read_tombstones

if TYPE_CHECKING:
    from tests.fakes.ledger import LedgerOfTests


def test_a_lost_file_of_the_erased_is_written_again_at_the_next_start(ledger: LedgerOfTests) -> None:
    """Else a copy that is put back would not be told whom to forget."""
    member = ledger.member()
    with ledger.store.unit() as unit:
        unit.put_profile(member, Profile("Anna"))
        unit.erase_member(member)
    told = read_tombstones(ledger.directory)
    assert [tombstone.member_id for tombstone in told] == [member]
    ledger.close()
    (ledger.directory / "tombstones").unlink()
    ledger.reopen()
    assert read_tombstones(ledger.directory) == told
