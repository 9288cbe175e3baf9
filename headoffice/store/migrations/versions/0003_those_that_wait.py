"""An index of reversals that wait alone: a planner that knows nothing of the table takes it, too (2026-11-22)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Put it in the place of the index of all reversals."""
    waits = sa.text("state = 'waiting'")
    op.drop_index("ix_record_original_id", "record")
    op.create_index("ix_record_waiting", "record", ["original_id"], postgresql_where=waits, sqlite_where=waits)
