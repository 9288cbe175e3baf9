"""Undoing a booking: what it was, what the void takes back and returns, and why; of this till or of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty.outcomes import Reason, Refused
from loyalty.records import ReversalReason, UnknownRecord
from loyalty.reversal import Original, ReversalRequest
from terminal.app.newest import newest_to_undo
from terminal.app.reverse import Preview, ReverseCommand, Reversed, Vouch, preview, preview_vouched, reverse
from terminal.messages import refusal_text
from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.lookup import Looked, Lookup
from terminal.presenters.states import BookingLine, Choice, Field, Notice, Tile, Tone, VoidState
from terminal.presenters.vouching import PIN, Vouching
from terminal.presenters.wording import booking_reason, booking_title, original_title

if TYPE_CHECKING:
    from texts.i18n import Texts

EMPTY: Final = VoidState(headline="")
RECEIPT: Final = "receipt"
RECEIPT_LENGTH_MAX: Final = 1_000
"""The longest text taken for a receipt's code or a booking's number, in characters."""


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
        self._typed = ""
        self._lookup = Lookup(surroundings, self._looked, self._failed)
        self._vouching = Vouching(surroundings)
        self._vouched_id: UUID | None = None

    def open(self, original_id: UUID | None) -> None:
        """Show what undoing a booking would do; ``None`` takes the newest that has something left."""
        self._begin()
        reader = self._around.desk.reader
        if original_id is None:
            newest = newest_to_undo(reader)
            if newest is not None and not isinstance(newest.record, UnknownRecord):
                original_id = newest.record.record_id
        if original_id is not None:
            self._take(preview(reader, ReversalRequest(original_id)))
        self.refresh()

    def open_receipt(self, text: str) -> None:
        """A receipt's code was scanned."""
        self._begin()
        self._reason = ReversalReason.RETURN
        self._typed = text.strip()[:RECEIPT_LENGTH_MAX]
        self._look()

    def _begin(self) -> None:
        self._record_id = self._around.ids.record_id()
        self._reason = ReversalReason.MISTAKE
        self._typed = ""
        self._said = None
        self._busy = False
        self._forget()

    def _forget(self) -> None:
        """What was found so far is not what is meant any more."""
        self._lookup.forget()
        self._preview = None
        self._refused = None
        self._vouched_id = None

    def _take(self, found: Preview | Refused) -> None:
        if isinstance(found, Refused):
            self._refused = found
        else:
            self._preview = found

    def say(self, notice: Notice) -> None:
        """Show a sentence beside the preview."""
        self._said = notice
        self.refresh()

    # -- a booking of another till -------------------------------------------------------------------------------------

    def field_typed(self, name: str, text: str) -> None:
        """A field now holds this text: the one for another till's receipt, or one of what a manager vouches for."""
        if self._busy:
            return
        self._said = None
        if name == RECEIPT:
            self._typed = text[:RECEIPT_LENGTH_MAX]
            self._forget()
        else:
            self._vouching.type(name, text)
            self._preview_vouched()
        self.refresh()

    def _look(self) -> None:
        self._forget()
        self._lookup.find(self._typed)
        self.refresh()

    def _looked(self, looked: Looked) -> None:
        if looked.elsewhere is not None or looked.needs_manager:
            self._reason = ReversalReason.RETURN  # with a receipt in hand; who mistyped is at the other till
        if looked.needs_manager:
            self._vouched_id = looked.record_id
            self._vouching.open()
        if looked.refused is not None:
            self._refused = looked.refused
        elif looked.record_id is not None:
            self._take(preview(self._around.desk.reader, ReversalRequest(looked.record_id), looked.elsewhere))
        self.refresh()

    def choose_manager(self, cashier_id: str) -> None:
        """It is this manager."""
        if not self._busy:
            self._vouching.choose(cashier_id)
            self.refresh()

    def _preview_vouched(self) -> None:
        """Show what the typed sums would do, as soon as they can be a receipt's; why not, once all is typed."""
        self._preview = None
        vouch, desk = self._vouching.vouch(), self._around.desk
        found: Preview | Refused = Refused(Reason.RECEIPT_INCOMPLETE)
        if self._vouched_id is not None and not isinstance(vouch, Refused):
            request = ReversalRequest(self._vouched_id)
            found = preview_vouched(desk.reader, desk.programme, desk.programme_key, request, vouch)
        if isinstance(found, Preview):
            self._preview = found
        elif self._vouching.has_pin:
            self._said = Notice(refusal_text(self._around.texts, found), Tone.WARN)

    # -- booking -------------------------------------------------------------------------------------------------------

    def choose_reason(self, key: str) -> None:
        """Say why."""
        if not self._busy:
            self._reason = ReversalReason(key)
            self.refresh()

    def confirm(self) -> None:
        """Undo it, or look for what was typed first."""
        if self._busy or self._lookup.asking:
            return
        if self._preview is None and self._vouched_id is None:
            if self._typed.strip():
                self._look()
            return
        vouch = self._vouching.vouch() if self._vouched_id is not None else None
        if self._preview is None or isinstance(vouch, Refused) or not (vouch is None or self._vouching.has_pin):
            return
        self._busy = True
        self._said = None
        self._book(self._preview, vouch)

    def _book(self, found: Preview, vouch: Vouch | None) -> None:
        self._vouching.forget_pin()
        self.refresh()
        command = ReverseCommand(
            self._record_id,
            ReversalRequest(found.original.record_id),
            self._reason,
            cashier_id=self._around.cashier_id,
            elsewhere=found.elsewhere,
            vouch=vouch,
        )
        self._around.desk.book(reverse, command, self._reversed, self._failed)

    def _reversed(self, outcome: Reversed | Refused) -> None:
        self._busy = False
        if isinstance(outcome, Reversed):
            self._flow.show_done(outcome)
            return
        if self._vouched_id is not None:  # a wrong PIN, for example: what was typed stays
            self._said = Notice(refusal_text(self._around.texts, outcome), Tone.WARN)
        else:
            self._refused = outcome
        self.refresh()
        self._flow.settled()

    def _failed(self, error: Exception) -> None:
        self._busy = False
        self.refresh()
        self._flow.broke(error)

    @property
    def busy(self) -> bool:
        """Whether the reversal is on its way to the disk."""
        return self._busy

    def cancel(self) -> None:
        """Leave; nothing was written, and nobody waits for head office's answer any more."""
        if not self._busy:
            self._lookup.forget()
            self._flow.home()

    # -- what it shows -------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Compute the screen anew."""
        texts = self._around.texts
        found, asking = self._preview, self._lookup.asking
        vouching = self._vouched_id is not None
        notice = self._said or (Notice(refusal_text(texts, self._refused), Tone.WARN) if self._refused else None)
        nothing = found is None and notice is None and not asking and not self._typed
        looks = found is None and not vouching and bool(self._typed.strip())
        ready = found is not None and (self._vouching.has_pin if vouching else self._refused is None)
        self._show(
            VoidState(
                headline=texts._("Undo a booking"),
                receipt=self._receipt_field(texts) if self._around.sync.joined else None,
                origin=_origin(texts, found, vouched=vouching) if found is not None else "",
                what=() if found is None else (self._what(texts, found),),
                preview=() if found is None else _tiles(texts, found),
                reasons=() if found is None else self._reasons(texts),
                fields=self._vouching.fields(texts) if vouching else (),
                people=self._vouching.people() if vouching else (),
                secret=PIN,
                notice=Notice(texts._("Asking head office …"), Tone.INFO) if asking else notice,
                empty=texts._("There is no booking to undo.") if nothing else "",
                primary=texts._("Find the booking") if looks or asking else texts._("Undo this booking"),
                primary_enabled=not self._busy and not asking and (looks or ready),
                busy=self._busy or asking,
            )
        )

    def _receipt_field(self, texts: Texts) -> Field:
        caption = texts._("Of another till: scan the receipt's code or type the booking's number")
        return Field(RECEIPT, caption, self._typed)

    def _what(self, texts: Texts, found: Preview) -> BookingLine:
        record, programme = found.original, self._around.programme
        profile = self._around.desk.reader.profile(record.member_id) if record.member_id else None
        name = profile.name if profile else texts._("Card without a name")
        points = texts.signed(found.plan.takes_back - found.plan.returns)
        if isinstance(record, Original):
            day = texts.day(record.business_day, "medium") if record.business_day else ""
            return BookingLine(when=day, what=f"{name} · {original_title(texts, record)}", points=points)
        today = self._around.clock.business_day(self._around.clock.now_us())
        return BookingLine(
            when=texts.moment(record.at_us, record.utc_offset_min, today),
            what=f"{name} · {booking_title(texts, programme, record)}",
            points=points,
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


def _origin(texts: Texts, found: Preview, *, vouched: bool) -> str:
    """Whose booking it is and how sure this till can be; empty for one of its own."""
    if vouched:
        return texts._("As the receipt says. Head office books it against the sale as far as that allows.")
    if found.elsewhere is None or found.elsewhere.own:
        return ""
    if found.elsewhere.online:
        sentence = texts._("Booked by {till}. A preview until head office has booked it.")
    else:
        sentence = texts._(
            "Booked by {till}. A preview going by the receipt alone: head office books what was not undone elsewhere."
        )
    return sentence.format(till=found.elsewhere.till)


def _tiles(texts: Texts, found: Preview) -> tuple[Tile, ...]:
    """What it takes back, what it returns, what is left."""
    left = texts._("Debt: the next points pay it off.") if found.balance_after < 0 else ""
    return (
        Tile(texts._("Takes back"), texts.signed(-found.plan.takes_back), texts._("points awarded")),
        Tile(texts._("Returns"), texts.signed(found.plan.returns), texts._("points redeemed")),
        Tile(texts._("Leaves"), texts.number(found.balance_after), left or texts._("points")),
    )
