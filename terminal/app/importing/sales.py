"""Sales of an old programme: rows become purchases, each known by its receipt, and purchases become records."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec

from loyalty import cards, imported
from loyalty.bounds import LINES_MAX, POINTS_MAX
from loyalty.encoding import command_digest
from loyalty.lines import Explanation, SaleLine
from loyalty.masking import Masked
from loyalty.money import AMOUNT_CENTS_MAX
from loyalty.outcomes import Refused
from loyalty.records import Sale
from loyalty.sale import Basket, BasketLine, Quote, quote_sale
from storage.stage import Item
from storage.types import CardRow
from terminal.app.importing.flaws import Bad, Flaws, Wrong, shown
from terminal.app.importing.table import Columns
from terminal.app.importing.times import WallClock, moment_text
from terminal.app.importing.values import (
    CARDS_KEPT_MAX,
    CardReader,
    read_amount,
    read_category,
    read_points,
    read_quantity,
    read_receipt,
    read_sku,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from storage.importing import BookedSale
    from storage.store import Reader, Unit
    from terminal.app.importing.table import Row
    from terminal.app.till import Till

COLUMNS: Final = Columns(
    ("receipt", "at", "card", "amount", "currency"),
    ("sku", "category", "quantity", "points"),
)

_ASKED: Final = "import sale"
_MISSING: Final = Bad(Wrong.MISSING)
_UNDONE: Final = Bad(Wrong.RECEIPT_BOOKED)
"""Says that the receipt's sale was wholly undone and has given its number back."""

_ENCODER = msgspec.msgpack.Encoder()


class OldLine(msgspec.Struct, frozen=True, array_like=True):
    """One line of an old purchase; ``points`` is ``None`` where the file says nothing of points."""

    line: int
    amount_cents: int
    points: int | None
    sku: str
    category: str
    quantity: int


class OldSale(Masked, frozen=True, array_like=True):
    """One old purchase.

    Attributes:
        receipt: Its number, by which it is known.
        at_us: When, in microseconds since 1970 UTC.
        utc_offset_min: The shop's offset then, in minutes.
        day: The shop's day then.
        card: The member's card, empty for an anonymous purchase.
        lines: At least one.
    """

    receipt: str
    at_us: int
    utc_offset_min: int
    day: date
    card: str
    lines: tuple[OldLine, ...]

    @property
    def line(self) -> int:
        """Where in the file it begins."""
        return self.lines[0].line

    @property
    def amount_cents(self) -> int:
        """The whole purchase."""
        return sum([line.amount_cents for line in self.lines])

    @property
    def says_points(self) -> bool:
        """Whether the file says how many points it gave."""
        return any(line.points is not None for line in self.lines)

    @property
    def points(self) -> int:
        """What the file says it gave."""
        return sum([line.points or 0 for line in self.lines])


_DECODER: msgspec.msgpack.Decoder[OldSale] = msgspec.msgpack.Decoder(OldSale)


