"""Enrolling a member: card, name, and what the member wants to give beyond it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty import cards
from loyalty.outcomes import Reason, Refused
from loyalty.records import Purpose
from storage.types import CardRow
from terminal.app.enrol import EnrolCommand, Enrolled, enrol, parse_profile
from terminal.app.till import read_card, usable_card
from terminal.messages import refusal_text
from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.states import Candidate, ConsentBox, EnrolState, Field, Notice, Tone

if TYPE_CHECKING:
    from loyalty.directory import Profile
    from storage.store import Reader
    from storage.types import Hit
    from texts.i18n import Texts

FIELD_LENGTH_MAX: Final = 254
DUPLICATES_SHOWN: Final = 3
EMPTY: Final = EnrolState(card="")

_FIELD_OF: Final = {
    Reason.NAME_MISSING: "name",
    Reason.NAME_INVALID: "name",
    Reason.PHONE_INVALID: "phone",
    Reason.EMAIL_INVALID: "email",
    Reason.BIRTHDAY_INVALID: "birthday",
}


class EnrolPresenter(Presenter[EnrolState]):
    """The enrolment form; its record id is minted when it opens, so a double press enrols once."""

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(EMPTY)
        self._around = surroundings
        self._flow = flow
        self._clear("")

    def _clear(self, card: str) -> None:
        self._record_id = self._around.ids.record_id()
        self._card = card
        self._values = {"name": "", "phone": "", "email": "", "birthday": ""}
        self._consents: set[Purpose] = set()
        self._refused: Refused | None = None
        self._said: Notice | None = None
        self._duplicates: list[Hit] = []
        self._checked: Profile | None = None
        self._busy = False

    @property
    def waiting_for_card(self) -> bool:
        """Whether the next scan gives this form its card."""
        return not self._card

    def open(self, card: str) -> None:
        """Begin with a card, or with none and wait for it."""
        self._clear(card)
        self.refresh()

    def card_scanned(self, text: str, symbology: str | None) -> None:
        """Take a scanned card for the new member, if it is free."""
        found = read_card(self._around.programme, text, symbology)
        if not isinstance(found, Refused):
            row = usable_card(self._around.desk.reader, found.number)
            if isinstance(row, Refused):
                found = row
            elif self._owned(row):
                found = Refused(Reason.CARD_TAKEN)
        if isinstance(found, Refused):
            self._refused = found
        else:
            self._card = found.number
            self._refused = None
            self._said = None
        self.refresh()

    def _owned(self, row: CardRow | None) -> bool:
        return row is not None and self._around.desk.reader.account(row.member_id).enrolled_day is not None

    def field_typed(self, name: str, text: str) -> None:
        """A field now holds this text."""
        if self._busy or name not in self._values:
            return
        self._values[name] = text[:FIELD_LENGTH_MAX]
        self._said = None
        self._duplicates = []
        if self._refused is not None and _FIELD_OF.get(self._refused.reason) in (name, None):
            self._refused = None
        self.refresh()

    def consent(self, purpose: str, ticked: bool) -> None:  # noqa: FBT001 - a box's new state
        """The member said yes or took it back."""
        if self._busy:
            return
        (self._consents.add if ticked else self._consents.discard)(Purpose(purpose))
        self.refresh()

    def say(self, notice: Notice) -> None:
        """Show a sentence beside the form."""
        self._said = notice
        self.refresh()

    def take_candidate(self, member_id: str) -> None:
        """It is somebody who is a member already: serve that member instead."""
        self._flow.serve_member(UUID(member_id))

    def confirm(self) -> None:
        """Check for the same person, then enrol. Pressed again with the same form, the duplicates have been seen."""
        if self._busy:
            return
        if not self._card:
            self._refuse(Refused(Reason.CARD_INVALID))
            return
        command = self._command()
        profile = parse_profile(command, self._around.clock.business_day(self._around.clock.now_us()))
        if isinstance(profile, Refused):
            self._refuse(profile)
            return
        self._busy = True
        self.refresh()
        if profile == self._checked:
            self._write(command)
            return
        self._around.desk.read(
            lambda reader: _same_person(reader, profile),
            lambda duplicates: self._checked_against(profile, duplicates),
            self._failed,
        )

    def _checked_against(self, profile: Profile, duplicates: list[Hit]) -> None:
        self._checked = profile
        if duplicates:
            self._busy = False
            self._duplicates = duplicates
            self.refresh()
        else:
            self._write(self._command())

    def _command(self) -> EnrolCommand:
        return EnrolCommand(
            record_id=self._record_id,
            card=self._card,
            name=self._values["name"],
            phone=self._values["phone"],
            email=self._values["email"],
            birthday=self._values["birthday"],
            consents=tuple(sorted(self._consents)),
            cashier_id=self._around.cashier_id,
        )

    def _write(self, command: EnrolCommand) -> None:
        self._around.desk.book(enrol, command, self._enrolled, self._failed)

    def _enrolled(self, outcome: Enrolled | Refused) -> None:
        self._busy = False
        if isinstance(outcome, Refused):
            self._refuse(outcome)
            self._flow.settled()
        else:
            self._flow.show_done(outcome)

    def _failed(self, error: Exception) -> None:
        self._busy = False
        self.refresh()
        self._flow.broke(error)

    def _refuse(self, refused: Refused) -> None:
        self._refused = refused
        self.refresh()

    def cancel(self) -> None:
        """Leave; nothing was written."""
        if not self._busy:
            self._flow.home()

    @property
    def busy(self) -> bool:
        """Whether the enrolment is on its way to the disk."""
        return self._busy

    def refresh(self) -> None:
        """Compute the screen anew from the form."""
        texts, programme = self._around.texts, self._around.programme
        field = _FIELD_OF.get(self._refused.reason) if self._refused else None
        notice = self._notice(texts) if self._refused is None or field is None else None
        version = texts._("Privacy notice, version {version}").format(version=programme.privacy.version)
        self._show(
            EnrolState(
                card=cards.masked(self._card) if self._card else texts._("Scan the new card"),
                waiting_for_card=not self._card,
                fields=self._fields(texts, field),
                consents=self._boxes(texts),
                privacy_caption=version,
                privacy_text=programme.privacy.notice.in_language(texts.language),
                duplicates=tuple(
                    Candidate(str(hit.member_id), hit.name, f"{hit.card_masked} {hit.phone_masked}".strip())
                    for hit in self._duplicates
                ),
                notice=notice,
                primary=texts._("Enrol anyway") if self._duplicates else texts._("Enrol"),
                primary_enabled=bool(self._card) and not self._busy,
                busy=self._busy,
            )
        )

    def _notice(self, texts: Texts) -> Notice | None:
        if self._refused is not None:
            return Notice(refusal_text(texts, self._refused), Tone.WARN)
        if self._duplicates:
            return Notice(texts._("This could be somebody who is a member already. Is it one of these?"), Tone.WARN)
        return self._said

    def _fields(self, texts: Texts, wrong: str | None) -> tuple[Field, ...]:
        captions = {
            "name": texts._("Name"),
            "phone": texts._("Phone"),
            "email": texts._("E-mail"),
            "birthday": texts._("Birthday"),
        }
        error = refusal_text(texts, self._refused) if self._refused else ""
        return tuple(
            Field(
                name=name,
                caption=caption,
                value=self._values[name],
                error=error if name == wrong else "",
                optional=name != "name",
                placeholder=texts._("24.12.1990") if name == "birthday" else "",
            )
            for name, caption in captions.items()
        )

    def _boxes(self, texts: Texts) -> tuple[ConsentBox, ...]:
        sentences = {
            Purpose.EMAIL: texts._("Offers by e-mail, until I say no"),
            Purpose.SMS: texts._("Offers by text message, until I say no"),
            Purpose.PROFILING: texts._("Offers that fit what I buy"),
        }
        return tuple(
            ConsentBox(purpose.value, sentence, purpose in self._consents) for purpose, sentence in sentences.items()
        )


def _same_person(reader: Reader, profile: Profile) -> list[Hit]:
    """Members who could be the same person."""
    return reader.profile_duplicates(profile)[:DUPLICATES_SHOWN]
