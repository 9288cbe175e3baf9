"""Fresh card numbers: head office is told what this till has, and asked for more before they run out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty.numbering import NumbersRequest, Series, request_id
from loyalty.wire import ProblemCode
from terminal.sync.errors import HeadOfficeSaysNo, answer_wrong

if TYPE_CHECKING:
    from uuid import UUID

    from terminal.sync.context import Round


def fetch_numbers(around: Round, server_epoch: UUID) -> None:
    """Hand in and fetch, until there are some to spare of every rule.

    Telling comes first: a number that was handed out before this till joined must not come back in a block.

    Args:
        around: The round.
        server_epoch: Head office's epoch.
    """
    try:
        _tell(around, server_epoch)
        for series in dict.fromkeys(map(Series.of, around.journal.programme.cards)):
            _fetch(around, series, server_epoch)
    except HeadOfficeSaysNo as error:
        if error.code is not ProblemCode.NOT_FOUND:  # a head office of an earlier version gives no numbers
            raise


def _tell(around: Round, server_epoch: UUID) -> None:
    while untold := around.reader.untold_numbers(server_epoch):
        around.go_on()
        first = untold[0]
        told = NumbersRequest(
            request_id(first.epoch, first.held.series, first.held.block.first),
            held=tuple(each.held for each in untold),
        )
        around.port.numbers(told)
        around.journal.jobs.numbers_told(untold, server_epoch)


def _fetch(around: Round, series: Series, server_epoch: UUID) -> None:
    wanted = around.reader.numbers_wanted(series)
    if wanted is None:
        return
    around.go_on()
    reply = around.port.numbers(NumbersRequest(wanted.request_id, series, wanted.count))
    block = reply.block
    if block is None:  # the range is used up, which is said to whoever wants a number
        return
    if not block.first <= block.last < min(series.capacity, block.first + wanted.count):
        raise answer_wrong("other card numbers than were asked for")
    around.journal.jobs.keep_numbers(series, block, server_epoch)
