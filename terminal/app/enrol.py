"""Enrolling: an account gets a person. Works offline, asks for as little as the law allows."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.directory import Profile
from loyalty.encoding import command_digest
from loyalty.masking import Masked
from loyalty.outcomes import Reason, Refused
from loyalty.records import Consent, Enrolment, Purpose
from terminal.app.card_numbers import fresh_number
from terminal.app.till import card_for_booking, earlier, header, keep_card

if TYPE_CHECKING:
    from storage.store import Unit
    from storage.types import CardRow
    from terminal.app.till import Till

NAME_LENGTH_MAX: Final = 80
EMAIL_LENGTH_MAX: Final = 254
"""The longest address that can be delivered to, in characters (RFC 5321, 4.5.3.1.3 less the angle brackets)."""

BIRTHDAY_AGE_MAX_YEARS: Final = 120
PHONE_DIGITS_MIN: Final = 5
"""Fewer digits behind the country code are no number a member can be reached at."""

DEFAULT_REGION: Final = "DE"
"""The region a phone number without country code belongs to."""

_EMAIL = re.compile(r"^[^@\s\"(),:;<>\[\\\]]+@[^@\s.,;:]+(\.[^@\s.,;:]+)+$")


class EnrolCommand(Masked, frozen=True):
    """What the form says, as typed.

    Attributes:
        record_id: Minted when the form was opened.
        card: The new member's card; empty for one with a fresh number, to be printed.
        name: The name the member wants to be greeted with.
        phone: Optional, in any usual spelling.
        email: Optional.
        birthday: Optional, as ``24.12.1990`` or ``1990-12-24``.
        referred_by: The card of the member who brought them, optional.
        consents: What the member agreed to; everything else is a no.
        source: Where the enrolment came from.
    """

    record_id: UUID
    card: str
    name: str
    phone: str = ""
    email: str = ""
    birthday: str = ""
    referred_by: str = ""
    consents: tuple[Purpose, ...] = ()
    source: str = "till"
    cashier_id: UUID | None = None


class Enrolled(Masked, frozen=True):
    """A member who is on disk."""

    record: Enrolment
    card: str
    profile: Profile
    balance: int
    repeated: bool = False


def parse_birthday(text: str, today: date) -> date | Refused | None:
    """Read a birthday as people type it: day, month, year in the German order, or ISO 8601; empty is none."""
    bare = text.strip()
    if not bare:
        return None
    german = re.fullmatch(r"(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})", bare, re.ASCII)
    iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", bare, re.ASCII)
    if german:
        day, month, year = (int(part) for part in german.groups())
    elif iso:
        year, month, day = (int(part) for part in iso.groups())
    else:
        return Refused(Reason.BIRTHDAY_INVALID)
    try:
        birthday = date(year, month, day)
    except ValueError:
        return Refused(Reason.BIRTHDAY_INVALID)
    if birthday > today or today.year - year > BIRTHDAY_AGE_MAX_YEARS:
        return Refused(Reason.BIRTHDAY_INVALID)
    return birthday


def parse_phone(text: str) -> str | Refused:
    """Read a phone number into E.164; empty stays empty."""
    import phonenumbers

    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return Refused(Reason.PHONE_INVALID)
    # "Possible", not "valid": new ranges appear before the tables know them, and a real number must not be refused.
    if not phonenumbers.is_possible_number(number) or len(str(number.national_number)) < PHONE_DIGITS_MIN:
        return Refused(Reason.PHONE_INVALID)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def parse_profile(command: EnrolCommand, today: date) -> Profile | Refused:
    """Check what was typed; the first field that can't be stored refuses the form."""
    name = " ".join(unicodedata.normalize("NFC", command.name).split())
    if not name:
        return Refused(Reason.NAME_MISSING)
    if len(name) > NAME_LENGTH_MAX or any(unicodedata.category(char)[0] == "C" for char in name):
        return Refused(Reason.NAME_INVALID)
    phone = parse_phone(command.phone)
    if isinstance(phone, Refused):
        return phone
    email = command.email.strip()
    if email and (len(email) > EMAIL_LENGTH_MAX or not _EMAIL.match(email)):
        return Refused(Reason.EMAIL_INVALID)
    birthday = parse_birthday(command.birthday, today)
    if isinstance(birthday, Refused):
        return birthday
    return Profile(name=name, phone=phone, email=email, birthday=birthday)


