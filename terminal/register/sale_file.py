"""Reading a sale that a register has left as a file: CSV with a header, or JSON. What is wrong with it is a value.

Registers of this market write CSV as spreadsheets do: semicolons, decimal commas, Windows' code page, a mark of byte
order in front. All of that is read; what could mean two things is refused, because the file moves money.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import Meta

from loyalty.bounds import CATEGORY_LENGTH_MAX, LINES_MAX, QUANTITY_MAX, RECEIPT_PATTERN, SKU_LENGTH_MAX
from loyalty.cards import CARD_LENGTH_MAX
from loyalty.masking import Masked
from loyalty.money import BadAmount, parse_amount
from loyalty.sale import Basket, BasketLine
from terminal.register.repeats import refuse_repeated_names

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS: Final = ("id", "receipt", "at", "card", "amount", "currency", "sku", "category", "quantity")
"""What a column can be; ``amount`` alone has to be there. As in the import of old sales."""

IN_GERMAN: Final = {
    "bon": "receipt",
    "bonnummer": "receipt",
    "beleg": "receipt",
    "belegnummer": "receipt",
    "zeit": "at",
    "datum": "at",
    "zeitpunkt": "at",
    "karte": "card",
    "kartennummer": "card",
    "kundenkarte": "card",
    "betrag": "amount",
    "summe": "amount",
    "währung": "currency",
    "waehrung": "currency",
    "artikel": "sku",
    "artikelnummer": "sku",
    "warengruppe": "category",
    "kategorie": "category",
    "menge": "quantity",
    "anzahl": "quantity",
}
"""The same columns as German registers head them."""

DELIMITERS: Final = ";,\t"
FIELD_LENGTH_MAX: Final = 200
"""The longest cell of a CSV file that is looked at, in characters."""

GERMAN_MOMENT: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_WHOLE: Final = re.compile(r"([1-9][0-9]{0,6})(?:[.,]0{1,3})?")
_RECEIPT: Final = re.compile(RECEIPT_PATTERN)


class Fault(StrEnum):
    """Why a file is no sale."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"
    NOT_JSON = "not_json"
    NO_HEADER = "no_header"
    UNKNOWN_COLUMN = "unknown_column"
    SHORT_ROW = "short_row"
    TOO_MANY_LINES = "too_many_lines"
    SEVERAL_SALES = "several_sales"
    BAD_AMOUNT = "bad_amount"
    BAD_QUANTITY = "bad_quantity"
    BAD_MOMENT = "bad_moment"
    BAD_RECEIPT = "bad_receipt"
    BAD_ARTICLE = "bad_article"
    SUM_DIFFERS = "sum_differs"


class NoSale(msgspec.Struct, frozen=True):
    """A file that is no sale.

    Attributes:
        fault: Why.
        values: What the sentence names: a line, a column, a text of the file.
    """

    fault: Fault
    values: dict[str, int | str] = {}


class FileSale(Masked, frozen=True):
    """A sale as its file tells it.

    Attributes:
        basket: What was bought.
        sale_id: The register's id, empty when the file has none.
        receipt: The receipt number, empty when the file has none.
        card: The card, empty for a purchase without one.
        currency: ISO 4217 code, empty when the file does not say.
        at: When, empty when the file does not say; already found readable.
    """

    basket: Basket
    sale_id: str = ""
    receipt: str = ""
    card: str = ""
    currency: str = ""
    at: str = ""


class _JsonLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    amount: str | int | float
    sku: Annotated[str, Meta(max_length=SKU_LENGTH_MAX)] = ""
    category: Annotated[str, Meta(max_length=CATEGORY_LENGTH_MAX)] = ""
    quantity: Annotated[int, Meta(ge=1, le=QUANTITY_MAX)] = 1


