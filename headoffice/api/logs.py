"""The server's log: one JSON object a line on standard error, without personal data and without secrets.

What a line may hold is decided here: request ids, routes without their values, statuses, durations, terminal ids. Not
addresses, headers, bodies, queries, or the words of an error, which may quote a value.
"""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    from typing import TextIO

CAUSES_MAX: Final = 5
"""How far the causes of an error are followed."""


class Log:
    """Writes the lines."""

    def __init__(self, stream: TextIO) -> None:
        self._logger: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
            structlog.WriteLogger(stream),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            cache_logger_on_first_use=True,
        )

    def say(self, event: str, **values: str | float | bool) -> None:
        """Write down what happened."""
        self._logger.info(event, **values)

    def warning(self, event: str, **values: str | float | bool) -> None:
        """Write down what somebody should look at."""
        self._logger.warning(event, **values)

    def bug(self, error: BaseException, **values: str | float | bool) -> None:
        """Write down a mistake of ours: where it happened, without the values it happened to."""
        self._logger.error("bug", **values, error=_names(error), trace=_frames(error))


def _names(error: BaseException) -> list[str]:
    """The kinds of an error and its causes; their messages may quote what a till sent."""
    return [type(each).__name__ for each in _chain(error)]


def _frames(error: BaseException) -> list[str]:
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for each in _chain(error)
        for frame in traceback.extract_tb(each.__traceback__)
    ]


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and len(chain) < CAUSES_MAX:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return chain


class ServerMessages(logging.Handler):
    """Brings the HTTP library's own messages into the log."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write one down; of an exception only where it happened."""
        if record.exc_info and record.exc_info[1] is not None:
            self._log.bug(record.exc_info[1])
        else:
            self._log.warning("http", message=record.getMessage())
