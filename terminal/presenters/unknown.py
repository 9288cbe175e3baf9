"""A valid card nobody has used yet: award to the card alone, or enrol its owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty import cards
from terminal.app.identify import Identified
from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.states import UnknownState

if TYPE_CHECKING:
    from terminal.app.identify import UnknownCard

EMPTY: Final = UnknownState(card="", headline="", text="")


class UnknownPresenter(Presenter[UnknownState]):
    """Asks what to do with a new card; nothing is written until a sale or an enrolment is."""

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(EMPTY)
        self._around = surroundings
        self._flow = flow
        self._card: UnknownCard | None = None

    def open(self, card: UnknownCard) -> None:
        """Show a card that is new."""
        self._card = card
        self.refresh()

    def award_only(self) -> None:
        """Serve the card without a name; its points wait for the owner."""
        if self._card is not None:
            account = self._around.desk.reader.account(self._card.member_id)
            self._flow.serve(Identified(self._card.number, self._card.member_id, account, None))

    def enrol(self) -> None:
        """Enrol the owner now."""
        if self._card is not None:
            self._flow.show_enrol(self._card.number)

    def cancel(self) -> None:
        """Leave the card alone."""
        self._flow.home()

    def refresh(self) -> None:
        """Compute the screen anew."""
        if self._card is None:
            return
        texts = self._around.texts
        self._show(
            UnknownState(
                card=cards.masked(self._card.number),
                headline=texts._("New card"),
                text=texts._("This card has no name yet. Enrol its owner, or award points to the card alone."),
            )
        )
