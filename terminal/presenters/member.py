"""The member screen: type the amount, see the award, press Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from loyalty.money import BadAmount
from loyalty.outcomes import Refused
from loyalty.sale import Quote
from terminal.app.earn import EarnCommand, earn
from terminal.app.redeem import RedeemCommand, redeem
from terminal.messages import amount_text, refusal_text
from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.member_view import member_state, standalone_refusal, unaffordable
from terminal.presenters.open_sale import Guard, OpenSale
from terminal.presenters.standing import look_up
from terminal.presenters.states import MemberState, Notice, Tone
from terminal.presenters.wording import member_name

if TYPE_CHECKING:
    from loyalty.sale import Basket
    from storage.types import Booking
    from terminal.app.earn import Earned
    from terminal.app.identify import Identified
    from terminal.app.redeem import Redeemed

LAST_BOOKINGS: Final = 4
AMOUNT_LENGTH_MAX: Final = 14
"""The longest amount the keypad builds, in characters."""

US_PER_S: Final = 1_000_000

EMPTY: Final = MemberState(name="", anonymous=True, card="", balance="", balance_caption="", worth="")


class MemberPresenter(Presenter[MemberState]):
    """Serves one member at a time; the open sale is thrown away or booked, never both."""

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(EMPTY)
        self._around = surroundings
        self._flow = flow
        self._bookings: list[Booking] = []
        self._editing_without = False
        self._notice: Notice | None = None
        self._busy = False
        self.sale: OpenSale | None = None

    @property
    def busy(self) -> bool:
        """Whether a booking is on its way to the disk."""
        return self._busy

    def open(self, member: Identified) -> None:
        """Begin a sale; its record id is minted here, before any work."""
        self.sale = OpenSale(member, self._around.ids.record_id(), self._around.programme.currency)
        look_up(self._around, self.sale)
        self._bookings = self._around.desk.reader.bookings(member.member_id, limit=LAST_BOOKINGS)
        self._editing_without = False
        self._notice = None
        self._busy = False
        self.refresh()

    def sync_changed(self) -> None:
        """Head office was heard, or fell silent: another till may have booked for this member meanwhile."""
        sale = self.sale
        if sale is None or self._busy:
            return
        account = self._around.desk.reader.account(sale.member.member_id)
        sale.member = replace(sale.member, member_id=account.member_id, account=account)
        look_up(self._around, sale)
        self.refresh()

    def close(self) -> None:
        """Forget the open sale."""
        self.sale = None
        self._bookings = []
        self._notice = None
        self._busy = False

    def scanned_other(self, card: str) -> bool:
        """Another card was read. Say whether the till may switch to it.

        With an amount typed the first scan only warns, because the amount belongs to the member shown; the same card
        read once more switches.
        """
        sale = self.sale
        if sale is None or not sale.has_amount or sale.other_card == card:
            return True
        sale.other_card = card
        texts = self._around.texts
        sentence = texts._(
            "{amount} for {name} is not booked yet. Enter books it; scan the other card again to drop it. (M-170)"
        )
        shown = sentence.format(amount=sale.amount_text, name=member_name(texts, sale.member))
        self._notice = Notice(shown, Tone.WARN)
        self.refresh()
        return False

    def amount_typed(self, text: str) -> None:
        """The amount field now holds this text."""
        self._edit_amount(text)

    def keypad(self, key: str) -> None:
        """A key of the on-screen keypad: a digit, ``,``, ``backspace`` or ``clear``."""
        sale = self.sale
        if sale is None:
            return
        text = sale.without_text if self._editing_without else sale.amount_text
        match key:
            case "backspace":
                text = text[:-1]
            case "clear":
                text = ""
            case ",":
                text = text if "," in text or "." in text else (text or "0") + self._around.texts.decimal_mark
            case _:
                text += key
        if self._editing_without:
            self.without_points_typed(text)
        else:
            self._edit_amount(text)

    def _edit_amount(self, text: str) -> None:
        sale = self.sale
        if sale is None or self._busy:
            return
        sale.amount_text = text[:AMOUNT_LENGTH_MAX] if len(text) > AMOUNT_LENGTH_MAX else text
        sale.answered.clear()
        self._notice = None
        self.refresh()

    def edit_without_points(self, on: bool) -> None:  # noqa: FBT001 - a toggle's new state
        """Send the keypad to the part without points, or back to the amount."""
        self._editing_without = on
        self.refresh()

    def without_points_typed(self, text: str) -> None:
        """The field "of which without points" now holds this text."""
        if self.sale is None or self._busy:
            return
        self.sale.without_text = text[:AMOUNT_LENGTH_MAX]
        self._notice = None
        self.refresh()

    def choose_reward(self, reward_id: str) -> None:
        """Add a reward to the open sale or put it back."""
        sale = self.sale
        if sale is None or self._busy:
            return
        before = sale.requests
        sale.toggle(reward_id)
        refused = self._refusal()
        if refused is not None and len(sale.requests) >= len(before):
            sale.requests = before
            self._notice = Notice(refusal_text(self._around.texts, refused), Tone.WARN)
        else:
            self._notice = None
        self.refresh()

    def _refusal(self) -> Refused | None:
        """Why the rewards chosen can't be taken as things stand, if they can't."""
        sale = self.sale
        if sale is None or not sale.requests:
            return None
        quote = sale.quote(self._around.programme)
        if isinstance(quote, BadAmount):
            return unaffordable(self._around.programme, sale)
        return quote if isinstance(quote, Refused) else None

    def confirm(self) -> None:
        """Book the sale, or the reward when no amount was typed. A second press while it is on its way does nothing."""
        sale = self.sale
        if sale is None or self._busy:
            return
        if not sale.has_amount and sale.requests:
            self._confirm_redemption(sale)
            return
        basket = sale.basket()
        if isinstance(basket, BadAmount):
            self._warn(amount_text(self._around.texts, basket))
            return
        quote = sale.quote(self._around.programme)
        if isinstance(quote, Refused):
            self._warn(refusal_text(self._around.texts, quote))
            return
        assert isinstance(quote, Quote), "a purchase that can be read has a price"
        if self._asks_again(sale, basket):
            return
        self._busy = True
        self._notice = None
        self.refresh()
        requests = sale.as_shown(self._around.programme, quote)
        command = EarnCommand(sale.record_id, sale.member.number, basket, requests, cashier_id=self._around.cashier_id)
        self._around.desk.book(earn, command, self._booked, self._failed)

    def _confirm_redemption(self, sale: OpenSale) -> None:
        refused = standalone_refusal(self._around.programme, sale)
        if refused is not None:
            self._warn(refusal_text(self._around.texts, refused))
            return
        self._busy = True
        self._notice = None
        self.refresh()
        command = RedeemCommand(sale.record_id, sale.member.number, sale.requests[0], self._around.cashier_id)
        self._around.desk.book(redeem, command, self._booked, self._failed)

    def _asks_again(self, sale: OpenSale, basket: Basket) -> bool:
        """Ask once about an unusual amount and about the same sale within the repeat window."""
        texts, limits = self._around.texts, self._around.programme.limits
        if basket.amount_cents > limits.amount_usual_cents and Guard.UNUSUAL_AMOUNT not in sale.answered:
            sale.answered.add(Guard.UNUSUAL_AMOUNT)
            self._warn(
                texts._("{amount} is more than usual. Press Enter again if it is right. (M-171)").format(
                    amount=texts.money(basket.amount_cents)
                )
            )
            return True
        since_us = self._around.clock.now_us() - limits.repeat_window_s * US_PER_S
        reader = self._around.desk.reader
        same = reader.same_sale_since(sale.member.member_id, basket.amount_cents, since_us)
        if same is not None and Guard.SAME_AGAIN not in sale.answered:
            sale.answered.add(Guard.SAME_AGAIN)
            self._warn(
                texts._("The same amount was booked for this card just now. Once more? Press Enter again. (M-172)")
            )
            return True
        return False

    def say(self, notice: Notice) -> None:
        """Show a sentence beside the open sale."""
        self._notice = notice
        self.refresh()

    def _warn(self, sentence: str) -> None:
        self._notice = Notice(sentence, Tone.WARN)
        self.refresh()

    def _booked(self, outcome: Earned | Redeemed | Refused) -> None:
        self._busy = False
        if isinstance(outcome, Refused):
            self._warn(refusal_text(self._around.texts, outcome))
            self._flow.settled()
            return
        self._flow.show_done(outcome)

    def _failed(self, error: Exception) -> None:
        """The disk did not take it: the sale stays on the screen, and pressing Enter again uses the same id."""
        self._busy = False
        self.refresh()
        self._flow.broke(error)

    def cancel(self) -> None:
        """Leave without booking; first leaves the part without points, if that is being typed."""
        if self._busy:
            return
        if self._editing_without:
            self.edit_without_points(on=False)
            return
        self._flow.home()

    def redeem(self) -> None:
        """Choose rewards on their own screen."""
        if not self._busy:
            self._flow.show_redeem()

    def void(self) -> None:
        """Undo this member's newest booking."""
        if self.sale is None or self._busy:
            return
        for booking in self._bookings:
            if booking.reversible:
                self._flow.show_void(booking.record.record_id)
                return
        self._flow.show_void(None)

    def history(self) -> None:
        """Show this member's bookings."""
        if self.sale is not None and not self._busy:
            self._flow.show_history(self.sale.member)

    def enrol(self) -> None:
        """Enrol a card that has points but no name yet."""
        if self.sale is not None and not self._busy and self.sale.member.profile is None:
            self._flow.show_enrol(self.sale.member.number)

    def refresh(self) -> None:
        """Compute the screen anew from the open sale."""
        if self.sale is None:
            return
        self._show(
            member_state(
                self._around,
                self.sale,
                self._bookings,
                notice=self._notice,
                editing_without=self._editing_without,
                busy=self._busy,
            )
        )
