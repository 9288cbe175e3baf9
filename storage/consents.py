"""What members agreed to, read from the till's own journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty.consent import ConsentState, effective, said
from loyalty.encoding import decode
from loyalty.records import Consent

if TYPE_CHECKING:
    from storage.connection import Database

OWN_CONSENTS: Final = "SELECT seq, payload, member_id FROM journal WHERE kind = 'consent' AND member_id = ? AND seq > ?"
_FAMILY: Final = "SELECT member_id FROM account WHERE member_id = ?1 OR merged_into = ?1"


def state_in(payload: bytes) -> ConsentState:
    """What a stored consent says."""
    record = decode(payload)
    assert isinstance(record, Consent), "the kind beside the payload is the payload's own"
    return said(record)


def own_consents(ledger: Database, root: bytes) -> tuple[ConsentState, ...]:
    """What counts of all that this till's journal says of a surviving account and those that went into it."""
    members = [member for (member,) in ledger.all(_FAMILY, (root,))]
    return effective(state_in(payload) for member in members for _, payload, _ in ledger.all(OWN_CONSENTS, (member, 0)))