def enrol(till: Till, command: EnrolCommand) -> Enrolled | Refused:
    """Enrol a member on a card that nobody owns yet; points the card collected before stay with it.

    Returns:
        The member once COMMIT has returned, or why nothing was written.

    Raises:
        StorageError: If the disk did not take it.
    """
    profile = parse_profile(command, till.clock.business_day(till.clock.now_us()))
    if isinstance(profile, Refused):
        return profile
    asked = msgspec.structs.replace(command, cashier_id=None)
    digest = command_digest(till.store.programme_key, "enrol", asked)
    with till.store.unit() as unit:
        before = earlier(unit, command.record_id, digest)
        if isinstance(before, Refused):
            return before
        if before is not None and isinstance(before.record, Enrolment) and before.record.member_id:
            balance = unit.account(before.record.member_id).balance
            stored_profile = unit.profile(before.record.member_id) or profile
            return Enrolled(before.record, _number_of(unit, before.record), stored_profile, balance, repeated=True)
        card = _free_card(till, unit, command.card) if command.card else None
        if isinstance(card, Refused):
            return card
        referrer = _referrer(till, unit, command.referred_by)
        if isinstance(referrer, Refused):
            return referrer
        card = card or _fresh_card(till, unit)  # last, so that no refusal costs a number
        if isinstance(card, Refused):
            return card
        account = unit.account(card.member_id)
        record = Enrolment(
            **header(till, unit, command, account.member_id, digest),
            card_ref=card.card_ref,
            source=command.source,
            referred_by=referrer,
        )
        keep_card(unit, card)
        unit.put_profile(account.member_id, profile)
        unit.append(record)
        for purpose in command.consents:
            unit.append(_consent(till, record, purpose))
    return Enrolled(record, card.number, profile, account.balance)


def _free_card(till: Till, unit: Unit, text: str) -> CardRow | Refused:
    card = card_for_booking(till, unit, text)
    if isinstance(card, Refused):
        return card
    is_taken = unit.account(card.member_id).enrolled_day is not None
    return Refused(Reason.CARD_TAKEN) if is_taken else card


def _fresh_card(till: Till, unit: Unit) -> CardRow | Refused:
    number = fresh_number(till, unit)
    return number if isinstance(number, Refused) else card_for_booking(till, unit, number)


def _referrer(till: Till, unit: Unit, text: str) -> UUID | Refused | None:
    if not text:
        return None
    card = card_for_booking(till, unit, text)
    if isinstance(card, Refused):
        return card
    account = unit.account(card.member_id)
    return account.member_id if account.enrolled_day else Refused(Reason.MEMBER_UNKNOWN)


def _number_of(unit: Unit, enrolment: Enrolment) -> str:
    """The card of an earlier enrolment; empty when it was erased since."""
    card = unit.card_by_ref(enrolment.card_ref)
    return card.number if card else ""


def _consent(till: Till, enrolment: Enrolment, purpose: Purpose) -> Consent:
    """One yes, under the privacy text that was shown with the form."""
    return Consent(
        record_id=till.ids.record_id(),
        member_id=enrolment.member_id,
        at_us=enrolment.at_us,
        business_day=enrolment.business_day,
        utc_offset_min=enrolment.utc_offset_min,
        programme_version=enrolment.programme_version,
        command_digest=enrolment.command_digest,
        cashier_id=enrolment.cashier_id,
        purpose=purpose,
        text_version=till.programme.privacy.version,
        granted=True,
    )
