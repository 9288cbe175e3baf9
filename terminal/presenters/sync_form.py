"""The short forms of the sync screen: join head office, make a code for another till, write a file, leave."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty.directory import Role
from loyalty.outcomes import Refused
from terminal.app.cashiers import PIN_LENGTH_MAX, PIN_LENGTH_MIN
from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.form_states import FormState
from terminal.presenters.states import Choice, Field, Notice, Tone
from terminal.presenters.sync_states import Purpose
from terminal.presenters.sync_words import no_text
from terminal.sync.outcomes import Declined, Exported, Invited, Joined, Left

if TYPE_CHECKING:
    from storage.types import CashierRow
    from terminal.presenters.sync_port import SyncActions
    from texts.i18n import Texts


FIELDS: Final[dict[Purpose, tuple[str, ...]]] = {
    Purpose.JOIN: ("url", "code"),
    Purpose.INVITE: ("name",),
    Purpose.EXPORT: ("file",),
    Purpose.LEAVE: ("pin",),
}
PIN: Final = "pin"
TEXT_LENGTH_MAX: Final = 120
"""The longest input of a field, in characters; a joining code with its certificate part has fewer than 60."""

EXPORT_NAME: Final = "stammkunde-unsent.json"

EMPTY: Final = FormState(headline="", text="")


class SyncFormPresenter(Presenter[FormState]):
    """One form at a time. Leaving it while head office has yet to answer is allowed: the answer is said anywhere."""

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(EMPTY)
        self._around = surroundings
        self._flow = flow
        self._purpose = Purpose.JOIN
        self._typed: dict[str, str] = {}
        self._managers: list[CashierRow] = []
        self._chosen: UUID | None = None
        self._notice: Notice | None = None
        self._open = False
        self._busy = False

    def open(self, purpose: Purpose) -> None:
        """Begin a form; the address typed last and the managers are there already."""
        self._purpose = purpose
        self._typed = {}
        if purpose is Purpose.JOIN:
            self._typed["url"] = self._around.sync.url
        elif purpose is Purpose.EXPORT:
            self._typed["file"] = str(Path.home() / EXPORT_NAME)
        rows = self._around.desk.reader.cashiers() if purpose is Purpose.LEAVE else []
        self._managers = [row for row in rows if row.role is Role.MANAGER and not row.blocked]
        self._chosen = self._managers[0].cashier_id if len(self._managers) == 1 else None
        self._notice = None
        self._open = True
        self.refresh()

    def close(self) -> None:
        """Forget what was typed; the screen is being left."""
        self._open = False
        self._typed = {}

    def field_typed(self, name: str, text: str) -> None:
        """A field now holds this text."""
        if self._busy:
            return
        if name == PIN:
            text = "".join(char for char in text if char in "0123456789")[:PIN_LENGTH_MAX]
        self._typed[name] = text[:TEXT_LENGTH_MAX]
        self._notice = None
        self.refresh()

    def choose(self, cashier_id: str) -> None:
        """It is this manager."""
        if not self._busy:
            self._chosen = UUID(cashier_id)
            self._typed[PIN] = ""
            self._notice = None
            self.refresh()

    def say(self, notice: Notice) -> None:
        """Show a sentence below the fields."""
        self._notice = notice
        self.refresh()

    def cancel(self) -> None:
        """Back to the sync screen."""
        self._flow.show_sync()

    def confirm(self) -> None:
        """Do what the button says; a second press while it is under way does nothing."""
        actions = self._around.sync_actions
        if actions is None or self._busy or not self._complete():
            return
        self._busy = True
        self._notice = None
        self.refresh()
        self._ask(actions)

    def _ask(self, actions: SyncActions) -> None:
        typed = {name: text.strip() for name, text in self._typed.items()}
        match self._purpose:
            case Purpose.JOIN:
                code = "".join(typed["code"].split())  # people read it aloud, and type it, in groups
                actions.join(typed["url"], code, self._joined, self._failed)
            case Purpose.INVITE:
                actions.invite(typed["name"], self._invited, self._failed)
            case Purpose.EXPORT:
                actions.export(Path(typed["file"]).expanduser(), self._exported, self._failed)
            case Purpose.LEAVE:
                pin, self._typed[PIN] = typed.get(PIN, ""), ""
                self.refresh()
                actions.leave(self._chosen, pin, self._left, self._failed)

    def _complete(self) -> bool:
        if self._purpose is not Purpose.LEAVE:
            return all(self._typed.get(name, "").strip() for name in FIELDS[self._purpose])
        return not self._managers or (self._chosen is not None and len(self._typed.get(PIN, "")) >= PIN_LENGTH_MIN)

    # -- answers

    def _joined(self, outcome: Joined | Declined | Refused) -> None:
        texts = self._around.texts
        if isinstance(outcome, Declined | Refused):
            self._declined(outcome)
            return
        sentence = texts.n_(
            "This till belongs to {store} now; {count} booking is on its way.",
            "This till belongs to {store} now; {count} bookings are on their way.",
            outcome.waiting,
        )
        self._done(sentence.format(store=outcome.store, count=texts.number(outcome.waiting)))

    def _invited(self, outcome: Invited | Declined | Refused) -> None:
        if isinstance(outcome, Declined | Refused):
            self._declined(outcome)
            return
        self._busy = False
        self._flow.show_sync(invited=outcome)

    def _exported(self, outcome: Exported | Declined | Refused) -> None:
        texts = self._around.texts
        if isinstance(outcome, Declined | Refused):
            self._declined(outcome)
            return
        sentence = texts.n_(
            "{count} booking is in {file}. Hand the file in at head office.",
            "{count} bookings are in {file}. Hand the file in at head office.",
            outcome.records,
        )
        self._done(sentence.format(count=texts.number(outcome.records), file=outcome.path.name))

    def _left(self, outcome: Left | Refused) -> None:
        texts = self._around.texts
        if isinstance(outcome, Refused):
            self._declined(outcome)
            return
        self._done(texts._("This till stands alone again."))

    def _done(self, sentence: str) -> None:
        """Say what was done, on the sync screen or wherever somebody has gone meanwhile."""
        self._busy = False
        notice = Notice(sentence, Tone.GOOD)
        if self._open:
            self._flow.show_sync(notice)
        else:
            self._flow.say(notice)

    def _declined(self, outcome: Declined | Refused) -> None:
        self._busy = False
        notice = Notice(no_text(self._around.texts, outcome), Tone.WARN)
        if self._open:
            self.say(notice)
        else:
            self._flow.say(notice)

    def _failed(self, error: Exception) -> None:
        self._busy = False
        self.refresh()
        self._flow.broke(error)

    # -- what it shows

    def refresh(self) -> None:
        """Compute the screen anew."""
        texts = self._around.texts
        headline, text, primary = _words(texts)[self._purpose]
        asks_pin = self._purpose is Purpose.LEAVE and bool(self._managers)
        names = FIELDS[self._purpose] if self._purpose is not Purpose.LEAVE or asks_pin else ()
        self._show(
            FormState(
                headline=headline,
                text=text,
                fields=tuple(self._field(texts, name) for name in names),
                people=tuple(
                    Choice(str(row.cashier_id), row.name, row.cashier_id == self._chosen) for row in self._managers
                ),
                secret=PIN,
                warning=self._warning(texts),
                notice=self._notice,
                primary=texts._("Please wait …") if self._busy else primary,
                primary_enabled=not self._busy and self._complete(),
                danger=self._purpose is Purpose.LEAVE,
                busy=self._busy,
            )
        )

    def _field(self, texts: Texts, name: str) -> Field:
        captions = {
            "url": (texts._("Address of head office"), "https://"),
            "code": (texts._("Joining code"), "XXXX-XXXX-XXXX-XXXX"),
            "name": (texts._("What the other till is called"), texts._("Till 2")),
            "file": (texts._("File"), ""),
            PIN: (texts._("Manager's PIN"), ""),
        }
        caption, placeholder = captions[name]
        return Field(name, caption, self._typed.get(name, ""), optional=False, placeholder=placeholder)

    def _warning(self, texts: Texts) -> Notice | None:
        """What somebody should think of before leaving."""
        waiting = self._around.sync.waiting
        if self._purpose is not Purpose.LEAVE or not waiting:
            return None
        sentence = texts.n_(
            "{count} booking has not been sent. Go back and write it to a file first, or head office never sees it.",
            "{count} bookings have not been sent. Go back and write them to a file first, "
            "or head office never sees them.",
            waiting,
        )
        return Notice(sentence.format(count=texts.number(waiting)), Tone.WARN)


def _words(texts: Texts) -> dict[Purpose, tuple[str, str, str]]:
    """Headline, what will happen, and the button of each form."""
    return {
        Purpose.JOIN: (
            texts._("Join head office"),
            texts._(
                "Head office gives you its address and a code that works once. The till then sends all its bookings, "
                "members and cards there, and learns those of the other tills."
            ),
            texts._("Join"),
        ),
        Purpose.INVITE: (
            texts._("Code for another till"),
            texts._("The code lets one other till of this shop join, once. Give each till a code of its own."),
            texts._("Make a code"),
        ),
        Purpose.EXPORT: (
            texts._("Unsent bookings to a file"),
            texts._(
                "The file holds every booking head office does not have, signed by this till. Take it to head office "
                "when the line stays down; nothing is booked twice."
            ),
            texts._("Write the file"),
        ),
        Purpose.LEAVE: (
            texts._("Leave head office"),
            texts._(
                "The till stands alone from then on: it keeps its own bookings and no longer sees those of other "
                "tills. To come back it needs a new code."
            ),
            texts._("Leave"),
        ),
    }
