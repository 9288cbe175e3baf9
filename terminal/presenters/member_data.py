"""Handing out what is stored about a member: where to, a manager's PIN, and how far it is."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty import cards
from loyalty.directory import Role
from loyalty.outcomes import Refused
from terminal.app.cashiers import PIN_LENGTH_MAX, PIN_LENGTH_MIN
from terminal.app.exporting import AllowExport, allow_export
from terminal.app.files import documents_folder
from terminal.errors import FileUnwritable
from terminal.messages import refusal_text
from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.form_states import FormState
from terminal.presenters.states import Choice, Field, Notice, Tone
from terminal.presenters.wording import member_name

if TYPE_CHECKING:
    from storage.types import CashierRow
    from terminal.app.exporting import Allowed, Written
    from terminal.app.identify import Identified
    from terminal.backup.places import Volume
    from texts.i18n import Texts

FOLDER: Final = "folder"
PIN: Final = "pin"
PATH_LENGTH_MAX: Final = 400
"""The longest path that can be typed, in characters."""

VOLUMES_SHOWN_MAX: Final = 2
"""How many sticks are offered beside the documents; nobody has more in a till at once."""

CARD_DIGITS: Final = 4
"""How many of a card's last digits the name of the folder has; never the member's name, which strangers could read."""

EMPTY: Final = FormState(headline="", text="")


class MemberDataPresenter(Presenter[FormState]):
    """One member at a time; needs no line to anywhere.

    Leaving the form while the files are being written is allowed: what came of it is said anywhere.
    """

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(EMPTY)
        self._around = surroundings
        self._flow = flow
        self._member: Identified | None = None
        self._managers: list[CashierRow] = []
        self._chosen: UUID | None = None
        self._volumes: tuple[Volume, ...] = ()
        self._folder = ""
        self._pin = ""
        self._notice: Notice | None = None
        self._turn = 0
        self._busy = False
        self._written: Written | None = None

    def open(self, member: Identified) -> None:
        """Begin; the documents are the place unless somebody says otherwise."""
        rows = self._around.desk.reader.cashiers()
        self._member = member
        self._managers = [row for row in rows if row.role is Role.MANAGER and not row.blocked]
        self._chosen = self._managers[0].cashier_id if len(self._managers) == 1 else None
        self._volumes = ()
        self._folder = str(self._documents)
        self._pin = ""
        self._notice = None
        self._turn += 1
        self._busy = False
        self._written = None
        self.refresh()
        if self._around.backup_actions is not None:
            self._around.backup_actions.look_for_places(partial(self._found, self._turn))

    def close(self) -> None:
        """Forget whose data it was, and the PIN; the screen is being left."""
        self._member = None
        self._pin = ""

    @property
    def _documents(self) -> Path:
        return self._around.reports.folder or documents_folder()

    def _found(self, turn: int, volumes: tuple[Volume, ...]) -> None:
        """Sticks that are plugged in: a member may want to take the files along."""
        if turn == self._turn:
            self._volumes = volumes[:VOLUMES_SHOWN_MAX]
            self.refresh()

    # -- what somebody types -------------------------------------------------------------------------------------------

    def field_typed(self, name: str, text: str) -> None:
        """A field now holds this text."""
        if self._busy or self._written is not None:
            return
        if name == PIN:
            self._pin = "".join(char for char in text if char in "0123456789")[:PIN_LENGTH_MAX]
        else:
            self._folder = text[:PATH_LENGTH_MAX]
        self._notice = None
        self.refresh()

    def choose(self, cashier_id: str) -> None:
        """It is this manager."""
        if not self._busy:
            self._chosen = UUID(cashier_id)
            self._pin = ""
            self._notice = None
            self.refresh()

    def say(self, notice: Notice) -> None:
        """Show a sentence above the fields."""
        self._notice = notice
        self.refresh()

    def cancel(self) -> None:
        """Back to the sale."""
        self._flow.sale()

    # -- writing -------------------------------------------------------------------------------------------------------

    def confirm(self) -> None:
        """Check the PIN, then write; once all is written, back to the sale. A second press meanwhile does nothing."""
        if self._written is not None:
            self._flow.sale()
            return
        member = self._member
        if member is None or self._busy or not self._complete:
            return
        texts, folder = self._around.texts, _absolute(self._folder)
        if self._around.exports is None:
            self.say(Notice(texts._("The till is still starting. Try again in a moment. (M-425)"), Tone.WARN))
            return
        if folder is None:
            sentence = texts._("Type the whole path of a folder, for example {folder}. (M-426)")
            self.say(Notice(sentence.format(folder=self._documents), Tone.WARN))
            return
        self._busy = True
        self._notice = None
        command = AllowExport(self._chosen, self._pin)
        self._pin = ""
        self.refresh()
        allowed = partial(self._allowed, self._turn, member, folder / _folder_name(self._around, member))
        self._around.desk.book(allow_export, command, allowed, partial(self._failed, self._turn))

    @property
    def _complete(self) -> bool:
        proved = not self._managers or (self._chosen is not None and len(self._pin) >= PIN_LENGTH_MIN)
        return proved and bool(self._folder.strip())

    def _allowed(self, turn: int, member: Identified, folder: Path, outcome: Allowed | Refused) -> None:
        """The PIN was right, or not; whoever has left by now has changed their mind."""
        if turn != self._turn or self._member is None:
            return
        texts, exports = self._around.texts, self._around.exports
        if isinstance(outcome, Refused):
            self._ended(turn, Notice(refusal_text(texts, outcome), Tone.WARN))
            return
        assert exports is not None, "confirm has looked"
        sentence = texts._("Collecting what is stored about {name} … Sales can go on meanwhile.")
        self.say(Notice(sentence.format(name=member_name(texts, member)), Tone.INFO))
        exports.write(member.number, texts, folder, partial(self._done, turn), partial(self._failed, turn))

    def _done(self, turn: int, outcome: Written | Refused | FileUnwritable) -> None:
        texts = self._around.texts
        if isinstance(outcome, Refused):
            self._ended(turn, Notice(refusal_text(texts, outcome), Tone.WARN))
        elif isinstance(outcome, FileUnwritable):
            sentence = texts._("{file} can't be written: {detail}. Nothing is left there; try another folder. (M-427)")
            self._ended(turn, Notice(sentence.format(file=outcome.file, detail=outcome.detail), Tone.BAD))
        else:
            if turn == self._turn:
                self._written = outcome
            self._ended(turn, Notice(texts._("Written: {file}").format(file=outcome.folder), Tone.GOOD))

    def _ended(self, turn: int, notice: Notice) -> None:
        """Say it on the form, or wherever somebody has gone meanwhile."""
        is_shown = turn == self._turn and self._member is not None
        if turn == self._turn:
            self._busy = False
        if is_shown:
            self.say(notice)
        else:
            self._flow.say(notice)

    def _failed(self, turn: int, error: Exception) -> None:
        if turn == self._turn:
            self._busy = False
            self.refresh()
        self._flow.broke(error)

    # -- what it shows -------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Compute the screen anew."""
        if self._member is None:
            return
        texts, is_done = self._around.texts, self._written is not None
        headline = texts._("Member's data: {name}").format(name=member_name(texts, self._member))
        self._show(
            FormState(
                headline=headline,
                text=_done_text(texts) if is_done else self._text(texts, self._member),
                fields=() if is_done else self._fields(texts),
                people=() if is_done else self._people(),
                offers=() if is_done else self._offers(texts),
                fills=FOLDER,
                secret=PIN,
                notice=self._notice,
                primary=self._primary(texts),
                primary_enabled=is_done or (not self._busy and self._complete),
                busy=self._busy,
                cancel=texts._("Back"),
            )
        )

    def _text(self, texts: Texts, member: Identified) -> str:
        sentences = [
            texts._(
                "All that is stored about card {card} and its owner, for the owner: to read and print, for a "
                "spreadsheet and for machines. A folder of its own is made for it."
            ).format(card=cards.masked(member.number))
        ]
        if self._around.sync.joined:
            sentences.append(texts._("What was bought at other tills stands at head office and is not among it."))
        return " ".join(sentences)

    def _fields(self, texts: Texts) -> tuple[Field, ...]:
        folder = Field(FOLDER, texts._("Folder"), self._folder, optional=False)
        pin = Field(PIN, texts._("Manager's PIN"), self._pin, optional=False)
        return (folder, pin) if self._managers else (folder,)

    def _people(self) -> tuple[Choice, ...]:
        return tuple(Choice(str(row.cashier_id), row.name, row.cashier_id == self._chosen) for row in self._managers)

    def _offers(self, texts: Texts) -> tuple[Choice, ...]:
        """Places for a finger; without a stick there is one place only, and nothing to choose."""
        if not self._volumes:
            return ()
        places = [(str(self._documents), texts._("Documents"))]
        places += [(str(volume.folder.parent), volume.name) for volume in self._volumes]
        return tuple(Choice(folder, text, folder == self._folder) for folder, text in places)

    def _primary(self, texts: Texts) -> str:
        if self._written is not None:
            return texts._("Back to the sale")
        return texts._("Please wait …") if self._busy else texts._("Write the files")


def _done_text(texts: Texts) -> str:
    return texts._(
        "Give the folder to the member: member.pdf is for reading and printing, bookings.csv for a spreadsheet, "
        "member.json for machines. Then delete it here: anybody who can open it can read it."
    )


def _absolute(text: str) -> Path | None:
    """The folder somebody typed, ``None`` when it could be anywhere."""
    try:
        folder = Path(text.strip()).expanduser()
    except RuntimeError:  # the home of somebody who is not known here
        return None
    return folder if folder.is_absolute() else None


def _folder_name(around: Surroundings, member: Identified) -> str:
    """Sorted by name is sorted by day; the same member twice a day gets a number behind it."""
    day = around.clock.business_day(around.clock.now_us())
    what = around.texts._("Member data")
    return f"{what} {day.isoformat()} {member.number[-CARD_DIGITS:]}"
