"""Fresh card numbers for tills: each block is given to one till, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import func, insert, select, text

from headoffice.errors import Refusal
from headoffice.store.archive import NumbersLine
from headoffice.store.number_tables import NUMBER_BLOCK
from headoffice.store.tables import CARD
from headoffice.store.upserts import insert_missing
from loyalty.numbering import Block, NumbersReply
from loyalty.wire import ProblemCode

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Connection, Row

    from headoffice.office import Office
    from headoffice.store.rows import TerminalRow
    from loyalty.numbering import NumbersRequest, Series

STEPS_MAX: Final = 10_000
"""How many blocks or cards in the way are stepped over in one search; beyond it a smaller gap is looked for."""

SMALLER: Final = 4
"""By what a block is made smaller where none of the size asked for is free."""

_ONE_AT_A_TIME: Final = 0x53544B42
"""The advisory lock of PostgreSQL under which blocks are given; SQLite has one writer anyhow."""


def numbers(office: Office, terminal: TerminalRow, request: NumbersRequest) -> NumbersReply:
    """Note what a till has already, and give it a block if it asks for one.

    Both are archived before the till is told: a head office that is put back learns from its archive what it gave.

    Raises:
        Refusal: ``BAD_REQUEST`` when the id was used for another question, or numbers are none of their series.
    """
    if not all(each.block.first <= each.block.last < each.series.capacity for each in request.held):
        raise Refusal(ProblemCode.BAD_REQUEST, "Numbers beyond the end of their series")

    def work(connection: Connection) -> tuple[NumbersReply, list[NumbersLine]]:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        held = [_line(office, terminal, request, each.series, each.block) for each in request.held]
        written = [line for line in held if insert_missing(connection, NUMBER_BLOCK, msgspec.structs.asdict(line))]
        block, given = _block(office, terminal, request, connection)
        return NumbersReply(block), written + given

    reply, written = office.database.transact(work)
    office.archive.append(written)
    return reply


def _block(
    office: Office, terminal: TerminalRow, request: NumbersRequest, connection: Connection
) -> tuple[Block | None, list[NumbersLine]]:
    """The block a till is given, and what is to be archived of it."""
    series = request.series
    if series is None:
        return None, []
    column = NUMBER_BLOCK.c
    given = connection.execute(
        select(NUMBER_BLOCK).where(column.request_id == request.request_id, column.is_given)
    ).first()
    if given is not None:
        return _given_before(given, terminal, series), []
    block = _free_block(connection, series, request.count, series.start(request.request_id))
    if block is None:
        return None, []
    line = msgspec.structs.replace(_line(office, terminal, request, series, block), is_given=True)
    connection.execute(insert(NUMBER_BLOCK).values(msgspec.structs.asdict(line)))
    return block, [line]


def _given_before(given: Row[Any], terminal: TerminalRow, series: Series) -> Block:
    """The block of an answer that did not arrive.

    Raises:
        Refusal: ``BAD_REQUEST`` when it was another till's, or another series'.
    """
    block = Block(series.serial_within(given.lowest), series.serial_within(given.highest))
    same = (series.lowest(block.first), series.highest(block.last)) == (given.lowest, given.highest)
    if given.terminal_id != terminal.terminal_id or not same:
        raise Refusal(ProblemCode.BAD_REQUEST, "The id of the request was used for another block")
    return block


def _line(office: Office, terminal: TerminalRow, request: NumbersRequest, series: Series, block: Block) -> NumbersLine:
    return NumbersLine(
        lowest=series.lowest(block.first),
        highest=series.highest(block.last),
        length=series.length,
        terminal_id=terminal.terminal_id,
        request_id=request.request_id,
        is_given=False,
        at_us=office.clock.now_us(),
    )


def _free_block(connection: Connection, series: Series, count: int, beginning: int) -> Block | None:
    """The next free block from a place on and around; a smaller one where the range is full of holes.

    The place is drawn from the request, so that even a head office that was put back, and does not know what it gave,
    hardly ever gives two tills the same numbers before they have told it what they have.
    """
    while count:
        for first, last in ((beginning, series.capacity - 1), (0, beginning - 1)):
            block = _free_between(connection, series, count, first, last)
            if block is not None:
                return block
        count //= SMALLER
    return None


def _free_between(connection: Connection, series: Series, count: int, first: int, last: int) -> Block | None:
    for _ in range(STEPS_MAX):
        if first > last:
            return None
        block = Block(first, min(first + count - 1, last))
        in_the_way = _last_taken(connection, series, block)
        if in_the_way is None:
            return block
        first = in_the_way + 1
    return None


def _last_taken(connection: Connection, series: Series, block: Block) -> int | None:
    """The last serial of a block that belongs to some till, or stands for a card; ``None`` when all are free."""
    lowest, highest = series.lowest(block.first), series.highest(block.last)
    column = NUMBER_BLOCK.c
    of_tills = connection.scalar(
        select(func.max(column.highest)).where(
            column.length == series.length, column.lowest <= highest, column.highest >= lowest
        )
    )
    # Whatever the database's language: with the same beginning and length only digits are left to order by.
    of_cards = connection.scalar(
        select(CARD.c.number)
        .where(
            CARD.c.number.between(lowest, highest),
            func.length(CARD.c.number) == series.length,
            func.substr(CARD.c.number, 1, len(series.prefix)) == series.prefix,
        )
        .order_by(CARD.c.number.desc())
        .limit(1)
    )
    end = series.highest(series.capacity - 1)
    found = [min(number, end) for number in (of_tills, of_cards) if number is not None]
    return max(map(series.serial_within, found), default=None)
