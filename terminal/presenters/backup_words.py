"""The words for the copies: the dot in the bar, the sentence on the start screen, what is wrong with a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty.directory import Role
from terminal.backup.status import Level, Phase, Trouble, level_of
from terminal.presenters.states import Notice, Pill, Tone
from texts.i18n import mark

if TYPE_CHECKING:
    from terminal.backup.status import BackupStatus, Running
    from terminal.presenters.base import Surroundings
    from texts.i18n import Texts

BYTES_PER_KB: Final = 1_000
BYTES_PER_MB: Final = 1_000_000
MB_PER_GB: Final = 1_000

TONES: Final = {
    Level.STARTING: Tone.NEUTRAL,
    Level.FINE: Tone.GOOD,
    Level.AILING: Tone.WARN,
    Level.OLD: Tone.WARN,
    Level.NONE: Tone.BAD,
}

_TROUBLES: Final[dict[Trouble, str]] = {
    Trouble.NOT_THERE: mark(
        "The place can't be reached. Plug the stick in, or switch the other machine on; "
        "the till then goes on by itself. (M-412)"
    ),
    Trouble.NO_ANSWER: mark(
        "The place does not answer. Check cable and network; the till then goes on by itself. (M-453)"
    ),
    Trouble.SAME_DISK: mark(
        "This place is on the till's own disk, or its stick is not plugged in. Nothing is written there. (M-413)"
    ),
    Trouble.FULL: mark(
        "There is no room for another copy, and no older one is deleted for it. Make room, or choose another place. "
        "(M-414)"
    ),
    Trouble.READ_ONLY: mark(
        "Nothing may be written there. Take the write protection off, or choose another place. (M-415)"
    ),
    Trouble.BAD_COPY: mark(
        "A copy was made but did not hold, so it does not count; the older ones stay. If that comes again, "
        "call support. (M-416)"
    ),
    Trouble.BUSY: mark("Another copy is being taken just now. The till waits for its end."),
    Trouble.FAILED: mark("The copy can't be written there. Try another stick or another folder. (M-417)"),
}


def trouble_text(texts: Texts, trouble: Trouble) -> str:
    """Why a place gets no copies and what to do, with a code to name on the phone."""
    return texts._(_TROUBLES[trouble])


def level_now(around: Surroundings) -> Level:
    """How the copies are at this moment."""
    return level_of(around.backup, around.clock.now_us())


def backup_dot(around: Surroundings) -> Pill | None:
    """The dot in the bar, ``None`` while all is well; the words of it are spoken, and stand on its screen."""
    level = level_now(around)
    if level in (Level.STARTING, Level.FINE):
        return None
    return Pill("", TONES[level], headline(around.texts, level))


def headline(texts: Texts, level: Level) -> str:
    """The state in a few words."""
    return {
        Level.STARTING: texts._("Looking for copies …"),
        Level.FINE: texts._("The data is safe"),
        Level.AILING: texts._("Copies are not taken"),
        Level.OLD: texts._("The last copy elsewhere is old"),
        Level.NONE: texts._("No copy off this disk"),
    }[level]


def may_choose(around: Surroundings) -> bool:
    """Whether whoever is at the till decides where copies with card numbers go: a manager, where people have PINs."""
    return around.cashier is None or around.cashier.role is Role.MANAGER


def meaning(around: Surroundings, level: Level) -> str:
    """What the state means for the shop, and what to do."""
    texts, status = around.texts, around.backup
    match level:
        case _ if around.is_demo:
            return texts._("This is the demo shop: no copies are taken of made-up bookings.")
        case Level.STARTING:
            return texts._("The till was just opened and looks how old the copies of its data are.")
        case Level.FINE if status.holds_all(status.elsewhere.newest):
            return texts._("Every booking is on this disk and in a copy off it.")
        case Level.FINE:
            return texts._("There is a good copy off this disk. The newest bookings follow with the next one.")
        case Level.AILING:
            return texts._("A copy off this disk is there, but this till takes no new ones of its own. See below.")
        case Level.OLD:
            return texts._(
                "If this disk fails, the bookings since then are lost. Plug the stick in, or see below what keeps "
                "the copies from getting there. (M-418)"
            )
        case Level.NONE if status.elsewhere.folder:
            return texts._(
                "If this disk fails, all bookings are lost. A second place is set, but no copy has got there yet. "
                "(M-419)"
            )
        case Level.NONE if not may_choose(around):
            return texts._(
                "If this disk fails, all bookings are lost. A manager has to sign in, plug a stick in and choose it "
                "here. (M-428)"
            )
        case Level.NONE:
            return texts._(
                "If this disk fails, all bookings are lost. Plug a stick in and choose it here; a folder on another "
                "machine is set as second_folder in the settings. (M-455)"
            )


def idle_notice(around: Surroundings) -> Notice | None:
    """One sentence for the start screen, ``None`` while all is well."""
    texts = around.texts
    match level_now(around):
        case Level.NONE:
            sentence = texts._("There is no copy of the data off this disk. F12 says what to do. (M-456)")
            return Notice(sentence, Tone.BAD)
        case Level.OLD:
            sentence = texts._("The last copy off this disk is old. F12 says what to do. (M-454)")
            return Notice(sentence, Tone.WARN)
        case Level.AILING:
            return Notice(texts._("No copies of the data are taken. F12 says what to do."), Tone.WARN)
        case _:
            return None


def progress_text(texts: Texts, running: Running) -> str:
    """What is being done, and how far it is where that is known."""
    if running.phase is Phase.CARRYING:
        return texts._("The copy is carried to the second place and checked there")
    return texts._("The ledger is copied: {percent}%").format(percent=running.percent)


def size_text(texts: Texts, count: int) -> str:
    """Bytes as people read them, rounded up: what is to go on a stick must fit."""
    if count < BYTES_PER_MB:
        return f"{texts.number(-(-count // BYTES_PER_KB))} KB"
    megabytes = -(-count // BYTES_PER_MB)
    if megabytes < MB_PER_GB:
        return texts._("{size} MB").format(size=texts.number(megabytes))
    return texts._("{size} GB").format(size=texts.number(-(-megabytes // MB_PER_GB)))


def is_busy(status: BackupStatus) -> bool:
    """Whether a copy is being made, or somebody waits for one."""
    return status.running is not None or status.asked
