"""The first layout (2026-11-21)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    _make_head_office()
    _make_journals()
    _make_records()
    _make_accounts()
    _make_people()
    _make_staff()
    _make_sums()
    _make_feed()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE booking_position START 1000 INCREMENT 1000")


def _make_head_office() -> None:
    """Who takes part."""
    op.create_table(
        "server",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("server_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_server"),
    )
    op.create_table(
        "store",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", name="pk_store"),
        sa.UniqueConstraint("name", name="uq_store_name"),
    )
    op.create_table(
        "terminal",
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("ledger_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("scope_step", sa.BigInteger(), nullable=False),
        sa.Column("joined_at_us", sa.BigInteger(), nullable=False),
        sa.Column("last_contact_us", sa.BigInteger(), nullable=False),
        sa.Column("clock_off_ms", sa.BigInteger(), nullable=False),
        sa.Column("backlog", sa.BigInteger(), nullable=False),
        sa.Column("oldest_us", sa.BigInteger(), nullable=False),
        sa.Column("protocol", sa.SmallInteger(), nullable=False),
        sa.Column("software", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("terminal_id", name="pk_terminal"),
    )
    op.create_table(
        "join_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("expires_at_us", sa.BigInteger(), nullable=False),
        sa.Column("used_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name="pk_join_code"),
    )
    op.create_table(
        "nonce",
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("terminal_id", "nonce", name="pk_nonce"),
    )
    op.create_index("ix_nonce_at_us", "nonce", ["at_us"], unique=False)


def _make_journals() -> None:
    """What tills handed in, by terminal."""
    op.create_table(
        "terminal_epoch",
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("terminal_id", "epoch", name="pk_terminal_epoch"),
    )
    op.create_table(
        "terminal_record",
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("terminal_id", "epoch", "seq", name="pk_terminal_record"),
    )
    op.create_table(
        "quarantine",
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("resolved_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("terminal_id", "epoch", "seq", name="pk_quarantine"),
    )


def _make_records() -> None:
    """What tills handed in, by record."""
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counter"),
    )
    op.create_table(
        "record",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("reversed_cents", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("original_id", sa.Uuid(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name="pk_record"),
    )
    op.create_index("ix_record_business_day_store_id", "record", ["business_day", "store_id"], unique=False)
    op.create_index("ix_record_member_id", "record", ["member_id"], unique=False)
    op.create_index(
        "ix_record_original_id",
        "record",
        ["original_id"],
        unique=False,
        postgresql_where=sa.text("original_id IS NOT NULL"),
        sqlite_where=sa.text("original_id IS NOT NULL"),
    )
    op.create_table(
        "reversed_line",
        sa.Column("original_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("original_id", "line", name="pk_reversed_line"),
    )


def _make_accounts() -> None:
    """What is known of members' points."""
    op.create_table(
        "account",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("sales", sa.BigInteger(), nullable=False),
        sa.Column("revenue_cents", sa.BigInteger(), nullable=False),
        sa.Column("enrolled_day", sa.Date(), nullable=True),
        sa.Column("last_sale_day", sa.Date(), nullable=True),
        sa.Column("region", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_account"),
    )
    op.create_index(
        "ix_account_merged_into",
        "account",
        ["merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into IS NOT NULL"),
        sqlite_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_table(
        "entry",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("original_member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("original_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("member_id", "position", "part", name="pk_entry"),
    )
    op.create_table(
        "conflict",
        sa.Column("conflict_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("terminal_id", sa.Uuid(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("resolved_at_us", sa.BigInteger(), nullable=False),
        sa.Column("resolved_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("conflict_id", name="pk_conflict"),
    )


def _make_people() -> None:
    """What is known of people."""
    op.create_table(
        "profile_field",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=10), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "field", name="pk_profile_field"),
    )
    op.create_table(
        "search_term",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("term", sa.String(length=330), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "kind", "term", name="pk_search_term"),
    )
    op.create_index("ix_search_term_kind_term", "search_term", ["kind", "term"], unique=False)
    op.create_table(
        "tombstone",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("erased_at_us", sa.BigInteger(), nullable=False),
        sa.Column("erased_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_tombstone"),
    )
    op.create_table(
        "card",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("number_reversed", sa.String(length=64), nullable=False),
        sa.Column("card_ref", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_card"),
    )
    op.create_index("ix_card_member_id", "card", ["member_id"], unique=False)
    op.create_index("ix_card_number_reversed", "card", ["number_reversed"], unique=False)
    op.create_table(
        "card_ref",
        sa.Column("card_ref", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("card_ref", name="pk_card_ref"),
    )
    op.create_index("ix_card_ref_number", "card_ref", ["number"], unique=False)
    op.create_table(
        "free_text",
        sa.Column("text_ref", sa.Uuid(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("text_ref", name="pk_free_text"),
    )
    op.create_table(
        "edit_seen",
        sa.Column("edit_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("edit_id", name="pk_edit_seen"),
    )


def _make_staff() -> None:
    """Who works in the shops and at head office, and the rules."""
    op.create_table(
        "cashier",
        sa.Column("cashier_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("cashier_id", name="pk_cashier"),
    )
    op.create_table(
        "staff",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_staff"),
        sa.UniqueConstraint("name", name="uq_staff_name"),
    )
    op.create_table(
        "web_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("expires_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_web_session"),
    )
    op.create_table(
        "programme",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("starts_at_us", sa.BigInteger(), nullable=False),
        sa.Column("published_at_us", sa.BigInteger(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_programme"),
    )


def _make_sums() -> None:
    """Sums of a day."""
    op.create_table(
        "day_total",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("sales", sa.BigInteger(), nullable=False),
        sa.Column("member_sales", sa.BigInteger(), nullable=False),
        sa.Column("revenue_cents", sa.BigInteger(), nullable=False),
        sa.Column("member_revenue_cents", sa.BigInteger(), nullable=False),
        sa.Column("reversed_cents", sa.BigInteger(), nullable=False),
        sa.Column("points_issued", sa.BigInteger(), nullable=False),
        sa.Column("points_redeemed", sa.BigInteger(), nullable=False),
        sa.Column("redemptions", sa.BigInteger(), nullable=False),
        sa.Column("points_taken_back", sa.BigInteger(), nullable=False),
        sa.Column("points_returned", sa.BigInteger(), nullable=False),
        sa.Column("points_adjusted", sa.BigInteger(), nullable=False),
        sa.Column("new_members", sa.BigInteger(), nullable=False),
        sa.Column("points_expired", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "terminal_id", "business_day", "hour", name="pk_day_total"),
    )
    op.create_table(
        "reward_total",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("reward_id", sa.String(length=40), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("value_cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "terminal_id", "business_day", "reward_id", name="pk_reward_total"),
    )


def _make_feed() -> None:
    """What changed."""
    op.create_table(
        "dirty",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("noted", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dirty"),
    )
    op.create_table(
        "feed",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_feed"),
    )
    op.create_index("ix_feed_n", "feed", ["n"], unique=False)
    op.create_table(
        "feed_step",
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_feed_step"),
    )
