"""Finding a member by name, phone, e-mail or the end of the card number, while typing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.states import Candidate, FindState, Notice

if TYPE_CHECKING:
    from storage.types import Hit

HITS_SHOWN: Final = 8
QUERY_LENGTH_MAX: Final = 80
QUERY_LENGTH_MIN: Final = 2
"""Fewer characters than this find half the shop."""


class FindPresenter(Presenter[FindState]):
    """Searches on the storage thread; an answer to an older text is thrown away."""

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(FindState())
        self._around = surroundings
        self._flow = flow
        self._query = ""
        self._hits: list[Hit] = []
        self._answered = ""
        self._selected = 0
        self._said = ""

    def open(self, query: str) -> None:
        """Begin with a text, perhaps an empty one."""
        self._hits = []
        self._answered = ""
        self._selected = 0
        self.query_typed(query)

    def query_typed(self, text: str) -> None:
        """The field now holds this text."""
        self._query = text[:QUERY_LENGTH_MAX]
        self._selected = 0
        self._said = ""
        asked = self._query.strip()
        if len(asked) < QUERY_LENGTH_MIN:
            self._hits = []
            self._answered = asked
            self.refresh()
            return
        self.refresh()
        self._around.desk.read(
            lambda reader: reader.search(asked, limit=HITS_SHOWN),
            lambda hits: self._found(asked, hits),
            self._flow.broke,
        )

    def _found(self, asked: str, hits: list[Hit]) -> None:
        if asked == self._query.strip():
            self._hits = hits
            self._answered = asked
            self.refresh()

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
        elif self._hits and self._answered == self._query.strip():
            self._flow.serve_member(self._hits[self._selected].member_id)
        elif self._query.strip().isdigit():
            self._flow.read(self._query.strip())

    def cancel(self) -> None:
        """Leave."""
        self._flow.home()

    def refresh(self) -> None:
        """Compute the screen anew."""
        texts = self._around.texts
        asked = self._query.strip()
        message = self._said
        if not message and len(asked) < QUERY_LENGTH_MIN:
            message = texts._("Type a name, a phone number or the end of a card number.")
        elif not message and not self._hits and self._answered == asked:
            message = texts._("Nobody found. Check the spelling, or enrol with F2.")
        hits = tuple(
            Candidate(
                str(hit.member_id),
                hit.name,
                " · ".join(part for part in (hit.card_masked, hit.phone_masked) if part),
                texts.points(hit.balance),
            )
            for hit in self._hits
        )
        self._show(FindState(query=self._query, hits=hits, message=message, selected=self._selected))