class Sales:
    """The import of sales.

    Args:
        till: The till.
        award: Whether a sale of which the file says no points gets what it would get today.
    """

    columns = COLUMNS

    def __init__(self, till: Till, *, award: bool) -> None:
        self._till = till
        self._award = award
        self._currency = till.store.shop.currency
        self._times = WallClock(till.clock)
        self._cards = CardReader(till.programme)
        self._owners: dict[str, CardRow | None] = {}
        self.erased = 0

    # ------------------------------------------------------------------------------ from rows to purchases

    def items(self, rows: Iterable[Row], flaws: Flaws) -> Iterator[Item]:
        """The purchases of a file; rows of one receipt that follow each other are one already."""
        open_sale: OldSale | None = None
        for row in rows:
            sale = self._sale(row, flaws)
            if sale is None:
                continue
            if open_sale is not None and sale.receipt == open_sale.receipt:
                open_sale = _joined(open_sale, sale, flaws) or open_sale
                continue
            if open_sale is not None:
                yield _item(open_sale)
            open_sale = sale
        if open_sale is not None:
            yield _item(open_sale)

    def _sale(self, row: Row, flaws: Flaws) -> OldSale | None:
        """One row as a purchase of one line; everything that is wrong with it is told."""
        line, fields = row
        receipt = read_receipt(fields["receipt"])
        at = self._times.read(text) if (text := fields["at"]) else _MISSING
        card = self._cards.read(text) if (text := fields["card"]) else ""
        cents = read_amount(fields["amount"], self._currency)
        currency = self._read_currency(fields["currency"])
        points = read_points(told) if (told := fields.get("points")) else None
        sku = read_sku(told) if (told := fields.get("sku")) else ""
        category = read_category(told) if (told := fields.get("category")) else ""
        quantity = read_quantity(told) if (told := fields.get("quantity")) else 1
        if (
            isinstance(receipt, Bad)
            or isinstance(at, Bad)
            or isinstance(card, Bad)
            or isinstance(cents, Bad)
            or isinstance(currency, Bad)
            or isinstance(points, Bad)
            or isinstance(sku, Bad)
            or isinstance(category, Bad)
            or isinstance(quantity, Bad)
        ):
            values = (receipt, at, card, cents, currency, sku, category, quantity, points)
            _tell(row, zip(COLUMNS.all, values, strict=True), flaws)
            return None
        if points and not card:
            flaws.add(line, "points", Bad(Wrong.POINTS_WITHOUT_CARD), str(points))
            return None
        old_line = OldLine(line, cents, points, sku, category, quantity)
        return OldSale(receipt, at.at_us, at.utc_offset_min, at.day, card, (old_line,))

    def _read_currency(self, text: str) -> str | Bad:
        if text == self._currency or text.upper() == self._currency:
            return self._currency
        return Bad(Wrong.CURRENCY if text else Wrong.MISSING, {"currency": self._currency})

    def join(self, items: Sequence[Item], flaws: Flaws) -> Item:
        """Purchases of one receipt whose rows do not follow each other are one."""
        whole = _DECODER.decode(items[0].data)
        for item in items[1:]:
            whole = _joined(whole, _DECODER.decode(item.data), flaws) or whole
        return _item(whole)

    # --------------------------------------------------------------------------- against rules and ledger

    def known(self, reader: Reader, items: Sequence[Item], flaws: Flaws) -> list[int]:
        """The numbers of purchases that are in the ledger already; what contradicts rules or ledger is a mistake."""
        sales = [(item.number, _DECODER.decode(item.data)) for item in items]
        booked = reader.sales_with([sale.receipt for _, sale in sales])
        found: list[int] = []
        for number, sale in sales:
            if bad := self._against_rules(sale):
                flaws.add(sale.line, "amount", bad)
            elif sale.receipt in booked:
                bad = self._contradicted(reader, sale, booked[sale.receipt])
                if bad is None:
                    found.append(number)
                elif bad is not _UNDONE:
                    flaws.add(sale.line, "receipt", bad, sale.receipt)
        return found

    def _contradicted(self, reader: Reader, sale: OldSale, booked: list[BookedSale]) -> Bad | None:
        """Why a purchase can't be what is booked under its receipt; ``None`` when it is, undone or not."""
        record_id = imported.sale_id(sale.receipt, sale.at_us, self._currency, _lines(sale))
        mine = next((one.record for one in booked if one.record.record_id == record_id), None)
        if mine is not None:
            return None if self._is_same(reader, mine, sale) else _booked_already(mine)
        there = next((one.record for one in booked if one.is_open), None)
        return _UNDONE if there is None else _booked_already(there)

    def _against_rules(self, sale: OldSale) -> Bad | None:
        if len(sale.lines) >= LINES_MAX:
            return Bad(Wrong.SALE_LINES_TOO_MANY, {"max": LINES_MAX - 1})
        amount_cents = sale.amount_cents
        if amount_cents == 0:
            return Bad(Wrong.AMOUNT_ZERO)
        if amount_cents > AMOUNT_CENTS_MAX:
            return Bad(Wrong.AMOUNT_TOO_LARGE)
        if sale.points > POINTS_MAX:
            return Bad(Wrong.POINTS_TOO_MANY, {"max": POINTS_MAX})
        priced = self._priced(sale) if self._is_awarded(sale) else None
        return priced if isinstance(priced, Bad) else None

    def _is_awarded(self, sale: OldSale) -> bool:
        return self._award and bool(sale.card) and not sale.says_points

    def _priced(self, sale: OldSale) -> Quote | Bad:
        """What a purchase would get today."""
        goods = tuple(BasketLine(line.sku, line.category, line.quantity, line.amount_cents) for line in sale.lines)
        quote = quote_sale(self._till.programme, Basket(sale.amount_cents, lines=goods))
        if isinstance(quote, Refused):
            return Bad(Wrong.AMOUNT_ABOVE_LIMIT, {"max_cents": self._till.programme.limits.amount_max_cents})
        return quote

    def _is_same(self, reader: Reader, record: Sale, sale: OldSale) -> bool:
        """Whether a record is what a purchase becomes; receipt, moment and lines are, as its id is worked out of them.

        The digest was made with another key when the till has joined head office since. Then points and card decide.
        """
        if record.command_digest == self._digest(sale):
            return True
        card = reader.card_by_ref(record.card_ref) if record.card_ref else None
        awarded = self._is_awarded(sale) and bool(record.explain)
        return (card.number if card else "") == sale.card and (awarded or record.points == sale.points)

    def _digest(self, sale: OldSale) -> str:
        goods = [(line.amount_cents, line.points, line.sku, line.category, line.quantity) for line in sale.lines]
        asked = (sale.card, self._is_awarded(sale), sale.receipt, sale.at_us, self._currency, goods)
        return command_digest(self._till.store.programme_key, _ASKED, *asked)

    # ----------------------------------------------------------------------------------------- into the ledger

    def book(self, unit: Unit, items: Sequence[Item]) -> int:
        """Book purchases that were found sound; gives how many records they became."""
        sales = [_DECODER.decode(item.data) for item in items]
        owners = self._owners
        if len(owners) >= CARDS_KEPT_MAX:
            owners.clear()
        numbers = {sale.card for sale in sales if sale.card} - owners.keys()
        if numbers:
            owners |= self._owners_of(unit, numbers)
        records = [self._record(sale, owners.get(sale.card)) for sale in sales]
        self.erased += sum([bool(sale.card) and owners[sale.card] is None for sale in sales])
        unit.append_sales(records)
        return len(records)

    def _owners_of(self, unit: Unit, numbers: set[str]) -> dict[str, CardRow | None]:
        """Whose the cards are, with rows for those nobody has used yet; ``None`` where the owner of then was erased.

        Whoever has such a card today is somebody else, and what the former owner bought is nobody's any more.
        """
        key = self._till.store.programme_key
        anyone_erased = unit.anyone_erased()
        rows = unit.cards_numbered(numbers)
        owners: dict[str, CardRow | None] = {**rows}
        for number in sorted(numbers if anyone_erased else numbers - rows.keys()):
            first_owner = cards.account_id(key, number)
            if anyone_erased and unit.is_erased(first_owner):
                owners[number] = None
            elif number not in rows:
                owners[number] = CardRow(self._till.ids.random_id(), number, first_owner)
        new = [card for number, card in owners.items() if card and number not in rows]
        if unit.tells:
            unit.make_keys([card.member_id for card in new])
            new = [card for card in owners.values() if card]
        unit.keep_cards(new)
        return owners

    def _record(self, sale: OldSale, card: CardRow | None) -> Sale:
        lines = _lines(sale)
        record_id = imported.sale_id(sale.receipt, sale.at_us, self._currency, lines)
        explain: tuple[Explanation, ...] = ()
        if card is None:
            lines = tuple([msgspec.structs.replace(line, points=0) if line.points else line for line in lines])
        elif self._is_awarded(sale):
            quote = self._priced(sale)
            assert isinstance(quote, Quote), "it was priced before anything was booked"
            lines, explain = quote.lines, quote.explain
        return Sale(
            record_id=record_id,
            member_id=card.member_id if card else None,
            at_us=sale.at_us,
            business_day=sale.day,
            utc_offset_min=sale.utc_offset_min,
            programme_version=self._till.programme.version,
            command_digest=self._digest(sale),
            currency=self._currency,
            amount_cents=sale.amount_cents,
            lines=lines,
            explain=explain,
            receipt=sale.receipt,
            late=True,
            card_ref=card.card_ref if card else None,
        )


