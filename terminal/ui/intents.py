"""What a view asks of its presenter. The presenters satisfy these by shape; nothing here is inherited.

Subscribing hands over a function without arguments; it is called on the GUI thread after the state changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from terminal.presenters import states
from terminal.presenters.form_states import FormState
from terminal.presenters.report_states import ReportState
from terminal.presenters.status_states import StatusState
from terminal.presenters.sync_states import SyncState

StateT_co = TypeVar("StateT_co", covariant=True)

Callback = Callable[[], None]


class Presenter(Protocol[StateT_co]):
    """A state to show and a way to learn that it changed."""

    @property
    def state(self) -> StateT_co:
        """What to show now."""
        ...

    def subscribe(self, callback: Callback) -> object:
        """Call ``callback`` after every change of ``state``."""
        ...


class Idle(Presenter[states.IdleState], Protocol):
    """Waiting for a card."""

    def query_typed(self, text: str) -> None:
        """The search or code field now holds this text."""
        ...

    def submit(self) -> None:
        """Take what was typed as if it had been scanned."""
        ...

    def undo_last(self) -> None:
        """Undo the newest booking."""
        ...


class Member(Presenter[states.MemberState], Protocol):
    """A member with the open sale."""

    def amount_typed(self, text: str) -> None:
        """The amount field now holds this text."""
        ...

    def keypad(self, key: str) -> None:
        """A key of the keypad: a digit, ",", "backspace" or "clear"."""
        ...

    def edit_without_points(self, on: bool) -> None:  # noqa: FBT001 - fixed by the presenter
        """Send the keypad to the part without points, or back."""
        ...

    def without_points_typed(self, text: str) -> None:
        """The field for the part without points now holds this text."""
        ...

    def choose_reward(self, reward_id: str) -> None:
        """Choose a reward, or put it back."""
        ...

    def confirm(self) -> None:
        """Do what the green button says."""
        ...

    def cancel(self) -> None:
        """Leave the screen without doing anything."""
        ...

    def redeem(self) -> None:
        """Show all rewards."""
        ...

    def void(self) -> None:
        """Show what undoing a booking would do."""
        ...

    def history(self) -> None:
        """Show the bookings of the member."""
        ...

    def data(self) -> None:
        """Hand out what is stored about the member."""
        ...


class Redeem(Presenter[states.RedeemState], Protocol):
    """Choosing rewards."""

    def choose_reward(self, reward_id: str) -> None:
        """Choose a reward, or put it back."""
        ...

    def points_typed(self, text: str) -> None:
        """The points of a flexible reward, as typed."""
        ...

    def confirm(self) -> None:
        """Do what the green button says."""
        ...

    def cancel(self) -> None:
        """Leave the screen without doing anything."""
        ...


class Done(Presenter[states.DoneState], Protocol):
    """What was just written."""

    def next(self) -> None:
        """On to the next customer."""
        ...

    def undo(self) -> None:
        """Undo what was just booked."""
        ...

    def print_receipt(self) -> None:
        """Print the receipt, or do without a printer what comes next to that."""
        ...

    def keep_receipt(self) -> None:
        """Keep the screen while somebody reads the receipt; once more saves it as a file."""
        ...


class Unknown(Presenter[states.UnknownState], Protocol):
    """A valid card nobody enrolled."""

    def award_only(self) -> None:
        """Award to the card without a name."""
        ...

    def enrol(self) -> None:
        """Open the enrolment form."""
        ...

    def cancel(self) -> None:
        """Leave the screen without doing anything."""
        ...


class Enrol(Presenter[states.EnrolState], Protocol):
    """Enrolling a member."""

    def field_typed(self, name: str, text: str) -> None:
        """A field now holds this text."""
        ...

    def consent(self, purpose: str, ticked: bool) -> None:  # noqa: FBT001 - fixed by the presenter
        """A consent was given or withdrawn."""
        ...

    def take_candidate(self, member_id: str) -> None:
        """Serve this member instead."""
        ...

    def confirm(self) -> None:
        """Do what the green button says."""
        ...

    def cancel(self) -> None:
        """Leave the screen without doing anything."""
        ...


class Find(Presenter[states.FindState], Protocol):
    """Finding a member."""

    def query_typed(self, text: str) -> None:
        """The search or code field now holds this text."""
        ...

    def move(self, delta: int) -> None:
        """Move the selection up or down."""
        ...

    def choose(self, member_id: str | None) -> None:
        """Serve this member; ``None`` takes the selected one."""
        ...

    def cancel(self) -> None:
        """Leave the screen without doing anything."""
        ...


class Void(Presenter[states.VoidState], Protocol):
    """Undoing a booking."""

    def choose_reason(self, key: str) -> None:
        """Choose a reason."""
        ...

    def field_typed(self, name: str, text: str) -> None:
        """A field now holds this text: the one for another till's receipt, or one of what a manager vouches for."""
        ...

    def choose_manager(self, cashier_id: str) -> None:
        """It is this manager."""
        ...

    def confirm(self) -> None:
        """Do what the green button says."""
        ...

    def cancel(self) -> None:
        """Leave the screen without doing anything."""
        ...


class History(Presenter[states.HistoryState], Protocol):
    """A member's bookings."""

    def more(self) -> None:
        """Show older bookings."""
        ...

    def cancel(self) -> None:
        """Leave the screen without doing anything."""
        ...


class Report(Presenter[ReportState], Protocol):
    """The daily report."""

    def previous_day(self) -> None:
        """Go one day back."""
        ...

    def next_day(self) -> None:
        """Go one day on."""
        ...

    def today(self) -> None:
        """Go to today."""
        ...

    def choose(self, key: str) -> None:
        """Show this till's day or the whole store's: ``till`` or ``store``."""
        ...

    def save(self, ending: str) -> None:
        """Write the day as a file: ``csv`` or ``pdf``."""
        ...

    def cancel(self) -> None:
        """Leave the screen without doing anything."""
        ...


class Help(Presenter[states.HelpState], Protocol):
    """Keys and advice."""

    def cancel(self) -> None:
        """Leave the screen without doing anything."""
        ...


class Sync(Presenter[SyncState], Protocol):
    """How the till stands with head office."""

    def act(self, key: str) -> None:
        """Do what a button says."""
        ...

    def cancel(self) -> None:
        """Leave the screen without doing anything."""
        ...


class Form(Presenter[FormState], Protocol):
    """A short form: what will happen, a few fields, perhaps a manager's PIN."""

    def field_typed(self, name: str, text: str) -> None:
        """A field now holds this text."""
        ...

    def choose(self, cashier_id: str) -> None:
        """It is this manager."""
        ...

    def confirm(self) -> None:
        """Do what the button says."""
        ...

    def cancel(self) -> None:
        """Leave the screen without doing anything."""
        ...


class Backup(Presenter[StatusState], Protocol):
    """How the copies of the data are."""

    def act(self, key: str) -> None:
        """Do what a button says."""
        ...

    def cancel(self) -> None:
        """Leave the screen without doing anything."""
        ...


class Lock(Presenter[states.LockState], Protocol):
    """Who is at the till."""

    def choose(self, cashier_id: str) -> None:
        """It is this person."""
        ...

    def pin_typed(self, text: str) -> None:
        """The PIN field holds this text."""
        ...

    def keypad(self, key: str) -> None:
        """A key of the PIN pad."""
        ...

    def confirm(self) -> None:
        """Check the PIN."""
        ...
