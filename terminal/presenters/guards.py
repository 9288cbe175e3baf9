"""What the till asks once before it books: whether an amount is right, and whether it is meant once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from terminal.presenters.open_sale import Guard

if TYPE_CHECKING:
    from loyalty.sale import Basket
    from terminal.presenters.base import Surroundings
    from terminal.presenters.open_sale import OpenSale

US_PER_S: Final = 1_000_000


def question_about(around: Surroundings, sale: OpenSale, basket: Basket) -> str:
    """The question an open sale has to answer first, and that it was asked; empty when there is none."""
    texts, limits = around.texts, around.programme.limits
    if basket.amount_cents > limits.amount_usual_cents and Guard.UNUSUAL_AMOUNT not in sale.answered:
        sale.answered.add(Guard.UNUSUAL_AMOUNT)
        return texts._("{amount} is more than usual. Press Enter again if it is right. (M-171)").format(
            amount=texts.money(basket.amount_cents)
        )
    since_us = around.clock.now_us() - limits.repeat_window_s * US_PER_S
    same = around.desk.reader.same_sale_since(sale.member.member_id, basket.amount_cents, since_us)
    if same is not None and Guard.SAME_AGAIN not in sale.answered:
        sale.answered.add(Guard.SAME_AGAIN)
        return texts._("The same amount was booked for this card just now. Once more? Press Enter again. (M-172)")
    return ""