class _JsonSale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    amount: str | int | float
    id: str = ""
    receipt: str | int = ""
    at: str = ""
    card: Annotated[str, Meta(max_length=CARD_LENGTH_MAX)] = ""
    currency: str = ""
    lines: Annotated[tuple[_JsonLine, ...], Meta(max_length=LINES_MAX - 1)] = ()


def read_sale(name: str, raw: bytes, currency: str) -> FileSale | NoSale:
    """Read a file.

    Args:
        name: Its name; the ending says which format it has.
        raw: What it holds.
        currency: The shop's, whose mark may stand beside an amount.
    """
    text = _text(raw)
    if isinstance(text, NoSale):
        return text
    if not text.strip():
        return NoSale(Fault.EMPTY)
    return _read_json(text, currency) if name.lower().endswith(".json") else _read_csv(text, currency)


def is_cut_off(name: str, raw: bytes) -> bool:
    """Whether the file's end may still be missing: a CSV file whose last line does not end. JSON shows it itself."""
    return not name.lower().endswith(".json") and not raw.endswith((b"\n", b"\r"))


def moment_us(text: str, utc_offset_min: Callable[[int], int]) -> int | None:
    """A moment in microseconds since 1970 UTC, ``None`` when it is none.

    ISO 8601, or as German registers write it: 22.11.2026 14:30. Without an offset it is the shop's time of day.

    Args:
        text: What the file says.
        utc_offset_min: The shop's offset from UTC at a moment, in minutes.
    """
    try:
        german = GERMAN_MOMENT.fullmatch(text)
        if german:
            day, month, year, hour, minute, second = (int(part or 0) for part in german.groups())
            at = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the shop's offset comes below
        else:
            at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            roughly_us = int(at.replace(tzinfo=UTC).timestamp()) * 1_000_000
            at = at.replace(tzinfo=timezone(timedelta(minutes=utc_offset_min(roughly_us))))
        return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    except (ValueError, OverflowError, OSError):  # the last two: a year no table of time zones holds
        return None


def _text(raw: bytes) -> str | NoSale:
    """The text: UTF-8, with or without a mark of byte order, else Windows' western code page."""
    if b"\0" in raw:  # pictures, archives, UTF-16
        return NoSale(Fault.NOT_TEXT)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return NoSale(Fault.NOT_TEXT)


