"""A member changes their mind at the till: one record, once, and what counts afterwards."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import msgspec
import pytest

from loyalty.outcomes import Reason, Refused
from loyalty.records import Consent, Purpose
from terminal.app.consent import ConsentCommand, Consented, change_consent
from terminal.app.enrol import EnrolCommand, Enrolled, enrol
from terminal.app.till import Till
from tests.fakes.ledger import LedgerOfTests, card_number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANNA = card_number(1)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    """A till that stands alone, with Anna, who agreed to e-mail."""
    with closing(LedgerOfTests(tmp_path / "till")) as ledger:
        made = Till(ledger.store, ledger.clock, ledger.ids)
        done = enrol(made, EnrolCommand(ledger.ids.record_id(), ANNA, "Anna", consents=(Purpose.EMAIL,)))
        assert isinstance(done, Enrolled)
        ledger.clock.advance(minutes=5)
        yield made


def withdrawal(till: Till) -> ConsentCommand:
    """Anna wants no more e-mail."""
    return ConsentCommand(till.ids.record_id(), ANNA, Purpose.EMAIL, granted=False)


def test_a_withdrawal_counts_at_once_and_is_written_once(till: Till) -> None:
    """A retry with the same id gets the first answer; the record names the privacy text in force."""
    command = withdrawal(till)
    done, again = change_consent(till, command), change_consent(till, command)
    assert isinstance(done, Consented)
    assert isinstance(again, Consented)
    assert [(state.purpose, state.granted) for state in done.consents] == [(Purpose.EMAIL, False)]
    assert (again.record, again.consents, again.repeated) == (done.record, done.consents, True)
    assert done.record.text_version == till.programme.privacy.version
    with till.store.reader() as reader:
        stored = reader.stored(reader.head().seq)
    assert stored is not None
    assert isinstance(stored.record, Consent)
    assert stored.record == done.record


def test_one_id_is_one_wish(till: Till) -> None:
    """The same id with another answer is an error that names both."""
    command = withdrawal(till)
    change_consent(till, command)
    refused = change_consent(till, msgspec.structs.replace(command, granted=True))
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.ID_USED_FOR_ANOTHER_COMMAND


def test_a_yes_after_a_withdrawal_counts_again(till: Till) -> None:
    """People may change their minds twice."""
    change_consent(till, withdrawal(till))
    till.clock.advance(seconds=1)  # type: ignore[attr-defined] # the clock of tests
    done = change_consent(till, ConsentCommand(till.ids.record_id(), ANNA, Purpose.EMAIL, granted=True))
    assert isinstance(done, Consented)
    assert [state.granted for state in done.consents] == [True]
