"""The newest word on each sale: written by the thread that paints, read and waited for by any other."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from terminal.register.wire import SaleMessage

SALES_KEPT: Final = 64
"""How many sales are kept to be read without asking the till; the one that changed longest ago goes first."""


class Board:
    """Sales with their revisions. No reader ever waits for the till, and the till never for a reader.

    Args:
        monotonic: A clock that never goes back, in seconds.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._sales: OrderedDict[str, SaleMessage] = OrderedDict()
        self._listeners: list[Callable[[str], None]] = []
        self._heard_s = monotonic()

    def publish(self, sale: SaleMessage) -> SaleMessage:
        """Take the newest word on a sale; one that says nothing new changes nothing.

        Returns:
            It, with its revision.
        """
        with self._lock:
            before = self._sales.get(sale.sale_id)
            if before is not None and replace(sale, revision=before.revision) == before:
                return before
            sale = replace(sale, revision=before.revision + 1 if before else 1)
            self._sales[sale.sale_id] = sale
            self._sales.move_to_end(sale.sale_id)
            if len(self._sales) > SALES_KEPT:
                self._sales.popitem(last=False)
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(sale.sale_id)
        return sale

    def newest(self, sale_id: str) -> SaleMessage | None:
        """The newest word on a sale, ``None`` when nothing is known of it here."""
        with self._lock:
            return self._sales.get(sale_id)

    def listen(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Hear of every change, on the thread that publishes: hand it on at once.

        Returns:
            What ends that.
        """
        with self._lock:
            self._listeners.append(listener)

        def end() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return end

    def heard(self) -> None:
        """A register has asked for something; from any thread."""
        self._heard_s = self._monotonic()

    @property
    def silent_s(self) -> float:
        """How long no register has asked for anything, in seconds."""
        return self._monotonic() - self._heard_s