def _read_json(text: str, currency: str) -> FileSale | NoSale:
    try:
        found = msgspec.json.decode(text, type=_JsonSale)
        refuse_repeated_names(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        return NoSale(Fault.NOT_JSON, {"detail": str(error)[:FIELD_LENGTH_MAX]})
    lines: list[BasketLine] = []
    for number, line in enumerate(found.lines, start=1):
        cents = _cents(line.amount, currency, number, zero_ok=True)
        if isinstance(cents, NoSale):
            return cents
        lines.append(BasketLine(line.sku, line.category, line.quantity, cents))
    amount = _cents(found.amount, currency, 0)
    if isinstance(amount, NoSale):
        return amount
    total = sum(line.amount_cents for line in lines)
    if lines and total != amount:
        return NoSale(Fault.SUM_DIFFERS, {"lines_cents": total, "amount_cents": amount})
    sale = FileSale(
        Basket(amount, lines=tuple(lines)),
        found.id.strip(),
        str(found.receipt).strip(),
        found.card.strip(),
        found.currency.strip().upper(),
        found.at.strip(),
    )
    return _checked(sale)


def _read_csv(text: str, currency: str) -> FileSale | NoSale:
    """Every row is a line of the same sale; what says the same of the whole sale may stand in each or in the first."""
    rows = [row for row in _rows(text) if any(cell.strip() for cell in row)]
    if len(rows) < 2:  # noqa: PLR2004 - a header and a line
        return NoSale(Fault.NO_HEADER if rows else Fault.EMPTY)
    names = _columns(rows[0])
    if isinstance(names, NoSale):
        return names
    if len(rows) > LINES_MAX:
        return NoSale(Fault.TOO_MANY_LINES, {"max": LINES_MAX - 1})
    said = dict.fromkeys(("id", "receipt", "at", "card", "currency"), "")
    lines: list[BasketLine] = []
    for number, row in enumerate(rows[1:], start=2):
        if len(row) > len(names) or len(row) < len(names) - 1:  # one less: nothing behind the last delimiter
            return NoSale(Fault.SHORT_ROW, {"line": number})
        cells = {name: cell.strip() for name, cell in zip(names, row, strict=False)}
        for name in said:
            value = cells.get(name, "")
            if value and said[name] and value != said[name]:
                return NoSale(Fault.SEVERAL_SALES, {"line": number})
            said[name] = said[name] or value
        line = _csv_line(cells, currency, number)
        if isinstance(line, NoSale):
            return line
        lines.append(line)
    has_articles = any(name in names for name in ("sku", "category", "quantity")) or len(lines) > 1
    amount = sum(line.amount_cents for line in lines)
    if amount <= 0:
        return NoSale(Fault.BAD_AMOUNT, {"line": 2, "text": "0"})
    basket = Basket(amount, lines=tuple(lines) if has_articles else ())
    return _checked(FileSale(basket, said["id"], said["receipt"], said["card"], said["currency"].upper(), said["at"]))


def _rows(text: str) -> list[list[str]]:
    """The cells. The delimiter is the one that the header has most of: a comma may stand in every amount below it."""
    header = text.lstrip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=header.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return []


def _columns(header: list[str]) -> list[str] | NoSale:
    names: list[str] = []
    for cell in header:
        name = cell.strip().lower()
        known = IN_GERMAN.get(name, name)
        if known not in COLUMNS or known in names:
            near = difflib.get_close_matches(name, [*COLUMNS, *IN_GERMAN], 1)
            return NoSale(Fault.UNKNOWN_COLUMN, {"column": name[:40], "near": near[0] if near else COLUMNS[4]})
        names.append(known)
    return names if "amount" in names else NoSale(Fault.NO_HEADER)


def _csv_line(cells: dict[str, str], currency: str, number: int) -> BasketLine | NoSale:
    cents = _cents(cells.get("amount", ""), currency, number, zero_ok=True)
    if isinstance(cents, NoSale):
        return cents
    quantity = _WHOLE.fullmatch(cells.get("quantity", "") or "1")
    if quantity is None or int(quantity[1]) > QUANTITY_MAX:
        return NoSale(Fault.BAD_QUANTITY, {"line": number, "text": cells["quantity"][:40]})
    sku, category = cells.get("sku", ""), cells.get("category", "")
    if len(sku) > SKU_LENGTH_MAX or len(category) > CATEGORY_LENGTH_MAX:
        return NoSale(Fault.BAD_ARTICLE, {"line": number})
    return BasketLine(sku, category, int(quantity[1]), cents)


def _cents(value: str | float, currency: str, line: int, *, zero_ok: bool = False) -> int | NoSale:
    """An amount; a JSON number is read by its shortest digits, which are those that were written."""
    text = value if isinstance(value, str) else repr(value)
    cents = parse_amount(text, zero_ok=zero_ok, currency=currency)
    return NoSale(Fault.BAD_AMOUNT, {"line": line, "text": text[:40]}) if isinstance(cents, BadAmount) else cents


def _checked(sale: FileSale) -> FileSale | NoSale:
    """What both formats share: ids that can be stored, and a moment that is one."""
    if sale.sale_id and not _ID.fullmatch(sale.sale_id):
        return NoSale(Fault.BAD_RECEIPT, {"text": sale.sale_id[:40]})
    if sale.receipt and not _RECEIPT.match(sale.receipt):
        return NoSale(Fault.BAD_RECEIPT, {"text": sale.receipt[:40]})
    if sale.at and moment_us(sale.at, lambda _: 0) is None:
        return NoSale(Fault.BAD_MOMENT, {"text": sale.at[:40]})
    return sale
