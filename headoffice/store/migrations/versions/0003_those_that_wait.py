"""Indexes of reversals that wait and of merged accounts: planners that know nothing of a table use them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Put the first in the place of the index of all reversals."""
    waits = sa.text("state = 'waiting'")
    op.drop_index("ix_record_original_id", "record")
    op.create_index("ix_record_waiting", "record", ["original_id"], postgresql_where=waits, sqlite_where=waits)
    merged = sa.text("merged_into IS NOT NULL")
    op.create_index("ix_account_merged", "account", ["member_id"], postgresql_where=merged, sqlite_where=merged)
