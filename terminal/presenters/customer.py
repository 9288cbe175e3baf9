"""What the customer sees: follows the till's screens, and asks how it was."""

from __future__ import annotations

from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from msgspec.structs import replace

from loyalty.records import STARS_MAX, Redemption, Sale
from storage.errors import StorageError
from terminal.app.rate import NotRated, RateCommand, Rated, rate
from terminal.presenters import customer_words as words
from terminal.presenters.base import Presenter, Surroundings
from terminal.presenters.customer_states import CustomerState
from terminal.presenters.states import DoneState, MemberState, Screen, ShellState, Tone
from terminal.settings.display import DisplaySettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from terminal.presenters.open_sale import OpenSale
    from terminal.sync.outcomes import Declined

RESULT_SHOWN_MS: Final = 20_000
"""How long a result stays for the customer, in milliseconds, unless the next one is served: time to read and to tap."""

THANKS_SHOWN_MS: Final = 3_000
"""How long the thanks for a rating stay, in milliseconds."""

SEES_THE_SALE: Final = frozenset(
    {Screen.MEMBER, Screen.REDEEM, Screen.HISTORY, Screen.HELP, Screen.SYNC, Screen.SYNC_FORM}
)
"""Screens in front of an open purchase. On every other one somebody else may be looked for, so nobody is shown."""


class _Member(Protocol):
    """What is looked at of the member screen."""

    @property
    def sale(self) -> OpenSale | None:
        """The open sale."""
        ...

    @property
    def state(self) -> MemberState:
        """What the screen shows."""
        ...

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call after every change."""
        ...


class _Done(Protocol):
    """What is looked at of the result."""

    @property
    def undoable(self) -> UUID | None:
        """The sale or redemption shown; ``None`` for anything else."""
        ...

    @property
    def state(self) -> DoneState:
        """What the screen shows."""
        ...

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call after every change."""
        ...


