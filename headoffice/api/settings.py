"""What bounds the HTTP side: declared once, with units, so that tests and small machines can ask for other numbers."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.wire import BODY_BYTES_MAX


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """Bounds of one API process.

    Attributes:
        body_bytes_max: The largest request body.
        body_s_max: How long a client may take to send its body, in seconds.
        large_bodies_max: How many requests with a body of more than ``large_body_bytes`` may be open: what has been
            read and is not proved yet takes memory.
        large_body_bytes: From where on a body counts as large.
        threads: How many requests work at the same time; the rest wait for their turn.
        waiters_max: How many long polls are held open in all.
        waiters_per_terminal_max: And by one terminal. More than one, because a till whose line broke comes again
            before its old call has been noticed to be gone.
        poll_interval_s: How often the feed's newest step is asked for while somebody waits, in seconds.
        terminal_per_s: Requests that one terminal may make in the long run, per second.
        terminal_burst: And at once.
        address_per_s: Requests that one address may make in the long run, per second; a shop's tills share one.
        address_burst: And at once.
        joins_per_min: Attempts to join from one address in the long run, per minute.
        joins_burst: And at once: a manager who sets up a shop joins its tills one after the other.
        housekeeping_s: How often points that are past their day are looked for, in seconds.
    """

    body_bytes_max: int = BODY_BYTES_MAX
    body_s_max: float = 30
    large_bodies_max: int = 48
    large_body_bytes: int = 64 * 1024
    threads: int = 12
    waiters_max: int = 2_000
    waiters_per_terminal_max: int = 4
    poll_interval_s: float = 0.1
    terminal_per_s: float = 50
    terminal_burst: int = 200
    address_per_s: float = 400
    address_burst: int = 1_000
    joins_per_min: float = 10
    joins_burst: int = 20
    housekeeping_s: float = 3_600
