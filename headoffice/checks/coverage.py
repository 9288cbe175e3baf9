"""Nothing is kept from the tills: all that they hold has a place in the feed, or is about to get one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from headoffice.checks.findings import ROWS_AT_ONCE, each
from headoffice.intake.registry import BOOKED
from headoffice.intake.waiting import WAITS
from headoffice.store import bulk
from headoffice.store.dirty import noted
from headoffice.store.tables import (
    ACCOUNT,
    CARD,
    CASHIER,
    CONFLICT,
    FEED,
    FEED_STEP,
    PROGRAMME,
    RECORD,
    TOMBSTONE,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, Connection

    from headoffice.checks.findings import Findings


def check_feed(connection: Connection, findings: Findings) -> None:
    """Look for things without a place, and for places beyond the newest step."""
    columns: tuple[tuple[str, Column[Any]], ...] = (
        ("member", ACCOUNT.c.member_id),
        ("member", CARD.c.member_id),
        ("member", TOMBSTONE.c.member_id),
        ("programme", PROGRAMME.c.version),
        ("cashier", CASHIER.c.cashier_id),
        ("conflict", CONFLICT.c.conflict_id),
    )
    for kind, column in columns:
        about_to = noted(connection, kind)
        for keys in _chunks(connection, column):
            found = select(FEED.c.key).where(FEED.c.kind == kind, bulk.among(connection, FEED.c.key, keys))
            there = about_to | set(connection.scalars(found))
            for key in keys:
                if key not in there:
                    findings.found("feed", f"{kind} {key}", "No till is ever told")
    newest = connection.scalar(select(func.max(FEED_STEP.c.n))) or 0
    highest = connection.scalar(select(func.max(FEED.c.n))) or 0
    if highest != newest:
        findings.found("feed", f"step {newest}", f"The feed goes up to {highest}")


def check_waiting(connection: Connection, findings: Findings) -> None:
    """Look for records that wait although what they wait for is here."""
    original = RECORD.alias("original")
    stuck = (
        select(RECORD.c.record_id)
        .join(original, original.c.record_id == RECORD.c.original_id)
        .where(WAITS, original.c.state == BOOKED)
        .order_by(RECORD.c.record_id)
    )
    for record_id in connection.scalars(stuck):
        findings.found("registry", f"record {record_id}", "It waits for a record that is here")


def _chunks(connection: Connection, column: Column[Any]) -> Iterator[list[str]]:
    chunk: list[str] = []
    for (value,) in each(connection, select(column).distinct().order_by(column)):
        chunk.append(str(value))
        if len(chunk) == ROWS_AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