class Watched(Protocol):
    """What is looked at of the till; the shell has this shape."""

    @property
    def state(self) -> ShellState:
        """Which screen is on."""
        ...

    @property
    def member(self) -> _Member:
        """The member screen."""
        ...

    @property
    def done(self) -> _Done:
        """The result."""
        ...

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call after every change."""
        ...

    def broke(self, error: Exception) -> None:
        """Take what broke."""
        ...


class _Answer(Enum):
    """Where the question how it was stands."""

    NONE = auto()
    """It is not asked."""
    OPEN = auto()
    SENT = auto()
    THANKED = auto()


class _Result:
    """What was booked, for as long as its customer is shown it.

    Attributes:
        booking: The sale or redemption; ``None`` when something else was done.
        undone: Whether a booking was taken back.
        balance: The new balance, as the till's own screen says it.
        answer: Where the question stands.
        stars: What was tapped, 0 for nothing.
        code: The receipt's code, once it is signed.
    """

    def __init__(self, booking: Sale | Redemption | None, balance: str, *, undone: bool, asks: bool) -> None:
        self.booking = booking
        self.undone = undone
        self.balance = balance
        self.answer = _Answer.OPEN if asks else _Answer.NONE
        self.stars = 0
        self.code = ""


class CustomerPresenter(Presenter[CustomerState]):
    """Shows customers what concerns them and nothing else.

    Args:
        surroundings: What every presenter is given.
        shell: The till's screens.
        settings: What customers are shown.
        has_pole: Whether a display of two lines is attached. Without it and without a window nobody looks, and nothing
            is read or computed: the scan path of a till without a display is none of this module's.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        shell: Watched,
        settings: DisplaySettings | None = None,
        *,
        has_pole: bool = True,
    ) -> None:
        super().__init__(words.welcome(surroundings))
        self._around = surroundings
        self._shell = shell
        self._settings = settings or DisplaySettings()
        self._has_pole = has_pole
        self._has_window = False
        self._was_done = False
        self._taken: UUID | None = None
        self._result: _Result | None = None
        self._cancel_end: Callable[[], None] | None = None
        shell.subscribe(self.refresh)
        shell.member.subscribe(self.refresh)
        shell.done.subscribe(self._done_changed)
        self.refresh()

    # -- what comes in -------------------------------------------------------------------------------------------------

    def window_shown(self, *, on: bool) -> None:
        """A window for customers is there, or gone. Without one nobody can tap stars or photograph a code."""
        self._has_window = on
        if not self._is_seen:
            self._forget_result()
            self._show(words.welcome(self._around))
        self.refresh()

    @property
    def _is_seen(self) -> bool:
        return self._has_window or self._has_pole

    def rate(self, stars: int) -> None:
        """The customer tapped 1 to 5 stars. Only the first tap counts."""
        result = self._result
        if result is None or result.booking is None or result.answer is not _Answer.OPEN:
            return
        if not 1 <= stars <= STARS_MAX:
            return
        result.answer, result.stars = _Answer.SENT, stars
        command = RateCommand(result.booking.record_id, stars, self._around.cashier_id)
        self._around.desk.book(rate, command, partial(self._rated, result), partial(self._not_rated, result))
        self.refresh()

    def refresh(self) -> None:
        """Compute the display anew from the till's screens, as long as anybody sees it."""
        if not self._is_seen:
            return
        shell = self._shell.state
        sale = self._shell.member.sale
        is_hidden = shell.screen is Screen.LOCK or shell.fatal is not None
        if is_hidden or (sale is not None and shell.screen in SEES_THE_SALE):
            self._forget_result()
        self._was_done = self._was_done and shell.screen is Screen.DONE
        if is_hidden:
            state = words.welcome(self._around)
        elif shell.screen is Screen.DONE:
            if not self._was_done:
                self._was_done = True
                self._take_result()
            state = self._shown_result()
        elif sale is not None and shell.screen in SEES_THE_SALE:
            state = words.serving(self._around, sale, greets=self._settings.greeting == "first_name")
        else:
            state = self._shown_result()
        self._show(replace(state, training=shell.bar.training))

    # -- results -------------------------------------------------------------------------------------------------------

    def _done_changed(self) -> None:
        """The till's result is new or changed. It is filled in before its screen comes on, which the shell tells."""
        if not self._is_seen or self._shell.state.screen is not Screen.DONE:
            return
        if self._taken != self._shell.done.undoable:
            self._was_done = False  # one result has replaced another: a booking was undone on its own screen
        elif self._result is not None:
            self._result.balance = self._shell.done.state.balance  # perhaps in another language
        self.refresh()

    def _take_result(self) -> None:
        """Something was booked: read what it was, and begin to count its time."""
        self._forget_result()
        done = self._shell.done
        self._taken = done.undoable
        try:
            booking = self._booking(done.undoable)
        except StorageError as error:
            self._shell.broke(error)
            return
        asks = booking is not None and self._has_window and self._settings.rating == "on"
        undone = done.state.tone is Tone.INFO
        self._result = _Result(booking, done.state.balance, undone=undone, asks=asks)
        self._end_after(RESULT_SHOWN_MS)
        self._ask_for_code(self._result)

    def _booking(self, record_id: UUID | None) -> Sale | Redemption | None:
        stored = self._around.desk.reader.record(record_id) if record_id is not None else None
        return stored.record if stored is not None and isinstance(stored.record, Sale | Redemption) else None

    def _shown_result(self) -> CustomerState:
        result = self._result
        if result is None:
            return words.welcome(self._around)
        if result.booking is None:
            return words.settled(self._around, result.balance, undone=result.undone)
        state = words.booked(self._around, result.booking, result.balance)
        texts, qr = self._around.texts, result.code or self._settings.link
        if self._settings.qr == "on" and self._has_window and qr:
            caption = texts._("Receipt: take a photo") if result.code else texts._("More about us")
            state = replace(state, qr=qr, qr_caption=caption)
        if result.answer is not _Answer.NONE:
            is_open, thanks = result.answer is _Answer.OPEN, result.answer is _Answer.THANKED
            state = replace(state, rating=words.question(self._around, result.stars, is_open=is_open, thanks=thanks))
        return state

    def _end_after(self, delay_ms: int) -> None:
        if self._cancel_end is not None:
            self._cancel_end()
        self._cancel_end = self._around.schedule(delay_ms, self._time_is_up)

    def _time_is_up(self) -> None:
        self._cancel_end = None
        self._result = None
        self.refresh()

    def _forget_result(self) -> None:
        if self._cancel_end is not None:
            self._cancel_end()
            self._cancel_end = None
        self._result = None

    # -- the receipt's code --------------------------------------------------------------------------------------------

    def _ask_for_code(self, result: _Result) -> None:
        """Have the receipt signed for another till, where there is one and a window to show it in."""
        actions, wanted = self._around.sync_actions, self._settings.qr == "on" and self._has_window
        if wanted and actions is not None and self._around.sync.joined and result.booking is not None:
            actions.receipt_code(result.booking, partial(self._signed, result), self._shell.broke)

    def _signed(self, result: _Result, code: str | Declined) -> None:
        """The code is there; without a key there is none."""
        if isinstance(code, str):
            result.code = code
            self.refresh()

    # -- the rating ----------------------------------------------------------------------------------------------------

    def _rated(self, result: _Result, outcome: Rated | NotRated) -> None:
        """It is on disk: thank, and let the question go soon. What can't be rated any more is not asked about."""
        result.answer = _Answer.THANKED if isinstance(outcome, Rated) else _Answer.NONE
        self._around.schedule(THANKS_SHOWN_MS, partial(self._thanked, result))
        self.refresh()

    def _thanked(self, result: _Result) -> None:
        result.answer = _Answer.NONE
        self.refresh()

    def _not_rated(self, result: _Result, error: Exception) -> None:
        """The disk did not take it. That is the till's trouble, not the customer's."""
        result.answer = _Answer.NONE
        self.refresh()
        self._shell.broke(error)
