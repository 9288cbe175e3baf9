"""Blocks of fresh card numbers, each for one till (2026-11-22)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table; nobody was given any yet."""
    in_bytes = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
    op.create_table(
        "number_block",
        sa.Column("lowest", in_bytes, nullable=False),
        sa.Column("highest", in_bytes, nullable=False),
        sa.Column("length", sa.SmallInteger(), nullable=False),
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("lowest", name="pk_number_block"),
    )
    op.create_index("ix_number_block_request_id", "number_block", ["request_id"])
