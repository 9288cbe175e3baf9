"""What a till knows of a member's consents: its own journal, and on a joined till head office's word beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from loyalty.consent import ConsentState
from loyalty.feed import RemovedItem, StatementItem
from loyalty.records import Consent, Purpose
from tests.fakes.clock import START

if TYPE_CHECKING:
    from storage.store import Reader
    from tests.fakes.ledger import LedgerOfTests
    from tests.fakes.ledger_joined import JoinedLedger

HERS = UUID(int=0xA)
HIS = UUID(int=0xB)
NOW_US = int(START.timestamp() * 1_000_000)


def consent(ledger: LedgerOfTests, member_id: UUID, *, granted: bool, at_us: int = NOW_US) -> Consent:
    """A yes or no to e-mail."""
    header = ledger.header(member_id, at_us=at_us)
    return Consent(**header, purpose=Purpose.EMAIL, text_version="1", granted=granted)


def state(*, granted: bool, at_us: int = NOW_US) -> ConsentState:
    """What head office says of e-mail."""
    return ConsentState(Purpose.EMAIL, granted, at_us, "1")


def granted(reader: Reader, member_id: UUID = HERS) -> list[bool]:
    """What counts for e-mail; empty when nothing was said."""
    return [one.granted for one in reader.consents(member_id)]


def test_a_till_that_stands_alone_goes_by_its_journal(ledger: LedgerOfTests, reader: Reader) -> None:
    """A later withdrawal counts; of somebody else nothing is known."""
    ledger.append(consent(ledger, HERS, granted=True))
    assert granted(reader) == [True]
    ledger.append(consent(ledger, HERS, granted=False))
    assert (granted(reader), granted(reader, HIS)) == ([False], [])


def test_joined_accounts_are_one_person(ledger: LedgerOfTests, reader: Reader) -> None:
    """The withdrawal under either number counts for both."""
    ledger.append(consent(ledger, HERS, granted=False), consent(ledger, HIS, granted=True))
    ledger.append(ledger.merge(HERS, HIS))
    assert granted(reader, HERS) == granted(reader, HIS) == [False]


def test_nothing_is_known_of_who_was_erased(ledger: LedgerOfTests, reader: Reader) -> None:
    """The records stay, and say nothing of a person any more."""
    ledger.append(consent(ledger, HERS, granted=True))
    with ledger.store.unit() as unit:
        unit.erase_member(HERS)
    assert granted(reader) == []


def test_own_records_come_on_top_of_head_offices_word(joined: JoinedLedger, joined_reader: Reader) -> None:
    """One that head office does not know yet counts at once; an older one changes nothing."""
    joined.pull(StatementItem(HERS, consents=(state(granted=True, at_us=NOW_US + 5),)))
    joined.append(consent(joined, HERS, granted=False))
    assert granted(joined_reader) == [True]
    joined.append(consent(joined, HERS, granted=False, at_us=NOW_US + 5))
    assert granted(joined_reader) == [False]


def test_what_head_office_includes_is_its_own_to_say(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Behind the covered position the own journal is not asked: the member may be another one there meanwhile."""
    (stored,) = joined.append(consent(joined, HERS, granted=True))
    joined.pull(StatementItem(HERS), covered_seq=stored.seq)
    assert granted(joined_reader) == []


def test_accounts_joined_at_head_office_are_one_person(joined: JoinedLedger, joined_reader: Reader) -> None:
    """An own record under the old account counts for the surviving one."""
    joined.pull(StatementItem(HERS, merged_into=HIS), StatementItem(HIS, consents=(state(granted=True),)))
    joined.append(consent(joined, HERS, granted=False))
    assert granted(joined_reader, HERS) == granted(joined_reader, HIS) == [False]


def test_a_member_out_of_scope_is_unknown(joined: JoinedLedger, joined_reader: Reader) -> None:
    """Until the member says something here again."""
    joined.pull(StatementItem(HERS, consents=(state(granted=True),)))
    joined.pull(RemovedItem(HERS))
    assert granted(joined_reader) == []
