"""Finding a member by name, phone, e-mail or the end of the card number, while typing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.states import Candidate, FindState, Notice

if TYPE_CHECKING:
    from storage.types import Found, Hit

HITS_SHOWN: Final = 20
QUERY_LENGTH_MAX: Final = 80
QUERY_LENGTH_MIN: Final = 2
"""Fewer characters than this find half the shop."""


class FindPresenter(Presenter[FindState]):
    """Searches on the storage thread, one text at a time: what stands in the field by then is looked for next.

    So a fast typist costs the sales that wait there one search, and an answer is never older than the one before.
    """

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(FindState())
        self._around = surroundings
        self._flow = flow
        self._query = ""
        self._found: Found | None = None
        self._answered = ""
        self._searching = False
        self._selected = 0
        self._said = ""

    def open(self, query: str) -> None:
        """Begin with a text, perhaps an empty one."""
        self._found = None
        self._answered = ""
        self._selected = 0
        self.query_typed(query)

    def query_typed(self, text: str) -> None:
        """The field now holds this text."""
        self._query = text[:QUERY_LENGTH_MAX]
        self._selected = 0
        self._said = ""
        if len(self._asked) < QUERY_LENGTH_MIN:
            self._found = None
            self._answered = self._asked
        self.refresh()
        self._search()

    @property
    def _asked(self) -> str:
        return self._query.strip()

    def _search(self) -> None:
        """Look for the text that stands in the field, unless an older one is still being looked for."""
        asked = self._asked
        if self._searching or asked == self._answered or len(asked) < QUERY_LENGTH_MIN:
            return
        self._searching = True
        self._around.desk.read(
            lambda reader: reader.find(asked, limit=HITS_SHOWN),
            lambda found: self._took(asked, found),
            self._broke,
        )

    def _took(self, asked: str, found: Found) -> None:
        self._searching = False
        if asked == self._asked:  # Enter takes what is on the screen, so nothing older than the text comes on it
            self._found, self._answered = found, asked
            self.refresh()
        self._search()

    def _broke(self, error: Exception) -> None:
        self._searching = False
        self._flow.broke(error)

    def say(self, notice: Notice) -> None:
        """Show a sentence above the hits."""
        self._said = notice.text
        self.refresh()

    def move(self, delta: int) -> None:
        """Select the next or the previous hit."""
        if self._hits:
            self._selected = (self._selected + delta) % len(self._hits)
            self.refresh()

    def choose(self, member_id: str | None = None) -> None:
        """Serve a hit, or the selected one; a typed card number is read like a scan."""
        if member_id is not None:
            self._flow.serve_member(UUID(member_id))
        elif self._hits and self._answered == self._asked:
            self._flow.serve_member(self._hits[self._selected].member_id)
        elif self._asked.isdigit():
            self._flow.read(self._asked)

    @property
    def _hits(self) -> tuple[Hit, ...]:
        return self._found.hits if self._found else ()

    def cancel(self) -> None:
        """Leave."""
        self._flow.home()

    def refresh(self) -> None:
        """Compute the screen anew."""
        texts = self._around.texts
        hits = tuple(
            Candidate(
                str(hit.member_id),
                hit.name,
                " · ".join(part for part in (hit.card_masked, hit.phone_masked) if part),
                texts.points(hit.balance),
            )
            for hit in self._hits
        )
        message = self._said or self._message()
        self._show(FindState(query=self._query, hits=hits, message=message, selected=self._selected))

    def _message(self) -> str:
        """What there is to say about the search itself."""
        translate = self._around.texts._
        if len(self._asked) < QUERY_LENGTH_MIN:
            return translate("Type a name, a phone number or the end of a card number.")
        if self._found is None:
            return translate("Searching…")
        if self._answered == self._asked and not self._found.complete:
            return translate("The search is being made ready: not everybody is found yet.")
        if self._found.more:
            return translate("More than these fit. Type more letters, another word or the last digits of the phone.")
        if self._answered == self._asked and not self._found.hits:
            return translate("Nobody found. Check the spelling, or enrol with F2.")
        return ""
