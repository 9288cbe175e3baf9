"""What can go wrong at head office: a no to a till, and the known errors with a sentence for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from texts.i18n import mark

if TYPE_CHECKING:
    from loyalty.wire import ProblemCode


class HeadOfficeError(Exception):
    """A known error of head office.

    Attributes:
        code: A stable word for scripts.
        sentence: What is the matter, in English; translated where it is shown.
        support: What exactly happened and where, for the log, without personal data.
    """

    code: str = "headoffice"
    sentence: ClassVar[str] = mark("Head office can't go on.")

    def __init__(self, support: str = "") -> None:
        super().__init__(support)
        self.support = support


class Refusal(HeadOfficeError):
    """A till's request is refused. It is raised through every layer between the check and the answer to the till.

    Attributes:
        code: Why, as the till reads it.
        detail: What is wrong, in English, without personal data.
    """

    code: ProblemCode
    sentence = mark("Head office refused the request.")

    def __init__(self, code: ProblemCode, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code
        self.detail = detail


class DatabaseAway(HeadOfficeError):
    """The database does not answer, or took so long that the work was given up; nothing of it was booked."""

    code = "database_away"
    sentence = mark("The database of head office does not answer.")


class StandbyDatabase(HeadOfficeError):
    """The database is the standby of another one, which alone takes writes."""

    code = "standby_database"
    sentence = mark("This database is a standby: it answers reports, but only the one it follows takes what is new.")


class NewerDatabase(HeadOfficeError):
    """A newer version of the program made this database."""

    code = "newer_database"
    sentence = mark("The database belongs to a newer version of this program. Install the newer version.")


class NotFounded(HeadOfficeError):
    """There is no head office in the data folder or the database; a mistyped folder must not become one."""

    code = "not_founded"
    sentence = mark("There is no head office here. Found one with “stammkunde-headoffice init”, or name its folder.")


class KeysMissing(HeadOfficeError):
    """The database knows this head office but its keys are not in the data folder."""

    code = "keys_missing"
    sentence = mark("The keys of head office are missing from its data folder. Put them back from your backup.")


class ArchiveDamaged(HeadOfficeError):
    """A line in the middle of the archive of head office's own records can't be read or was changed."""

    code = "archive_damaged"
    sentence = mark("The archive of head office's own records is damaged. Put it back from your backup.")


class FolderUnusable(HeadOfficeError):
    """The data folder can't be read or written."""

    code = "folder_unusable"
    sentence = mark("The data folder of head office can't be used.")


class FileUnusable(HeadOfficeError):
    """A file that somebody handed in is none that a till wrote, or was changed since."""

    code = "file_unusable"
    sentence = mark("The file is not the journal of a till, or it was changed.")


class TerminalUnknown(HeadOfficeError):
    """There is no terminal of this id."""

    code = "terminal_unknown"
    sentence = mark("There is no till of this id.")


class StoreUnknown(HeadOfficeError):
    """There is no store of this name."""

    code = "store_unknown"
    sentence = mark("There is no store of this name.")
