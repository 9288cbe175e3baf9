"""The line to head office in words: the pill in the bar, what is wrong with it, and what a join or a file came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty.outcomes import Refused
from loyalty.wire import ProblemCode
from terminal.app.adopt_pending import Unreadable
from terminal.messages import problem_text, refusal_text
from terminal.presenters.states import Pill, Tone
from terminal.sync.status import SyncMode, SyncTrouble, Task
from texts.i18n import mark

if TYPE_CHECKING:
    from terminal.sync.outcomes import Declined
    from terminal.sync.status import Progress, SyncStatus, UnreadableProgramme
    from texts.i18n import Texts

CLOCK_OFF_SHOWN_MS: Final = 120_000
"""From when on the till says that its clock is off, in milliseconds; times on receipts are corrected either way."""

PERCENT: Final = 100

_TROUBLES: Final[dict[SyncTrouble, tuple[str, str]]] = {
    SyncTrouble.UNREACHABLE: ("M-260", mark("Head office does not answer. Check address and network, then try again.")),
    SyncTrouble.ADDRESS_WRONG: ("M-271", mark("This is no address. Type it as https://name:port.")),
    SyncTrouble.CODE_UNREADABLE: (
        "M-261",
        mark("This is not a joining code. Type it in full, as head office shows it."),
    ),
    SyncTrouble.CODE_WITHOUT_FINGERPRINT: (
        "M-272",
        mark("This code is for a head office on this machine. For one on the network, get a code after init-tls."),
    ),
    SyncTrouble.CERTIFICATE_WRONG: (
        "M-262",
        mark("The code was made for another server than the one at this address. Check the address."),
    ),
    SyncTrouble.CERTIFICATE_CHANGED: (
        "M-263",
        mark("The server shows another certificate than before. Ask head office; only then join again."),
    ),
    SyncTrouble.KEYS_MISSING: ("M-264", mark("This till's key is gone. Join again with a new code; nothing is lost.")),
    SyncTrouble.NOT_ENCRYPTED: (
        "M-265",
        mark("Nothing is sent over the network unencrypted. Type an address that begins with https."),
    ),
    SyncTrouble.ANSWER_WRONG: (
        "M-266",
        mark("Head office's answer can't be trusted. Nothing of it was taken; call support."),
    ),
    SyncTrouble.FACTS_DIFFER: (
        "M-267",
        mark("Till and head office count differently. Nothing is overwritten; call support."),
    ),
    SyncTrouble.REPLICA_UNUSABLE: (
        "M-268",
        mark("What comes from head office can't be kept here. Make room on the disk, then sync again."),
    ),
    SyncTrouble.CANNOT_SERVE: (
        "M-269",
        mark("The server for the other tills did not start. Close and open the till; if it stays, call support."),
    ),
    SyncTrouble.FILE_NOT_WRITTEN: ("M-270", mark("The file can't be written. Choose another name or folder.")),
}


def trouble_text(texts: Texts, why: ProblemCode | SyncTrouble) -> str:
    """What is wrong with sync and what to do, with a code to name on the phone."""
    if isinstance(why, ProblemCode):
        return problem_text(texts, why)
    code, sentence = _TROUBLES[why]
    return f"{texts._(sentence)} ({code})"


def no_text(texts: Texts, no: Declined | Refused) -> str:
    """Why something that was asked of sync was not done."""
    return refusal_text(texts, no) if isinstance(no, Refused) else trouble_text(texts, no.why)


def connection_pill(texts: Texts, status: SyncStatus) -> Pill:
    """The short state in the bar; what to do about a problem is spoken, and stands on the start screen."""
    match status.mode:
        case SyncMode.ALONE:
            return Pill(texts._("Stands alone"), Tone.NEUTRAL)
        case SyncMode.STARTING:
            return Pill(texts._("Connecting …"), Tone.INFO)
        case SyncMode.PROBLEM:
            text = texts._("Sync problem")
            spoken = f"{text}: {trouble_text(texts, status.problem)}" if status.problem else text
            return Pill(text, Tone.BAD, spoken)
        case SyncMode.OFFLINE:
            return Pill(_offline(texts, status.waiting), Tone.WARN)
        case SyncMode.ONLINE if status.progress is not None:
            return Pill(progress_text(texts, status.progress), Tone.INFO)
        case SyncMode.ONLINE if status.unreadable is not None:
            spoken = texts._("Online. A new programme can't be read: update the till.")
            return Pill(texts._("Online, update the till"), Tone.BAD, spoken)
        case SyncMode.ONLINE if status.waiting:
            sending = texts.n_("Online, sending {count}", "Online, sending {count}", status.waiting)
            return Pill(sending.format(count=texts.number(status.waiting)), Tone.INFO)
        case SyncMode.ONLINE:
            return Pill(texts._("Online, all sent"), Tone.GOOD)


def unreadable_text(texts: Texts, found: UnreadableProgramme, starts: str) -> str:
    """A programme this till can't put into force: what that means and what to do, with a code.

    Args:
        texts: The language.
        found: The programme.
        starts: When it starts, as people read it; empty when it has started.
    """
    if found.why is Unreadable.OTHER_CURRENCY:
        sentence = texts._(
            "Programme version {version} is in another currency than this till books in and stays out of force. "
            "Ask head office. (M-189)"
        )
        return sentence.format(version=texts.number(found.version))
    if starts:
        sentence = texts._(
            "Programme version {version} starts {when}, and this till can't read it. Update the till before that. "
            "(M-188)"
        )
    else:
        sentence = texts._(
            "Programme version {version} is in force, but this till can't read it and goes on by the old rules. "
            "Update the till. (M-190)"
        )
    told = sentence.format(version=texts.number(found.version), when=starts)
    if found.why is Unreadable.BROKEN:
        told += " " + texts._("If it is up to date, ask head office to publish the programme again.")
    return told


def _offline(texts: Texts, waiting: int) -> str:
    if not waiting:
        return texts._("Offline, all sent")
    sentence = texts.n_("Offline, {count} booking waiting", "Offline, {count} bookings waiting", waiting)
    return sentence.format(count=texts.number(waiting))


def progress_text(texts: Texts, progress: Progress) -> str:
    """What takes long, and how far it is where that is known, for example "Fetching members, 42%"."""
    words = {
        Task.SENDING: texts._("Sending bookings"),
        Task.DOWNLOADING: texts._("Fetching members"),
        Task.CHECKING: texts._("Checking members"),
        Task.CATCHING_UP: texts._("Catching up"),
    }[progress.what]
    share = progress_percent(progress)
    return words if share is None else texts._("{what}, {percent}%").format(what=words, percent=share)


def progress_percent(progress: Progress) -> int | None:
    """How far a long task is in whole percent, ``None`` while nobody knows how much there is."""
    if progress.total <= 0:
        return None
    return min(PERCENT, progress.done * PERCENT // progress.total)
