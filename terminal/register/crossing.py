"""From the thread that serves registers to the one that paints, and back: neither ever waits long for the other."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from storage.errors import StorageError
from terminal.register.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")

ANSWER_S_MAX: Final = 10.0
"""How long a register waits for the till, in seconds; a booking takes milliseconds, a stalled window more."""


class Crossing:
    """Hands questions over and waits for their answers.

    Args:
        deliver: Runs a call on the thread that paints.
        seconds: How long an answer may take.
    """

    def __init__(self, deliver: Callable[[Callable[[], None]], None], seconds: float = ANSWER_S_MAX) -> None:
        self._deliver = deliver
        self._seconds = seconds

    async def ask(self, question: Callable[[], R]) -> R:
        """Ask something that is answered at once."""
        return await self.ask_later(lambda answer: answer(question()))

    async def ask_later(self, question: Callable[[Callable[[R], None]], None]) -> R:
        """Ask something whose answer comes later, through the function the question is given.

        A question whose time was up before the till came to it is never put: nobody would hear the answer.

        Raises:
            Problem: No answer in time, or the ledger can't be read.
        """
        future: Future[R] = Future()

        def put() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                question(partial(_settle, future))
            except Exception as error:  # noqa: BLE001 - raised again where the answer is waited for
                future.set_exception(error)

        self._deliver(put)
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            detail = "The till has not answered yet. Send the same request again: nothing is booked twice."
            raise Problem(503, "no_answer", detail, retry_after_s=1) from None
        except StorageError as error:
            raise Problem(503, "ledger", error.support, retry_after_s=1) from error


def _settle(future: Future[R], answer: R) -> None:
    future.set_result(answer)
