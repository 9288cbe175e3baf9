"""What members agree to, when edits and web sessions end, and indexes for beginnings of words (2026-11-22)."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_RECORDS_AT_ONCE = 2_000


def upgrade() -> None:
    """Make and fill what is new."""
    _make_consents()
    _date_edits()
    _end_web_sessions()
    op.create_table(
        "feed_mark",
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("at_us", name="pk_feed_mark"),
    )
    _make_indexes()


def _make_consents() -> None:
    consent = op.create_table(
        "consent",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("text_version", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "purpose", name="pk_consent"),
    )
    record = sa.table("record", sa.column("kind", sa.String()), sa.column("payload", sa.LargeBinary()))
    payloads = op.get_bind().execute(
        sa.select(record.c.payload).where(record.c.kind == "consent"),
        execution_options={"yield_per": _RECORDS_AT_ONCE},
    )
    rows = _effective(json.loads(bytes(payload)) for (payload,) in payloads)
    for start in range(0, len(rows), _RECORDS_AT_ONCE):
        op.bulk_insert(consent, rows[start : start + _RECORDS_AT_ONCE])


def _effective(records: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - documents as they lie in the registry
    """The newest record of each member and purpose; of one moment the withdrawal, as the rule was on this day."""
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for said in records:
        key = (said["member_id"], said["purpose"])
        if key not in newest or _rank(said) > _rank(newest[key]):
            newest[key] = said
    names = ("purpose", "granted", "at_us", "text_version")
    return [{"member_id": UUID(said["member_id"])} | {name: said[name] for name in names} for said in newest.values()]


def _rank(said: dict[str, Any]) -> tuple[int, bool, str]:
    return said["at_us"], not said["granted"], said["text_version"]


def _date_edits() -> None:
    """Those that are there count from today on."""
    op.rename_table("edit_seen", "edit_seen_1")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_edit_seen RENAME TO pk_edit_seen_1")
    edit_seen = op.create_table(
        "edit_seen",
        sa.Column("edit_id", sa.Uuid(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("edit_id", name="pk_edit_seen"),
    )
    before = sa.table("edit_seen_1", sa.column("edit_id", sa.Uuid()))
    today_us = sa.literal(time.time_ns() // 1_000, sa.BigInteger())
    op.execute(edit_seen.insert().from_select(["edit_id", "at_us"], sa.select(before.c.edit_id, today_us)))
    op.drop_table("edit_seen_1")


def _end_web_sessions() -> None:
    """Everybody signs in once more."""
    op.drop_table("web_session")
    op.create_table(
        "web_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("expires_at_us", sa.BigInteger(), nullable=False),
        sa.Column("ends_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_web_session"),
    )


def _make_indexes() -> None:
    """An index in the order of the database's language finds no beginnings; the other is for the few own rules."""
    own_rules = sa.text("kind = 'programme_change'")
    op.create_index("ix_record_kind", "record", ["kind"], postgresql_where=own_rules, sqlite_where=own_rules)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_search_term_kind_term", "search_term")
        op.drop_index("ix_card_number_reversed", "card")
        by_bytes = "varchar_pattern_ops"
        op.create_index("ix_search_term_kind_term", "search_term", ["kind", "term"], postgresql_ops={"term": by_bytes})
        op.create_index(
            "ix_card_number_reversed", "card", ["number_reversed"], postgresql_ops={"number_reversed": by_bytes}
        )
