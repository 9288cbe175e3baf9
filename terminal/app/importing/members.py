"""Members of an old programme: a row becomes an enrolment, a person and the points they bring along."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty import cards, imported
from loyalty.directory import CardStatus, Profile, person_term
from loyalty.encoding import command_digest
from loyalty.masking import Masked
from loyalty.outcomes import Reason, Refused
from loyalty.records import Adjustment, Enrolment
from storage.stage import Item
from storage.types import CardRow
from terminal.app.enrol import EnrolCommand, parse_profile
from terminal.app.importing.flaws import Bad, Flaws, Wrong, told
from terminal.app.importing.sales import card_shown
from terminal.app.importing.table import Columns
from terminal.app.importing.times import NOON_US, At, WallClock, read_day
from terminal.app.importing.values import CardReader, is_shortened, read_points
from terminal.app.till import header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from storage.store import Reader, Unit
    from terminal.app.importing.table import Row
    from terminal.app.till import Till

COLUMNS: Final = Columns(
    ("card", "name"),
    ("phone", "email", "birthday", "enrolled_on", "opening_points"),
)

_ASKED: Final = "import member"
_PERSONAL: Final = ("name", "phone", "email", "birthday")
_REFUSALS: Final = {
    Reason.NAME_MISSING: ("name", Wrong.MISSING),
    Reason.NAME_INVALID: ("name", Wrong.NAME),
    Reason.PHONE_INVALID: ("phone", Wrong.PHONE),
    Reason.EMAIL_INVALID: ("email", Wrong.EMAIL),
    Reason.BIRTHDAY_INVALID: ("birthday", Wrong.BIRTHDAY),
}
_NOBODY: Final = UUID(int=0)
_ENCODER = msgspec.msgpack.Encoder()


class OldMember(Masked, frozen=True, array_like=True):
    """One old member.

    Attributes:
        line: Where in the file.
        card: Their card, by which they are known.
        profile: Who they are.
        enrolled: Since when, ``None`` for from now on.
        points: What they bring along; fewer than none is debt.
    """

    line: int
    card: str
    profile: Profile
    enrolled: At | None
    points: int


_DECODER: msgspec.msgpack.Decoder[OldMember] = msgspec.msgpack.Decoder(OldMember)


class Members:
    """The import of members.

    Args:
        till: The till.
        note: Why their points are booked, in words that are kept with each booking.
    """

    columns = COLUMNS

    def __init__(self, till: Till, *, note: str) -> None:
        self._till = till
        self._note = note
        self._today = till.clock.business_day(till.clock.now_us())
        self._times = WallClock(till.clock)
        self._cards = CardReader(till.programme)
        self.erased = 0

    # --------------------------------------------------------------------------------- from rows to members

    def items(self, rows: Iterable[Row], flaws: Flaws) -> Iterator[Item]:
        """The members of a file."""
        for row in rows:
            member = self._member(row, flaws)
            if member is not None:
                yield _item(member)

    def terms(self, item: Item) -> list[str]:
        """By what else a member may be found to be the same person as another."""
        profile = _DECODER.decode(item.data).profile
        terms = [f"phone {profile.phone}"] if profile.phone else []
        if profile.email:
            terms.append(f"email {profile.email.casefold()}")
        if profile.birthday:
            terms.append(f"person {person_term(profile)}")
        return terms

    def _member(self, row: Row, flaws: Flaws) -> OldMember | None:
        line, fields = row
        before = flaws.count
        card = self._cards.read(fields["card"]) if fields["card"] else Bad(Wrong.MISSING)
        if isinstance(card, Bad):
            flaws.add(line, "card", card, card_shown(fields["card"], card))
        profile = self._profile(row, flaws)
        enrolled = self._enrolled(row, flaws)
        text = fields.get("opening_points", "")
        points = told(flaws, line, "opening_points", text, read_points(text, signed=True)) if text else 0
        if flaws.count > before:
            return None
        assert isinstance(card, str), "what is none was told"
        assert profile is not None, "who is nobody was told"
        assert points is not None, "what are none was told"
        return OldMember(line, card, profile, enrolled, points)

    def _profile(self, row: Row, flaws: Flaws) -> Profile | None:
        """Who they are, checked field by field so that everything that is wrong is told; nothing of it is shown."""
        line, fields = row
        before = flaws.count
        said = {column: unicodedata.normalize("NFC", fields.get(column, "")) for column in _PERSONAL}
        if is_shortened(said["phone"]):
            flaws.add(line, "phone", Bad(Wrong.SHORTENED_BY_SPREADSHEET))
            said["phone"] = ""
        said["birthday"] = self._birthday(line, said["birthday"], flaws)
        left = dict(said)
        while isinstance(profile := parse_profile(_form(left), self._today), Refused):
            column, wrong = _REFUSALS[profile.reason]
            flaws.add(line, column, Bad(wrong))
            left[column] = "-" if column == "name" else ""
        return profile if flaws.count == before else None

    def _birthday(self, line: int, text: str, flaws: Flaws) -> str:
        """A birthday in the one form that the till's own reading takes, empty for none."""
        if not text:
            return ""
        day = read_day(text)
        if isinstance(day, date):
            return day.isoformat()
        flaws.add(line, "birthday", Bad(Wrong.BIRTHDAY_WITHOUT_YEAR) if _is_without_year(text) else day)
        return ""

    def _enrolled(self, row: Row, flaws: Flaws) -> At | None:
        """Since when somebody is a member: noon of that day, or now when it is today."""
        text = row.fields.get("enrolled_on", "")
        if not text:
            return None
        day = told(flaws, row.line, "enrolled_on", text, read_day(text))
        if day is None:
            return None
        at = At(*self._now(), day) if day == self._today else self._times.at(day, NOON_US)
        return told(flaws, row.line, "enrolled_on", text, at)

    def _now(self) -> tuple[int, int]:
        now_us = self._till.clock.now_us()
        return now_us, self._till.clock.utc_offset_min(now_us)

    def join(self, items: Sequence[Item], flaws: Flaws) -> Item:
        """A card that comes twice: the same person, said twice, or a mistake."""
        first = _DECODER.decode(items[0].data)
        for item in items[1:]:
            other = _DECODER.decode(item.data)
            if msgspec.structs.replace(other, line=first.line) != first:
                bad = Bad(Wrong.CARD_TWICE, {"line": first.line})
                flaws.add(other.line, "card", bad, cards.masked(other.card))
        return items[0]

    # --------------------------------------------------------------------------------- against the ledger

    def known(self, reader: Reader, items: Sequence[Item], flaws: Flaws) -> list[int]:
        """The numbers of members who are in the ledger already; what contradicts it is a mistake."""
        members = [_DECODER.decode(item.data) for item in items]
        rows = reader.cards_numbered([member.card for member in members])
        anyone_erased = reader.anyone_erased()
        found: list[int] = []
        for item, member in zip(items, members, strict=True):
            first_owner = cards.account_id(self._till.store.programme_key, member.card)
            if anyone_erased and reader.is_erased(first_owner):
                bad: Bad | bool = self._was_erased(reader, first_owner)
            else:
                row = rows.get(member.card)
                bad = self._is_known(reader, member, row) if row else False
            if isinstance(bad, Bad):
                flaws.add(member.line, "card", bad, cards.masked(member.card))
            elif bad:
                found.append(item.number)
        return found

    def _was_erased(self, reader: Reader, member_id: UUID) -> Bad | bool:
        """Somebody who was imported and erased since stays erased; nobody else comes back under an erased card."""
        if reader.record(imported.enrolment_id(member_id)) is None:
            return Bad(Wrong.MEMBER_ERASED)
        self.erased += 1
        return True

    def _is_known(self, reader: Reader, member: OldMember, card: CardRow) -> Bad | bool:
        """Whether nothing is to be done for a card that is in use, or why it can't be taken over."""
        account = reader.account(card.member_id)
        mine = reader.record(imported.enrolment_id(card.member_id))
        if mine is not None and getattr(mine.record, "command_digest", "") == self._digest(member):
            return True
        if account.enrolled_day is None:
            return _out_of_use(card) or False
        profile = reader.profile(card.member_id) or Profile("")
        differing = [name for name in _PERSONAL if getattr(profile, name) != getattr(member.profile, name)]
        opening = reader.record(imported.opening_points_id(card.member_id))
        points = getattr(opening.record, "points", 0) if opening else 0
        if (mine or opening) and points != member.points:
            differing.append("opening_points")
        if differing:
            return Bad(Wrong.MEMBER_DIFFERS, {"columns": ", ".join(differing)})
        return points == member.points

    def _digest(self, member: OldMember) -> str:
        day = member.enrolled.day if member.enrolled else None
        asked = (member.card, member.profile, day, member.points)
        return command_digest(self._till.store.programme_key, _ASKED, *asked)

    # ----------------------------------------------------------------------------------------- into the ledger

    def book(self, unit: Unit, items: Sequence[Item]) -> int:
        """Book members who were found to be new; gives how many records they became."""
        members = [_DECODER.decode(item.data) for item in items]
        rows = unit.cards_numbered([member.card for member in members])
        key = self._till.store.programme_key
        pairs: list[tuple[OldMember, CardRow]] = []
        for member in members:
            new = CardRow(self._till.ids.random_id(), member.card, cards.account_id(key, member.card))
            pairs.append((member, rows.get(member.card) or new))
        unit.make_keys([unit.account(card.member_id).member_id for _, card in pairs])
        return sum(self._enrol(unit, member, card) for member, card in pairs)

    def _enrol(self, unit: Unit, member: OldMember, card: CardRow) -> int:
        """One member; somebody who has enrolled at the till already only gets the points."""
        account = unit.account(card.member_id)
        digest = self._digest(member)
        records = 0
        if account.enrolled_day is None:
            unit.keep_card(card)
            unit.put_profile(account.member_id, member.profile)
            stamp = _Stamped(imported.enrolment_id(card.member_id))
            head = header(self._till, unit, stamp, account.member_id, digest)
            since = member.enrolled
            is_old = since is not None and since.day != self._today
            if since is not None and is_old:
                head |= {"at_us": since.at_us, "utc_offset_min": since.utc_offset_min, "business_day": since.day}
            unit.append(Enrolment(**head, card_ref=card.card_ref, source=imported.SOURCE), keeps_day=is_old)
            records += 1
        if member.points:
            text_ref = self._till.ids.random_id()
            unit.put_text(text_ref, self._note, account.member_id)
            stamp = _Stamped(imported.opening_points_id(card.member_id))
            head = header(self._till, unit, stamp, account.member_id, digest)
            unit.append(Adjustment(**head, points=member.points, text_ref=text_ref))
            records += 1
        return records


class _Stamped(msgspec.Struct, frozen=True):
    """The derived id of a record; no cashier decided it."""

    record_id: UUID
    cashier_id: UUID | None = None


def _form(said: dict[str, str]) -> EnrolCommand:
    return EnrolCommand(_NOBODY, "", said["name"], said["phone"], said["email"], said["birthday"])


def _is_without_year(text: str) -> bool:
    """Whether a birthday names day and month only: ``24.12.`` or ``--12-24``."""
    parts = [part for part in text.replace(".", "-").split("-") if part]
    return len(parts) == 2 and all(part.isdigit() and len(part) <= 2 for part in parts)  # noqa: PLR2004 - day and month


def _out_of_use(card: CardRow) -> Bad | None:
    if card.status is CardStatus.ACTIVE:
        return None
    return Bad(Wrong.CARD_REPLACED if card.status is CardStatus.REPLACED else Wrong.CARD_BLOCKED)


def _item(member: OldMember) -> Item:
    return Item(member.line, member.card, _ENCODER.encode(member))
