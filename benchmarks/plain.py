"""The driver as it comes, for the side that a benchmark calls bare."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from storage.sqlite import choose_driver

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def driver_as_it_comes() -> Iterator[None]:
    """Take away the adapters that ``storage.sqlite`` gives the driver: a bare script has none."""
    adapters = choose_driver().adapters
    ours = {key: adapters.pop(key) for key in list(adapters) if key[0] in (bytes, type(None))}
    assert ours, "there is something to take away"
    try:
        yield
    finally:
        adapters.update(ours)
