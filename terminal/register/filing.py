"""Booking a sale that a register left as a file: once, however often the file is dropped again."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

from loyalty.encoding import command_digest
from loyalty.outcomes import Reason, Refused
from loyalty.records import Sale
from loyalty.sale import quote_sale
from terminal.app.earn import CLOCK_SLACK_US, DAY_US, EarnCommand, earn
from terminal.app.till import header, read_card
from terminal.register.ids import record_id_of
from terminal.register.matching import same_purchase
from terminal.register.sale_file import moment_us

if TYPE_CHECKING:
    from uuid import UUID

    from storage.store import Reader
    from storage.types import Stored
    from terminal.app.till import Till
    from terminal.register.sale_file import FileSale

LATE_US: Final = 15 * 60 * 1_000_000
"""A sale older than this when its file comes is entered late, with its own time, in microseconds."""


class Filed(msgspec.Struct, frozen=True):
    """A file's sale is on disk.

    Attributes:
        record: As booked.
        repeated: Whether it was on disk before, from the same file, from the register's interface or from a person.
    """

    record: Sale
    repeated: bool = False


class Differs(msgspec.Struct, frozen=True):
    """A sale with this id or receipt number is booked, with other contents; nothing was changed."""

    name: str


class OtherCurrency(msgspec.Struct, frozen=True):
    """The file's amounts are in another currency than the shop's."""

    currency: str
    shop_currency: str


def sale_id_of(name: str, sale: FileSale) -> str:
    """What a file's sale is called: the register's id, else the receipt number, else name and contents of the file.

    Two customers who buy the same must not become one sale, so without any number the file's name counts, too.
    """
    if sale.sale_id or sale.receipt:
        return sale.sale_id or sale.receipt
    written = name.encode("utf-8", "surrogateescape")  # Unix takes names that are no UTF-8
    content = msgspec.json.encode((written.decode("utf-8", "backslashreplace"), sale), order="deterministic")
    return f"file-{hashlib.sha256(content).hexdigest()}"


def file_sale(till: Till, name: str, sale: FileSale) -> Filed | Differs | OtherCurrency | Refused:
    """Book a file's sale, or find that it is booked.

    Raises:
        StorageError: The disk did not take it; nothing was written.
    """
    currency = till.programme.currency
    if sale.currency not in ("", currency):
        return OtherCurrency(sale.currency, currency)
    sale_id = sale_id_of(name, sale)
    record_id = record_id_of(till.store.shop.terminal_id, sale_id)
    with till.store.unit() as unit:
        stored = unit.record(record_id) or (unit.sale_by_receipt(sale.receipt) if sale.receipt else None)
        if stored is not None:
            found = _same(till, unit, stored, sale)
            return Filed(found, repeated=True) if found else Differs(sale_id)
    at_us = _late_at(till, sale)
    if not sale.card:
        return _file_anonymous(till, record_id, sale, at_us)
    card = read_card(till.programme, sale.card)
    if isinstance(card, Refused):
        return card
    done = earn(till, EarnCommand(record_id, card.number, sale.basket, receipt=sale.receipt, at_us=at_us))
    return done if isinstance(done, Refused) else Filed(done.record)


def _same(till: Till, reader: Reader, stored: Stored, sale: FileSale) -> Sale | None:
    """The booked sale if it is this one; a file that names no card may be of a sale whose card the till has read."""
    record = stored.record
    if not isinstance(record, Sale) or not same_purchase(record, sale.basket):
        return None
    if not sale.card:
        return record
    card = read_card(till.programme, sale.card)
    row = None if isinstance(card, Refused) else reader.card(card.number)
    return record if row is not None and row.card_ref == record.card_ref else None


def _late_at(till: Till, sale: FileSale) -> int | None:
    """The moment of a sale that is entered late; ``None`` for one of just now, which needs no limit of days."""
    at_us = moment_us(sale.at, till.clock.utc_offset_min) if sale.at else None
    if at_us is None:
        return None
    now_us = till.clock.now_us()
    return None if now_us - LATE_US <= at_us <= now_us + CLOCK_SLACK_US else at_us


def _file_anonymous(till: Till, record_id: UUID, sale: FileSale, at_us: int | None) -> Filed | Refused:
    """Book a purchase without a card: it earns nothing, and counts for the share of members."""
    now_us = till.clock.now_us()
    days = till.programme.limits.late_entry_days
    if at_us is not None and at_us > now_us:
        return Refused(Reason.IN_THE_FUTURE)
    if at_us is not None and at_us < now_us - days * DAY_US:
        return Refused(Reason.TOO_LATE, {"days": days})
    quote = quote_sale(till.programme, sale.basket)
    if isinstance(quote, Refused):
        return quote
    command = EarnCommand(record_id, "", sale.basket, receipt=sale.receipt, at_us=at_us)
    digest = command_digest(till.store.programme_key, "register file", sale.basket, sale.receipt, at_us)
    with till.store.unit() as unit:
        record = Sale(
            **header(till, unit, command, None, digest, at_us=at_us),
            currency=till.programme.currency,
            amount_cents=sale.basket.amount_cents,
            lines=tuple(msgspec.structs.replace(line, points=0) for line in quote.lines),
            receipt=sale.receipt,
            late=at_us is not None,
        )
        unit.append(record)
    return Filed(record)
