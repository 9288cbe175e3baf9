"""What the pages call things that nothing but them shows; the rest is in ``headoffice.wording``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from headoffice.views import ProgrammeState, TerminalStatus
from headoffice.web.rights import StaffRole
from loyalty.directory import CardStatus
from texts.i18n import mark

if TYPE_CHECKING:
    from headoffice.views import ProgrammeView, TerminalView
    from texts.i18n import Texts

NAV_REPORT: Final = mark("Daily report")
NAV_MEMBERS: Final = mark("Members")
NAV_MATTERS: Final = mark("To settle")
NAV_TILLS: Final = mark("Tills")
NAV_PROGRAMMES: Final = mark("Programme")
NAV_PEOPLE: Final = mark("People")

US_PER_S: Final = 1_000_000
ONLINE_S: Final = 120
"""A till that called within so many seconds counts as online: its long poll alone calls more often."""

SILENT_S: Final = 24 * 3600
"""A till that was silent for so long needs somebody to look at it, in seconds: longer than a night, not a weekend."""

CLOCK_SHOWN_MS: Final = 120_000
"""A clock that is off by more is shown, in milliseconds; times and days of its bookings are not to be trusted."""


class Status(msgspec.Struct, frozen=True):
    """A state in a word; ``tone`` is the class it is coloured by: good, warn, bad or calm."""

    text: str
    tone: str


def till_status(texts: Texts, till: TerminalView, now_us: int) -> Status:
    """How a till stands."""
    if till.status is TerminalStatus.REVOKED:
        return Status(texts._("Shut out"), "calm")
    if till.status is TerminalStatus.FENCED:
        return Status(texts._("Stopped: there are two of it. Join both again."), "bad")
    if not till.last_contact_us:
        return Status(texts._("Has not called yet"), "calm")
    silent_s = (now_us - till.last_contact_us) // US_PER_S
    if silent_s >= SILENT_S:
        return Status(texts._("Silent for long: check it and its network"), "bad")
    if silent_s >= ONLINE_S:
        return Status(texts._("Offline"), "warn")
    return Status(texts._("Online"), "good")


def till_notes(texts: Texts, till: TerminalView) -> list[str]:
    """What else somebody should know about a till."""
    notes = []
    if till.backlog:
        notes.append(
            texts.n_("{count} booking not sent", "{count} bookings not sent", till.backlog).format(
                count=texts.number(till.backlog)
            )
        )
    if till.quarantined:
        notes.append(
            texts.n_("{count} record can't be read", "{count} records can't be read", till.quarantined).format(
                count=texts.number(till.quarantined)
            )
        )
    if abs(till.clock_off_ms) >= CLOCK_SHOWN_MS:
        minutes = round(abs(till.clock_off_ms) / 60_000)
        notes.append(texts._("its clock is off by {minutes} min: set it").format(minutes=texts.number(minutes)))
    return notes


def programme_status(texts: Texts, programme: ProgrammeView) -> Status:
    """Where a version stands; one that was to start and will not needs somebody to publish it again."""
    if programme.overtaken_by:
        sentence = texts._("Will not start: version {version} comes first. Publish it again.")
        return Status(sentence.format(version=texts.number(programme.overtaken_by)), "warn")
    return Status(texts._(PROGRAMME_STATE[programme.state]), PROGRAMME_TONE[programme.state])


CARD_STATUS: Final = {
    CardStatus.ACTIVE: mark("in use"),
    CardStatus.BLOCKED: mark("blocked"),
    CardStatus.REPLACED: mark("replaced"),
}
PROGRAMME_STATE: Final = {
    ProgrammeState.PENDING: mark("to come"),
    ProgrammeState.IN_FORCE: mark("in force"),
    ProgrammeState.REPLACED: mark("replaced"),
}
PROGRAMME_TONE: Final = {
    ProgrammeState.PENDING: "warn",
    ProgrammeState.IN_FORCE: "good",
    ProgrammeState.REPLACED: "calm",
}
ROLES: Final = {
    StaffRole.ADMIN: mark("Administrator: everything"),
    StaffRole.MANAGER: mark("Manager: corrects and settles"),
    StaffRole.VIEWER: mark("Viewer: reads"),
}
RECORD_KINDS: Final = {
    "sale": mark("Purchase"),
    "redemption": mark("Reward"),
    "reversal": mark("Undone"),
    "adjustment": mark("Correction"),
    "expiry": mark("Expired"),
    "enrolment": mark("Enrolled"),
    "consent": mark("Consent"),
    "card_change": mark("Card"),
    "feedback": mark("Rating"),
}
"""The records of a member's history, by their kind in the journal."""

ENDED: Final = "ended"
ENDED_UNSENT: Final = "ended_unsent"
ENDINGS: Final = frozenset({ENDED, ENDED_UNSENT})
"""What the sign-in says of its own accord, so that nobody believes a form went through."""

SAID: Final = {
    "adjusted": mark("The balance is corrected."),
    "merged": mark("Both accounts are one now."),
    "erased": mark("The person is forgotten, here and soon at every till."),
    "settled": mark("Settled."),
    "gone": mark("Somebody else has settled it already."),
    "revoked": mark("The till is shut out. It can read nothing any more."),
    "published": mark("The programme is published. Tills take it over by themselves."),
    "added": mark("The person can sign in now."),
    "changed": mark("Changed. The person has to sign in again."),
    "password": mark("Your password is changed. Sign in with it."),
    "signed_out": mark("You are signed out."),
    ENDED: mark("You were away for long and are signed out. Sign in again."),
    ENDED_UNSENT: mark("You were away for long and are signed out. Nothing was changed. Sign in and do it again."),
}
"""What a page says about the form before it; the address carries the word, never the sentence."""
