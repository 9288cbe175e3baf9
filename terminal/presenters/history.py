"""A member's bookings with running balance and the reason of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.states import HistoryState
from terminal.presenters.wording import booking_line, member_name

if TYPE_CHECKING:
    from storage.types import Booking
    from terminal.app.identify import Identified
    from texts.i18n import Texts

PAGE: Final = 20
"""How many bookings are read at a time."""

EMPTY: Final = HistoryState(name="", balance="")


class HistoryPresenter(Presenter[HistoryState]):
    """Reads page by page, newest first."""

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(EMPTY)
        self._around = surroundings
        self._flow = flow
        self._member: Identified | None = None
        self._bookings: list[Booking] = []
        self._more = False

    def open(self, member: Identified) -> None:
        """Show a member's newest bookings."""
        self._member = member
        self._bookings = []
        self._more = True
        self.more()

    def more(self) -> None:
        """Read the next page."""
        if self._member is None or not self._more:
            return
        before = self._bookings[-1].seq if self._bookings else None
        page = self._around.desk.reader.bookings(self._member.member_id, limit=PAGE, before_seq=before)
        self._bookings += page
        self._more = len(page) == PAGE
        self.refresh()

    def cancel(self) -> None:
        """Back to the sale."""
        self._flow.sale()

    def refresh(self) -> None:
        """Compute the screen anew."""
        if self._member is None:
            return
        texts = self._around.texts
        today = self._around.clock.business_day(self._around.clock.now_us())
        self._show(
            HistoryState(
                name=member_name(texts, self._member),
                balance=texts.points(self._member.account.balance),
                lines=tuple(
                    booking_line(texts, self._around.programme, booking, today, self._around.sync)
                    for booking in self._bookings
                ),
                empty="" if self._bookings else texts._("No bookings yet."),
                note=self._note(texts),
            )
        )

    def _note(self, texts: Texts) -> str:
        """A till knows every balance, but the bookings of its own only."""
        if not self._around.sync.joined:
            return ""
        return texts._("Only bookings of this till are listed; the balance counts those of all tills.")
