"""Numbers for Prometheus: how much, how fast, how often refused; about no person, no card and no single member."""

from __future__ import annotations

import time
from collections import Counter as Counts
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

if TYPE_CHECKING:
    from loyalty.wire import PushReply

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""The buckets of the duration of a request, in seconds; a long poll lasts up to 25."""


class Metrics:
    """The counters of one application, in a registry of its own.

    Attributes:
        waiting: How many long polls are open.
        limited: Requests refused because there were too many.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "stammkunde_http_requests",
            "Requests by route and status.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "stammkunde_http_request_seconds",
            "How long requests took.",
            ["method", "route"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._open = Gauge("stammkunde_http_requests_open", "Requests at work now.", registry=self._registry)
        self._problems = Counter(
            "stammkunde_http_problems", "Refused requests by reason.", ["code"], registry=self._registry
        )
        self._records = Counter(
            "stammkunde_records", "Records handed in by what became of them.", ["verdict"], registry=self._registry
        )
        self.waiting = Gauge("stammkunde_waiting_tills", "Long polls open now.", registry=self._registry)
        self.limited = Counter(
            "stammkunde_http_limited", "Requests refused as too many.", ["by"], registry=self._registry
        )

    def began(self) -> float:
        """Count a request that begins.

        Returns:
            When, for ``ended``.
        """
        self._open.inc()
        return time.perf_counter()

    def ended(self, began_s: float, *, method: str, route: str, status: int, problem: str) -> float:
        """Count a request that is over.

        Args:
            began_s: What ``began`` returned.
            method: The method, or ``OTHER`` for one that nobody speaks here.
            route: The route with names in place of values.
            status: The status it was answered with, 0 when its line broke before.
            problem: Why it was refused, if it was.

        Returns:
            How long it took, in seconds.
        """
        took_s = time.perf_counter() - began_s
        self._open.dec()
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(took_s)
        if problem:
            self._problems.labels(problem).inc()
        return took_s

    def pushed(self, reply: PushReply) -> None:
        """Count what became of the records of a batch."""
        for verdict, count in Counts(reply.verdicts).items():
            self._records.labels(verdict.value).inc(count)

    def text(self) -> bytes:
        """All numbers, in Prometheus' text format 0.0.4."""
        return generate_latest(self._registry)
