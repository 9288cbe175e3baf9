"""A reward taken without a purchase: its own kind of record, never a counted sale."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from loyalty.encoding import command_digest
from loyalty.masking import Masked
from loyalty.outcomes import Reason, Refused
from loyalty.records import Redemption
from loyalty.sale import RewardRequest, price_reward
from terminal.app.safe import available_points, unsafe
from terminal.app.till import account_for_booking, earlier, header, keep_card

if TYPE_CHECKING:
    from terminal.app.till import Till


class RedeemCommand(Masked, frozen=True):
    """What was asked for; see ``EarnCommand`` for the ids."""

    record_id: UUID
    card: str
    request: RewardRequest
    cashier_id: UUID | None = None


class Redeemed(msgspec.Struct, frozen=True):
    """A redemption that is on disk."""

    record: Redemption
    seq: int
    balance: int
    repeated: bool = False


def redeem(till: Till, command: RedeemCommand) -> Redeemed | Refused:
    """Spend points on one reward.

    Returns:
        The redemption once COMMIT has returned, or why nothing was written.

    Raises:
        StorageError: If the disk did not take it.
    """
    digest = command_digest(till.store.programme_key, "redeem", command.card, command.request)
    with till.store.unit() as unit:
        before = earlier(unit, command.record_id, digest)
        if isinstance(before, Refused):
            return before
        if before is not None and isinstance(before.record, Redemption) and before.record.member_id:
            return Redeemed(before.record, before.seq, unit.account(before.record.member_id).balance, repeated=True)
        reward = till.programme.reward(command.request.reward_id)
        if reward is None:
            return Refused(Reason.REWARD_UNKNOWN, {"reward": command.request.reward_id})
        if reward.minimum_purchase_cents:
            return Refused(
                Reason.MINIMUM_PURCHASE, {"minimum_cents": reward.minimum_purchase_cents, "reward": reward.id}
            )
        found = account_for_booking(till, unit, command.card)
        if isinstance(found, Refused):
            return found
        card, account = found
        available = available_points(till, unit, account.member_id, account.balance)
        line = price_reward(reward, command.request, available, None)
        if isinstance(line, Refused):
            return line
        if refused := unsafe(till, unit, account.member_id, line.points):
            return refused
        record = Redemption(
            **header(till, unit, command, account.member_id, digest),
            redemption=line,
            card_ref=card.card_ref,
        )
        keep_card(unit, card)
        stored = unit.append(record)
    return Redeemed(record, stored.seq, account.balance - line.points)