def _tell(row: Row, values: Iterable[tuple[str, object]], flaws: Flaws) -> None:
    """Take down every value of a row that is none."""
    for column, value in values:
        if isinstance(value, Bad):
            text = row.fields[column]
            flaws.add(row.line, column, value, card_shown(text, value) if column == "card" else shown(text))


def card_shown(text: str, bad: Bad) -> str:
    """A card number for a list of mistakes: its end, and nothing of a payment card."""
    return "" if bad.wrong is Wrong.PAYMENT_CARD else cards.masked(shown(text))


def _joined(first: OldSale, second: OldSale, flaws: Flaws) -> OldSale | None:
    """Two parts of a purchase as one; a mistake when they can't be, because moment or card are others."""
    if (first.at_us, first.card) != (second.at_us, second.card):
        column = "at" if first.at_us != second.at_us else "card"
        flaws.add(second.line, column, Bad(Wrong.RECEIPT_DIFFERS, {"line": first.line}), first.receipt)
        return None
    return msgspec.structs.replace(first, lines=first.lines + second.lines)


def _lines(sale: OldSale) -> tuple[SaleLine, ...]:
    return tuple(
        [
            SaleLine(number, line.amount_cents, line.points or 0, None, line.sku, line.category, line.quantity)
            for number, line in enumerate(sale.lines, 1)
        ]
    )


def _item(sale: OldSale) -> Item:
    return Item(sale.line, sale.receipt, _ENCODER.encode(sale))


def _booked_already(record: Sale) -> Bad:
    """Names the sale that has a receipt number: imported with other contents, or booked here."""
    values: dict[str, int | str] = {
        "record_id": str(record.record_id),
        "at": moment_text(record.at_us, record.utc_offset_min),
        "amount_cents": record.amount_cents,
    }
    return Bad(Wrong.RECEIPT_BOOKED, values)
