"""What can go wrong between till and head office; none of it ever touches a sale."""

from __future__ import annotations

from typing import Final

from loyalty.wire import ProblemCode
from terminal.sync.status import SyncTrouble

PASSING: Final = frozenset({ProblemCode.RATE_LIMITED, ProblemCode.UNAVAILABLE})
"""What head office says while it is well: the till comes back later, and nobody has to do anything."""


class SyncError(Exception):
    """A known error of the line to head office; people read the sentence that belongs to ``why``.

    Attributes:
        why: What is wrong.
        detail: For the log, in English, without personal data.
    """

    def __init__(self, why: ProblemCode | SyncTrouble, detail: str = "") -> None:
        super().__init__(why, detail)
        self.why = why
        self.detail = detail


class Away(SyncError):
    """Head office does not answer; the till keeps everything and tries again."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(SyncTrouble.UNREACHABLE, detail)


class Stopped(Away):
    """The till is being closed while it talks to head office."""


class HeadOfficeSaysNo(SyncError):
    """Head office answered with a problem.

    Attributes:
        code: Why.
        server_time_us: Its clock, 0 when it did not say.
    """

    def __init__(self, code: ProblemCode, detail: str = "", *, server_time_us: int = 0) -> None:
        super().__init__(code, detail)
        self.code = code
        self.server_time_us = server_time_us


class Broken(SyncError):
    """The till itself can't go on: an answer it can't trust, a key that is gone, a file it can't use."""

    def __init__(self, trouble: SyncTrouble, detail: str = "") -> None:
        super().__init__(trouble, detail)
        self.trouble = trouble


def answer_wrong(detail: str) -> Broken:
    """Head office's answer breaks the protocol, or its signature does not hold; nothing of it is taken."""
    return Broken(SyncTrouble.ANSWER_WRONG, detail)
