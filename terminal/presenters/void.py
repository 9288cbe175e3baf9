"""Undoing a booking: what it was, what the void takes back and returns, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty.outcomes import Refused
from loyalty.records import ReversalReason, UnknownRecord
from loyalty.reversal import ReversalRequest
from terminal.app.reverse import Preview, ReverseCommand, Reversed, preview, reverse
from terminal.messages import refusal_text
from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.states import BookingLine, Choice, Notice, Tile, Tone, VoidState
from terminal.presenters.wording import booking_reason, booking_title

if TYPE_CHECKING:
    from texts.i18n import Texts

EMPTY: Final = VoidState(headline="")


class VoidPresenter(Presenter[VoidState]):
    """Previews and books one reversal."""

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(EMPTY)
        self._around = surroundings
        self._flow = flow
        self._record_id = surroundings.ids.record_id()
        self._preview: Preview | None = None
        self._reason = ReversalReason.MISTAKE
        self._refused: Refused | None = None
        self._said: Notice | None = None
        self._busy = False

    def open(self, original_id: UUID | None) -> None:
        """Show what undoing a booking would do; ``None`` takes the newest that has something left."""
        self._record_id = self._around.ids.record_id()
        self._reason = ReversalReason.MISTAKE
        self._preview = None
        self._refused = None
        self._said = None
        self._busy = False
        reader = self._around.desk.reader
        if original_id is None:
            newest = reader.last_booking()
            if newest is not None and not isinstance(newest.record, UnknownRecord):
                original_id = newest.record.record_id
        if original_id is not None:
            found = preview(reader, ReversalRequest(original_id))
            if isinstance(found, Refused):
                self._refused = found
            else:
                self._preview = found
        self.refresh()

    def say(self, notice: Notice) -> None:
        """Show a sentence beside the preview."""
        self._said = notice
        self.refresh()

    def choose_reason(self, key: str) -> None:
        """Say why."""
        if not self._busy:
            self._reason = ReversalReason(key)
            self.refresh()

    def confirm(self) -> None:
        """Undo it."""
        if self._preview is None or self._busy:
            return
        self._busy = True
        self.refresh()
        command = ReverseCommand(
            self._record_id,
            ReversalRequest(self._preview.original.record_id),
            self._reason,
            cashier_id=self._around.cashier_id,
        )
        self._around.desk.book(reverse, command, self._reversed, self._failed)

    def _reversed(self, outcome: Reversed | Refused) -> None:
        self._busy = False
        if isinstance(outcome, Refused):
            self._refused = outcome
            self.refresh()
            self._flow.settled()
        else:
            self._flow.show_done(outcome)

    def _failed(self, error: Exception) -> None:
        self._busy = False
        self.refresh()
        self._flow.broke(error)

    @property
    def busy(self) -> bool:
        """Whether the reversal is on its way to the disk."""
        return self._busy

    def cancel(self) -> None:
        """Leave; nothing was written."""
        if not self._busy:
            self._flow.home()

    def refresh(self) -> None:
        """Compute the screen anew."""
        texts = self._around.texts
        found = self._preview
        notice = Notice(refusal_text(texts, self._refused), Tone.WARN) if self._refused else self._said
        empty = texts._("There is no booking to undo.") if found is None and notice is None else ""
        self._show(
            VoidState(
                headline=texts._("Undo a booking"),
                what=() if found is None else (self._what(texts, found),),
                preview=() if found is None else _tiles(texts, found),
                reasons=() if found is None else self._reasons(texts),
                notice=notice,
                empty=empty,
                primary=texts._("Undo this booking"),
                primary_enabled=found is not None and not self._busy and self._refused is None,
                busy=self._busy,
            )
        )

    def _what(self, texts: Texts, found: Preview) -> BookingLine:
        record, programme = found.original, self._around.programme
        today = self._around.clock.business_day(self._around.clock.now_us())
        profile = self._around.desk.reader.profile(record.member_id) if record.member_id else None
        name = profile.name if profile else texts._("Card without a name")
        return BookingLine(
            when=texts.moment(record.at_us, record.utc_offset_min, today),
            what=f"{name} · {booking_title(texts, programme, record)}",
            points=texts.signed(found.plan.takes_back - found.plan.returns),
            why=booking_reason(texts, programme, record),
        )

    def _reasons(self, texts: Texts) -> tuple[Choice, ...]:
        sentences = {
            ReversalReason.MISTAKE: texts._("Typing mistake"),
            ReversalReason.RETURN: texts._("Goods returned"),
            ReversalReason.WRONG_CARD: texts._("Wrong card"),
            ReversalReason.OTHER: texts._("Other reason"),
        }
        return tuple(Choice(reason.value, text, reason is self._reason) for reason, text in sentences.items())


def _tiles(texts: Texts, found: Preview) -> tuple[Tile, ...]:
    """What it takes back, what it returns, what is left."""
    left = texts._("Debt: the next points pay it off.") if found.balance_after < 0 else ""
    return (
        Tile(texts._("Takes back"), texts.signed(-found.plan.takes_back), texts._("points awarded")),
        Tile(texts._("Returns"), texts.signed(found.plan.returns), texts._("points redeemed")),
        Tile(texts._("Leaves"), texts.number(found.balance_after), left or texts._("points")),
    )
