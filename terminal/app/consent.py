"""A member changes their mind: one purpose is agreed to or withdrawn, as easily as at enrolment (GDPR, article 7.3)."""

from __future__ import annotations

from uuid import UUID

import msgspec

from loyalty.consent import ConsentState
from loyalty.encoding import command_digest
from loyalty.masking import Masked
from loyalty.outcomes import Reason, Refused
from loyalty.records import Consent, Purpose
from terminal.app.cards import card_in_use
from terminal.app.till import Till, earlier, header


class ConsentCommand(Masked, frozen=True):
    """What to agree to or to withdraw.

    Attributes:
        record_id: Minted before the work; every retry carries the same.
        card: A card of the member.
        purpose: What for.
        granted: Yes or no.
        cashier_id: Who asked.
    """

    record_id: UUID
    card: str
    purpose: Purpose
    granted: bool
    cashier_id: UUID | None = None


class Consented(msgspec.Struct, frozen=True):
    """A yes or no that is on disk, and where all purposes stand now."""

    record: Consent
    consents: tuple[ConsentState, ...]
    repeated: bool = False


def change_consent(till: Till, command: ConsentCommand) -> Consented | Refused:
    """Record one yes or no of an enrolled member, under the privacy text in force.

    Raises:
        StorageError: If the disk did not take it.
    """
    asked = ("consent", command.card, command.purpose, command.granted)
    digest = command_digest(till.store.programme_key, *asked)
    with till.store.unit() as unit:
        before = earlier(unit, command.record_id, digest)
        if isinstance(before, Refused):
            return before
        if before is not None and isinstance(before.record, Consent) and before.record.member_id:
            return Consented(before.record, unit.consents(before.record.member_id), repeated=True)
        card = card_in_use(unit, till.programme, command.card)
        if isinstance(card, Refused):
            return card
        account = unit.account(card.member_id)
        if account.enrolled_day is None:
            return Refused(Reason.MEMBER_UNKNOWN)
        record = Consent(
            **header(till, unit, command, account.member_id, digest),
            purpose=command.purpose,
            text_version=till.programme.privacy.version,
            granted=command.granted,
        )
        unit.append(record)
        return Consented(record, unit.consents(account.member_id))
