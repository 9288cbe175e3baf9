"""Choosing rewards: what they cost, what is left, what to take off at the register."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty.outcomes import Refused
from loyalty.sale import Quote
from terminal.messages import refusal_text, reward_name
from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.member_view import reward_cards, standalone_ready, take_off_text, to_pay_text
from terminal.presenters.standing import account_note
from terminal.presenters.states import Notice, RedeemState, Tone
from terminal.presenters.wording import member_name

if TYPE_CHECKING:
    from terminal.presenters.member import MemberPresenter
    from terminal.presenters.open_sale import OpenSale

POINTS_LENGTH_MAX: Final = 9
EMPTY: Final = RedeemState(name="")


class RedeemPresenter(Presenter[RedeemState]):
    """Works on the member screen's open sale; confirming goes through that screen, so there is one way to book."""

    def __init__(self, surroundings: Surroundings, flow: Flow, member: MemberPresenter) -> None:
        super().__init__(EMPTY)
        self._around = surroundings
        self._flow = flow
        self._member = member
        self._points_text = ""
        member.subscribe(self.refresh)

    def open(self) -> None:
        """Show the rewards for the open sale."""
        self._points_text = ""
        self.refresh()

    def choose_reward(self, reward_id: str) -> None:
        """Add a reward to the open sale or put it back."""
        self._points_text = ""
        self._member.choose_reward(reward_id)

    def points_typed(self, text: str) -> None:
        """Say how many points the chosen flexible reward shall use."""
        self._points_text = "".join(char for char in text if char in "0123456789")[:POINTS_LENGTH_MAX]
        sale, reward_id = self._member.sale, self._flexible_reward()
        if sale is not None and reward_id:
            sale.set_points(reward_id, int(self._points_text) if self._points_text else None)
        self._member.refresh()
        self.refresh()

    def confirm(self) -> None:
        """Go on: back to the sale when there is or must be an amount, otherwise hand the reward out."""
        sale = self._member.sale
        if sale is None or self._refused(sale) is not None:
            return
        if not sale.requests:
            sentence = self._around.texts._(
                "Choose a reward first: tap it, or go there with Tab and press Space. (M-180)"
            )
            self._member.say(Notice(sentence, Tone.INFO))
            return
        if standalone_ready(self._around.programme, sale):
            self._member.confirm()
        else:
            self._flow.sale()

    def cancel(self) -> None:
        """Back to the sale; what was chosen stays chosen and visible there."""
        self._flow.sale()

    def _flexible_reward(self) -> str:
        """The chosen reward whose points may be typed, empty when there is none."""
        sale = self._member.sale
        for request in sale.requests if sale else ():
            reward = self._around.programme.reward(request.reward_id)
            if reward is not None and reward.flexible:
                return reward.id
        return ""

    def _refused(self, sale: OpenSale) -> Refused | None:
        quote = sale.quote(self._around.programme)
        return quote if isinstance(quote, Refused) else None

    def refresh(self) -> None:
        """Compute the screen anew from the open sale."""
        sale = self._member.sale
        if sale is None:
            return
        texts, programme = self._around.texts, self._around.programme
        rewards = reward_cards(self._around, sale)
        quote = sale.quote(programme)
        priced = quote if isinstance(quote, Quote) else None
        spent = priced.points_redeemed if priced else self._standalone_points(sale)
        balance = sale.member.account.balance
        notice = self._member.state.notice or account_note(self._around, sale)
        if isinstance(quote, Refused) and sale.requests:
            notice = Notice(refusal_text(texts, quote), Tone.WARN)
        flexible = self._flexible_reward()
        self._show(
            RedeemState(
                name=member_name(texts, sale.member),
                rewards=rewards,
                empty="" if rewards else texts._("The programme has no rewards."),
                before=texts._("Balance: {points}").format(points=texts.points(balance)),
                after=texts._("Afterwards: {points}").format(points=texts.points(balance - spent)) if spent else "",
                take_off=take_off_text(texts, priced),
                to_pay=to_pay_text(texts, priced),
                flexible_open=bool(flexible) and sale.has_amount,
                flexible_caption=texts._("Points to use (empty: as many as possible)"),
                points_text=self._points_text,
                notice=notice,
                primary=self._primary(sale, priced),
                primary_enabled=bool(sale.requests) and not self._member.busy and not isinstance(quote, Refused),
                busy=self._member.busy,
            )
        )

    def _standalone_points(self, sale: OpenSale) -> int:
        found = [self._around.programme.reward(request.reward_id) for request in sale.requests]
        return sum(reward.points for reward in found if reward is not None and not reward.flexible)

    def _primary(self, sale: OpenSale, priced: Quote | None) -> str:
        texts = self._around.texts
        if not sale.requests:
            return texts._("Choose a reward")
        if priced is not None:
            return texts._("Take it into the purchase")
        if standalone_ready(self._around.programme, sale):
            name = reward_name(texts, self._around.programme, sale.requests[0].reward_id)
            return texts._("Redeem without purchase: {reward}").format(reward=name)
        return texts._("Go on to the amount")
