"""What a manager types off a receipt that nothing else proves: its sums, the card, and the PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty.bounds import POINTS_MAX
from loyalty.directory import Role
from loyalty.money import BadAmount, parse_amount
from loyalty.outcomes import Reason, Refused
from loyalty.reversal import Receipt
from terminal.app.cashiers import PIN_LENGTH_MAX, PIN_LENGTH_MIN
from terminal.app.reverse import Vouch
from terminal.presenters.states import Choice, Field

if TYPE_CHECKING:
    from storage.types import CashierRow
    from terminal.presenters.base import Surroundings
    from texts.i18n import Texts

PIN: Final = "pin"
NAMES: Final = ("card", "amount", "points", "redeemed")
TEXT_LENGTH_MAX: Final = 60
"""The longest input of a field, in characters."""


class Vouching:
    """The fields of one receipt; whole or nothing, because nobody remembers its lines."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._typed: dict[str, str] = {}
        self._managers: list[CashierRow] = []
        self._chosen: UUID | None = None

    def open(self) -> None:
        """Begin with empty fields."""
        rows = self._around.desk.reader.cashiers()
        self._typed = {}
        self._managers = [row for row in rows if row.role is Role.MANAGER and not row.blocked]
        self._chosen = self._managers[0].cashier_id if len(self._managers) == 1 else None

    def type(self, name: str, text: str) -> None:
        """A field now holds this text."""
        if name == PIN:
            text = "".join(char for char in text if char in "0123456789")[:PIN_LENGTH_MAX]
        self._typed[name] = text[:TEXT_LENGTH_MAX]

    def choose(self, cashier_id: str) -> None:
        """It is this manager."""
        self._chosen = UUID(cashier_id)
        self._typed[PIN] = ""

    def forget_pin(self) -> None:
        """The PIN is on its way and nobody needs it here any more."""
        self._typed[PIN] = ""

    @property
    def has_pin(self) -> bool:
        """Whether somebody has typed who decides, where somebody must."""
        return not self._managers or (self._chosen is not None and len(self._typed.get(PIN, "")) >= PIN_LENGTH_MIN)

    def vouch(self) -> Vouch | Refused:
        """What was typed, if it can be a receipt."""
        cents, points, redeemed = self._cents(), self._count("points"), self._count("redeemed")
        if cents is None or points is None or redeemed is None:
            return Refused(Reason.RECEIPT_INCOMPLETE)
        card = self._typed.get("card", "").strip()
        return Vouch(Receipt(cents, points, redeemed), card, self._chosen, self._typed.get(PIN, ""))

    def _cents(self) -> int | None:
        text = self._typed.get("amount", "").strip()
        if not text:
            return 0
        cents = parse_amount(text, zero_ok=True, currency=self._around.texts.currency)
        return None if isinstance(cents, BadAmount) else cents

    def _count(self, name: str) -> int | None:
        text = self._typed.get(name, "").strip()
        if not text:
            return 0
        return int(text) if text.isascii() and text.isdigit() and int(text) <= POINTS_MAX else None

    def fields(self, texts: Texts) -> tuple[Field, ...]:
        """The fields, the PIN last where one is asked for."""
        captions = {
            "card": texts._("Card on the receipt"),
            "amount": texts._("Purchase"),
            "points": texts._("Points awarded"),
            "redeemed": texts._("Points redeemed"),
            PIN: texts._("Manager's PIN"),
        }
        names = (*NAMES, PIN) if self._managers else NAMES
        return tuple(
            Field(name, captions[name], self._typed.get(name, ""), optional=name == "redeemed") for name in names
        )

    def people(self) -> tuple[Choice, ...]:
        """Who may vouch."""
        return tuple(Choice(str(row.cashier_id), row.name, row.cashier_id == self._chosen) for row in self._managers)
