"""Every no to a register as ``application/problem+json`` (RFC 9457); what is inside stays inside."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec

from terminal.register.wire import ProblemMessage

if TYPE_CHECKING:
    from terminal.register.port import Declined

PROBLEM_JSON: Final = "application/problem+json"


class Problem(Exception):
    """A request is answered with a no.

    Attributes:
        status: As HTTP says it.
        code: Why, for programs.
        detail: What is wrong and what to do.
        values: Numbers and ids the detail speaks of.
        headers: What the answer's head says besides.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        values: dict[str, int | str] | None = None,
        *,
        retry_after_s: int = 0,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.values = values or {}
        self.headers = dict(headers or {})
        if retry_after_s:
            self.headers["Retry-After"] = str(retry_after_s)

    @classmethod
    def of(cls, declined: Declined) -> Problem:
        """The till's own no."""
        retry_after_s = 1 if declined.status == HTTPStatus.SERVICE_UNAVAILABLE else 0
        return cls(declined.status, declined.code, declined.sentence, declined.values, retry_after_s=retry_after_s)

    @property
    def body(self) -> bytes:
        """As it is sent."""
        title = HTTPStatus(self.status).phrase
        return msgspec.json.encode(ProblemMessage(title, self.status, self.detail, self.code, self.values))
