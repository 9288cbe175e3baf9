"""The member screen: type the amount, see the award, press Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from loyalty.imported import is_imported
from loyalty.money import BadAmount
from loyalty.outcomes import Refused
from loyalty.sale import Quote
from terminal.app.earn import EarnCommand, earn
from terminal.app.redeem import RedeemCommand, redeem
from terminal.messages import amount_text, refusal_text
from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.guards import question_about
from terminal.presenters.member_view import member_state, standalone_refusal, unaffordable
from terminal.presenters.open_sale import OpenSale
from terminal.presenters.standing import look_up
from terminal.presenters.states import MemberState, Notice, Tone
from terminal.presenters.wording import member_name

if TYPE_CHECKING:
    from loyalty.sale import Basket
    from storage.types import Booking
    from terminal.app.earn import Earned
    from terminal.app.identify import Identified
    from terminal.app.redeem import Redeemed
    from terminal.presenters.sale_watcher import SaleWatcher
    from terminal.register.port import RegisterBasket

LAST_BOOKINGS: Final = 4
AMOUNT_LENGTH_MAX: Final = 14
"""The longest amount the keypad builds, in characters."""

EMPTY: Final = MemberState(name="", anonymous=True, card="", balance="", balance_caption="", worth="")


class MemberPresenter(Presenter[MemberState]):
    """Serves one member at a time; the open sale is thrown away or booked, never both.

    A basket that a register has put on the counter fills the amount. Whoever types another amount has the last word:
    the basket is set aside until the amount is empty again.
    """

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(EMPTY)
        self._around = surroundings
        self._flow = flow
        self._bookings: list[Booking] = []
        self._editing_without = False
        self._notice: Notice | None = None
        self._busy = False
        self._watcher: SaleWatcher | None = None
        self.sale: OpenSale | None = None

    def watch(self, watcher: SaleWatcher) -> None:
        """Tell somebody what becomes of the open sale."""
        self._watcher = watcher

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
        if self._around.basket is not None:
            self._take(self._around.basket)
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
        """Forget the open sale; a register's basket stays on the counter."""
        self.sale = None
        self._bookings = []
        self._notice = None
        self._busy = False
        self._tell_watcher()

    def basket_came(self, basket: RegisterBasket) -> None:
        """The register has put a basket on the counter, or changed it; what the cashier has typed is not touched."""
        sale = self.sale
        if sale is None:
            return
        if sale.register is not None or not sale.has_amount or sale.is_amount_of(basket):
            self._take(basket)
        else:
            self._set_aside(basket)
        self.refresh()

    def basket_went(self, notice: Notice) -> None:
        """The register has taken its basket back."""
        sale = self.sale
        if sale is None:
            return
        if sale.register is not None:
            sale.register = None
            sale.amount_text = ""
            sale.answered.clear()
        self._notice = notice
        self.refresh()

    def _take(self, basket: RegisterBasket) -> None:
        """Let the amount be the register's."""
        if self.sale is not None:
            self.sale.take(basket, self._around.texts.plain_amount(basket.basket.amount_cents))
            self._notice = None

    def _set_aside(self, basket: RegisterBasket) -> None:
        texts = self._around.texts
        sentence = texts._(
            "The register says {amount}, another amount is typed. Clear it and press Enter to take the register's. "
            "(M-284)"
        )
        self._notice = Notice(sentence.format(amount=texts.money(basket.basket.amount_cents)), Tone.WARN)

    def scanned_other(self, card: str) -> bool:
        """Another card was read. Say whether the till may switch to it.

        With an amount typed the first scan only warns, because the amount belongs to the member shown; the same card
        read once more switches.
        """
        sale = self.sale
        if sale is None or not sale.has_amount or sale.other_card == card:
            return True
        if sale.register is not None and not sale.requests:
            return True  # the amount is the register's, whoever pays it
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
        basket = self._around.basket
        if basket is not None:
            self._compare(sale, basket)
        self.refresh()

    def _compare(self, sale: OpenSale, basket: RegisterBasket) -> None:
        """Hold what is typed now against the register's basket: its amount is the basket, any other sets it aside."""
        if sale.is_amount_of(basket):
            sale.register = basket
            return
        sale.register = None
        if sale.has_amount:
            self._set_aside(basket)

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
        if not sale.has_amount and self._around.basket is not None:
            self._take(self._around.basket)
            self.refresh()
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
        question = question_about(self._around, sale, basket)
        if question:
            self._warn(question)
        else:
            self._book(sale, basket, quote)

    def book_for_register(self) -> Refused | BadAmount | None:
        """Book the open sale because the register says so, without asking again: it knows its amount.

        Returns:
            Why not; ``None`` when the booking is on its way.
        """
        sale = self.sale
        assert sale is not None, "the register's counter has looked"
        assert not self._busy, "the register's counter has looked"
        basket, quote = sale.basket(), sale.quote(self._around.programme)
        if isinstance(basket, BadAmount):
            return basket
        if not isinstance(quote, Quote):
            return quote
        self._book(sale, basket, quote)
        return None

    def _book(self, sale: OpenSale, basket: Basket, quote: Quote) -> None:
        self._busy = True
        self._notice = None
        self.refresh()
        command = EarnCommand(
            sale.booking_id,
            sale.member.number,
            basket,
            sale.as_shown(self._around.programme, quote),
            "" if sale.register is None else sale.register.receipt,
            cashier_id=self._around.cashier_id,
        )
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

    def say(self, notice: Notice) -> None:
        """Show a sentence beside the open sale."""
        self._notice = notice
        self.refresh()

    def _warn(self, sentence: str) -> None:
        self._notice = Notice(sentence, Tone.WARN)
        self.refresh()

    def _booked(self, outcome: Earned | Redeemed | Refused) -> None:
        self._busy = False
        if self._watcher is not None:
            self._watcher.sale_booked(outcome)
        if isinstance(outcome, Refused):
            self._warn(refusal_text(self._around.texts, outcome))
            self._flow.settled()
            return
        self._flow.show_done(outcome)

    def _failed(self, error: Exception) -> None:
        """The disk did not take it: the sale stays on the screen, and pressing Enter again uses the same id."""
        self._busy = False
        self.refresh()
        if self._watcher is not None:
            self._watcher.sale_failed(error)
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
            if booking.reversible and not is_imported(booking.record):
                self._flow.show_void(booking.record.record_id)
                return
        self._flow.show_void(None)

    def history(self) -> None:
        """Show this member's bookings."""
        if self.sale is not None and not self._busy:
            self._flow.show_history(self.sale.member)

    def data(self) -> None:
        """Hand out what is stored about this member."""
        if self.sale is not None and not self._busy:
            self._flow.show_member_data(self.sale.member)

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
        self._tell_watcher()

    def _tell_watcher(self) -> None:
        if self._watcher is not None:
            self._watcher.sale_changed()
