"""What the restoring window says of each trouble: what happened, what is not lost, and what cures it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from storage import errors
from storage.errors import StorageError
from terminal.app.restoring_plans import Stage
from terminal.app.restoring_trouble import Trouble
from terminal.messages import breakage_code, error_text
from terminal.presenters.states import Tone
from texts.i18n import mark

if TYPE_CHECKING:
    from texts.i18n import Texts


class Told(msgspec.Struct, frozen=True):
    """A trouble in English sentences, to be translated where they are shown.

    Attributes:
        headline: What it means for the till.
        text: What happened and what to do.
        code: To name on the phone; empty where the error's own sentence has one.
        icon: The file name of its icon.
        kept: What is not lost.
    """

    headline: str
    text: str
    code: str
    icon: str
    kept: tuple[str, ...] = ()
    tone: Tone = Tone.BAD


_COPIES_HOLD: Final = mark("What copies hold is safe: nothing here changes a copy.")
_NOTHING_DELETED: Final = mark("Nothing is deleted here: what stands in the folder now is set aside and named.")
_POINTS_SAFE: Final = mark("All points and bookings are there and hold together.")
_AS_IT_WAS: Final = mark("The bookings are as they were. Restoring a copy would not help and is not offered.")

TOLD: Final[dict[Trouble, Told]] = {
    Trouble.ASKED: Told(
        mark("Put back an older copy"),
        mark("Only for when the bookings of today are wrong as a whole. A single booking is undone with F6."),
        "",
        "history",
        tone=Tone.WARN,
    ),
    Trouble.NEW: Told(
        mark("There is no shop here yet"),
        mark(
            "Was there one on another computer? Then bring it here from a copy, or from head office. "
            "A new shop is set up with: stammkunde init"
        ),
        breakage_code(errors.MissingLedger),
        "storefront",
        tone=Tone.INFO,
    ),
    Trouble.MISSING: Told(
        mark("The bookings are not there"),
        mark(
            "This till was used here before, but its file with the bookings is gone. If somebody moved it, "
            "put it back and try again; otherwise restore a copy."
        ),
        "M-430",
        "search",
        (_COPIES_HOLD,),
    ),
    Trouble.DAMAGED: Told(
        mark("The bookings can't be read"),
        mark(
            "A part of the file with the bookings is damaged, most often by a failing disk. "
            "The till does not go on with it, so that no balance is wrong."
        ),
        "M-431",
        "error",
        (_COPIES_HOLD, _NOTHING_DELETED),
    ),
    Trouble.CUT_OFF: Told(
        mark("The bookings are cut off"),
        mark(
            "The file with the bookings is shorter than it must be: its end is gone, for example after copying to a "
            "full disk. The till does not go on with it."
        ),
        "M-432",
        "error",
        (_COPIES_HOLD, _NOTHING_DELETED),
    ),
    Trouble.LOG_MISSING: Told(
        mark("The newest bookings are missing"),
        mark(
            "Of the newest bookings some are not there: the file that holds them until the till is closed "
            "(ledger.sqlite-wal) is gone or cut off, or an older file stands in the place of the bookings. "
            "If somebody moved files here, put them back and try again."
        ),
        "M-433",
        "warning",
        (mark("Everything before the last few hundred bookings is there."), _NOTHING_DELETED),
    ),
    Trouble.VAULT_MISSING: Told(
        mark("The members' names can't be read"),
        mark(
            "The file with the keys to names, phone numbers and e-mails is gone (vault.sqlite). If somebody moved it, "
            "put it back and try again: no copy has it."
        ),
        "M-434",
        "person",
        (_POINTS_SAFE, mark("Cards work without names. Names come back from head office, or by asking.")),
    ),
    Trouble.VAULT_DAMAGED: Told(
        mark("The members' names are damaged"),
        mark(
            "The file with the keys to names, phone numbers and e-mails is damaged (vault.sqlite). "
            "What can still be read of it is taken over."
        ),
        "M-434",
        "person",
        (_POINTS_SAFE, mark("Cards work without names. Names come back from head office, or by asking.")),
    ),
    Trouble.KEY_MISSING: Told(
        mark("The programme's key is missing"),
        mark(
            "The small file that says which account a new card means (programme.key) is gone, or it is another shop's. "
            "If somebody moved it, put it back and try again; it also lies beside every copy."
        ),
        "M-435",
        "lock",
        (_POINTS_SAFE,),
    ),
    Trouble.NEWER: Told(
        mark("The data is newer than this program"),
        mark("Install the newer version of the program, then open the till again."),
        breakage_code(errors.NewerSchema),
        "download",
        (_AS_IT_WAS,),
        Tone.WARN,
    ),
    Trouble.IN_USE: Told(
        mark("The till is open already"),
        mark("Go to its window, or close it first. After a crash, wait a moment and try again."),
        breakage_code(errors.TillOpen),
        "point_of_sale",
        (_AS_IT_WAS,),
        Tone.WARN,
    ),
    Trouble.READ_ONLY: Told(
        mark("The till may not write"),
        mark(
            "Its data folder is write-protected, or belongs to another user of this computer. "
            "Allow writing to the folder, then try again."
        ),
        breakage_code(errors.ReadOnlyDisk),
        "lock",
        (_AS_IT_WAS,),
        Tone.WARN,
    ),
    Trouble.DISK_FULL: Told(
        mark("The disk is full"),
        mark(
            "Delete what is not needed on this disk, such as downloads, or empty the bin; nothing in the data folder. "
            "Then try again."
        ),
        breakage_code(errors.DiskFull),
        "warning",
        (_AS_IT_WAS,),
        Tone.WARN,
    ),
    Trouble.DISK_FAILED: Told(
        mark("The disk reported an error"),
        mark(
            "What was written last may not be on it. Check the cables, start the computer anew and try again. "
            "If it comes back, the disk is failing: have it replaced, then restore on the new one."
        ),
        breakage_code(errors.DiskFailed),
        "error",
        (mark("What a receipt or the green screen said was on the disk before."), _COPIES_HOLD),
    ),
    Trouble.OTHER: Told(mark("The till can't open"), "", "", "error", (_AS_IT_WAS,)),
}

STAGES: Final[dict[Stage, str]] = {
    Stage.CHECKING: mark("Check the copy"),
    Stage.SAVING: mark("Save what can still be read"),
    Stage.PUTTING: mark("Put it in place"),
    Stage.VERIFYING: mark("Prove every booking"),
}


def trouble_text(texts: Texts, trouble: Trouble, error: StorageError | None) -> str:
    """What happened and what to do, with its code."""
    told = TOLD[trouble]
    if not told.text and error is not None:
        return error_text(texts, error)
    sentence = texts._(told.text)
    return f"{sentence} ({told.code})" if told.code else sentence
