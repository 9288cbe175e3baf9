"""Says on a terminal that work is going on whose end cannot be told in advance."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

PATIENCE_S: Final = 0.5
"""Nothing is said about what is done sooner, in seconds."""

BEAT_S: Final = 0.25
"""How often the time is written anew, in seconds."""

ERASE_LINE: Final = "\r\x1b[K"
"""Back to the line's beginning, and clear it (ECMA-48, EL)."""


@contextlib.contextmanager
def waiting(what: str, stream: TextIO, *, patience_s: float = PATIENCE_S, beat_s: float = BEAT_S) -> Iterator[None]:
    """Show what is done and for how long, where somebody is looking; the line is gone afterwards.

    Args:
        what: What is done.
        stream: Where to say it; nothing is said unless it is a terminal.
        patience_s: How long it may take in silence, in seconds.
        beat_s: The time between two updates, in seconds.
    """
    if not stream.isatty():
        yield
        return
    done, said = threading.Event(), threading.Event()
    began_s = time.monotonic()

    def beat() -> None:
        wait_s = patience_s
        while not done.wait(wait_s):
            stream.write(f"{ERASE_LINE}{what} {time.monotonic() - began_s:.0f} s")
            stream.flush()
            said.set()
            wait_s = beat_s

    thread = threading.Thread(target=beat, name="waiting", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        if said.is_set():
            stream.write(ERASE_LINE)
            stream.flush()
